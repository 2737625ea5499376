/** The only writer of a run: every commit checks the lease, writes rows, books and progress together, and tells the host inside it. */

import type { UtcStamp } from '../base/values.ts'
import { addCounts, type ChangeCounts, noChanges } from '../model/change.ts'
import type { DatasetVersion } from '../model/dataset-version.ts'
import type { Lease } from '../model/lease.ts'
import type { Observation } from '../model/observation.ts'
import type { PullProgress, SyncState } from '../model/sync-state.ts'
import type { Applied, StoreTransaction, SyncStore } from '../ports/store.ts'
import type { CommittedEvent, CompleteEvent } from './events.ts'
import type { Totals } from './totals.ts'

/** Called inside the transaction that the event tells of: what it writes through `tx.db` happens together with it, or not at all. */
export type OnTransition = (tx: StoreTransaction, event: CommittedEvent | CompleteEvent) => Promise<void>

export interface RunWriterOptions {
  store: SyncStore
  lease: Lease
  state: SyncState
  runId: string
  createdBy: string
  batchSize: number
  totals: Totals
  nowIso: () => string
  onTransition?: OnTransition
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

  /** Rows found equal without being written. */
  countUnchanged(rows: number): void {
    this.counted = addCounts(this.counted, { ...noChanges, unchanged: rows })
  }

  /** Writes observations, and with them how far the window is read. Null when no row changed. */
  async commit(
    observations: readonly Observation[],
    progress: PullProgress | null = this.state.progress,
  ): Promise<CommittedEvent | null> {
    const { store, lease, runId, onTransition } = this.options
    const { applied, event } = await store.transaction(async (tx) => {
      await tx.checkLease(lease)
      const result = await tx.apply(this.state, runId, observations)
      const following: Applied = { ...result, state: { ...result.state, progress } }
      await tx.writeState(following.state)
      const committed = this.describe(following)
      if (committed.changes.length > 0) await onTransition?.(tx, committed)
      return { applied: following, event: committed }
    })
    this.accept(applied.state, event)
    return event.changes.length > 0 ? event : null
  }

  /** The last transaction of a run: what is gone is closed, the version sealed when anything changed, the watermark moved. */
  async finish(watermark: UtcStamp | null, options: { dropUnseen: boolean }): Promise<CompleteEvent> {
    const { store, lease, runId, onTransition } = this.options
    return store.transaction(async (tx) => {
      await tx.checkLease(lease)
      let deleted = 0
      let state = this.state
      if (options.dropUnseen) {
        const dropped = await tx.dropUnseen(state, runId)
        deleted = dropped.changes.length
        state = dropped.state
      }
      const counts = addCounts(this.counted, { ...noChanges, deleted })
      const version = await this.seal(tx, state, watermark)
      const event = this.completed(counts, watermark, version)
      await onTransition?.(tx, event)
      return event
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

  private accept(state: SyncState, event: CommittedEvent): void {
    this.state = state
    this.counted = event.counts
    this.batches += Math.ceil(event.changes.length / event.batchSize)
  }
}
