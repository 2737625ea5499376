/** What a run writes of itself inside the transactions that change the mirror, and how it ends when it fails: once, whatever happens. */
import type { CompleteEvent, ErrorEvent, SyncPhase } from '@snowline/protocol'
import type { Logger } from '@snowline/sdk'
import type { ChangeCounts, OnTransition, PullEvent, PullTotals } from '@snowline/sdk/sync'
import { type Clock, isoSeconds } from '../clock.ts'
import { type Actor, appendAudit } from '../db/audit.ts'
import { readIntegration, updateIntegration } from '../db/integrations.ts'
import { updateUnfinishedRun } from '../db/runs.ts'
import type { Executor } from '../db/tables.ts'
import { toProblem } from '../problem/from-error.ts'
import { ProblemError } from '../problem/problem-error.ts'
import { integrationView } from '../views/integration-view.ts'
import { interruptRun } from './interrupted.ts'
import {
  commitDraft,
  completeDraft,
  type EventDraft,
  errorDraft,
  phaseProgress,
  progressDraft,
} from './run-events.ts'
import type { RunLog } from './run-log.ts'
import { removalMessage } from './run-messages.ts'

/** Why a run was told to stop; null while nobody told it. */
export type Ending = 'cancelled' | 'stopping' | null

export interface SettlingOptions {
  runId: string
  integrationId: string
  log: RunLog
  write: Executor
  clock: Clock
  logger: Logger
  allowedOrigins: readonly string[]
  actor: Actor
  ending: () => Ending
  /** Aborts when the run is told to stop. */
  signal: AbortSignal
  /** The terminal event is stored: whoever hears it may start the next run at once. */
  onSettled: () => void
}

/** What the run has told so far; kept by the runner, read here. */
export interface Told {
  phase: string
  /** The same in the words of the contract. */
  shown: SyncPhase
  atMs: number
  /** The raw copy has been spoken of. */
  stored: boolean
  batches: number
  counts: ChangeCounts
  totals: PullTotals
  /** Notices whose words are stored already. */
  notices: WeakSet<NoticeEvent>
}

export const nothingTold = (): Told => ({
  phase: '',
  shown: 'validate',
  atMs: 0,
  stored: false,
  batches: 0,
  counts: { added: 0, updated: 0, unchanged: 0, deleted: 0 },
  totals: { incidents: 0, batches: 0, exact: false },
  notices: new WeakSet(),
})

export type NoticeEvent = Extract<PullEvent, { type: 'notice' }>
type Completed = Extract<PullEvent, { type: 'complete' }>
type TransitionEvent = Parameters<OnTransition>[1]

/** Inside the engine's transaction: our rows and the mirror's stand or fall together. */
export function transitionOf(options: SettlingOptions, told: Told): OnTransition {
  const { log } = options
  let last: unknown = null
  return async (transaction, event) => {
    // Several events may belong to one transaction; what a former one staged and lost is forgotten at the first of the next.
    if (transaction.db !== last) log.dropStaged()
    last = transaction.db
    // The engine's store is over our own database: its transaction is one of ours.
    await stageEvent(options, told, transaction.db as Executor, event)
  }
}

async function stageEvent(
  options: SettlingOptions,
  told: Told,
  tx: Executor,
  event: TransitionEvent,
): Promise<void> {
  const { runId, integrationId, log, clock, actor } = options
  switch (event.type) {
    case 'committed':
      told.batches = event.firstBatch - 1 + Math.ceil(event.changes.length / event.batchSize)
      return stageRunning(options, told, tx, event, commitDraft(event))
    case 'removed': {
      const message = removalMessage(event.changes)
      const progress = { ...event, phase: 'ingest', message, etaMs: null, batches: told.batches } as const
      return stageRunning(options, told, tx, event, progressDraft(phaseProgress(progress)))
    }
    case 'notice': {
      told.notices.add(event)
      await log.stage(tx, [noticeDraft(told, event)])
      const target = `integration:${integrationId}`
      const after = { runId, message: event.message, details: event.details }
      return appendAudit(tx, actor, clock.now(), { action: `sync.${event.code}`, target, after })
    }
    case 'complete':
      return settleComplete(options, told, tx, event)
  }
}

/** A notice as one more line of progress. */
export function noticeDraft(
  { shown: phase, counts, totals, batches }: Told,
  { message }: NoticeEvent,
): EventDraft {
  return progressDraft(phaseProgress({ phase, message, counts, totals, etaMs: null, batches }))
}

async function stageRunning(
  { runId, log }: SettlingOptions,
  told: Told,
  tx: Executor,
  { counts, totals }: Pick<Told, 'counts' | 'totals'>,
  draft: EventDraft,
): Promise<void> {
  told.counts = counts
  told.totals = totals
  const running = await updateUnfinishedRun(tx, runId, { state: 'running', ...counts })
  if (!running) throw new ProblemError('run_interrupted', 'Another process ended this run.')
  await log.stage(tx, [draft])
}

async function settleComplete(
  options: SettlingOptions,
  { batches }: Told,
  tx: Executor,
  event: Completed,
): Promise<void> {
  const { runId, integrationId, log, clock, allowedOrigins } = options
  const { counts, totals } = event
  const now = isoSeconds(clock.now())
  const ended = await updateUnfinishedRun(tx, runId, { state: 'success', finished_at: now, ...counts })
  if (!ended) throw new ProblemError('run_interrupted', 'Another process ended this run.')
  await updateIntegration(tx, integrationId, {
    last_synced_at: now,
    last_sync_status: 'success',
    last_sync_error: null,
    full_read: 0,
    updated_at: now,
  })
  const stored = await readIntegration(tx, integrationId)
  if (stored === null) throw new ProblemError('not_found', 'The integration is gone.')
  const complete: CompleteEvent = {
    success: true,
    integration: integrationView(stored, allowedOrigins),
    stats: { ...counts, total: counts.added + counts.updated + counts.deleted, last_synced: now },
    version: event.activeVersion,
    runId,
  }
  const message = 'Status and times updated'
  const last = phaseProgress({ phase: 'update', message, counts, totals, etaMs: 0, batches })
  await log.stage(tx, [progressDraft(last), completeDraft(complete)])
  const after = { runId, stats: complete.stats, version: complete.version }
  const target = `integration:${integrationId}`
  await appendAudit(tx, options.actor, clock.now(), { action: 'sync.complete', target, after })
}

/** Waits between two tries to store an end: a full disk stays full until somebody makes room. */
const TRY_AGAIN_MS = [1_000, 2_000, 5_000] as const
const TRY_LATER_MS = 15_000

/** The terminal event of a run that did not complete, tried until it is stored: nobody else ends a run whose process lives. */
export async function settleFailure(options: SettlingOptions, error: unknown): Promise<void> {
  const { runId, integrationId, clock, logger, signal } = options
  const reason = error instanceof Error ? error.message : 'unknown'
  const ending = options.ending()
  logger.warn('sync.run.failed', { run: runId, integration: integrationId, ending, reason })
  for (let tries = 0; !(await storeFailure(options, error)); tries += 1) {
    // Told to stop and still no room: the run stays open in the book, and the next sweep ends it.
    if (signal.aborted && tries > 0) return
    await clock.sleep(TRY_AGAIN_MS[tries] ?? TRY_LATER_MS, signal).catch(() => undefined)
  }
}

/** One try; false when nothing could be written. Only status and message of the integration change. */
async function storeFailure(options: SettlingOptions, error: unknown): Promise<boolean> {
  const { runId, integrationId, log, write, clock, logger } = options
  const ending = options.ending()
  try {
    await write.transaction().execute(async (tx) => {
      if (ending === 'stopping') {
        await interruptRun(tx, runId, integrationId, clock.now())
        return
      }
      await writeFailure(options, tx, ending === 'cancelled' ? cancelled() : toProblem(error))
    })
    options.onSettled()
    log.committed()
    return true
  } catch (second) {
    log.dropStaged()
    const reason = second instanceof Error ? second.message : 'unknown'
    logger.error('sync.run.not_settled', { run: runId, reason })
    return false
  }
}

function cancelled(): ProblemError {
  return new ProblemError('run_cancelled', 'The sync was cancelled.', {
    hint: 'Start it again; it goes on where it stopped.',
  })
}

async function writeFailure(options: SettlingOptions, tx: Executor, problem: ProblemError): Promise<void> {
  const { runId, integrationId, log, clock, actor } = options
  const { code, message } = problem
  const hint = problem.fields.hint ?? null
  const ended = await updateUnfinishedRun(tx, runId, {
    state: code === 'run_cancelled' ? 'cancelled' : code === 'run_interrupted' ? 'interrupted' : 'error',
    finished_at: isoSeconds(clock.now()),
    error_code: code,
    error_message: message,
    error_hint: hint,
  })
  if (!ended) return
  const event: ErrorEvent = { success: false, message, code, ...(hint === null ? {} : { hint }), runId }
  await log.stage(tx, [errorDraft(event)])
  await updateIntegration(tx, integrationId, { last_sync_status: 'error', last_sync_error: message })
  const action = code === 'run_cancelled' ? 'sync.cancel' : 'sync.error'
  await appendAudit(tx, actor, clock.now(), { action, target: `integration:${integrationId}`, after: event })
}
