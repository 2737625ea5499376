/** Brings the mirror of the help desk's connection up to date: as a run of its integration, or, for the environment's, right here. */
import type { CompleteEvent, ErrorEvent, ProgressEvent } from '@snowline/protocol'
import type { Connection } from '../connections/connections.ts'
import { ProblemError } from '../problem/problem-error.ts'
import type { Homecoming } from '../push/homecoming.ts'
import { type EnvironmentRunOptions, environmentRun } from '../runs/environment-run.ts'
import { phaseProgress } from '../runs/run-events.ts'
import { phaseOf, removalMessage } from '../runs/run-messages.ts'
import type { StartedBy } from '../runs/run-start.ts'
import type { SyncRuns } from './sync-runs.ts'

/** What a pull changed in the mirror. */
export interface Pulled {
  fetched: number
  updated: number
}

export type MirrorEvent = { type: 'progress'; data: ProgressEvent } | { type: 'pulled'; data: Pulled }

export interface MirrorPull {
  /**
   * Progress, then exactly one `pulled`.
   *
   * @throws ProblemError `sync_running`, `shutting_down`, or what ended the run
   */
  events(connection: Connection, by: StartedBy, signal: AbortSignal): AsyncGenerator<MirrorEvent, void, void>
}

export interface MirrorPullOptions extends EnvironmentRunOptions {
  syncRuns: SyncRuns
  homecoming: Homecoming
}

export function createMirrorPull(options: MirrorPullOptions): MirrorPull {
  return {
    events: (connection, by, signal) =>
      connection.source === 'env'
        ? ofEnvironment(options, connection, by, signal)
        : ofIntegration(options, connection, by, signal),
  }
}

async function* ofIntegration(
  { syncRuns }: MirrorPullOptions,
  connection: Connection,
  by: StartedBy,
  signal: AbortSignal,
): AsyncGenerator<MirrorEvent, void, void> {
  const runId = await syncRuns.start(connection.mirror, { trigger: 'api', ...by })
  const source = await syncRuns.follow(runId, 0)
  for await (const { event, data } of source.frames(signal)) {
    if (event === 'progress') yield { type: 'progress', data: JSON.parse(data) as ProgressEvent }
    if (event === 'error') throw ended(JSON.parse(data) as ErrorEvent)
    if (event !== 'complete') continue
    const { stats } = JSON.parse(data) as CompleteEvent
    yield {
      type: 'pulled',
      data: { fetched: stats.added + stats.updated + stats.unchanged, updated: stats.updated },
    }
    return
  }
  throw new ProblemError('run_interrupted', 'The sync ended without a word.', { runId })
}

function ended({ code, message, hint }: ErrorEvent): ProblemError {
  return new ProblemError(code, message, hint === undefined ? {} : { hint })
}

/** Told as progress of the same shape, though no run is stored. */
async function* ofEnvironment(
  options: MirrorPullOptions,
  connection: Connection,
  by: StartedBy,
  signal: AbortSignal,
): AsyncGenerator<MirrorEvent, void, void> {
  await options.homecoming.idle(connection.mirror)
  let batches = 0
  for await (const event of environmentRun(options, connection, by, signal)) {
    if (event.type === 'notice') continue
    const { counts, totals } = event
    if (event.type === 'complete') {
      yield {
        type: 'pulled',
        data: { fetched: counts.added + counts.updated + counts.unchanged, updated: counts.updated },
      }
      continue
    }
    if (event.type === 'committed')
      batches = event.firstBatch - 1 + Math.ceil(event.changes.length / event.batchSize)
    const phase = event.type === 'phase' ? phaseOf(event.phase) : 'ingest'
    const etaMs = event.type === 'removed' ? null : event.etaMs
    const message =
      event.type === 'removed'
        ? removalMessage(event.changes)
        : `${counts.added + counts.updated} of ${totals.incidents} incidents stored`
    yield { type: 'progress', data: phaseProgress({ phase, message, batches, counts, totals, etaMs }) }
  }
}
