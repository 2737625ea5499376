/** The local help desk: tickets, their link to an incident, what would be sent, and what failed sent again. */
import { paths, ticketStatuses } from '@snowline/protocol'
import { linkBody, ticketCreateBody, ticketPatchBody } from '@snowline/protocol/schemas'
import * as z from 'zod'
import { json } from '../http/json.ts'
import type { TicketFields } from '../tickets/ticket-store.ts'
import { cursor, limit } from './parts.ts'
import { defineRoute, type Route } from './route.ts'

/** Text or number of the host; what no ticket can be called is unknown. */
export const ticketId = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,59}$/)

const params = z.object({ id: ticketId })

const statusList = z
  .string()
  .max(100)
  .transform((text) => text.split(',').map((word) => word.trim()))
  .pipe(z.array(z.enum(ticketStatuses)).min(1))

const list = defineRoute({
  method: 'GET',
  path: '/api/tickets',
  permission: 'ticket.view',
  summary: 'Tickets, newest first; a viewer sees those of the own address',
  query: z.strictObject({
    limit: limit(25, 200),
    status: statusList.optional(),
    q: z.string().max(200).optional(),
    linked: z
      .enum(['true', 'false'])
      .transform((word) => word === 'true')
      .optional(),
    cursor,
  }),
  handler: async ({ query, principal }, { tickets }) => json(await tickets.list(given(query), principal)),
})

const get = defineRoute({
  method: 'GET',
  path: '/api/tickets/:id',
  permission: 'ticket.view',
  summary: 'One ticket',
  params,
  handler: async ({ params: { id }, principal }, { tickets }) =>
    json({ success: true, ticket: await tickets.get(id, principal) }),
})

const create = defineRoute({
  method: 'POST',
  path: '/api/tickets',
  permission: 'ticket.edit',
  summary: 'Create a ticket',
  body: ticketCreateBody,
  async handler(by, { tickets, config }) {
    const ticket = await tickets.create({ ...given(by.body), subject: by.body.subject }, by)
    const location = `${config.basePath}${paths.ticket(ticket.id)}`
    return json({ success: true, ticket }, { status: 201, headers: { location } })
  },
})

const patch = defineRoute({
  method: 'PATCH',
  path: '/api/tickets/:id',
  permission: 'ticket.edit',
  summary: 'Change a ticket; a new status of a linked one is queued for ServiceNow in the same transaction',
  params,
  body: ticketPatchBody,
  async handler(by, { tickets }) {
    const fields: Partial<TicketFields> = given(by.body)
    return json({ success: true, ticket: await tickets.patch(by.params.id, fields, by) })
  },
})

const show = defineRoute({
  method: 'GET',
  path: '/api/tickets/:id/sn',
  permission: 'ticket.view',
  summary: 'The link of a ticket: incident, queue, last error',
  params,
  handler: async (by, { ticketLinks }) => json(await ticketLinks.show(by.params.id, by)),
})

const retry = defineRoute({
  method: 'POST',
  path: '/api/tickets/:id/sn/retry',
  permission: 'incident.push',
  summary: 'Send again what was given up',
  params,
  handler: async (by, { ticketLinks }) => json(await ticketLinks.retry(by.params.id, by)),
})

const preview = defineRoute({
  method: 'GET',
  path: '/api/tickets/:id/sn/preview',
  permission: 'incident.push',
  summary: 'The exact body that a create or an update would send, and what is not mapped',
  params,
  handler: async (by, { ticketLinks }) => json(await ticketLinks.preview(by.params.id, by)),
})

const link = defineRoute({
  method: 'POST',
  path: '/api/tickets/:id/sn/link',
  permission: 'incident.push',
  summary: 'Link an incident that exists',
  params,
  body: linkBody,
  handler: async (by, { ticketLinks }) =>
    json({ success: true, ...(await ticketLinks.link(by.params.id, by.body, by)) }),
})

const unlink = defineRoute({
  method: 'DELETE',
  path: '/api/tickets/:id/sn/link',
  permission: 'incident.push',
  summary: 'Forget the link; the incident stays as it is',
  params,
  handler: async (by, { ticketLinks }) =>
    json({ success: true, ticket: await ticketLinks.unlink(by.params.id, by) }),
})

export const ticketRoutes: readonly Route[] = [list, get, create, patch, show, retry, preview, link, unlink]

/** Members that were given: an optional one that was not is left out, not undefined. */
function given<T extends object>(body: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  const entries = Object.entries(body).filter(([, value]) => value !== undefined)
  return Object.fromEntries(entries) as { [K in keyof T]: Exclude<T[K], undefined> }
}
