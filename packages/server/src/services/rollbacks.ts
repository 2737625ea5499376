/** Going back to a sealed version: a new one equal to it, the schedule paused and the audit entry written in the same transaction. */
import type { Logger } from '@snowline/sdk'
import {
  type DatasetVersion,
  rollbackVersion,
  type StoreTransaction,
  type SyncStore,
} from '@snowline/sdk/sync'
import { nameOf, type Principal } from '../auth/principal.ts'
import { type Clock, isoSeconds } from '../clock.ts'
import { type Actor, appendAudit } from '../db/audit.ts'
import { writePause } from '../db/pauses.ts'
import type { Executor } from '../db/tables.ts'
import { heldBy } from '../runs/lease-holder.ts'
import { datasetVersionView } from '../views/dataset-view.ts'

export interface RollbackRequest {
  mirror: string
  number: number
  reason: string
}

export interface Rollbacks {
  /** @throws ProblemError `not_found`, `sync_running`, `conflict` when another rollback is under way */
  rollback(request: RollbackRequest, by: { principal: Principal; actor: Actor }): Promise<DatasetVersion>
}

export interface RollbacksOptions {
  read: Executor
  store: SyncStore
  clock: Clock
  logger: Logger
  newId: () => string
  /** Until nothing short holds the lease of this mirror any more: records on their way home, and what a dead process left. */
  settle: (mirror: string) => Promise<void>
}

export function createRollbacks(options: RollbacksOptions): Rollbacks {
  const { read, store, clock, logger, newId, settle } = options
  return {
    async rollback({ mirror, number, reason }, { principal, actor }) {
      await settle(mirror)
      const by = nameOf(principal)
      const onSealed = async (transaction: StoreTransaction, version: DatasetVersion): Promise<void> => {
        // The store is over our own database: its transaction is one of ours.
        const tx = transaction.db as Executor
        const pause = {
          reason: `rolled back to version ${number} by ${by}`,
          since: isoSeconds(clock.now()),
          by,
        }
        await writePause(tx, mirror, pause)
        const before = { number: version.parent }
        const after = { ...datasetVersionView(version), schedule_paused: pause }
        const entry = { action: 'dataset.rollback', target: `integration:${mirror}`, before, after }
        await appendAudit(tx, actor, clock.now(), entry)
      }
      try {
        const desk = { store, clock, logger, integration: mirror }
        return await rollbackVersion(desk, { number, runId: newId(), createdBy: by, reason, onSealed })
      } catch (error) {
        throw await heldBy(read, error)
      }
    },
  }
}
