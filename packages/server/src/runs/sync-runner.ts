/** One run from its lease to its terminal event: the engine does the work, every step is stored before it is told. */
import type { CompleteEvent, ErrorEvent } from '@snowline/protocol'
import type { Logger } from '@snowline/sdk'
import type { CommittedEvent, PhaseEvent, PullEvent, StoreTransaction, SyncEngine } from '@snowline/sdk/sync'
import { type Clock, isoSeconds } from '../clock.ts'
import { type Actor, appendAudit } from '../db/audit.ts'
import { readIntegration, updateIntegration } from '../db/integrations.ts'
import { updateUnfinishedRun } from '../db/runs.ts'
import type { Executor } from '../db/tables.ts'
import { toProblem } from '../problem/from-error.ts'
import { ProblemError } from '../problem/problem-error.ts'
import { integrationView } from '../views/integration-view.ts'
import { interruptRun } from './interrupted.ts'
import type { RawDump } from './raw-dump.ts'
import {
  commitDraft,
  completeDraft,
  type EventDraft,
  errorDraft,
  phaseProgress,
  plural,
  progressDraft,
} from './run-events.ts'
import type { RunLog } from './run-log.ts'

/** Why a run was told to stop; null while nobody told it. */
export type Ending = 'cancelled' | 'stopping' | null

export interface RunnerOptions {
  runId: string
  integrationId: string
  engine: SyncEngine
  log: RunLog
  dump: RawDump
  write: Executor
  clock: Clock
  logger: Logger
  allowedOrigins: readonly string[]
  actor: Actor
  createdBy: string
  fullRead: boolean
  signal: AbortSignal
  ending: () => Ending
  /** The terminal event is stored: whoever hears it may start the next run at once. */
  onSettled: () => void
}

/** Phases that repeat within this time are told once. */
const PHASE_EVERY_MS = 250

export interface Runner {
  /**
   * Takes the lease. What it throws is known before the run begins.
   *
   * @throws SyncRunningError, StoreError
   */
  begin(): Promise<void>
  /** Works to the end and stores the terminal event; never throws. */
  finish(): Promise<void>
  /** Gives the lease back without a word: the run could not be stored. */
  abandon(): Promise<void>
}

export function createRunner(options: RunnerOptions): Runner {
  const { runId, integrationId, engine, log, dump, clock, logger } = options
  const told: Told = { phase: '', atMs: 0, stored: false, batches: 0 }
  const events = engine.pull({
    runId,
    createdBy: options.createdBy,
    signal: options.signal,
    fullRead: options.fullRead,
    onPage: (text) => dump.page(text),
    onTransition: (tx, event) => onTransition(options, told, tx, event),
  })
  let first: PullEvent | null = null
  return {
    async begin() {
      const next = await events.next()
      first = next.done === true ? null : next.value
    },
    async abandon() {
      await events.return()
      await dump.discard().catch(() => undefined)
    },
    async finish() {
      try {
        if (first !== null) await take(options, told, first)
        for await (const event of events) await take(options, told, event)
      } catch (error) {
        log.dropStaged()
        await settleFailure(options, error)
      } finally {
        await dump.discard().catch(() => undefined)
        logger.debug('sync.run.ended', { run: runId, integration: integrationId, at: clock.now() })
      }
    },
  }
}

interface Told {
  phase: string
  atMs: number
  stored: boolean
  batches: number
}

async function take(options: RunnerOptions, told: Told, event: PullEvent): Promise<void> {
  const { log, dump } = options
  if (event.type === 'phase') return takePhase(options, told, event)
  if (event.type === 'complete') {
    options.onSettled()
    await finishDump(options, dump)
  } else told.batches = event.firstBatch - 1 + Math.ceil(event.changes.length / event.batchSize)
  log.committed()
}

async function takePhase(options: RunnerOptions, told: Told, event: PhaseEvent): Promise<void> {
  const { log, dump, clock, write } = options
  const drafts: EventDraft[] = []
  if ((event.phase === 'ingest' || event.phase === 'version') && !told.stored) {
    told.stored = true
    const records = await finishDump(options, dump)
    const kept = records === null ? 'Raw answers are not kept' : `${plural(records, 'raw record')} stored`
    drafts.push(
      progressDraft(phaseProgress({ ...event, phase: 'store', message: kept, batches: told.batches })),
    )
  }
  const now = clock.now()
  if (event.phase === told.phase && now - told.atMs < PHASE_EVERY_MS) return
  told.phase = event.phase
  told.atMs = now
  drafts.push(progressDraft(phaseProgress({ ...event, message: phaseMessage(event), batches: told.batches })))
  await write.transaction().execute((tx) => log.stage(tx, drafts))
  log.committed()
}

function phaseMessage(event: PhaseEvent): string {
  const { phase, read, totals } = event
  switch (phase) {
    case 'validate':
      return 'Settings are complete, connecting to ServiceNow'
    case 'fetch':
      return read === 0
        ? 'Asking ServiceNow for what is new'
        : `${plural(read, 'record')} read from ServiceNow`
    case 'ingest':
      return totals.incidents === 0
        ? 'Nothing new'
        : `${plural(totals.incidents, 'incident')} to process in ${plural(totals.batches, 'batch').replace(/batchs$/, 'batches')}`
    case 'version':
      return 'Sealing the dataset version'
  }
}

/** Null when no dump is kept or writing it failed: that never fails a run. */
async function finishDump({ logger, runId }: RunnerOptions, dump: RawDump): Promise<number | null> {
  try {
    return await dump.finish()
  } catch (error) {
    logger.warn('sync.raw_dump.failed', {
      run: runId,
      reason: error instanceof Error ? error.message : 'unknown',
    })
    return null
  }
}

/** Inside the engine's transaction: our rows and the mirror's stand or fall together. */
async function onTransition(
  options: RunnerOptions,
  told: Told,
  transaction: StoreTransaction,
  event: Exclude<PullEvent, PhaseEvent>,
): Promise<void> {
  // The engine's store is over our own database: its transaction is one of ours.
  const tx = transaction.db as Executor
  options.log.dropStaged()
  if (event.type === 'committed') return onCommit(options, tx, event)
  const { runId, integrationId, log, clock, allowedOrigins } = options
  const { counts } = event
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
  const { totals } = event
  const last = phaseProgress({ phase: 'update', message, counts, totals, etaMs: 0, batches: told.batches })
  await log.stage(tx, [progressDraft(last), completeDraft(complete)])
  const after = { runId, stats: complete.stats, version: complete.version }
  const target = `integration:${integrationId}`
  await appendAudit(tx, options.actor, clock.now(), { action: 'sync.complete', target, after })
}

async function onCommit({ runId, log }: RunnerOptions, tx: Executor, event: CommittedEvent): Promise<void> {
  const running = await updateUnfinishedRun(tx, runId, { state: 'running', ...event.counts })
  if (!running) throw new ProblemError('run_interrupted', 'Another process ended this run.')
  await log.stage(tx, [commitDraft(event)])
}

/** The terminal event of a run that did not complete; only status and message of the integration change. */
async function settleFailure(options: RunnerOptions, error: unknown): Promise<void> {
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
  } catch (second) {
    // The run stays unfinished in the book; the sweep ends it when its lease is over.
    logger.error('sync.run.not_settled', {
      run: runId,
      reason: second instanceof Error ? second.message : 'unknown',
    })
  }
  const reason = error instanceof Error ? error.message : 'unknown'
  logger.warn('sync.run.failed', { run: runId, integration: integrationId, ending, reason })
}

function cancelled(): ProblemError {
  return new ProblemError('run_cancelled', 'The sync was cancelled.', {
    hint: 'Start it again; it goes on where it stopped.',
  })
}

async function writeFailure(options: RunnerOptions, tx: Executor, problem: ProblemError): Promise<void> {
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
