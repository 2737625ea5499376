/** The beginning of a run: its engine over the integration's settings, its copy of raw records, its row. */
import type { Logger } from '@snowline/sdk'
import { createSyncEngine, type SyncStore } from '@snowline/sdk/sync'
import { nameOf, type Principal } from '../auth/principal.ts'
import { type Clock, isoSeconds } from '../clock.ts'
import type { Connection, Connections } from '../connections/connections.ts'
import { type Actor, appendAudit } from '../db/audit.ts'
import type { StoredIntegration } from '../db/integrations.ts'
import { readPause, writePause } from '../db/pauses.ts'
import { insertRun, updateUnfinishedRun } from '../db/runs.ts'
import type { Executor, RunRow } from '../db/tables.ts'
import { ProblemError } from '../problem/problem-error.ts'
import { configValues } from '../views/integration-view.ts'
import { interruptOthers } from './interrupted.ts'
import { heldBy } from './lease-holder.ts'
import { mirrorSource } from './mirror-source.ts'
import { processIdentity } from './process-identity.ts'
import { openRawKeeper } from './raw-keeper.ts'
import type { RunHub } from './run-hub.ts'
import { createRunLog } from './run-log.ts'
import type { Ending } from './run-settling.ts'
import { createRunner, type Runner } from './sync-runner.ts'

export interface RunStartOptions {
  write: Executor
  read: Executor
  store: SyncStore
  connections: Connections
  hub: RunHub
  clock: Clock
  logger: Logger
  dataDir: string
  rawDump: boolean
}

/** What a run is asked to do beside reading what is new. */
export interface Asked {
  /** Read everything again, as a new generation. */
  full?: boolean | undefined
  /** Compare every incident with the instance. */
  reconcile?: boolean | undefined
  /** A person has looked: what is not visible any more may go, however much it is. */
  confirmDeletes?: boolean | undefined
}

/** Who started a run, and what for. */
export interface StartedBy {
  principal: Pick<Principal, 'userId' | 'email'>
  actor: Actor
  trigger?: RunRow['trigger']
  asked?: Asked
}

/** A run this process works on. */
export interface LiveRun {
  runId: string
  abort: AbortController
  ending: Ending
  /** Its terminal event is stored; what is left is to give the lease back. */
  settled: boolean
  done: Promise<void>
}

/** A run nobody has told to stop. */
export function newLiveRun(runId: string): LiveRun {
  return { runId, abort: new AbortController(), ending: null, settled: false, done: Promise.resolve() }
}

/**
 * Stores the run and takes its lease. When that fails it holds nothing; the caller takes the stored row back.
 *
 * @throws SyncRunningError when another run holds the lease, ProblemError `conflict` when something short does, StoreError
 */
export async function beginRun(options: RunStartOptions, preparation: Preparation): Promise<Runner> {
  const { runId } = preparation.run
  const integrationId = preparation.stored.row.id
  const { by } = preparation
  const runner = await prepareRun(options, preparation)
  try {
    await queueRun(options, { runId, integrationId, by })
    await runner.begin()
    await interruptOthers(options, integrationId, runId)
    await openRun(options, { runId, integrationId, by })
    return runner
  } catch (error) {
    await runner.abandon()
    throw await heldBy(options.read, error)
  }
}

export interface Preparation {
  stored: StoredIntegration
  connection: Connection
  run: LiveRun
  by: StartedBy
}

async function prepareRun(
  options: RunStartOptions,
  { stored, connection, run, by }: Preparation,
): Promise<Runner> {
  const { store, clock, logger, write, hub, connections, dataDir, rawDump } = options
  const { row } = stored
  const asked = by.asked ?? {}
  const values = configValues(stored)
  const engine = createSyncEngine({
    source: mirrorSource(connection, stored),
    store,
    integration: connection.mirror,
    clock,
    logger,
    batchSize: typeof values.batchSize === 'number' ? values.batchSize : 5,
  })
  return createRunner({
    runId: run.runId,
    integrationId: row.id,
    engine,
    log: createRunLog(hub, run.runId, 1),
    raw: await openRawKeeper({ on: rawDump, dataDir, integration: row.id, runId: run.runId, logger }),
    write,
    clock,
    logger,
    allowedOrigins: connections.allowedOrigins,
    actor: by.actor,
    createdBy: nameOf(by.principal),
    asked: {
      fullRead: row.full_read === 1 || asked.full === true,
      reconcile: asked.reconcile === true,
      confirmDeletes: asked.confirmDeletes === true,
    },
    signal: run.abort.signal,
    ending: () => run.ending,
    onSettled: () => {
      run.settled = true
    },
  })
}

interface NewRun {
  runId: string
  integrationId: string
  by: StartedBy
}

/** Stored before the lease is taken: whoever finds the lease finds whose it is. */
async function queueRun(
  { write, clock }: RunStartOptions,
  { runId, integrationId, by }: NewRun,
): Promise<void> {
  const row: RunRow = {
    id: runId,
    integration_id: integrationId,
    trigger: by.trigger ?? 'manual',
    state: 'queued',
    started_at: isoSeconds(clock.now()),
    finished_at: null,
    added: 0,
    updated: 0,
    unchanged: 0,
    deleted: 0,
    error_code: null,
    error_message: null,
    error_hint: null,
    created_by: by.principal.userId,
    process: processIdentity(),
  }
  await write.transaction().execute((tx) => insertRun(tx, row))
}

async function openRun(
  { write, clock }: RunStartOptions,
  { runId, integrationId, by }: NewRun,
): Promise<void> {
  await write.transaction().execute(async (tx) => {
    await updateUnfinishedRun(tx, runId, { state: 'running' })
    const target = `integration:${integrationId}`
    const entry = { action: 'sync.start', target, after: { runId, ...by.asked } }
    await appendAudit(tx, by.actor, clock.now(), entry)
    await liftPause(tx, integrationId, by, clock.now())
  })
}

/**
 * Whoever syncs by hand has seen why the schedule stood still; the schedule itself never lifts its pause.
 *
 * @throws ProblemError `conflict` when the schedule was paused since it was looked at
 */
export async function liftPause(
  tx: Executor,
  integration: string,
  { trigger, actor }: Pick<StartedBy, 'trigger' | 'actor'>,
  nowMs: number,
): Promise<void> {
  const pause = await readPause(tx, integration)
  if (pause === null) return
  if (trigger === 'schedule') throw new ProblemError('conflict', 'The schedule is paused.')
  await writePause(tx, integration, null)
  const entry = { action: 'integration.resume', target: `integration:${integration}`, before: pause }
  await appendAudit(tx, actor, nowMs, entry)
}
