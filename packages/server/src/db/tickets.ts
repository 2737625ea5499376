/** Tickets and the records on which they and their incidents last agreed, in our own database. */
import type { ExpressionBuilder } from 'kysely'
import type { AgreedRecord, Ticket, TicketDraft, TicketQuery } from '../tickets/ticket-store.ts'
import type { AppTables, Executor } from './tables.ts'

/** A page of tickets is looked up by number: text that is no whole number of ours names none. */
export function ticketNumber(id: string): number | null {
  return /^[1-9]\d{0,14}$/.test(id) ? Number(id) : null
}

export async function readTicket(db: Executor, id: string): Promise<Ticket | null> {
  const number = ticketNumber(id)
  if (number === null) return null
  const row = await db.selectFrom('tickets').selectAll().where('id', '=', number).executeTakeFirst()
  return row === undefined ? null : toTicket(row)
}

/** Newest first: those with a number below `before`, at most `limit`. */
export async function listTickets(
  db: Executor,
  query: Omit<TicketQuery, 'cursor'> & { before: number | null },
): Promise<Ticket[]> {
  const { before, status, q, linked, requester } = query
  let select = db.selectFrom('tickets').selectAll()
  if (before !== null) select = select.where('id', '<', before)
  if (status !== undefined) select = select.where('status', 'in', status)
  if (linked !== undefined) select = select.where('sn_sys_id', linked ? 'is not' : 'is', null)
  if (requester !== undefined)
    select = select.where((eb) => eb(eb.fn('lower', ['requester_email']), '=', requester.toLowerCase()))
  if (q !== undefined && q.trim() !== '') select = select.where((eb) => eb.or(matches(eb, q.trim())))
  const rows = await select.orderBy('id', 'desc').limit(query.limit).execute()
  return rows.map(toTicket)
}

/** The text itself is looked for: `instr` knows no wildcards that a person could type by accident. */
function matches(eb: ExpressionBuilder<AppTables, 'tickets'>, text: string) {
  const columns = ['subject', 'description', 'category', 'sn_number', 'requester_email'] as const
  return columns.map((column) =>
    eb(eb.fn<number>('instr', [eb.fn('lower', [column]), eb.val(text.toLowerCase())]), '>', 0),
  )
}

export async function ticketsOfIncidents(
  db: Executor,
  sysIds: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const links = new Map<string, string>()
  if (sysIds.length === 0) return links
  const rows = await db
    .selectFrom('tickets')
    .select(['id', 'sn_sys_id'])
    .where('sn_sys_id', 'in', sysIds)
    .execute()
  for (const row of rows) if (row.sn_sys_id !== null) links.set(row.sn_sys_id, String(row.id))
  return links
}

export async function insertTicket(tx: Executor, draft: TicketDraft, nowIso: string): Promise<Ticket> {
  const row = await tx
    .insertInto('tickets')
    .values({
      sn_sys_id: null,
      sn_number: null,
      sn_last_sync_at: null,
      sn_sync_status: null,
      sn_last_error: null,
      ...draft,
      created_at: draft.created_at ?? nowIso,
      updated_at: nowIso,
    })
    .returningAll()
    .executeTakeFirstOrThrow()
  return toTicket(row)
}

export async function updateTicket(
  tx: Executor,
  id: string,
  patch: Partial<Omit<Ticket, 'id'>>,
): Promise<void> {
  const number = ticketNumber(id)
  if (number === null || Object.keys(patch).length === 0) return
  await tx.updateTable('tickets').set(patch).where('id', '=', number).execute()
}

export async function countTickets(db: Executor): Promise<number> {
  const row = await db
    .selectFrom('tickets')
    .select((eb) => eb.fn.countAll<number>().as('n'))
    .executeTakeFirstOrThrow()
  return Number(row.n)
}

export async function readAgreed(db: Executor, ticket: string): Promise<AgreedRecord | null> {
  const row = await db
    .selectFrom('app_agreed')
    .select('record')
    .where('ticket', '=', ticket)
    .executeTakeFirst()
  return row === undefined ? null : (JSON.parse(row.record) as AgreedRecord)
}

/** Null forgets it. */
export async function writeAgreed(tx: Executor, ticket: string, agreed: AgreedRecord | null): Promise<void> {
  if (agreed === null) {
    await tx.deleteFrom('app_agreed').where('ticket', '=', ticket).execute()
    return
  }
  const record = JSON.stringify(agreed)
  await tx
    .insertInto('app_agreed')
    .values({ ticket, record })
    .onConflict((conflict) => conflict.column('ticket').doUpdateSet({ record }))
    .execute()
}

function toTicket(row: Omit<Ticket, 'id'> & { id: number }): Ticket {
  return { ...row, id: String(row.id) }
}
