/** Who holds the lease of a mirror when we do not: a run that can be followed, or something short that is over in a moment. */
import { SyncRunningError } from '@snowline/sdk/sync'
import { readRun } from '../db/runs.ts'
import type { Executor } from '../db/tables.ts'
import { ProblemError } from '../problem/problem-error.ts'

/** The error as it is when a run holds the lease; `conflict` when it is a rollback, an erasure, or a record on its way home. */
export async function heldBy(read: Executor, error: unknown): Promise<unknown> {
  if (!(error instanceof SyncRunningError) || (await readRun(read, error.heldBy)) !== undefined) return error
  return new ProblemError('conflict', 'Something else is being written to these incidents right now.', {
    hint: 'Look at the versions again, then decide; it is over in a moment.',
    cause: error,
  })
}
