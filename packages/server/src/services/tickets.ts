/** The local help desk: list, read, create, change. A change of status of a linked ticket queues its push in the same transaction. */
import type { TicketList, TicketView } from '@snowline/protocol'
import { ownTicketsOnly } from '../auth/permissions.ts'
import type { Principal } from '../auth/principal.ts'
import type { Clock } from '../clock.ts'
import type { Connections } from '../connections/connections.ts'
import type { Actor } from '../db/audit.ts'
import { validationFailed } from '../problem/problem-error.ts'
import type { Mapping } from '../push/mapping.ts'
import { statusPush } from '../push/owed.ts'
import type { Push } from '../push/push.ts'
import { openCreate } from '../push/standing.ts'
import { unknownTicket } from '../tickets/own-tickets.ts'
import type {
  Ticket,
  TicketBooks,
  TicketChange,
  TicketFields,
  TicketQuery,
  TicketStore,
} from '../tickets/ticket-store.ts'
import { ticketView } from '../views/ticket-view.ts'

export interface By {
  principal: Principal
  actor: Actor
}

export interface Tickets {
  list(query: TicketQuery, principal: Principal): Promise<TicketList>
  /** @throws ProblemError `not_found`, alike for what is not there and what is somebody else's */
  get(id: string, principal: Principal): Promise<TicketView>
  create(fields: Partial<TicketFields> & { subject: string }, by: By): Promise<TicketView>
  /** @throws ProblemError `not_found`, `validation_failed` */
  patch(id: string, fields: Partial<TicketFields>, by: By): Promise<TicketView>
}

export interface TicketsOptions {
  tickets: TicketStore
  connections: Connections
  mapping: Mapping
  push: Push
  clock: Clock
  newId: () => string
}

const blank: Omit<TicketFields, 'subject'> = {
  description: '',
  status: 'open',
  priority: null,
  predicted_priority: null,
  category: null,
  predicted_category: null,
  requester_email: null,
  ai_suggestions: null,
}

export function createTickets(options: TicketsOptions): Tickets {
  const { tickets, push } = options
  const view = async (ticket: Ticket) => ticketView(ticket, await tickets.outbox.ofTicket(ticket.id))
  return {
    async list(query, principal) {
      const scope = ownTicketsOnly(principal) ? { requester: principal.email } : {}
      const page = await tickets.list({ ...query, ...scope })
      return {
        success: true,
        tickets: await Promise.all(page.tickets.map(view)),
        nextCursor: page.nextCursor,
      }
    },
    get: async (id, principal) => view((await demandBooks(tickets, id, principal)).ticket),
    async create(fields, { principal, actor }) {
      const own = ownTicketsOnly(principal)
      if (own) demandOwnAddress(fields, principal)
      const draft = { ...blank, ...fields, ...(own ? { requester_email: principal.email } : {}) }
      const entry = { action: 'ticket.create', target: 'ticket', after: draft }
      return view(await tickets.create(draft, { audit: { actor, entry } }))
    },
    async patch(id, fields, { principal, actor }) {
      await demandBooks(tickets, id, principal)
      if (ownTicketsOnly(principal)) demandOwnAddress(fields, principal)
      const target = await pushTarget(options.connections)
      const ticket = await tickets.change(id, (books) => {
        demandOwn(books, principal)
        const entry = { action: 'ticket.update', target: `ticket:${id}`, before: books.ticket, after: fields }
        return { fields, audit: { actor, entry }, ...statusChange(options, books, fields, target) }
      })
      await push.wake()
      return view(ticket)
    },
  }
}

/** The ticket with its queue, if this person may see it. @throws ProblemError `not_found` */
export async function demandBooks(
  tickets: TicketStore,
  id: string,
  principal: Principal,
): Promise<TicketBooks> {
  const books = await tickets.readBooks(id)
  if (books === null) throw unknownTicket()
  demandOwn(books, principal)
  return books
}

function demandOwn({ ticket }: TicketBooks, principal: Principal): void {
  if (!ownTicketsOnly(principal)) return
  const asked = ticket.requester_email?.trim().toLowerCase() ?? ''
  if (asked === '' || asked !== principal.email.trim().toLowerCase()) throw unknownTicket()
}

function demandOwnAddress({ requester_email: given }: Partial<TicketFields>, principal: Principal): void {
  if (given === undefined || given?.toLowerCase() === principal.email.toLowerCase()) return
  throw validationFailed([{ path: 'requester_email', message: 'must be your own address' }])
}

/** Where the push of a status goes: also while the settings are incomplete, since what is queued waits for them. Null: nowhere. */
export async function pushTarget(connections: Connections): Promise<string | null> {
  const resolution = await connections.resolve()
  if (resolution.ready) return resolution.connection.mirror
  return resolution.source?.replace(/^integration:/, '') ?? null
}

function statusChange(
  { mapping, clock, newId }: TicketsOptions,
  books: TicketBooks,
  fields: Partial<TicketFields>,
  connection: string | null,
): TicketChange {
  const { ticket, queue } = books
  const moved = fields.status !== undefined && fields.status !== ticket.status
  if (!moved || (ticket.sn_sys_id === null && openCreate(queue) === null)) return {}
  if (connection === null) {
    const error = 'ServiceNow is not configured. Sync the status when it is.'
    return { link: { sn_sync_status: 'failed', sn_last_error: error } }
  }
  const after = { ...ticket, ...fields }
  const owed = { opId: newId(), connection, nowMs: clock.now(), context: mapping.offline() }
  const { push } = statusPush(books, after, owed, false)
  if (push === null) return {}
  const failed = push.refused
  if (failed === undefined) return { pushes: [push] }
  const error = `${failed.message}. ${failed.hint ?? ''}`.trim()
  return { pushes: [push], link: { sn_sync_status: 'failed', sn_last_error: error } }
}
