/** Runs as routes see them: start one, look at one, follow it, cancel it, and let all end when the server stops. */
import type { RunView } from '@snowline/protocol'
import { type Actor, appendAudit } from '../db/audit.ts'
import { ENVIRONMENT } from '../db/pauses.ts'
import { listRuns, type RunKey, readRun } from '../db/runs.ts'
import type { Executor, RunRow } from '../db/tables.ts'
import type { EventSource } from '../http/sse.ts'
import { ProblemError, validationFailed } from '../problem/problem-error.ts'
import { createSweeper } from '../runs/interrupted.ts'
import { hostOf, processIdentity } from '../runs/process-identity.ts'
import { KEPT_RUNS, readRawPages } from '../runs/raw-pages.ts'
import type { RunHub } from '../runs/run-hub.ts'
import type { Ending } from '../runs/run-settling.ts'
import {
  beginRun,
  type LiveRun,
  newLiveRun,
  type RunStartOptions,
  type StartedBy,
} from '../runs/run-start.ts'
import { runStream } from '../runs/run-stream.ts'
import { runView } from '../views/run-view.ts'
import { demandIntegration } from './integrations.ts'

export interface SyncRuns {
  /**
   * Starts a sync and returns once its run is stored; the work goes on by itself.
   *
   * @throws ProblemError `not_found`, `validation_failed`, `secret_unreadable`, `sync_running`, `shutting_down`, `store_failed`
   */
  start(integrationId: string, by: StartedBy): Promise<string>
  /** @throws ProblemError `not_found` */
  get(runId: string): Promise<RunView>
  /** Newest first. @throws ProblemError `validation_failed` for a cursor that is none of this list */
  list(
    integrationId: string,
    page: { limit: number; cursor?: string | undefined },
  ): Promise<{ runs: RunView[]; nextCursor: string | null }>
  /** Events with a number above `after`. @throws ProblemError `not_found` */
  follow(runId: string, after: number): Promise<EventSource>
  /**
   * The raw answers of a run that has ended, gzip NDJSON. A run of the environment's connection has no row; its id stands in its version.
   *
   * @throws ProblemError `not_found`, naming the server that may hold them
   */
  raw(runId: string): Promise<{ bytes: number; body: ReadableStream<Uint8Array> }>
  /** Asks a run to stop; it ends within one request. @throws ProblemError `not_found`, `conflict` when it runs in another process */
  cancel(runId: string, actor: Actor): Promise<RunView>
  /** Ends a run of this integration, if this process has one, and waits for it. */
  stopOf(integrationId: string): Promise<void>
  /** Ends what a dead process left behind; again when the last lease is over. */
  sweep(): Promise<void>
  /** Lets every run end at its next commit; a run that was ended goes on with the next sync. */
  drain(timeoutMs: number): Promise<void>
}

export interface SyncRunsOptions extends RunStartOptions {
  newId: () => string
  /** Waits for single records on their way into this mirror: they hold its lease for the length of a request. */
  comingHome?: (integrationId: string) => Promise<void>
  /** After a run of this mirror that was not asked for by a bulk pull, which does the same itself. */
  pulled?: (integrationId: string) => Promise<void>
}

export function createSyncRuns(options: SyncRunsOptions): SyncRuns {
  const { read, write, clock, hub, connections } = options
  const live = new Map<string, LiveRun>()
  let draining = false
  const sweeper = createSweeper(options, (runId) => hub.isLive(runId))
  return {
    async start(integrationId, by) {
      if (draining)
        throw new ProblemError('shutting_down', 'The server is about to stop.', { retryAfterSeconds: 5 })
      const stored = await demandIntegration(read, integrationId)
      const connection = connections.ofIntegration(stored)
      for (let known = live.get(integrationId); known !== undefined; known = live.get(integrationId)) {
        await demandOver(read, known)
      }
      const runId = options.newId()
      const run = newLiveRun(runId)
      // Taken in the breath in which it was found free: of a hundred presses at once one goes on.
      live.set(integrationId, run)
      hub.begin(runId)
      try {
        await options.comingHome?.(integrationId)
        // A run of a dead process gives way at once; a live one keeps its lease.
        await sweeper.sweep()
        const runner = await beginRun(options, { stored, connection, run, by })
        run.done = runner
          .finish()
          .then(() => afterwards(options, integrationId, run, by))
          .finally(() => leave(live, hub, integrationId, runId))
        return runId
      } catch (error) {
        await sweeper.takeBack(runId)
        leave(live, hub, integrationId, runId)
        throw error
      }
    },
    get: async (runId) => runView(await demandRun(read, runId)),
    async list(integrationId, { limit, cursor }) {
      const after = cursor === undefined ? null : parseCursor(cursor)
      const found = await listRuns(read, integrationId, limit + 1, after)
      const runs = found.slice(0, limit)
      return { runs: runs.map(runView), nextCursor: found.length > limit ? cursorOf(runs.at(-1)) : null }
    },
    async follow(runId, after) {
      await demandRun(read, runId)
      return runStream({ read, hub, clock }, runId, after)
    },
    async raw(runId) {
      const row = await readRun(read, runId)
      const integration = row?.integration_id ?? ENVIRONMENT
      const found = await readRawPages({ dataDir: options.dataDir, integration, runId })
      if (found === null) throw noRawPages(row)
      return found
    },
    async cancel(runId, actor) {
      const row = await demandRun(read, runId)
      const run = live.get(row.integration_id)
      if (run?.runId === runId) {
        const entry = { action: 'run.cancel', target: `run:${runId}` }
        await write.transaction().execute((tx) => appendAudit(tx, actor, clock.now(), entry))
        void stop(run, 'cancelled')
      } else if (row.state === 'running' || row.state === 'queued') throw elsewhere()
      return runView(await demandRun(read, runId))
    },
    async stopOf(integrationId) {
      const run = live.get(integrationId)
      if (run !== undefined) await stop(run, 'cancelled')
    },
    sweep: sweeper.sweep,
    async drain(timeoutMs) {
      draining = true
      sweeper.stop()
      const ends = Promise.all([...live.values()].map((run) => stop(run, 'stopping')))
      await Promise.race([ends, new Promise((resolve) => setTimeout(resolve, timeoutMs).unref())])
    },
  }
}

/** Never throws: the run itself has told its end. */
async function afterwards(
  { pulled, logger }: SyncRunsOptions,
  integrationId: string,
  run: LiveRun,
  { trigger }: StartedBy,
): Promise<void> {
  if (pulled === undefined || trigger === 'api' || run.abort.signal.aborted) return
  await pulled(integrationId).catch((error: unknown) => {
    const reason = error instanceof Error ? error.message : 'unknown'
    logger.warn('sync.status_back.failed', { integration: integrationId, reason })
  })
}

function stop(run: LiveRun, ending: Exclude<Ending, null>): Promise<void> {
  run.ending ??= ending
  run.abort.abort(new DOMException(`the run is ${ending}`, 'AbortError'))
  return run.done
}

function elsewhere(): ProblemError {
  return new ProblemError('conflict', 'This run belongs to another process of the server.', {
    hint: 'Cancel it there, or wait until its lease is over.',
  })
}

function leave(live: Map<string, LiveRun>, hub: RunHub, integrationId: string, runId: string): void {
  live.delete(integrationId)
  hub.end(runId)
}

/**
 * Waits for a run of ours that is over, in its own words or in the book: another process ends the run of a holder that slept past its
 * lease, and the holder itself would notice only with its next commit or renewal.
 *
 * @throws ProblemError `sync_running` when it goes on
 */
async function demandOver(read: Executor, run: LiveRun): Promise<void> {
  if (!run.settled) {
    const row = await readRun(read, run.runId)
    if (row === undefined || row.finished_at === null) throw alreadyRunning(run.runId)
    // Any other end is written by this process itself, which is about to know it.
    if (row.state === 'interrupted') return stop(run, 'stopping')
  }
  await run.done
}

function alreadyRunning(runId: string): ProblemError {
  return new ProblemError('sync_running', 'A sync of this integration is already running.', {
    hint: 'Follow that run, or start again when it has ended.',
    runId,
  })
}

function noRawPages(row: RunRow | undefined): ProblemError {
  if (row === undefined) return new ProblemError('not_found', 'No run has this id.')
  if (row.finished_at === null)
    return new ProblemError('not_found', 'This run has not ended; its raw answers can be had then.')
  const host = hostOf(row.process)
  const elsewhere =
    host === hostOf(processIdentity()) ? '' : ` It ran on the server ${host}, which may hold them.`
  return new ProblemError('not_found', `The raw answers of this run are not on this server.${elsewhere}`, {
    hint: `The newest ${KEPT_RUNS} runs of each integration are kept, unless RAW_DUMP is off; each server holds those of its own runs.`,
  })
}

function cursorOf(last: RunRow | undefined): string | null {
  return last === undefined ? null : `${last.started_at}_${last.id}`
}

function parseCursor(cursor: string): RunKey {
  const [, startedAt, id] = /^(\d{4}-\d\d-\d\dT[\d:.]{8,12}Z)_(.{1,100})$/.exec(cursor) ?? []
  if (startedAt !== undefined && id !== undefined) return { startedAt, id }
  throw validationFailed([{ path: 'cursor', message: 'is not a cursor of this list' }])
}

async function demandRun(db: Executor, runId: string): Promise<RunRow> {
  const row = await readRun(db, runId)
  if (row !== undefined) return row
  throw new ProblemError('not_found', 'No run has this id.', { hint: 'List the runs of the integration.' })
}
