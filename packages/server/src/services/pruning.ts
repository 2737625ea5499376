/** Lets the oldest versions of a mirror go: only when somebody asks, whole versions only, audited. */
import type { Logger } from '@snowline/sdk'
import { pruneVersions, type SyncStore } from '@snowline/sdk/sync'
import type { Clock } from '../clock.ts'
import { appendAudit, systemActor } from '../db/audit.ts'
import type { Executor } from '../db/tables.ts'
import { heldBy } from '../runs/lease-holder.ts'

export interface PruningOptions {
  read: Executor
  store: SyncStore
  clock: Clock
  logger: Logger
  newId: () => string
}

/**
 * Keeps the newest `keep` versions. What remains is what it was, to the byte.
 *
 * @returns how many versions went, and how many rows with them
 * @throws SyncRunningError, ProblemError `conflict`, StoreError
 */
export async function pruneDatasets(
  { read, store, clock, logger, newId }: PruningOptions,
  integration: string,
  keep: number,
): Promise<{ versions: number; rows: number }> {
  const newest = await store.listVersions(integration, { limit: keep + 1 })
  const oldestKept = newest[keep - 1]
  if (oldestKept === undefined || newest.length <= keep) return { versions: 0, rows: 0 }
  const { number: from } = oldestKept
  try {
    return await pruneVersions(
      { store, clock, logger, integration },
      {
        from,
        runId: newId(),
        async onPruned(transaction, removed) {
          const target = `integration:${integration}`
          const entry = { action: 'dataset.prune', target, after: { from, ...removed } }
          // The store is over our own database: its transaction is one of ours.
          await appendAudit(transaction.db as Executor, systemActor, clock.now(), entry)
        },
      },
    )
  } catch (error) {
    throw await heldBy(read, error)
  }
}
