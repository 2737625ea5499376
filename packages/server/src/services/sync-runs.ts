/** Runs as routes see them: start one, look at one, follow it, cancel it, and let all end when the server stops. */
import type { RunView } from '@snowline/protocol'
import { type Logger, tableSource, type UtcStamp } from '@snowline/sdk'
import { createSyncEngine, type SyncStore } from '@snowline/sdk/sync'
import type { Principal } from '../auth/principal.ts'
import { type Clock, isoSeconds } from '../clock.ts'
import type { Connections } from '../connections/connections.ts'
import { fieldNames } from '../connections/integration-config.ts'
import { type Actor, appendAudit } from '../db/audit.ts'
import type { StoredIntegration } from '../db/integrations.ts'
import { deleteQueuedRun, insertRun, listRuns, readRun, updateUnfinishedRun } from '../db/runs.ts'
import type { Executor, RunRow } from '../db/tables.ts'
import type { EventSource } from '../http/sse.ts'
import { ProblemError } from '../problem/problem-error.ts'
import { interruptOthers, sweepInterrupted } from '../runs/interrupted.ts'
import { processIdentity } from '../runs/process-identity.ts'
import { noDump, openRawDump, type RawDump } from '../runs/raw-dump.ts'
import type { RunHub } from '../runs/run-hub.ts'
import { createRunLog } from '../runs/run-log.ts'
import { runStream } from '../runs/run-stream.ts'
import { createRunner, type Ending, type Runner } from '../runs/sync-runner.ts'
import { configValues } from '../views/integration-view.ts'
import { runView } from '../views/run-view.ts'
import { demandIntegration } from './integrations.ts'

export interface SyncRuns {
  /**
   * Starts a sync and returns once its run is stored; the work goes on by itself.
   *
   * @throws ProblemError `not_found`, `validation_failed`, `secret_unreadable`, `sync_running`, `shutting_down`, `store_failed`
   */
  start(
    integrationId: string,
    by: { principal: Principal; actor: Actor; trigger?: RunRow['trigger'] },
  ): Promise<string>
  /** @throws ProblemError `not_found` */
  get(runId: string): Promise<RunView>
  list(integrationId: string, limit: number): Promise<RunView[]>
  /** Events with a number above `after`. @throws ProblemError `not_found` */
  follow(runId: string, after: number): Promise<EventSource>
  /** Asks a run to stop; it ends within one request. @throws ProblemError `not_found`, `conflict` when it runs in another process */
  cancel(runId: string, actor: Actor): Promise<RunView>
  /** Ends a run of this integration, if this process has one, and waits for it. */
  stopOf(integrationId: string): Promise<void>
  /** Ends what a dead process left behind; again when the last lease is over. */
  sweep(): Promise<void>
  /** Lets every run end at its next commit; a run that was ended goes on with the next sync. */
  drain(timeoutMs: number): Promise<void>
}

export interface SyncRunsOptions {
  write: Executor
  read: Executor
  store: SyncStore
  connections: Connections
  hub: RunHub
  clock: Clock
  newId: () => string
  logger: Logger
  dataDir: string
  rawDump: boolean
}

interface LiveRun {
  runId: string
  abort: AbortController
  ending: Ending
  /** Its terminal event is stored; what is left is to give the lease back. */
  settled: boolean
  done: Promise<void>
}

export function createSyncRuns(options: SyncRunsOptions): SyncRuns {
  const { read, write, clock, hub, connections } = options
  const live = new Map<string, LiveRun>()
  let draining = false
  let sweeper: NodeJS.Timeout | undefined
  const stop = (run: LiveRun, ending: Exclude<Ending, null>): Promise<void> => {
    run.ending ??= ending
    run.abort.abort(new DOMException(`the run is ${ending}`, 'AbortError'))
    return run.done
  }
  const sweep = async (): Promise<void> => {
    clearTimeout(sweeper)
    const again = await sweepInterrupted(options, (runId) => hub.isLive(runId))
    if (again === null || draining) return
    sweeper = setTimeout(
      () => void sweep().catch(() => undefined),
      Math.max(1_000, again - clock.now() + 250),
    )
    sweeper.unref()
  }
  return {
    async start(integrationId, by) {
      if (draining)
        throw new ProblemError('shutting_down', 'The server is about to stop.', { retryAfterSeconds: 5 })
      const stored = await demandIntegration(read, integrationId)
      const connection = connections.ofIntegration(stored)
      await demandIdle(live, integrationId)
      const runId = options.newId()
      const run: LiveRun = {
        runId,
        abort: new AbortController(),
        ending: null,
        settled: false,
        done: Promise.resolve(),
      }
      // Taken before the first wait: of a hundred presses at once one goes on.
      live.set(integrationId, run)
      hub.begin(runId)
      let runner: Runner | null = null
      try {
        // A run of a dead process gives way at once; a live one keeps its lease.
        await sweepInterrupted(options, (id) => hub.isLive(id))
        runner = await prepare(options, { stored, connection, run, by })
        await queueRun(options, { runId, integrationId, by })
        await runner.begin()
        await interruptOthers(options, integrationId, runId)
        await openRun(options, { runId, integrationId, by })
        run.done = runner.finish().finally(() => leave(live, hub, integrationId, runId))
        return runId
      } catch (error) {
        try {
          await runner?.abandon()
          await write.transaction().execute((tx) => deleteQueuedRun(tx, runId))
        } finally {
          leave(live, hub, integrationId, runId)
        }
        throw error
      }
    },
    get: async (runId) => runView(await demandRun(read, runId)),
    list: async (integrationId, limit) => (await listRuns(read, integrationId, limit)).map(runView),
    async follow(runId, after) {
      await demandRun(read, runId)
      return runStream({ read, hub, clock }, runId, after)
    },
    async cancel(runId, actor) {
      const row = await demandRun(read, runId)
      const run = live.get(row.integration_id)
      if (run?.runId === runId) {
        const target = `run:${runId}`
        await write
          .transaction()
          .execute((tx) => appendAudit(tx, actor, clock.now(), { action: 'run.cancel', target }))
        void stop(run, 'cancelled')
      } else if (row.state === 'running' || row.state === 'queued') {
        throw new ProblemError('conflict', 'This run belongs to another process of the server.', {
          hint: 'Cancel it there, or wait until its lease is over.',
        })
      }
      return runView(await demandRun(read, runId))
    },
    async stopOf(integrationId) {
      const run = live.get(integrationId)
      if (run !== undefined) await stop(run, 'cancelled')
    },
    sweep,
    async drain(timeoutMs) {
      draining = true
      clearTimeout(sweeper)
      const ends = Promise.all([...live.values()].map((run) => stop(run, 'stopping')))
      await Promise.race([ends, new Promise((resolve) => setTimeout(resolve, timeoutMs).unref())])
    },
  }
}

function leave(live: Map<string, LiveRun>, hub: RunHub, integrationId: string, runId: string): void {
  live.delete(integrationId)
  hub.end(runId)
}

/** @throws ProblemError `sync_running`; a run that has told its end is waited for */
async function demandIdle(live: ReadonlyMap<string, LiveRun>, integrationId: string): Promise<void> {
  for (let run = live.get(integrationId); run !== undefined; run = live.get(integrationId)) {
    if (!run.settled) throw alreadyRunning(run.runId)
    await run.done
  }
}

function alreadyRunning(runId: string): ProblemError {
  return new ProblemError('sync_running', 'A sync of this integration is already running.', {
    hint: 'Follow that run, or start again when it has ended.',
    runId,
  })
}

async function demandRun(db: Executor, runId: string): Promise<RunRow> {
  const row = await readRun(db, runId)
  if (row !== undefined) return row
  throw new ProblemError('not_found', 'No run has this id.', { hint: 'List the runs of the integration.' })
}

interface Preparation {
  stored: StoredIntegration
  connection: ReturnType<Connections['ofIntegration']>
  run: LiveRun
  by: { principal: Principal; actor: Actor }
}

async function prepare(
  options: SyncRunsOptions,
  { stored, connection, run, by }: Preparation,
): Promise<Runner> {
  const { store, clock, logger, write, hub, connections } = options
  const { row } = stored
  const values = configValues(stored)
  const fields = fieldNames(values.fields)
  const source = tableSource(connection.client, connection.table, {
    ...(typeof values.query === 'string' ? { filter: values.query } : {}),
    ...(fields === null ? {} : { fields }),
    ...(row.start_date === null ? {} : { createdFrom: row.start_date as UtcStamp }),
  })
  const engine = createSyncEngine({
    // Another instance answers another question, even about a table of the same name.
    source: {
      ...source,
      page: source.page,
      fingerprint: `${connection.client.origin} ${source.fingerprint}`,
    },
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
    dump: await openDump(options, run.runId),
    write,
    clock,
    logger,
    allowedOrigins: connections.allowedOrigins,
    actor: by.actor,
    createdBy: by.principal.email === '' ? by.principal.userId : by.principal.email,
    fullRead: row.full_read === 1,
    signal: run.abort.signal,
    ending: () => run.ending,
    onSettled: () => {
      run.settled = true
    },
  })
}

async function openDump({ rawDump, dataDir, logger }: SyncRunsOptions, runId: string): Promise<RawDump> {
  if (!rawDump) return noDump
  try {
    return await openRawDump(dataDir, runId)
  } catch (error) {
    logger.warn('sync.raw_dump.failed', {
      run: runId,
      reason: error instanceof Error ? error.message : 'unknown',
    })
    return noDump
  }
}

interface NewRun {
  runId: string
  integrationId: string
  by: { principal: Principal; actor: Actor; trigger?: RunRow['trigger'] }
}

/** Stored before the lease is taken: whoever finds the lease finds whose it is. */
async function queueRun(
  { write, clock }: SyncRunsOptions,
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
  { write, clock }: SyncRunsOptions,
  { runId, integrationId, by }: NewRun,
): Promise<void> {
  await write.transaction().execute(async (tx) => {
    await updateUnfinishedRun(tx, runId, { state: 'running' })
    const entry = { action: 'sync.start', target: `integration:${integrationId}`, after: { runId } }
    await appendAudit(tx, by.actor, clock.now(), entry)
  })
}
