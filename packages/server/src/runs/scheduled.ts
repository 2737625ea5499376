/** What there is to do by schedule: the integrations that have one, the environment's connection, and the server's own chore. */
import type { Logger } from '@snowline/sdk'
import type { Clock } from '../clock.ts'
import { type Connection, type Connections, isServiceNow } from '../connections/connections.ts'
import { scheduleFault } from '../cron.ts'
import { appendAudit, systemActor } from '../db/audit.ts'
import { listIntegrations, type StoredIntegration, updateIntegration } from '../db/integrations.ts'
import { ENVIRONMENT, readPause } from '../db/pauses.ts'
import type { Executor } from '../db/tables.ts'
import { toProblem } from '../problem/from-error.ts'
import type { Job } from '../scheduler.ts'
import { configValues } from '../views/integration-view.ts'
import type { StartedBy } from './run-start.ts'

export interface ScheduledOptions {
  write: Executor
  read: Executor
  clock: Clock
  logger: Logger
  connections: Connections
  /** `SYNC_CRON`. */
  syncCron: string | null
  /** Begins a sync of an integration. */
  startSync: (integrationId: string, by: StartedBy) => Promise<void>
  /** Pulls the environment's connection, to its end. */
  pullEnvironment: (connection: Connection, by: StartedBy) => Promise<void>
  /** Removes what has been kept long enough. */
  clean: () => Promise<void>
}

export interface Scheduled {
  jobs(): Promise<Job[]>
  /** Until what goes on beside the scheduler has ended. */
  idle(): Promise<void>
}

/** Who the books name where nobody pressed a button. */
const scheduler: StartedBy = {
  principal: { userId: 'schedule', email: '' },
  actor: systemActor,
  trigger: 'schedule',
}

const CLEANING = { name: 'cleaning', schedule: '20 3 * * *' }

export function createScheduled(options: ScheduledOptions): Scheduled {
  const { read, logger, clean } = options
  const going = new Set<Promise<unknown>>()
  const aside = (work: Promise<void>): void => {
    const mine = work
      .catch((error: unknown) => quietly(logger, ENVIRONMENT, error))
      .finally(() => going.delete(mine))
    going.add(mine)
  }
  return {
    async jobs() {
      const integrations = await listIntegrations(read)
      const due = integrations.flatMap((stored) => integrationJob(options, stored) ?? [])
      return [...due, ...(await environmentJobs(options, aside)), { ...CLEANING, run: clean }]
    },
    idle: async () => void (await Promise.all(going)),
  }
}

/** Null for what is inactive, paused, without a schedule, or no ServiceNow. */
function integrationJob(options: ScheduledOptions, stored: StoredIntegration): Job | null {
  const { row } = stored
  const { schedule } = configValues(stored)
  if (row.is_active !== 1 || row.paused !== null || typeof schedule !== 'string') return null
  if (!isServiceNow(stored, options.connections.allowedOrigins) || scheduleFault(schedule) !== null)
    return null
  return {
    name: row.id,
    schedule,
    run: () => options.startSync(row.id, scheduler).catch((error: unknown) => tell(options, row.id, error)),
  }
}

async function environmentJobs(
  { read, connections, syncCron, pullEnvironment }: ScheduledOptions,
  aside: (work: Promise<void>) => void,
): Promise<Job[]> {
  const connection = syncCron === null ? null : connections.environment()
  if (syncCron === null || connection === null || (await readPause(read, ENVIRONMENT)) !== null) return []
  const run = async (): Promise<void> => aside(pullEnvironment(connection, scheduler))
  return [{ name: ENVIRONMENT, schedule: syncCron, run }]
}

/** Somebody else is at it, or the schedule was paused in this very moment: nothing is wrong. */
const ordinary: ReadonlySet<string> = new Set(['sync_running', 'conflict', 'shutting_down', 'not_found'])

/** A run that could not begin has no row to tell it; its integration does, since nobody is looking. */
async function tell({ write, clock, logger }: ScheduledOptions, id: string, error: unknown): Promise<void> {
  const { code, message } = quietly(logger, id, error)
  if (ordinary.has(code)) return
  await write.transaction().execute(async (tx) => {
    await updateIntegration(tx, id, { last_sync_status: 'error', last_sync_error: message })
    const entry = { action: 'sync.error', target: `integration:${id}`, after: { code, message } }
    await appendAudit(tx, systemActor, clock.now(), entry)
  })
}

function quietly(logger: Logger, integration: string, error: unknown): { code: string; message: string } {
  const { code, message } = toProblem(error)
  if (ordinary.has(code)) logger.debug('schedule.skipped', { integration, code })
  else logger.warn('schedule.not_synced', { integration, code })
  return { code, message }
}
