/** Brings single records home at once, beside the runs: under the same lease, into the open version, without moving the watermark. */
import type { SysId } from '../base/values.ts'
import type { Change } from '../model/change.ts'
import { initialState } from '../model/sync-state.ts'
import { keepLease, SyncRunningError } from './lease-keeper.ts'
import { observer, sequence } from './observe.ts'
import type { PullConfig } from './pull-config.ts'

export interface PullRecordsOptions {
  sysIds: readonly SysId[]
  /** Owner of the lease while it lasts. Unique. */
  runId: string
  signal?: AbortSignal
}

/**
 * What changed in the mirror; null when a run is under way, which may read them itself, and whose successor surely does. Throws what the
 * source throws, and StoreError.
 */
export async function pullRecords(
  config: PullConfig,
  options: PullRecordsOptions,
): Promise<readonly Change[] | null> {
  const { store, source, clock, logger, integration, leaseTtlMs: ttlMs } = config
  const { sysIds, runId, signal } = options
  try {
    const kept = await keepLease({ store, clock, logger, name: integration, owner: runId, ttlMs, signal })
    try {
      const next = sequence(kept.lease.token)
      const startedAt = next()
      const page = await source.byIds(sysIds, { signal: kept.signal })
      const observations = observer()(page.records, { startedAt, endedAt: next() })
      const stored = await store.readState(integration)
      const state = stored ?? initialState(integration, source.fingerprint)
      // What a new question will find is for its own full read.
      if (state.fingerprint !== source.fingerprint || observations.length === 0) return []
      return await store.transaction(async (tx) => {
        await tx.checkLease(kept.lease)
        const applied = await tx.apply(state, runId, observations)
        if (applied.changes.length > 0) await tx.writeState(applied.state)
        return applied.changes
      })
    } finally {
      await kept.release()
    }
  } catch (error) {
    if (error instanceof SyncRunningError) return null
    throw error
  }
}
