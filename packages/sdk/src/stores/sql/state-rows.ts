/** One row an integration: the state of its sync, to and from SQL. */
import type { Kysely } from 'kysely'
import type { UtcStamp } from '../../base/values.ts'
import type { Passes, PullProgress, SkippedRecord, SyncState } from '../../model/sync-state.ts'
import type { SnowlineTables } from './tables.ts'

type StateRow = SnowlineTables['sl_states']

/** The state with the integer that stands for its integration in every other table. */
export interface StoredState {
  stream: number
  state: SyncState
}

export async function readState(
  db: Kysely<SnowlineTables>,
  integration: string,
): Promise<StoredState | null> {
  const row = await db
    .selectFrom('sl_states')
    .selectAll()
    .where('integration', '=', integration)
    .executeTakeFirst()
  return row === undefined ? null : { stream: row.stream, state: toState(row) }
}

/** Writes the state and answers its stream number. */
export async function writeState(db: Kysely<SnowlineTables>, state: SyncState): Promise<number> {
  const values = {
    integration: state.integration,
    fingerprint: state.fingerprint,
    generation: state.generation,
    watermark: state.watermark,
    head: state.head,
    open: state.open,
    progress: state.progress === null ? null : JSON.stringify(state.progress),
    incident_count: state.books.incidentCount,
    added: state.books.added,
    updated: state.books.updated,
    deleted: state.books.deleted,
    content_hash: state.books.contentHash,
    passes: JSON.stringify(state.passes),
    page_limit: state.pageLimit,
    skipped: JSON.stringify(state.skipped),
  }
  const { stream } = await db
    .insertInto('sl_states')
    .values(values as StateRow)
    .onConflict((conflict) => conflict.column('integration').doUpdateSet(values))
    .returning('stream')
    .executeTakeFirstOrThrow()
  return stream
}

function toState(row: StateRow): SyncState {
  return {
    integration: row.integration,
    fingerprint: row.fingerprint,
    generation: row.generation,
    watermark: row.watermark as UtcStamp | null,
    head: row.head,
    open: row.open,
    progress: row.progress === null ? null : (JSON.parse(row.progress) as PullProgress),
    books: {
      incidentCount: row.incident_count,
      added: row.added,
      updated: row.updated,
      deleted: row.deleted,
      contentHash: row.content_hash,
    },
    passes: JSON.parse(row.passes) as Passes,
    pageLimit: row.page_limit,
    skipped: JSON.parse(row.skipped) as SkippedRecord[],
  }
}
