/** After a push the record comes home at once: one incident read into the mirror, beside the runs. */
import { randomUUID } from 'node:crypto'
import type { Clock, Logger, SysId } from '@snowline/sdk'
import { createSyncEngine, type SyncStore } from '@snowline/sdk/sync'
import type { Connection } from '../connections/connections.ts'
import { readIntegration } from '../db/integrations.ts'
import type { Executor } from '../db/tables.ts'
import { mirrorSource } from '../runs/mirror-source.ts'

export interface Homecoming {
  /** Never throws: what cannot be read now comes with the next run. */
  comeHome(connection: Connection, sysId: SysId): Promise<void>
  /** Until nothing of this mirror is on its way: its lease is free for a run then. */
  idle(mirror: string): Promise<void>
}

export interface HomecomingOptions {
  read: Executor
  store: SyncStore
  clock: Clock
  logger: Logger
}

/** One request long: nobody should wait a minute for a process that died in between. */
const LEASE_MS = 10_000

export function createHomecoming(options: HomecomingOptions): Homecoming {
  const coming = new Map<string, Promise<void>>()
  return {
    comeHome(connection, sysId) {
      const { mirror } = connection
      // One after the other: they share a lease, and of two at once one would stay away.
      const before = coming.get(mirror) ?? Promise.resolve()
      const mine = before.then(() => bring(options, connection, sysId))
      coming.set(mirror, mine)
      return mine.finally(() => {
        if (coming.get(mirror) === mine) coming.delete(mirror)
      })
    },
    idle: async (mirror) => coming.get(mirror),
  }
}

async function bring(
  { read, store, clock, logger }: HomecomingOptions,
  connection: Connection,
  sysId: SysId,
): Promise<void> {
  const { mirror, source } = connection
  try {
    // A mirror that no run has filled would look like a help desk with a single incident.
    if (((await store.readState(mirror))?.watermark ?? null) === null) return
    const stored = source === 'env' ? null : await readIntegration(read, mirror)
    if (source !== 'env' && stored === null) return
    const engine = createSyncEngine({
      source: mirrorSource(connection, stored),
      store,
      integration: mirror,
      clock,
      logger,
      leaseTtlMs: LEASE_MS,
    })
    await engine.pullRecords({ sysIds: [sysId], runId: randomUUID() })
  } catch (error) {
    logger.info('push.record.not_home', { reason: error instanceof Error ? error.message : 'unknown' })
  }
}
