/** One run of a pull: lease, window, passes, seal. When it completes, every row visible at its start up to `hi - overlap` is in the mirror. */
import { noChanges } from '../model/change.ts'
import { initialState, nextGeneration, type Passes, type SyncState } from '../model/sync-state.ts'
import { lookForClone } from './clone.ts'
import { applyDeletes } from './delete-feed.ts'
import type { NoticeEvent, PhaseEvent, PullEvent, PullPhase } from './events.ts'
import { type KeptLease, keepLease } from './lease-keeper.ts'
import { removeLeftScope } from './left-scope.ts'
import { readNewest } from './newest.ts'
import { observer, sequence } from './observe.ts'
import { PageSize } from './page-size.ts'
import type { OnPage, PullConfig } from './pull-config.ts'
import { ReconcileNeedsConfirmationError, reconcile } from './reconcile.ts'
import { notice, type RunContext, SeenRows } from './run-context.ts'
import { type OnTransition, RunWriter } from './run-writer.ts'
import { Totals } from './totals.ts'
import { type NewestSight, planWindow, type Window } from './window.ts'
import { WindowReader } from './window-reader.ts'

/** Keys are small: so many times more of them fit an answer, up to what an instance gives at once. */
const KEYS_PER_RECORD = 10
const KEYS_AT_MOST = 10_000

export interface PullOptions {
  /** Names this run: owner of its lease, cause of its version. Unique. */
  runId: string
  /** Who asked for it; kept with the version. Default `sync`. */
  createdBy?: string
  signal?: AbortSignal
  /** Read everything again, from the beginning of time, as a new generation. */
  fullRead?: boolean
  /** Compare every key now, whenever that was last done. */
  reconcile?: boolean
  /** A person has looked: records that are not visible any more may go, however many they are. */
  confirmDeletes?: boolean
  onTransition?: OnTransition
  /** Each answer as it came, before anything is written. A failure here warns and never fails the run. */
  onPage?: OnPage
}

/**
 * The run, step by step. Throws SyncRunningError, ReconcileNeedsConfirmationError, whatever the source throws, StoreError, or the reason
 * of an abort.
 */
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
  private notices: NoticeEvent[] = []
  /** Another run began to read everything and did not come to its end: what it met may be gone by now, and no window shows that. */
  private resumed = false

  constructor(config: PullConfig, options: PullOptions, kept: KeptLease) {
    this.config = config
    this.options = options
    this.kept = kept
    this.totals = new Totals(config.clock, config.batchSize)
  }

  async *events(): AsyncGenerator<PullEvent, void, void> {
    const begun = await this.begin()
    yield this.phase('validate', null)
    const newest = await this.readNewest(begun)
    const { state: known, doubtful } = await this.afterClone(begun, newest)
    const state = fromNowOn(known, newest)
    yield* this.notices
    const due = this.duePasses(state, doubtful)
    const context = this.context(state, newest, due.deep)
    yield context.phase('fetch')
    const window = this.window(state, newest, due.deep)
    const reader = new WindowReader(context, this.totals, this.options.onPage)
    const dropUnseen = state.watermark === null && state.generation > 1
    if (window !== null) yield* reader.read(window, dropUnseen)
    yield* reader.finish(state)
    const passes = yield* this.passes(context, state, window, due)
    yield context.phase('version')
    yield await context.writer.finish({
      watermark: window?.watermark ?? state.watermark,
      passes,
      pageLimit: context.size.found,
      dropUnseen,
    })
  }

  /** What the window cannot show: rows that left the filter, deletes, and once a day everything else. */
  private async *passes(
    context: RunContext,
    state: SyncState,
    window: Window | null,
    due: Due,
  ): AsyncGenerator<PullEvent, Passes, void> {
    const { source } = this.config
    const first = state.watermark === null
    let proven = true
    if (source.filtered && !first && window !== null) proven = yield* removeLeftScope(context, window)
    const deletesTo = yield* applyDeletes(context, state.passes.deletesTo)
    const { reconciledAt, deepAt } = state.passes
    if (due.reconcile) proven = yield* this.reconcile(context, state)
    return {
      deletesTo,
      // What could not be proven now is for the next run to find out.
      reconciledAt: !proven ? null : due.reconcile || (first && !this.resumed) ? due.at : reconciledAt,
      deepAt: due.deep || first ? due.at : deepAt,
    }
  }

  /** A reconcile that needs a person is remembered as tried: the next runs go on without it until it is due again. */
  private async *reconcile(
    context: RunContext,
    { generation }: SyncState,
  ): AsyncGenerator<PullEvent, boolean, void> {
    const confirmed = this.options.confirmDeletes === true
    try {
      return yield* reconcile(context, { confirmed, generation })
    } catch (error) {
      if (error instanceof ReconcileNeedsConfirmationError) {
        await context.writer.remember({ reconciledAt: this.config.clock.now() })
      }
      throw error
    }
  }

  private duePasses(state: SyncState, doubtful: boolean): Due {
    const { clock, deepEveryMs, reconcileEveryMs } = this.config
    const { passes, watermark, progress } = state
    const at = clock.now()
    const first = watermark === null
    const asked = this.options.reconcile === true || this.options.confirmDeletes === true
    const late = isDue(passes.reconciledAt, reconcileEveryMs, at)
    return {
      at,
      // An unfinished window is read to its end as it was planned; the deep pass waits for the next one.
      deep: !first && progress === null && isDue(passes.deepAt, deepEveryMs, at),
      reconcile: first ? this.resumed && (asked || late) : asked || doubtful || late,
    }
  }

  private window(state: SyncState, newest: NewestSight, deep: boolean): Window | null {
    const { overlapMs, deepOverlapMs } = this.config
    const overlap = Math.ceil(overlapMs / 1000)
    const lookBack = deep ? Math.max(overlap, Math.ceil(deepOverlapMs / 1000)) : overlap
    return planWindow(state, newest, overlap, lookBack)
  }

  /** The state to go on from; a new question or a full read begins a new generation, written down at once. */
  private async begin(): Promise<SyncState> {
    const { store, integration, source } = this.config
    const stored = await store.readState(integration)
    if (stored === null) return initialState(integration, source.fingerprint)
    // Without a watermark a full read is under way already: asked again, it goes on.
    const again = this.options.fullRead === true && stored.watermark !== null
    if (stored.fingerprint === source.fingerprint && !again) {
      this.resumed = stored.watermark === null
      return stored
    }
    return this.newGeneration(stored, again ? 'full_read' : 'new_question')
  }

  private readNewest(state: SyncState): Promise<NewestSight> {
    const { watermark, pageLimit } = state
    const { signal } = this.kept
    return readNewest(this.config.source, { size: this.keySize(pageLimit), watermark, signal })
  }

  private async afterClone(
    state: SyncState,
    newest: NewestSight,
  ): Promise<{ state: SyncState; doubtful: boolean }> {
    const { source, store, integration } = this.config
    const question = {
      integration,
      newest: newest.stamp,
      watermark: state.watermark,
      signal: this.kept.signal,
    }
    const verdict = await lookForClone(source, store, question)
    if (verdict !== 'cloned') return { state, doubtful: verdict === 'doubtful' }
    return { state: await this.newGeneration(state, 'cloned_instance'), doubtful: false }
  }

  private async newGeneration(
    stored: SyncState,
    reason: 'full_read' | 'new_question' | 'cloned_instance',
  ): Promise<SyncState> {
    const state = nextGeneration(stored, this.config.source.fingerprint)
    const event = notice('generation.new', generationMessages[reason], {
      reason,
      generation: state.generation,
    })
    await this.config.store.transaction(async (tx) => {
      await tx.checkLease(this.kept.lease)
      await tx.writeState(state)
      await this.options.onTransition?.(tx, event)
    })
    this.notices.push(event)
    return state
  }

  private context(state: SyncState, newest: NewestSight, deep: boolean): RunContext {
    const { config, kept } = this
    // Once a day the full page size is tried again: an instance that was slow need not stay so.
    const found = deep ? null : state.pageLimit
    const seen = new SeenRows(state.skipped)
    const writer = this.writer(state, seen)
    const context: RunContext = {
      config,
      signal: kept.signal,
      writer,
      newest,
      size: new PageSize(config.pageLimit, found),
      keySize: this.keySize(found),
      seen,
      tick: sequence(kept.lease.token),
      observe: observer(),
      phase: (phase) => this.phase(phase, context),
    }
    return context
  }

  private keySize(found: number | null): PageSize {
    const keysOf = (records: number) => Math.min(KEYS_AT_MOST, records * KEYS_PER_RECORD)
    return new PageSize(keysOf(this.config.pageLimit), found === null ? null : keysOf(found))
  }

  private writer(state: SyncState, seen: SeenRows): RunWriter {
    const { store, batchSize, clock } = this.config
    const { runId, createdBy = 'sync', onTransition } = this.options
    return new RunWriter({
      store,
      lease: this.kept.lease,
      state,
      runId,
      createdBy,
      batchSize,
      totals: this.totals,
      skipped: () => seen.skipped,
      nowIso: () => new Date(clock.now()).toISOString(),
      onTransition,
    })
  }

  private phase(phase: PullPhase, context: RunContext | null): PhaseEvent {
    const counts = context?.writer.counts ?? noChanges
    const totals = this.totals.of(counts, context?.writer.batchesSoFar ?? 0)
    const etaMs = this.totals.etaMs(counts, totals)
    return { type: 'phase', phase, read: context?.seen.read ?? 0, counts, totals, etaMs }
  }
}

interface Due {
  /** Our clock when that was asked, in milliseconds since 1970. */
  at: number
  deep: boolean
  reconcile: boolean
}

const generationMessages = {
  full_read: 'A full read was asked for: every record is read again',
  new_question: 'Table, filter or fields have changed: every record is read again',
  cloned_instance:
    'The instance shows older records than before, as after a clone or a restore: every record is read again',
}

/** Deletes count from the start of the first run that reads anything, also when another one has to end it. */
function fromNowOn(state: SyncState, newest: NewestSight): SyncState {
  const deletesTo = state.passes.deletesTo ?? newest.servedAt ?? newest.stamp
  return { ...state, passes: { ...state.passes, deletesTo } }
}

/** A time in the future counts as due: some clock was wrong. */
function isDue(last: number | null, everyMs: number, nowMs: number): boolean {
  return last === null || last > nowMs || nowMs - last >= everyMs
}
