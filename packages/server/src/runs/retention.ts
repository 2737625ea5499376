/** What is kept how long: runs, their events and their raw answers 90 days, versions and audit for ever. */
import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Logger } from '@snowline/sdk'
import { type Clock, isoSeconds } from '../clock.ts'
import { deleteRuns, listRunsEndedBefore, readRun } from '../db/runs.ts'
import type { Executor } from '../db/tables.ts'
import { dumpRunOf } from './raw-dump.ts'
import { removeRawPages } from './raw-pages.ts'

export interface RetentionOptions {
  write: Executor
  read: Executor
  clock: Clock
  logger: Logger
  dataDir: string
}

const KEPT_DAYS = 90
/** Runs removed in one transaction: a run may have thousands of events, and others want to write meanwhile. */
const AT_ONCE = 10

/** Removes runs that ended 90 days ago or earlier, and half-written copies of runs that are over. Returns how many runs. */
export async function removeOldRuns(options: RetentionOptions): Promise<number> {
  const { write, read, clock, logger, dataDir } = options
  const before = isoSeconds(clock.now() - KEPT_DAYS * 86_400_000)
  let removed = 0
  for (;;) {
    const runs = await listRunsEndedBefore(read, before, AT_ONCE)
    if (runs.length === 0) break
    await write.transaction().execute((tx) =>
      deleteRuns(
        tx,
        runs.map((run) => run.id),
      ),
    )
    for (const { id, integration_id: integration } of runs) {
      await removeRawPages({ dataDir, integration, runId: id })
    }
    removed += runs.length
  }
  await removeHalfDumps(options)
  if (removed > 0) logger.info('retention.runs', { removed, before })
  return removed
}

/** A process that was killed leaves its debugging copy half written. */
async function removeHalfDumps({ read, dataDir }: RetentionOptions): Promise<void> {
  for (const name of await readdir(dataDir)) {
    const runId = dumpRunOf(name)
    if (runId === null) continue
    const run = await readRun(read, runId)
    // Without a row it may be the environment's, which is at it now: it is left for the day it has one, or for a person.
    if (run !== undefined && run.finished_at !== null) await rm(join(dataDir, name), { force: true })
  }
}
