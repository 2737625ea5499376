/** Outbox entries, to and from SQL. */
import { type Kysely, type Selectable, sql } from 'kysely'
import type { OutboxEntry } from '../../model/outbox-entry.ts'
import type { NewEntry } from '../../ports/outbox.ts'
import { claimLost } from '../losses.ts'
import { newEntry } from '../outbox-rules.ts'
import type { SnowlineTables } from './tables.ts'

type Row = Selectable<SnowlineTables['sl_outbox']>

export async function insertEntry(db: Kysely<SnowlineTables>, given: NewEntry): Promise<OutboxEntry> {
  const entry = newEntry(given, 0)
  const { seq } = await db
    .insertInto('sl_outbox')
    .values(toRow(entry))
    .returning('seq')
    .executeTakeFirstOrThrow()
  return { ...entry, seq }
}

/** Throws LeaseLostError when another worker has claimed the entry since. */
export async function saveEntry(db: Kysely<SnowlineTables>, entry: OutboxEntry): Promise<void> {
  const { numUpdatedRows } = await db
    .updateTable('sl_outbox')
    .set(toRow(entry))
    .where('op_id', '=', entry.opId)
    .where('token', '=', entry.token)
    .executeTakeFirst()
  if (numUpdatedRows > 0n) return
  throw claimLost(entry)
}

export async function readEntry(db: Kysely<SnowlineTables>, opId: string): Promise<OutboxEntry | null> {
  const row = await db.selectFrom('sl_outbox').selectAll().where('op_id', '=', opId).executeTakeFirst()
  return row === undefined ? null : toEntry(row)
}

/** The first entry that is due among the heads of their tickets. */
export async function dueEntry(
  db: Kysely<SnowlineTables>,
  connection: string,
  nowMs: number,
): Promise<OutboxEntry | null> {
  const row = await heads(db, connection)
    .selectAll()
    .where(sql<boolean>`${due} <= ${nowMs}`)
    .orderBy('seq')
    .limit(1)
    .executeTakeFirst()
  return row === undefined ? null : toEntry(row)
}

export async function nextDue(db: Kysely<SnowlineTables>, connection: string): Promise<number | null> {
  const row = await heads(db, connection).select(sql<number | null>`min(${due})`.as('at')).executeTakeFirst()
  return row?.at ?? null
}

/** Writes the claimed form over the one that was read, with the next token. */
export async function claimEntry(db: Kysely<SnowlineTables>, claimed: OutboxEntry): Promise<OutboxEntry> {
  const next = { ...claimed, token: claimed.token + 1 }
  await db.updateTable('sl_outbox').set(toRow(next)).where('op_id', '=', next.opId).execute()
  return next
}

export async function entriesOf(db: Kysely<SnowlineTables>, ticket: string): Promise<OutboxEntry[]> {
  const rows = await db
    .selectFrom('sl_outbox')
    .selectAll()
    .where('ticket', '=', ticket)
    .orderBy('seq')
    .execute()
  return rows.map(toEntry)
}

export async function problemCandidates(
  db: Kysely<SnowlineTables>,
  connection: string,
): Promise<OutboxEntry[]> {
  const rows = await db
    .selectFrom('sl_outbox')
    .selectAll()
    .where('connection', '=', connection)
    .where('state', 'in', ['waiting', 'dead', 'inflight'])
    .orderBy('seq')
    .execute()
  return rows.map(toEntry)
}

const due = sql`max(claimed_until, case state when 'pending' then not_before else coalesce(unknown_until, 0) end)`

function heads(db: Kysely<SnowlineTables>, connection: string) {
  return db
    .selectFrom('sl_outbox as o')
    .where('o.connection', '=', connection)
    .where('o.state', 'in', ['pending', 'inflight'])
    .where((eb) =>
      eb.not(
        eb.exists(
          eb
            .selectFrom('sl_outbox as earlier')
            .select('earlier.seq')
            .whereRef('earlier.ticket', '=', 'o.ticket')
            .whereRef('earlier.seq', '<', 'o.seq')
            .where('earlier.state', 'not in', ['done', 'dead']),
        ),
      ),
    )
}

function toRow(entry: OutboxEntry): Omit<Row, 'seq'> {
  return {
    op_id: entry.opId,
    connection: entry.connection,
    ticket: entry.ticket,
    kind: entry.kind,
    key: entry.key,
    sys_id: entry.sysId,
    payload: JSON.stringify(entry.payload),
    base: JSON.stringify(entry.base),
    state: entry.state,
    created_at: entry.createdAt,
    not_before: entry.notBefore,
    unknown_until: entry.unknownUntil,
    tries: entry.tries,
    token: entry.token,
    claimed_until: entry.claimedUntil,
    look_first: entry.lookFirst ? 1 : 0,
    conflicts: JSON.stringify(entry.conflicts),
    force: entry.force ? 1 : 0,
    fault: entry.fault === null ? null : JSON.stringify(entry.fault),
    result: entry.result === null ? null : JSON.stringify(entry.result),
  }
}

function toEntry(row: Row): OutboxEntry {
  const parsed = <T>(text: string): T => JSON.parse(text) as T
  return {
    opId: row.op_id,
    connection: row.connection,
    ticket: row.ticket,
    kind: row.kind as OutboxEntry['kind'],
    key: row.key,
    sysId: row.sys_id as OutboxEntry['sysId'],
    payload: parsed(row.payload),
    base: parsed(row.base),
    state: row.state as OutboxEntry['state'],
    seq: row.seq,
    createdAt: row.created_at,
    notBefore: row.not_before,
    unknownUntil: row.unknown_until,
    tries: row.tries,
    token: row.token,
    claimedUntil: row.claimed_until,
    lookFirst: row.look_first === 1,
    conflicts: parsed(row.conflicts),
    force: row.force === 1,
    fault: row.fault === null ? null : parsed(row.fault),
    result: row.result === null ? null : parsed(row.result),
  }
}
