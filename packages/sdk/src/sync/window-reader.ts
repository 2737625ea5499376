/** Reads a window into the store: settled part by several lanes, then the tail alone; a small window is held until all of it is read. */
import { addSeconds } from '../base/values.ts'
import type { Observation } from '../model/observation.ts'
import type { Slice } from '../model/slice.ts'
import type { PullProgress, SyncState } from '../model/sync-state.ts'
import type { SourcePage } from '../ports/source.ts'
import { readByIds } from './confirm.ts'
import type { PullEvent } from './events.ts'
import { HOLD_ROWS, Hold } from './hold.ts'
import { type Remainder, readLanes } from './lane-reader.ts'
import { Lanes } from './lanes.ts'
import { isTooLarge } from './page-size.ts'
import type { OnPage } from './pull-config.ts'
import { notice, type RunContext } from './run-context.ts'
import { readSlice, remainderOf } from './slice-reader.ts'
import type { Totals } from './totals.ts'
import type { Window } from './window.ts'

/** Changed rows written in one transaction while a held window is written out, cut to whole batches. */
const COMMIT_ROWS = 1_000
/** Pages left in a lane above which an idle lane helps it. */
const PAGES_WORTH_SPLITTING = 2

interface Answer extends Remainder {
  observations: Observation[]
  total: number | null
  /** A record of this slice that is too large to be read. */
  skipped: boolean
}

export class WindowReader {
  private readonly context: RunContext
  private readonly totals: Totals
  private readonly onPage: OnPage | undefined
  private readonly hold = new Hold()
  private holding = true

  constructor(context: RunContext, totals: Totals, onPage: OnPage | undefined) {
    this.context = context
    this.totals = totals
    this.onPage = onPage
  }

  /**
   * Every slice of the window, and what lies beyond the instance's own clock. `toTheEnd`: also what moved past the window while it was
   * read, for a run that takes what it has not met for gone. Throws what the source and the store throw.
   */
  async *read(window: Window, toTheEnd: boolean): AsyncGenerator<PullEvent, void, void> {
    yield* this.readSlices(window.settled, window.settledTo, true)
    // Last and alone: whatever changed while the settled part was read moved up, into this part or past `hi`.
    yield* this.readSlices([window.tail], window.settledTo, false)
    if (window.beyond !== null) {
      const message = 'Rows are stamped beyond the clock of the instance'
      yield notice('window.beyond_clock', message, { from: window.hi })
    }
    if (window.beyond === null && !toTheEnd) return
    // Ascending and without an end: whatever changes meanwhile moves up, into what is still to be read.
    yield* this.readSlices([{ from: addSeconds(window.hi, 1), to: null }], window.settledTo, false)
  }

  private async *readSlices(
    slices: readonly Slice[],
    readTo: Window['settledTo'],
    settled: boolean,
  ): AsyncGenerator<PullEvent, void, void> {
    const { config, size, signal } = this.context
    const concurrency = settled ? config.concurrency : 1
    const worthSplitting = size.limit * PAGES_WORTH_SPLITTING
    const lanes = new Lanes(slices, { lanes: concurrency, worthSplitting })
    const whole = new Set(slices)
    const ask = (slice: Slice, laneSignal: AbortSignal) => this.ask(slice, laneSignal)
    for await (const { slice, answer, read } of readLanes(lanes, { concurrency, signal, ask })) {
      lanes.settled(read)
      if (answer.skipped) yield notice('record.skipped', 'One record is too large to be read', { rows: 1 })
      if (whole.has(slice)) {
        this.totals.expect(answer.total)
        // Counted as too large to be held: nothing is gained by filling the hold first.
        if ((answer.total ?? 0) > HOLD_ROWS) yield* this.stopHolding()
      }
      yield* this.take(answer.observations, { readTo, pending: settled ? lanes.pending : [] })
    }
  }

  /** One answer, reduced to what is kept of it: parsed records and body are garbage before the commit begins, which halves the peak. */
  private async ask(slice: Slice, signal: AbortSignal): Promise<Answer> {
    const { config, size, newest } = this.context
    const { linkSeen } = newest
    const request = { slice, order: 'ascending', signal } as const
    let startedAt = 0
    const ask = (limit: number): Promise<SourcePage> => {
      startedAt = this.context.tick()
      return config.source.page({ ...request, limit })
    }
    try {
      const { page, rest, rowsLeft } = await readSlice(slice, { size, linkSeen, ask })
      const endedAt = this.context.tick()
      await this.tellPage(page, slice)
      const observations = this.context.observe(page.records, { startedAt, endedAt })
      return { observations, rest, rowsLeft, total: page.total, skipped: false }
    } catch (error) {
      if (!isTooLarge(error)) throw error
      return this.readFirst(await config.source.page({ ...request, limit: 1, view: 'keys' }), slice)
    }
  }

  /**
   * The first record of the slice seems to be over the body limit by itself. It is asked for by its id, since another one may stand there
   * by now; when it is too large it is named, and reading goes on behind it.
   */
  private async readFirst(key: SourcePage, slice: Slice): Promise<Answer> {
    const named = key.records.map((record) => record.sys_id)
    const { observations, there } =
      named.length === 0 ? { observations: [], there: new Set() } : await readByIds(this.context, named)
    const remainder = remainderOf(slice, key, 1, this.context.newest.linkSeen)
    return { observations, ...remainder, total: key.total, skipped: there.size > observations.length }
  }

  private async tellPage(page: SourcePage, slice: Slice): Promise<void> {
    try {
      await this.onPage?.(page.text, { slice, rows: page.records.length })
    } catch (error) {
      const reason = error instanceof Error ? error.message : 'unknown'
      this.context.config.logger.warn('sync.raw_page_not_kept', { reason })
    }
  }

  /** A page goes into the hold, or, once the hold has overflowed, straight into the store. */
  private async *take(
    observations: readonly Observation[],
    progress: PullProgress,
  ): AsyncGenerator<PullEvent, void, void> {
    this.context.seen.took(observations)
    if (this.holding) {
      this.hold.add(observations)
      if (this.hold.overflows) yield* this.stopHolding(progress)
      else yield this.context.phase('fetch')
      return
    }
    yield (await this.context.writer.commit(observations, { progress })) ?? this.context.phase('fetch')
  }

  /** What was held is written; from here on each page is. */
  private async *stopHolding(progress?: PullProgress): AsyncGenerator<PullEvent, void, void> {
    if (!this.holding) return
    this.holding = false
    yield* this.writeChunks(this.hold.drain(), progress)
  }

  /** Everything is read: what is still held is compared first, so that the totals are exact before the first batch. */
  async *finish(state: SyncState): AsyncGenerator<PullEvent, void, void> {
    if (!this.holding) return
    this.holding = false
    const { config, writer } = this.context
    const held = this.hold.drain()
    const verdicts = await config.store.compare(config.integration, held)
    const changed = held.filter((_, index) => verdicts[index] !== 'unchanged')
    const equal = held.filter((_, index) => verdicts[index] === 'unchanged')
    this.totals.settle(changed.length)
    if (state.watermark === null && equal.length > 0) await writer.commit(equal)
    else writer.countUnchanged(equal.length)
    yield this.context.phase('ingest')
    yield* this.writeChunks(changed, undefined)
  }

  /** `progress` goes with the last chunk only: a kill in between must not believe rows that were never written. */
  private async *writeChunks(
    observations: readonly Observation[],
    progress: PullProgress | undefined,
  ): AsyncGenerator<PullEvent, void, void> {
    const { config, signal, writer } = this.context
    const size = Math.max(config.batchSize, Math.floor(COMMIT_ROWS / config.batchSize) * config.batchSize)
    for (let at = 0; at < observations.length; at += size) {
      signal.throwIfAborted()
      const last = at + size >= observations.length
      const event = await writer.commit(observations.slice(at, at + size), last ? { progress } : {})
      if (event !== null) yield event
    }
  }
}
