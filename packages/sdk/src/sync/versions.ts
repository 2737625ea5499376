/** What people do to sealed versions: go back to one, let old ones go, take a person's data out of all. Each under the lease of a run. */
import type { Clock } from '../base/clock.ts'
import { StoreError } from '../base/errors.ts'
import type { Logger } from '../base/log.ts'
import type { DatasetVersion } from '../model/dataset-version.ts'
import type { SourceRecord } from '../model/source-record.ts'
import type { SyncState } from '../model/sync-state.ts'
import type { StoreTransaction, SyncStore } from '../ports/store.ts'
import { keepLease } from './lease-keeper.ts'

export interface VersionDesk {
  store: SyncStore
  clock: Clock
  logger: Logger
  integration: string
  /** Default 60,000 ms, as for a run. */
  leaseTtlMs?: number
}

export interface RollbackOptions {
  /** The sealed version to go back to. */
  number: number
  /** Owner of the lease while it lasts, and the run its change rows name. Unique. */
  runId: string
  createdBy: string
  /** Why; kept with the version. */
  reason: string
  /** Called inside the transaction: what it writes through `tx.db` happens together with the rollback. */
  onSealed?: (tx: StoreTransaction, version: DatasetVersion) => Promise<void>
}

/**
 * Appends a version equal to `number`; nothing sealed is changed or removed. The watermark goes back with it, so that the next run brings
 * everything forward again: pause the schedule first if that is not wanted. Throws SyncRunningError while a run or another rollback holds
 * the lease, StoreError (`store.no_version`).
 *
 * @example await rollbackVersion(desk, { number: 3, runId: 'r9', createdBy: 'ann@example.com', reason: 'bad import' })
 * // { number: 8, parent: 7, cause: 'rollback:3', contentHash: that of version 3, ... }
 */
export function rollbackVersion(desk: VersionDesk, options: RollbackOptions): Promise<DatasetVersion> {
  const { number, runId, createdBy, reason, onSealed } = options
  const createdAt = new Date(desk.clock.now()).toISOString()
  return atDesk(desk, runId, async (tx, state) => {
    const { version } = await tx.rollback(state, runId, number, {
      createdAt,
      createdBy,
      runId,
      notes: reason,
    })
    await onSealed?.(tx, version)
    return version
  })
}

export interface PruneOptions {
  /** The oldest version that stays; at most the active one. */
  from: number
  runId: string
  onPruned?: (tx: StoreTransaction, removed: { versions: number; rows: number }) => Promise<void>
}

/** Removes whole versions older than `from`. Throws SyncRunningError, StoreError (`store.bad_retention`). */
export function pruneVersions(
  desk: VersionDesk,
  { from, runId, onPruned }: PruneOptions,
): Promise<{ versions: number; rows: number }> {
  return atDesk(desk, runId, async (tx, state) => {
    const removed = await tx.retain(state, from)
    await onPruned?.(tx, removed)
    return removed
  })
}

export interface EraseOptions {
  /** The record without what must go; null leaves it as it is. `sys_id` and `sys_updated_on` stay. */
  rewrite(record: SourceRecord): SourceRecord | null
  runId: string
  onErased?: (tx: StoreTransaction, erased: { records: number; versions: number }) => Promise<void>
}

/**
 * Rewrites records in the mirror and in every version, and seals the hashes anew. What the instance still holds comes back with the next
 * change of that record: erase there first. Throws SyncRunningError, StoreError (`store.bad_rewrite`).
 */
export function eraseRecords(
  desk: VersionDesk,
  { rewrite, runId, onErased }: EraseOptions,
): Promise<{ records: number; versions: number }> {
  return atDesk(desk, runId, async (tx, state) => {
    const { records, versions } = await tx.erase(state, rewrite)
    await onErased?.(tx, { records, versions })
    return { records, versions }
  })
}

/** One transaction under the lease, on the state as it is then. */
async function atDesk<T>(
  { store, clock, logger, integration, leaseTtlMs: ttlMs = 60_000 }: VersionDesk,
  owner: string,
  work: (tx: StoreTransaction, state: SyncState) => Promise<T>,
): Promise<T> {
  const kept = await keepLease({ store, clock, logger, name: integration, owner, ttlMs })
  try {
    return await store.transaction(async (tx) => {
      await tx.checkLease(kept.lease)
      const state = await tx.readState(integration)
      if (state === null) {
        throw new StoreError(`There is no version of ${integration}: it was never synced`, {
          code: 'store.no_version',
        })
      }
      return work(tx, state)
    })
  } finally {
    await kept.release()
  }
}
