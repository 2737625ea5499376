/** Creating the incident of a ticket: asked for a hundred times at once, it is made once and everybody is told of it. */
import type { CreateAnswer, MappingNote } from '@snowline/protocol'
import type { OutboxEntry } from '@snowline/sdk/sync'
import type { Connection } from '../connections/connections.ts'
import { faultProblem } from '../problem/from-fault.ts'
import type { TicketMappingContext } from '../push/mapping.ts'
import { createPush } from '../push/owed.ts'
import { openCreate } from '../push/standing.ts'
import type { TicketBooks } from '../tickets/ticket-store.ts'
import { ticketView } from '../views/ticket-view.ts'
import { demandConnection } from './incidents.ts'
import {
  incidentOf,
  isOpen,
  operationId,
  type RepeatableBy,
  type TicketPushesOptions,
  tryFirst,
} from './push-outcome.ts'
import { demandBooks } from './tickets.ts'

/** Fields of the incident in place of what the mapping gives. */
export type FieldOverrides = Readonly<Record<string, string>>

export interface CreateRequest {
  ticketId: string
  fields: FieldOverrides | undefined
  by: RepeatableBy
}

export async function createOnce(
  options: TicketPushesOptions,
  preparing: Map<string, Promise<TicketMappingContext>>,
  { ticketId, fields, by }: CreateRequest,
): Promise<CreateAnswer> {
  const { tickets, connections, push } = options
  const connection = demandConnection(await connections.resolve())
  const books = await demandBooks(tickets, ticketId, by.principal)
  const ownId = operationId(options, by, `create ${ticketId}`)
  const replayed = books.queue.find((entry) => entry.opId === ownId && entry.state === 'done')
  if (books.ticket.sn_sys_id !== null || replayed !== undefined)
    return linkedAnswer(options, connection, books, replayed)
  // Of a hundred presses at once only one asks the instance who the requester is.
  const context = await shared(preparing, ticketId, () =>
    options.mapping.fullContext(connection, books.ticket),
  )
  const { opId, mine, warnings } = await queueCreate(options, connection, {
    ticketId,
    by,
    ownId,
    context,
    fields,
  })
  if (opId === null)
    return linkedAnswer(options, connection, await demandBooks(tickets, ticketId, by.principal))
  const tried = await tryFirst(options, connection, opId)
  const after = await demandBooks(tickets, ticketId, by.principal)
  const ticket = ticketView(after.ticket, after.queue)
  const told = warnings.length === 0 ? {} : { warnings }
  if (tried === null || isOpen(tried.entry)) return { success: true, pending: true, ticket, ...told }
  if (tried.entry.state !== 'done' && tried.entry.fault !== null) throw faultProblem(tried.entry.fault)
  const incident = await incidentOf(options, connection, after, tried)
  await push.wake()
  return { success: true, created: mine, incident, ticket, ...told }
}

interface QueueRequest extends CreateRequest {
  ownId: string
  context: TicketMappingContext
}

interface Queued {
  /** Null when the ticket has its incident by now. */
  opId: string | null
  /** This call queued it, and not one before it. */
  mine: boolean
  warnings: readonly MappingNote[]
}

async function queueCreate(
  { tickets, clock }: TicketPushesOptions,
  { mirror }: Connection,
  { ticketId, by, ownId, context, fields }: QueueRequest,
): Promise<Queued> {
  const overrides = fields === undefined ? {} : { overrides: fields }
  let queued: Queued = { opId: null, mine: false, warnings: [] }
  await tickets.change(ticketId, (now) => {
    if (now.ticket.sn_sys_id !== null) return {}
    const open = openCreate(now.queue)
    // What was never sent, for a connection that is not used any more, would keep the ticket from every other.
    const stranded = open?.state === 'pending' && open.connection !== mirror
    if (open !== null && !stranded) {
      queued = { opId: open.opId, mine: false, warnings: [] }
      return {}
    }
    const owed = { opId: ownId, connection: mirror, nowMs: clock.now() }
    const { push, mapped } = createPush(now, { ...owed, context: { ...context, ...overrides } })
    queued = { opId: push.opId, mine: true, warnings: mapped.warnings }
    const after = { opId: push.opId }
    const entry = { action: 'ticket.create_incident', target: `ticket:${ticketId}`, after }
    return { pushes: [push], drops: stranded ? [open.opId] : [], audit: { actor: by.actor, entry } }
  })
  return queued
}

/** Already linked, or made earlier under the same key: the incident as it is, and nothing is sent. */
async function linkedAnswer(
  { incidents }: TicketPushesOptions,
  connection: Connection,
  { ticket, queue, agreed }: TicketBooks,
  replayed?: OutboxEntry,
): Promise<CreateAnswer> {
  const sysId = replayed?.result?.sysId ?? ticket.sn_sys_id ?? ''
  const incident = await incidents.demand(connection, sysId, { ticketId: ticket.id, agreed })
  return { success: true, created: false, incident, ticket: ticketView(ticket, queue) }
}

function shared<T>(running: Map<string, Promise<T>>, key: string, work: () => Promise<T>): Promise<T> {
  const known = running.get(key)
  if (known !== undefined) return known
  const begun = work().finally(() => running.delete(key))
  running.set(key, begun)
  return begun
}
