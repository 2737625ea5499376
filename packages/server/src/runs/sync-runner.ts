/** One run from its lease to its terminal event: the engine does the work, every step is stored before it is told. */
import type { PhaseEvent, PullEvent, PullOptions, SyncEngine } from '@snowline/sdk/sync'
import type { RawKeeper } from './raw-keeper.ts'
import { type EventDraft, phaseProgress, progressDraft } from './run-events.ts'
import { phaseMessage, phaseOf, plural } from './run-messages.ts'
import {
  type NoticeEvent,
  nothingTold,
  noticeDraft,
  type SettlingOptions,
  settleFailure,
  type Told,
  transitionOf,
} from './run-settling.ts'

export interface RunnerOptions extends SettlingOptions {
  engine: SyncEngine
  raw: RawKeeper
  createdBy: string
  /** What this run does beside its window. */
  asked: Pick<PullOptions, 'fullRead' | 'reconcile' | 'confirmDeletes'>
  signal: AbortSignal
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
  const { runId, integrationId, engine, log, raw, clock, logger } = options
  const told = nothingTold()
  const events = engine.pull({
    runId,
    createdBy: options.createdBy,
    signal: options.signal,
    ...options.asked,
    onPage: (text) => raw.page(text),
    onTransition: transitionOf(options, told),
  })
  let first: PullEvent | null = null
  return {
    async begin() {
      const next = await events.next()
      first = next.done === true ? null : next.value
    },
    async abandon() {
      await events.return()
      await raw.discard()
    },
    async finish() {
      try {
        if (first !== null) await take(options, told, first)
        for await (const event of events) await take(options, told, event)
      } catch (error) {
        log.dropStaged()
        await raw.close()
        await settleFailure(options, error)
      } finally {
        logger.debug('sync.run.ended', { run: runId, integration: integrationId, at: clock.now() })
      }
    },
  }
}

async function take(options: RunnerOptions, told: Told, event: PullEvent): Promise<void> {
  if (event.type === 'phase') return takePhase(options, told, event)
  if (event.type === 'notice') return takeNotice(options, told, event)
  if (event.type === 'complete') {
    options.onSettled()
    // Whoever hears the end may ask for the copies at once.
    await options.raw.records()
    await options.raw.close()
  }
  options.log.committed()
}

async function takePhase(options: RunnerOptions, told: Told, event: PhaseEvent): Promise<void> {
  const { raw, clock } = options
  const phase = phaseOf(event.phase)
  const drafts: EventDraft[] = []
  told.counts = event.counts
  told.totals = event.totals
  if (phase !== 'validate' && phase !== 'fetch' && !told.stored) {
    told.stored = true
    const records = await raw.records()
    const kept = records === null ? 'Raw answers are not kept' : `${plural(records, 'raw record')} stored`
    drafts.push(
      progressDraft(phaseProgress({ ...event, phase: 'store', message: kept, batches: told.batches })),
    )
  }
  const now = clock.now()
  if (event.phase === told.phase && now - told.atMs < PHASE_EVERY_MS) return
  told.phase = event.phase
  told.shown = phase
  told.atMs = now
  const message = phaseMessage(event)
  drafts.push(progressDraft(phaseProgress({ ...event, phase, message, batches: told.batches })))
  await tell(options, drafts)
}

/** Notices of a sync that goes its way; the others ask for somebody's eyes. */
const ordinary: ReadonlySet<NoticeEvent['code']> = new Set([
  'generation.new',
  'reconcile.done',
  'reconcile.healed',
])

/** A notice that changed nothing is told and logged; one that came with a change is stored with it already. */
async function takeNotice(options: RunnerOptions, told: Told, event: NoticeEvent): Promise<void> {
  const { integrationId, runId, log, logger } = options
  const level = ordinary.has(event.code) ? 'info' : 'warn'
  logger[level](`sync.${event.code}`, { integration: integrationId, run: runId, ...event.details })
  if (told.notices.has(event)) log.committed()
  else await tell(options, [noticeDraft(told, event)])
}

async function tell({ write, log }: RunnerOptions, drafts: readonly EventDraft[]): Promise<void> {
  await write.transaction().execute((tx) => log.stage(tx, drafts))
  log.committed()
}
