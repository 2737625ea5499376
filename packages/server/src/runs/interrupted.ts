/** Runs whose process died: found when nobody holds their lease any more, and given the terminal event they could not write. */
import type { ErrorEvent } from '@snowline/protocol'
import type { Logger } from '@snowline/sdk'
import type { SyncStore } from '@snowline/sdk/sync'
import { type Clock, isoSeconds } from '../clock.ts'
import { appendAudit, systemActor } from '../db/audit.ts'
import { readIntegration, updateIntegration } from '../db/integrations.ts'
import {
  deleteQueuedRun,
  insertRunEvent,
  listEndedRuns,
  listUnfinishedRuns,
  nextEventNumber,
  updateUnfinishedRun,
} from '../db/runs.ts'
import type { Executor, RunRow } from '../db/tables.ts'
import { catalogue } from '../problem/catalogue.ts'
import { ownerOf } from './lease-owner.ts'
import { isDead, processIdentity } from './process-identity.ts'
import { errorDraft } from './run-events.ts'

export interface InterruptedOptions {
  write: Executor
  read: Executor
  /** Over `namingProcess`: what a dead process held is free. */
  store: SyncStore
  clock: Clock
}

/** Long enough to write one transaction. */
const SWEEP_TTL_MS = 5_000

const MESSAGE = 'The server stopped while this sync was running; the next one goes on where it stopped.'

/** Ends one run as interrupted, in the caller's transaction. False when it had already ended. */
export async function interruptRun(
  tx: Executor,
  runId: string,
  integrationId: string,
  nowMs: number,
): Promise<boolean> {
  const hint = catalogue.run_interrupted.fix
  const ended = await updateUnfinishedRun(tx, runId, {
    state: 'interrupted',
    finished_at: isoSeconds(nowMs),
    error_code: 'run_interrupted',
    error_message: MESSAGE,
    error_hint: hint,
  })
  if (!ended) return false
  const event: ErrorEvent = { success: false, message: MESSAGE, code: 'run_interrupted', hint, runId }
  const first = await nextEventNumber(tx, runId)
  await insertRunEvent(tx, { run_id: runId, first, ...errorDraft(event) })
  if ((await readIntegration(tx, integrationId)) !== null) {
    await updateIntegration(tx, integrationId, { last_sync_status: 'error', last_sync_error: MESSAGE })
  }
  const entry = { action: 'sync.interrupted', target: `integration:${integrationId}`, after: { runId } }
  await appendAudit(tx, systemActor, nowMs, entry)
  return true
}

/** So long after it was stored a run has its lease, or never takes it. */
const QUEUED_MS = 10_000

/** A run that a living process has just stored and is about to take the lease for: that nobody holds it yet proves nothing. */
function isQueuing(run: RunRow, nowMs: number): boolean {
  const recent = Math.abs(nowMs - Date.parse(run.started_at)) < QUEUED_MS
  return run.state === 'queued' && recent && !isDead(run.process)
}

/** Ends every unfinished run of an integration but the caller's own, whose lease proves the others dead. */
export async function interruptOthers(
  options: InterruptedOptions,
  integrationId: string,
  ownRunId: string,
): Promise<void> {
  const open = (await listUnfinishedRuns(options.read)).filter(
    (run) =>
      run.integration_id === integrationId && run.id !== ownRunId && !isQueuing(run, options.clock.now()),
  )
  if (open.length === 0) return
  await options.write.transaction().execute(async (tx) => {
    for (const run of open) await interruptRun(tx, run.id, integrationId, options.clock.now())
  })
}

/**
 * Looks at every unfinished run once: those whose process is dead, or whose lease nobody holds, are ended.
 *
 * @param isOurs runs this process works on now
 * @returns when to look again (milliseconds since 1970), null when nothing is left to wait for
 */
export async function sweepInterrupted(
  options: InterruptedOptions,
  isOurs: (runId: string) => boolean,
): Promise<number | null> {
  const { write, read, store, clock } = options
  await endLeftLeases(options, isOurs)
  let again: number | null = null
  for (const run of await listUnfinishedRuns(read)) {
    if (isOurs(run.id)) continue
    if (isQueuing(run, clock.now())) {
      again = Math.min(again ?? Number.POSITIVE_INFINITY, clock.now() + QUEUED_MS)
      continue
    }
    const answer = await store.acquireLease(run.integration_id, `sweep:${run.id}`, SWEEP_TTL_MS, clock.now())
    if ('heldBy' in answer) {
      // Held by another run, this one can only be dead; held by itself, it may live.
      if (answer.heldBy !== run.id) await interruptAlone(options, run)
      else again = Math.min(again ?? Number.POSITIVE_INFINITY, answer.expiresAt)
      continue
    }
    try {
      await write.transaction().execute((tx) => interruptRun(tx, run.id, run.integration_id, clock.now()))
    } finally {
      await store.releaseLease(answer)
    }
  }
  return again
}

/** Longer than a lease lives without its holder. */
const LEASE_MEMORY_MS = 120_000

/** A lease that outlived its run, because the disk had no room for giving it back, keeps nobody waiting. */
async function endLeftLeases(
  { read, store, clock }: InterruptedOptions,
  isOurs: (runId: string) => boolean,
): Promise<void> {
  const own = processIdentity()
  for (const run of await listEndedRuns(read, isoSeconds(clock.now() - LEASE_MEMORY_MS))) {
    if (run.process === own && !isOurs(run.id))
      await store.endLease(run.integration_id, ownerOf(run.id, run.process))
  }
}

async function interruptAlone({ write, clock }: InterruptedOptions, run: RunRow): Promise<void> {
  if (!isDead(run.process)) return
  await write.transaction().execute((tx) => interruptRun(tx, run.id, run.integration_id, clock.now()))
}

export interface Sweeper {
  /** Looks now, and again when the last lease that was found is over, or later when nothing could be written. */
  sweep(): Promise<void>
  /**
   * Takes back a run that was stored and never began. What kept it from beginning may keep its row from going, as a full disk does: then
   * the next sweep that can write takes it back. Never throws.
   */
  takeBack(runId: string): Promise<void>
  stop(): void
}

/** A moment after the end of a lease. */
const SWEEP_SLACK_MS = 250
const SOON_MS = 1_000
/** A full disk stays full until somebody makes room. */
const FAILED_MS = 2_000

export function createSweeper(
  options: InterruptedOptions & { logger: Logger },
  isOurs: (runId: string) => boolean,
): Sweeper {
  const { write, clock, logger } = options
  const neverBegan = new Set<string>()
  let timer: NodeJS.Timeout | undefined
  let stopped = false
  const sweepIn = (ms: number): void => {
    clearTimeout(timer)
    if (stopped) return
    timer = setTimeout(() => void sweep().catch(() => undefined), ms)
    timer.unref()
  }
  const forget = async (runId: string): Promise<void> => {
    await write.transaction().execute((tx) => deleteQueuedRun(tx, runId))
    neverBegan.delete(runId)
  }
  const sweep = async (): Promise<void> => {
    clearTimeout(timer)
    try {
      for (const runId of neverBegan) await forget(runId)
      const again = await sweepInterrupted(options, isOurs)
      if (again !== null) sweepIn(Math.max(SOON_MS, again - clock.now() + SWEEP_SLACK_MS))
    } catch (error) {
      sweepIn(FAILED_MS)
      throw error
    }
  }
  return {
    sweep,
    async takeBack(runId) {
      neverBegan.add(runId)
      try {
        await forget(runId)
      } catch (error) {
        const reason = error instanceof Error ? error.message : 'unknown'
        logger.error('sync.run.not_taken_back', { run: runId, reason })
        sweepIn(SOON_MS)
      }
    },
    stop() {
      stopped = true
      clearTimeout(timer)
    },
  }
}
