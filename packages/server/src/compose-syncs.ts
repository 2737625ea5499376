/** Puts together what has to do with pulling: runs, the environment's pull, what comes home by itself, the schedule, the versions. */
import type { Logger } from '@snowline/sdk'
import type { SyncStore } from '@snowline/sdk/sync'
import type { Clock } from './clock.ts'
import type { ServerConfig } from './config.ts'
import type { Connection, Connections } from './connections/connections.ts'
import type { Executor } from './db/tables.ts'
import { createHomecoming, type Homecoming } from './push/homecoming.ts'
import { removeOldRuns } from './runs/retention.ts'
import { createRunHub } from './runs/run-hub.ts'
import type { StartedBy } from './runs/run-start.ts'
import { createScheduled } from './runs/scheduled.ts'
import { createScheduler, type Scheduler } from './scheduler.ts'
import { createDatasets, type Datasets } from './services/datasets.ts'
import { createMirrorPull, type MirrorPull } from './services/mirror-pull.ts'
import { createStatusBack, type StatusBack } from './services/status-back.ts'
import { createSyncRuns, type SyncRuns } from './services/sync-runs.ts'
import type { TicketStore } from './tickets/ticket-store.ts'

export interface SyncServicesOptions {
  config: ServerConfig
  write: Executor
  read: Executor
  store: SyncStore
  connections: Connections
  tickets: TicketStore
  clock: Clock
  logger: Logger
  newId: () => string
}

export interface SyncServices {
  homecoming: Homecoming
  syncRuns: SyncRuns
  mirrorPull: MirrorPull
  statusBack: StatusBack
  datasets: Datasets
  scheduler: Scheduler
}

export function createSyncServices(options: SyncServicesOptions): SyncServices {
  const { config, write, read, store, connections, tickets, clock, logger, newId } = options
  const { dataDir, rawDump, syncCron } = config
  const homecoming = createHomecoming({ read, store, clock, logger })
  const statusBack = createStatusBack({ on: config.statusBack, tickets, store, clock })
  /** What was pulled by hand or by schedule shows on the tickets; the bulk pull brings it back itself, and tells. */
  const pulled = async (mirror: string): Promise<void> => {
    const resolution = await connections.resolve()
    if (resolution.ready && resolution.connection.mirror === mirror)
      await statusBack.bring(resolution.connection)
  }
  const shared = { write, read, store, connections, clock, logger, dataDir, rawDump, newId }
  const hub = createRunHub()
  const comingHome = (mirror: string) => homecoming.idle(mirror)
  const syncRuns = createSyncRuns({ ...shared, hub, comingHome, pulled })
  const mirrorPull = createMirrorPull({ ...shared, syncRuns, homecoming })
  const ending = new AbortController()
  const scheduled = createScheduled({
    ...shared,
    syncCron,
    startSync: async (id, by) => void (await syncRuns.start(id, by)),
    async pullEnvironment(connection, by) {
      await toItsEnd(mirrorPull, connection, by, ending.signal)
      await pulled(connection.mirror)
    },
    clean: async () => void (await removeOldRuns(shared)),
  })
  const scheduler = createScheduler({ write, read, clock, logger, jobs: () => scheduled.jobs() })
  return {
    homecoming,
    syncRuns,
    mirrorPull,
    statusBack,
    datasets: createDatasets({
      ...shared,
      async settle(mirror) {
        await homecoming.idle(mirror)
        await syncRuns.sweep()
      },
    }),
    scheduler: {
      ...scheduler,
      async stop() {
        await scheduler.stop()
        ending.abort()
        await scheduled.idle()
      },
    },
  }
}

async function toItsEnd(
  mirrorPull: MirrorPull,
  connection: Connection,
  by: StartedBy,
  signal: AbortSignal,
): Promise<void> {
  for await (const event of mirrorPull.events(connection, by, signal)) if (event.type === 'pulled') return
}
