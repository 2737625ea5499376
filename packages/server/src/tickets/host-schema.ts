/** What we add to the application's file, as SQL: five columns that may be empty, one table, one trigger, nothing else. */
import { ConfigError } from '@snowline/sdk'
import type { Database } from 'better-sqlite3'
import { linkColumns } from './host-map.ts'
import { columnOf, type HostTable, quoted } from './host-table.ts'

export const OUTBOX_TABLE = 'snowline_outbox'
export const TRIGGER = 'snowline_status'

/**
 * Plain SQL that every SQLite of the last ten years reads: a newer word here would keep an older application from opening its own file.
 * Without AUTOINCREMENT, which would make a table of SQLite's own.
 */
const outboxTable = `create table ${quoted(OUTBOX_TABLE)} (
  seq integer primary key, op_id text not null unique, ticket text not null, kind text not null,
  status text, detail text, created_at text not null)`

const outboxColumns = ['seq', 'op_id', 'ticket', 'kind', 'status', 'detail', 'created_at']

/**
 * Queues each change of a linked ticket's status in the transaction that makes it, whoever makes it. Built-in functions only: one of ours
 * would break every write of the application. A write that moves `sn_last_sync_at` is ours and is skipped.
 */
export function triggerOf({ name, mapped }: HostTable): string {
  const status = quoted(mapped.status ?? '')
  return `create trigger ${quoted(TRIGGER)} after update of ${status} on ${quoted(name)}
when new."sn_sys_id" is not null
  and new.${status} is not old.${status}
  and new."sn_last_sync_at" is old."sn_last_sync_at"
begin
  insert into ${quoted(OUTBOX_TABLE)} (op_id, ticket, kind, status, created_at)
  values (lower(hex(randomblob(16))), new.${quoted(mapped.id ?? '')}, 'status', new.${status},
    strftime('%Y-%m-%dT%H:%M:%fZ', 'now'));
end`
}

/**
 * The statements that are still missing in the file, in their order; none when it is ready.
 *
 * @throws ConfigError when the file has a table `snowline_outbox` of another shape
 */
export function missingStatements(db: Database, table: HostTable): string[] {
  const columns = linkColumns.filter((name) => columnOf(table, name) === undefined)
  const statements = columns.map(
    (name) => `alter table ${quoted(table.name)} add column ${quoted(name)} text`,
  )
  const found = db.prepare('select name from pragma_table_info(?)').pluck().all(OUTBOX_TABLE)
  if (found.length === 0) statements.push(outboxTable)
  else if (outboxColumns.some((name) => !found.includes(name))) {
    throw new ConfigError([
      {
        key: 'TICKETS_DATABASE_URL',
        message: `leads to a file whose table ${OUTBOX_TABLE} is not ours`,
        hint: 'Rename that table.',
      },
    ])
  }
  const trigger = triggerOf(table)
  const stored = db
    .prepare(`select sql from sqlite_master where type = 'trigger' and name = ?`)
    .pluck()
    .get(TRIGGER)
  if (stored === undefined) statements.push(trigger)
  else if (stored !== normalised(trigger)) statements.push(`drop trigger ${quoted(TRIGGER)}`, trigger)
  return statements
}

/** SQLite keeps a statement as it was written, with its first words in capitals. */
function normalised(statement: string): string {
  return statement.replace(/^create trigger/, 'CREATE TRIGGER')
}
