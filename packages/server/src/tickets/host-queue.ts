/** The table `snowline_outbox` in the application's file: what waits there until our own database has taken it over. */
import type { Database } from 'better-sqlite3'
import { OUTBOX_TABLE } from './host-schema.ts'
import type { TicketChange } from './ticket-store.ts'

/** What of a change belongs into our own database. */
export type HostEffects = Pick<TicketChange, 'pushes' | 'drops' | 'agreed' | 'audit'>

export interface QueuedRow {
  seq: number
  /** Unique for ever: what was taken over once is not taken over again. */
  opId: string
  ticket: string
  /**
   * - `status`: the trigger saw a new status; with effects it was a change of ours and they say what to send
   * - `books`: a change of ours, its other half
   * - `compare`: what the incident should show is worked out anew: after a change of ours that left it open, and when a ticket is linked
   *   after its incident was made, since the status may have moved in between
   */
  kind: 'status' | 'books' | 'compare'
  /** The application's word; null means the one that the ticket has when it is looked at. */
  status: unknown
  effects: HostEffects | null
}

interface StoredRow {
  seq: number
  op_id: string
  ticket: string
  kind: QueuedRow['kind']
  status: unknown
  detail: string | null
}

const table = `"${OUTBOX_TABLE}"`

/** In the order in which they came. */
export function readQueue(db: Database, limit: number): QueuedRow[] {
  const rows = db.prepare(`select * from ${table} order by seq limit ?`).all(limit) as StoredRow[]
  return rows.map(({ seq, op_id, ticket, kind, status, detail }) => ({
    seq,
    opId: op_id,
    ticket,
    kind,
    status,
    effects: detail === null ? null : (JSON.parse(detail) as HostEffects),
  }))
}

/** Whether anything of this ticket waits. */
export function hasRowsOf(db: Database, ticket: string): boolean {
  return db.prepare(`select 1 from ${table} where ticket = ? limit 1`).get(ticket) !== undefined
}

/** How many wait, and since when; null when none does. */
export function waitingSince(db: Database): { count: number; sinceMs: number } | null {
  const row = db.prepare(`select count(*) as n, min(created_at) as since from ${table}`).get() as {
    n: number
    since: string | null
  }
  return row.since === null ? null : { count: row.n, sinceMs: Date.parse(row.since) }
}

export function newestSeq(db: Database): number {
  return Number(db.prepare(`select coalesce(max(seq), 0) from ${table}`).pluck().get())
}

/** Gives the row that the trigger has just written the id and the effects of our change; false when there is none. */
export function adoptRow(db: Database, after: number, opId: string, effects: HostEffects): boolean {
  const { changes } = db
    .prepare(`update ${table} set op_id = ?, detail = ? where seq > ? and kind = 'status'`)
    .run(opId, JSON.stringify(effects), after)
  return changes === 1
}

/** The row that the trigger has just written comes from us and not from the application. */
export function disownRow(db: Database, after: number): void {
  db.prepare(`update ${table} set kind = 'compare' where seq > ? and kind = 'status'`).run(after)
}

export function insertRow(
  db: Database,
  row: Pick<QueuedRow, 'opId' | 'ticket' | 'kind' | 'effects'> & { nowMs: number },
): void {
  const detail = row.effects === null ? null : JSON.stringify(row.effects)
  db.prepare(`insert into ${table} (op_id, ticket, kind, detail, created_at) values (?, ?, ?, ?, ?)`).run(
    row.opId,
    row.ticket,
    row.kind,
    detail,
    new Date(row.nowMs).toISOString(),
  )
}

export function deleteRows(db: Database, opIds: readonly string[]): void {
  const statement = db.prepare(`delete from ${table} where op_id = ?`)
  for (const opId of opIds) statement.run(opId)
}
