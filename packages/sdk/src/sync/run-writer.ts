/** The only writer of a run: every commit checks the lease, writes rows, books and progress together, and tells the host inside it. */

import type { UtcStamp } from '../base/values.ts'
import { addCounts, type ChangeCounts, noChanges } from '../model/change.ts'
import type { DatasetVersion } from '../model/dataset-version.ts'
import type { Lease } from '../model/lease.ts'
import type { Observation } from '../model/observation.ts'
import type { Passes, PullProgress, SkippedRecord, SyncState } from '../model/sync-state.ts'
import type { Applied, Removal, StoreTransaction, SyncStore } from '../ports/store.ts'
import type { CommittedEvent, CompleteEvent, NoticeEvent, RemovedEvent, TransitionEvent } from './events.ts'
import type { Totals } from './totals.ts'

/** Called inside the transaction that the event tells of: what it writes through `tx.db` happens together with it, or not at all. */
export type OnTransition = (tx: StoreTransaction, event: TransitionEvent) => Promise<void>

export interface RunWriterOptions {
  store: SyncStore
  lease: Lease
  state: SyncState
  runId: string
  createdBy: string
  batchSize: number
  totals: Totals
  /** Records too large to be read, as far as they are known: a run that is killed has told of them. */
  skipped: () => readonly SkippedRecord[]
  nowIso: () => string
  onTransition?: OnTransition
}

export interface CommitOptions {
  /** How far the window is read with this commit; as before when left out. */
  progress?: PullProgress | undefined
  /** A reconcile's rows: they replace what is stored whatever their stamp, and this is told with them. */
  healing?: NoticeEvent
}

/** What the state remembers of a run that succeeded. */
export interface Outcome {
  watermark: UtcStamp | null
  passes: Passes
  pageLimit: number | null
  /** A new generation has read everything: what it has not met goes. */
  dropUnseen: boolean
}

export class RunWriter {
  private readonly options: RunWriterOptions
  private state: SyncState
  private counted: ChangeCounts = noChanges
  private batches = 0

  constructor(options: RunWriterOptions) {
    this.options = options
    this.state = options.state
  }

  get counts(): ChangeCounts {
    return this.counted
  }

  get batchesSoFar(): number {
    return this.batches
  }

  /** Records in the mirror as far as it is written. */
  get mirrored(): number {
    return this.state.books.incidentCount
  }

  /** Rows found equal without being written. */
  countUnchanged(rows: number): void {
    this.counted = addCounts(this.counted, { ...noChanges, unchanged: rows })
  }

  /** Writes observations, and with them how far the window is read. Null when no row changed. */
  async commit(
    observations: readonly Observation[],
    { progress = this.state.progress ?? undefined, healing }: CommitOptions = {},
  ): Promise<CommittedEvent | null> {
    const { runId, onTransition, skipped } = this.options
    const { applied, event } = await this.write(async (tx) => {
      const result = await tx.apply(this.state, runId, observations, { force: healing !== undefined })
      const following: Applied = {
        ...result,
        state: { ...result.state, progress: progress ?? null, skipped: skipped() },
      }
      await tx.writeState(following.state)
      const committed = this.describe(following)
      if (committed.changes.length > 0) {
        await onTransition?.(tx, committed)
        if (healing !== undefined) await onTransition?.(tx, healing)
      }
      return { applied: following, event: committed }
    })
    this.state = applied.state
    this.counted = event.counts
    this.batches += Math.ceil(event.changes.length / event.batchSize)
    return event.changes.length > 0 ? event : null
  }

  /** Takes records out of the mirror. Null when none of them was in it. */
  async remove(rows: readonly Removal[]): Promise<RemovedEvent | null> {
    const { runId, onTransition, totals } = this.options
    const { state, event } = await this.write(async (tx) => {
      const applied = await tx.remove(this.state, runId, rows)
      const counts = addCounts(this.counted, { ...noChanges, deleted: applied.changes.length })
      const removed: RemovedEvent = {
        type: 'removed',
        changes: applied.changes,
        counts,
        totals: totals.of(counts, this.batches),
      }
      if (removed.changes.length > 0) {
        await tx.writeState(applied.state)
        await onTransition?.(tx, removed)
      }
      return { state: applied.state, event: removed }
    })
    if (event.changes.length === 0) return null
    this.state = state
    this.counted = event.counts
    return event
  }

  /** Remembers a pass that ended without a verdict; the watermark and the version stay as they are. */
  async remember(passes: Partial<Passes>): Promise<void> {
    const state = { ...this.state, passes: { ...this.state.passes, ...passes } }
    await this.write((tx) => tx.writeState(state))
    this.state = state
  }

  /** The last transaction of a run: what is gone is closed, the version sealed when anything changed, the watermark moved. */
  async finish({ dropUnseen, ...facts }: Outcome): Promise<CompleteEvent> {
    const { runId, onTransition } = this.options
    return this.write(async (tx) => {
      let deleted = 0
      let state: SyncState = {
        ...this.state,
        passes: facts.passes,
        pageLimit: facts.pageLimit,
        skipped: this.options.skipped(),
      }
      if (dropUnseen) {
        const dropped = await tx.dropUnseen(state, runId)
        deleted = dropped.changes.length
        state = dropped.state
      }
      const counts = addCounts(this.counted, { ...noChanges, deleted })
      const version = await this.seal(tx, state, facts.watermark)
      const event = this.completed(counts, facts.watermark, version)
      await onTransition?.(tx, event)
      return event
    })
  }

  private write<T>(work: (tx: StoreTransaction) => Promise<T>): Promise<T> {
    const { store, lease } = this.options
    return store.transaction(async (tx) => {
      await tx.checkLease(lease)
      return work(tx)
    })
  }

  private async seal(
    tx: StoreTransaction,
    state: SyncState,
    watermark: UtcStamp | null,
  ): Promise<DatasetVersion | null> {
    const { added, updated, deleted } = state.books
    if (added + updated + deleted === 0) {
      await tx.writeState({ ...state, watermark, progress: null })
      return null
    }
    const { runId, createdBy, nowIso } = this.options
    const seal = { createdAt: nowIso(), createdBy, runId, cause: 'sync', notes: null, watermark }
    return (await tx.seal(state, seal)).version
  }

  private completed(
    counts: ChangeCounts,
    watermark: UtcStamp | null,
    version: DatasetVersion | null,
  ): CompleteEvent {
    const incidents = counts.added + counts.updated
    const active = version?.number ?? (this.state.head === 0 ? null : this.state.head)
    return {
      type: 'complete',
      counts,
      totals: { incidents, batches: this.batches, exact: true },
      watermark,
      version,
      activeVersion: active,
    }
  }

  private describe(applied: Applied): CommittedEvent {
    const { batchSize, totals } = this.options
    const added = applied.changes.filter((change) => change.kind === 'added').length
    const here = { added, updated: applied.changes.length - added, unchanged: applied.unchanged, deleted: 0 }
    const counts = addCounts(this.counted, here)
    const batchesAfter = this.batches + Math.ceil(applied.changes.length / batchSize)
    const sum = totals.of(counts, batchesAfter)
    return {
      type: 'committed',
      changes: applied.changes,
      batchSize,
      firstBatch: this.batches + 1,
      before: this.counted,
      counts,
      totals: sum,
      etaMs: totals.etaMs(counts, sum),
    }
  }
}
