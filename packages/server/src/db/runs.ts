/** Runs of a sync and the events they told: what a stream can be replayed from. */
import type { RunState } from '@snowline/protocol'
import { sql } from 'kysely'
import type { Executor, RunEventRow, RunRow } from './tables.ts'

export async function insertRun(tx: Executor, run: RunRow): Promise<void> {
  await tx.insertInto('app_runs').values(run).execute()
}

export async function readRun(db: Executor, id: string): Promise<RunRow | undefined> {
  return db.selectFrom('app_runs').selectAll().where('id', '=', id).executeTakeFirst()
}

/** Takes back a run that never began. */
export async function deleteQueuedRun(tx: Executor, id: string): Promise<void> {
  await tx.deleteFrom('app_runs').where('id', '=', id).where('state', '=', 'queued').execute()
}

/** Where a page of runs goes on: after the run that began then and has this id. */
export interface RunKey {
  startedAt: string
  id: string
}

/** Newest first. */
export async function listRuns(
  db: Executor,
  integrationId: string,
  limit: number,
  after: RunKey | null,
): Promise<RunRow[]> {
  return db
    .selectFrom('app_runs')
    .selectAll()
    .where('integration_id', '=', integrationId)
    .$if(after !== null, (query) =>
      query.where((eb) =>
        eb.or([
          eb('started_at', '<', after?.startedAt ?? ''),
          eb.and([eb('started_at', '=', after?.startedAt ?? ''), eb('id', '<', after?.id ?? '')]),
        ]),
      ),
    )
    .orderBy('started_at', 'desc')
    .orderBy('id', 'desc')
    .limit(limit)
    .execute()
}

/** Runs that ended before an instant (ISO 8601, whole seconds, UTC), the oldest first. */
export async function listRunsEndedBefore(db: Executor, before: string, limit: number): Promise<RunRow[]> {
  return db
    .selectFrom('app_runs')
    .selectAll()
    .where('finished_at', '<', before)
    .orderBy('finished_at')
    .limit(limit)
    .execute()
}

/** Removes runs and, by their foreign key, their events. */
export async function deleteRuns(tx: Executor, ids: readonly string[]): Promise<void> {
  await tx.deleteFrom('app_runs').where('id', 'in', ids).execute()
}

export async function listUnfinishedRuns(db: Executor): Promise<RunRow[]> {
  return db.selectFrom('app_runs').selectAll().where('state', 'in', ['queued', 'running']).execute()
}

/** Runs that ended at `since` (ISO 8601) or later, among the newest hundred. */
export async function listEndedRuns(db: Executor, since: string): Promise<RunRow[]> {
  const newest = await db.selectFrom('app_runs').selectAll().orderBy(sql`rowid`, 'desc').limit(100).execute()
  return newest.filter((run) => run.finished_at !== null && run.finished_at >= since)
}

/** Changes a run that has not ended; false when it has, so that a terminal event is written once only. */
export async function updateUnfinishedRun(
  tx: Executor,
  id: string,
  patch: Partial<Omit<RunRow, 'id'>> & { state: RunState },
): Promise<boolean> {
  const result = await tx
    .updateTable('app_runs')
    .set(patch)
    .where('id', '=', id)
    .where('state', 'in', ['queued', 'running'])
    .executeTakeFirst()
  return result.numUpdatedRows > 0n
}

export async function insertRunEvent(tx: Executor, event: RunEventRow): Promise<void> {
  await tx.insertInto('app_run_events').values(event).execute()
}

/** Rows that hold an event with a number above `after`, in order. */
export async function listRunEvents(
  db: Executor,
  runId: string,
  after: number,
  limit: number,
): Promise<RunEventRow[]> {
  return db
    .selectFrom('app_run_events')
    .selectAll()
    .where('run_id', '=', runId)
    .where((eb) => eb(eb('first', '+', eb.ref('span')), '>', after + 1))
    .orderBy('first')
    .limit(limit)
    .execute()
}

/** The number the next event of this run will have; counts from 1. */
export async function nextEventNumber(db: Executor, runId: string): Promise<number> {
  const row = await db
    .selectFrom('app_run_events')
    .select(['first', 'span'])
    .where('run_id', '=', runId)
    .orderBy('first', 'desc')
    .limit(1)
    .executeTakeFirst()
  return row === undefined ? 1 : row.first + row.span
}
