/** One run of a pull: lease, window, slices, seal. When it completes, every row visible at its start up to `hi - overlap` is in the mirror. */
import type { Clock } from '../base/clock.ts'
import type { Logger } from '../base/log.ts'
import type { Observation } from '../model/observation.ts'
import type { Slice } from '../model/slice.ts'
import { initialState, nextGeneration, type SyncState } from '../model/sync-state.ts'
import type { SourcePage, TableSource } from '../ports/source.ts'
import type { SyncStore } from '../ports/store.ts'
import type { PhaseEvent, PullEvent, PullPhase } from './events.ts'
import { HOLD_ROWS, Hold } from './hold.ts'
import { type KeptLease, keepLease } from './lease-keeper.ts'
import { readNewest } from './newest.ts'
import { isComplete, remainingSlices } from './next-slices.ts'
import { observer, sequence } from './observe.ts'
import { type OnTransition, RunWriter } from './run-writer.ts'
import { Totals } from './totals.ts'
import { type NewestSight, planWindow, type Window } from './window.ts'

/** Changed rows written in one transaction while a held window is written out, cut to whole batches. */
const COMMIT_ROWS = 1_000

export interface PullConfig {
  source: TableSource
  store: SyncStore
  integration: string
  clock: Clock
  logger: Logger
  pageLimit: number
  overlapMs: number
  batchSize: number
  leaseTtlMs: number
}

export interface PullOptions {
  /** Names this run: owner of its lease, cause of its version. Unique. */
  runId: string
  /** Who asked for it; kept with the version. Default `sync`. */
  createdBy?: string
  signal?: AbortSignal
  /** Read everything again, from the beginning of time, as a new generation. */
  fullRead?: boolean
  onTransition?: OnTransition
  /** Each answer as it came, before anything is written. A failure here warns and never fails the run. */
  onPage?: (text: string, facts: { slice: Slice; rows: number }) => void | Promise<void>
}

/** The run, step by step. Throws SyncRunningError, whatever the source throws, StoreError, or the reason of an abort. */
export async function* pull(config: PullConfig, options: PullOptions): AsyncGenerator<PullEvent, void, void> {
  const { store, clock, logger, integration: name, leaseTtlMs: ttlMs } = config
  const { runId: owner, signal } = options
  const kept = await keepLease({ store, clock, logger, name, owner, ttlMs, signal })
  try {
    yield* new PullRun(config, options, kept).events()
  } finally {
    await kept.release()
  }
}

class PullRun {
  private readonly config: PullConfig
  private readonly options: PullOptions
  private readonly kept: KeptLease
  private readonly totals: Totals
  private readonly hold = new Hold()
  private readonly observe = observer()
  private readonly next: () => number
  private holding = true
  private read = 0

  constructor(config: PullConfig, options: PullOptions, kept: KeptLease) {
    this.config = config
    this.options = options
    this.kept = kept
    this.totals = new Totals(config.clock, config.batchSize)
    this.next = sequence(kept.lease.token)
  }

  async *events(): AsyncGenerator<PullEvent, void, void> {
    const state = await this.begin()
    const writer = this.writer(state)
    yield this.phase('validate', writer)
    const { source, pageLimit, overlapMs } = this.config
    const newest = await readNewest(source, {
      pageLimit,
      watermark: state.watermark,
      signal: this.kept.signal,
    })
    const window = planWindow(state, newest, Math.ceil(overlapMs / 1000))
    yield this.phase('fetch', writer)
    if (window !== null) yield* this.readWindow(window, newest, writer)
    if (this.holding) yield* this.writeHeld(writer, state)
    yield this.phase('version', writer)
    const dropUnseen = state.watermark === null && state.generation > 1
    yield await writer.finish(window?.watermark ?? state.watermark, { dropUnseen })
  }

  /** The state to go on from; a new question or a full read begins a new generation, written down at once. */
  private async begin(): Promise<SyncState> {
    const { store, integration, source } = this.config
    const stored = await store.readState(integration)
    if (stored === null) return initialState(integration, source.fingerprint)
    // Without a watermark a full read is under way already: asked again, it goes on.
    const again = this.options.fullRead === true && stored.watermark !== null
    if (stored.fingerprint === source.fingerprint && !again) return stored
    const state = nextGeneration(stored, source.fingerprint)
    await store.transaction(async (tx) => {
      await tx.checkLease(this.kept.lease)
      await tx.writeState(state)
    })
    return state
  }

  private writer(state: SyncState): RunWriter {
    const { store, batchSize, clock } = this.config
    const { runId, createdBy = 'sync', onTransition } = this.options
    const nowIso = () => new Date(clock.now()).toISOString()
    const { lease } = this.kept
    return new RunWriter({
      store,
      lease,
      state,
      runId,
      createdBy,
      batchSize,
      totals: this.totals,
      nowIso,
      onTransition,
    })
  }

  private async *readWindow(
    window: Window,
    newest: NewestSight,
    writer: RunWriter,
  ): AsyncGenerator<PullEvent, void, void> {
    yield* this.readSlices(window.settled, newest, writer, window)
    // Last and alone: whatever changed while the settled part was read moved up, into this part or past `hi`.
    yield* this.readSlices([window.tail], newest, writer, window)
    if (window.beyond === null) return
    this.config.logger.warn('sync.rows_beyond_clock', { integration: this.config.integration, hi: window.hi })
    yield* this.readSlices([window.beyond], newest, writer, window)
  }

  private async *readSlices(
    slices: readonly Slice[],
    newest: NewestSight,
    writer: RunWriter,
    window: Window,
  ): AsyncGenerator<PullEvent, void, void> {
    const settled = slices === window.settled
    const pending = [...slices]
    const whole = new Set(slices)
    for (let slice = pending.shift(); slice !== undefined; slice = pending.shift()) {
      const { observations, rest, total } = await this.ask(slice, newest.linkSeen)
      pending.unshift(...rest)
      if (whole.has(slice)) {
        this.totals.expect(total)
        // Counted as too large to be held: nothing is gained by filling the hold first.
        if ((total ?? 0) > HOLD_ROWS) yield* this.stopHolding(writer)
      }
      const progress = { readTo: window.settledTo, pending: settled ? [...pending] : [] }
      yield* this.take(observations, progress, writer)
    }
  }

  /** One answer, reduced to what is kept of it: parsed records and body are garbage before the commit begins, which halves the peak. */
  private async ask(
    slice: Slice,
    linkSeen: boolean,
  ): Promise<{ observations: Observation[]; rest: Slice[]; total: number | null }> {
    const { source, pageLimit: limit } = this.config
    this.kept.signal.throwIfAborted()
    const startedAt = this.next()
    const page = await source.page({ slice, limit, order: 'ascending', signal: this.kept.signal })
    const endedAt = this.next()
    this.read += page.records.length
    await this.tellPage(page, slice)
    const rest = isComplete(page, limit, linkSeen) ? [] : remainingSlices(slice, page, limit)
    return { observations: this.observe(page.records, { startedAt, endedAt }), rest, total: page.total }
  }

  private async tellPage(page: SourcePage, slice: Slice): Promise<void> {
    try {
      await this.options.onPage?.(page.text, { slice, rows: page.records.length })
    } catch (error) {
      const reason = error instanceof Error ? error.message : 'unknown'
      this.config.logger.warn('sync.raw_page_not_kept', { reason })
    }
  }

  /** A page goes into the hold, or, once the hold has overflowed, straight into the store. */
  private async *take(
    observations: readonly Observation[],
    progress: { readTo: Window['settledTo']; pending: readonly Slice[] },
    writer: RunWriter,
  ): AsyncGenerator<PullEvent, void, void> {
    if (this.holding) {
      this.hold.add(observations)
      if (this.hold.overflows) yield* this.stopHolding(writer, progress)
      else yield this.phase('fetch', writer)
      return
    }
    yield (await writer.commit(observations, progress)) ?? this.phase('fetch', writer)
  }

  /** What was held is written; from here on each page is. */
  private async *stopHolding(
    writer: RunWriter,
    progress?: { readTo: Window['settledTo']; pending: readonly Slice[] },
  ): AsyncGenerator<PullEvent, void, void> {
    if (!this.holding) return
    this.holding = false
    yield* this.writeChunks(this.hold.drain(), writer, progress)
  }

  /** Everything is read: compare first, so that the totals are exact before the first batch. */
  private async *writeHeld(writer: RunWriter, state: SyncState): AsyncGenerator<PullEvent, void, void> {
    const { store, integration } = this.config
    const held = this.hold.drain()
    const verdicts = await store.compare(integration, held)
    const changed = held.filter((_, index) => verdicts[index] !== 'unchanged')
    const equal = held.filter((_, index) => verdicts[index] === 'unchanged')
    this.totals.settle(changed.length)
    if (state.watermark === null && equal.length > 0) await writer.commit(equal)
    else writer.countUnchanged(equal.length)
    yield this.phase('ingest', writer)
    yield* this.writeChunks(changed, writer, undefined)
  }

  /** `progress` goes with the last chunk only: a kill in between must not believe rows that were never written. */
  private async *writeChunks(
    observations: readonly Observation[],
    writer: RunWriter,
    progress: { readTo: Window['settledTo']; pending: readonly Slice[] } | undefined,
  ): AsyncGenerator<PullEvent, void, void> {
    const { batchSize } = this.config
    const size = Math.max(batchSize, Math.floor(COMMIT_ROWS / batchSize) * batchSize)
    for (let at = 0; at < observations.length; at += size) {
      this.kept.signal.throwIfAborted()
      const last = at + size >= observations.length
      const event = await writer.commit(observations.slice(at, at + size), last ? progress : undefined)
      if (event !== null) yield event
    }
  }

  private phase(phase: PullPhase, writer: RunWriter): PhaseEvent {
    const { counts, batchesSoFar } = writer
    const totals = this.totals.of(counts, batchesSoFar)
    return { type: 'phase', phase, read: this.read, counts, totals, etaMs: this.totals.etaMs(counts, totals) }
  }
}
