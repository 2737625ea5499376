/** Tickets in our own database: the table `tickets`, beside the outbox, the audit log and everything else of ours. */

import { outboxWithin } from '@snowline/sdk/stores/sqlite'
import type { Outbox, OutboxTransaction } from '@snowline/sdk/sync'
import type { Transaction } from 'kysely'
import type { Clock } from '../clock.ts'
import { isoSeconds } from '../clock.ts'
import { appendAudit } from '../db/audit.ts'
import type { AppTables, Executor } from '../db/tables.ts'
import {
  insertTicket,
  listTickets,
  readAgreed,
  readTicket,
  ticketNumber,
  ticketsOfIncidents,
  updateTicket,
  writeAgreed,
} from '../db/tickets.ts'
import { ProblemError, validationFailed } from '../problem/problem-error.ts'
import type { TicketBooks, TicketChange, TicketPage, TicketStore } from './ticket-store.ts'
import { dropPush, writePush } from './write-push.ts'

export interface OwnTicketsOptions {
  write: Executor
  read: Executor
  /** Over the same database. */
  outbox: Outbox
  clock: Clock
}

export function createOwnTickets(options: OwnTicketsOptions): TicketStore {
  const { write, read, outbox, clock } = options
  const inTransaction = <T>(work: (tx: Transaction<AppTables>) => Promise<T>): Promise<T> =>
    write.transaction().execute(work).catch(asLinked)
  return {
    outbox,
    findLinks: (sysIds) => ticketsOfIncidents(read, sysIds),
    async list({ cursor, ...query }) {
      const before = cursor === undefined ? null : decodeCursor(cursor)
      return pageOf(await listTickets(read, { ...query, before, limit: query.limit + 1 }), query.limit)
    },
    read: (id) => readTicket(read, id),
    async readBooks(id) {
      const ticket = await readTicket(read, id)
      if (ticket === null) return null
      return { ticket, queue: await outbox.ofTicket(id), agreed: await readAgreed(read, id) }
    },
    create: (draft, change = {}) =>
      inTransaction(async (tx) => {
        const ticket = await insertTicket(tx, draft, isoSeconds(clock.now()))
        if (change.agreed != null) await writeAgreed(tx, ticket.id, change.agreed)
        if (change.audit !== undefined) {
          const { actor, entry } = change.audit
          await appendAudit(tx, actor, clock.now(), { ...entry, target: `ticket:${ticket.id}` })
        }
        return ticket
      }),
    change: (id, decide) =>
      inTransaction(async (tx) => {
        // The writer's lock is held: what the reader shows is what no one can change until we are done.
        const books = await booksIn(tx, outbox, id)
        if (books === null) throw unknownTicket()
        await apply(tx, outboxWithin(tx as unknown as Transaction<unknown>), books, decide(books), clock)
        return (await readTicket(tx, id)) ?? books.ticket
      }),
    async settle(transaction, id, decide) {
      const tx = transaction.db as Executor
      const books = await booksIn(tx, outbox, id)
      if (books === null) return
      const queue = await Promise.all(books.queue.map(async (e) => (await transaction.read(e.opId)) ?? e))
      await apply(tx, transaction, { ...books, queue }, decide({ ...books, queue }), clock)
    },
  }
}

export function unknownTicket(): ProblemError {
  return new ProblemError('not_found', 'No ticket has this id, or it is not yours.', {
    hint: 'List the tickets to see their ids.',
  })
}

async function booksIn(tx: Executor, outbox: Outbox, id: string): Promise<TicketBooks | null> {
  const ticket = await readTicket(tx, id)
  if (ticket === null) return null
  return { ticket, queue: await outbox.ofTicket(ticket.id), agreed: await readAgreed(tx, ticket.id) }
}

async function apply(
  tx: Executor,
  queue: OutboxTransaction,
  { ticket }: TicketBooks,
  change: TicketChange,
  clock: Clock,
): Promise<void> {
  const { fields, link, pushes = [], drops = [], agreed, audit } = change
  const touched = fields === undefined ? {} : { ...fields, updated_at: isoSeconds(clock.now()) }
  await updateTicket(tx, ticket.id, { ...touched, ...link })
  for (const push of pushes) await writePush(queue, push)
  for (const opId of drops) await dropPush(queue, opId)
  if (agreed !== undefined) await writeAgreed(tx, ticket.id, agreed)
  if (audit !== undefined) await appendAudit(tx, audit.actor, clock.now(), audit.entry)
}

function pageOf(tickets: TicketPage['tickets'], limit: number): TicketPage {
  const page = tickets.slice(0, limit)
  const last = page.at(-1)
  const nextCursor = tickets.length > limit && last !== undefined ? encodeCursor(last.id) : null
  return { tickets: page, nextCursor }
}

function encodeCursor(id: string): string {
  return Buffer.from(`t ${id}`, 'utf8').toString('base64url')
}

function decodeCursor(text: string): number {
  const plain = Buffer.from(text, 'base64url').toString('utf8')
  const number = plain.startsWith('t ') ? ticketNumber(plain.slice(2)) : null
  if (number !== null) return number
  throw validationFailed([{ path: 'cursor', message: 'is not a cursor of this list' }])
}

/** The unique index speaks for "one ticket an incident"; everything else passes as it is. */
function asLinked(error: unknown): never {
  if (error instanceof Error && /UNIQUE constraint failed: tickets\.sn_sys_id/.test(error.message)) {
    throw new ProblemError('already_linked', 'Another ticket is linked to this incident.', {
      hint: 'Open that ticket, or unlink it there first.',
      cause: error,
    })
  }
  throw error
}
