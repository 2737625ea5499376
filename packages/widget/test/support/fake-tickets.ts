/** A help desk in memory that answers `<sn-ticket>` like the server: one ticket, its link, its queue, its problems. */
import {
  type CreateAnswer,
  type HealthView,
  type IncidentView,
  type PushAnswer,
  type PushPreview,
  type PushView,
  paths,
  rolePermissions,
  type SyncProblemView,
  type TicketLinkView,
  type TicketView,
} from '@snowline/protocol'
import { problem } from './fake-api.ts'
import { health, INSTANCE, incident } from './incidents.ts'

export const TICKET = '1042'

export function ticket(over: Partial<TicketView> = {}): TicketView {
  return {
    id: TICKET,
    subject: 'VPN drops every ten minutes when working from home',
    description:
      'Since Monday the connection is lost every ten minutes. Restarting the client helps for a while.',
    status: 'in_progress',
    priority: 'high',
    predicted_priority: null,
    category: 'network',
    predicted_category: null,
    requester_email: 'joe.employee@example.com',
    ai_suggestions:
      'Check the idle timeout of the gateway.\nAsk for the client version; 5.1.3 is known to drop after ten minutes.',
    created_at: '2026-11-22T08:12:00Z',
    updated_at: '2026-11-22T10:20:00Z',
    sn_sys_id: null,
    sn_number: null,
    sn_last_sync_at: null,
    sn_sync_status: null,
    sn_last_error: null,
    ...over,
  }
}

export const theIncident: IncidentView = incident(1, {
  number: 'INC0010119',
  state: { value: '1', label: 'New' },
  open_url: `${INSTANCE}/nav_to.do?uri=incident.do?sys_id=x`,
  ticket_id: TICKET,
})

export function linkedTicket(over: Partial<TicketView> = {}): TicketView {
  return ticket({
    sn_sys_id: theIncident.sys_id,
    sn_number: theIncident.number,
    sn_last_sync_at: '2026-11-22T10:40:00Z',
    sn_sync_status: 'ok',
    ...over,
  })
}

export function push(over: Partial<PushView> = {}): PushView {
  return {
    id: 'push-1',
    kind: 'update',
    state: 'pending',
    created_at: '2026-11-22T10:44:00Z',
    next_at: '2026-11-22T10:46:00Z',
    tries: 0,
    error: null,
    ...over,
  }
}

export function linkOf(over: Partial<TicketView> = {}, queue: readonly PushView[] = []): TicketLinkView {
  const view = ticket(over)
  const isLinked = view.sn_sys_id !== null
  return {
    success: true,
    ticket: view,
    incident: isLinked ? theIncident : null,
    queue,
    open_url: isLinked ? theIncident.open_url : null,
  }
}

export const unlinkedView: TicketLinkView = linkOf()
export const linkedView: TicketLinkView = linkOf(linkedTicket())

export function preview(over: Partial<PushPreview> = {}): PushPreview {
  return {
    success: true,
    action: 'create',
    fields: {
      short_description: 'VPN drops every ten minutes when working from home',
      description:
        'Since Monday the connection is lost every ten minutes. Restarting the client helps for a while.\n\nAI Suggestions\nCheck the idle timeout of the gateway.',
      category: 'network',
      state: '2',
      priority: '2',
      impact: '2',
      urgency: '1',
      work_notes: 'Copilot Ticket ID: 1042',
      correlation_id: '7f3c:1042:1',
      correlation_display: 'Copilot',
    },
    unmapped: [],
    warnings: [],
    missing: [],
    ...over,
  }
}

export function conflict(over: Partial<SyncProblemView> = {}): SyncProblemView {
  return {
    id: 'problem-1',
    kind: 'conflict',
    push: push({ state: 'waiting', next_at: null }),
    ticket_id: TICKET,
    ticket_subject: ticket().subject,
    sn_number: theIncident.number,
    conflicts: [{ field: 'state', base: 'New', ours: 'Resolved', theirs: 'On Hold' }],
    choices: ['ours', 'theirs'],
    ...over,
  }
}

type Answer<T> = T | Response | Promise<T | Response>

export interface TicketRoutes {
  health?: () => Answer<HealthView>
  permissions?: () => readonly string[] | Response
  /** `reads` counts from 0. */
  link?: (reads: number) => Answer<TicketLinkView>
  preview?: () => Answer<PushPreview>
  problems?: () => readonly SyncProblemView[]
  create?: (body: unknown) => Answer<CreateAnswer>
  sync?: (body: unknown) => Answer<PushAnswer>
  note?: (body: unknown) => Answer<PushAnswer>
  done?: (route: string, body: unknown) => Answer<object>
}

export interface AskedTicket {
  route: string
  body: unknown
}

export function fakeTickets(routes: TicketRoutes) {
  const asked: AskedTicket[] = []
  let reads = 0
  const answer = (route: string, body: unknown): Answer<object> | undefined => {
    const table: Readonly<Record<string, () => Answer<object>>> = {
      [`GET ${paths.health}`]: routes.health ?? health,
      [`GET ${paths.me}`]: () => {
        const named = routes.permissions?.() ?? rolePermissions.agent
        return named instanceof Response ? named : { success: true, user: { permissions: named } }
      },
      [`GET ${paths.ticketLink(TICKET)}`]: () => (routes.link ?? (() => unlinkedView))(reads++),
      [`GET ${paths.ticketPreview(TICKET)}`]: routes.preview ?? preview,
      [`GET ${paths.problems}`]: () => ({ success: true, problems: routes.problems?.() ?? [] }),
      [`POST ${paths.createFromTicket(TICKET)}`]: () => routes.create?.(body) ?? problem('internal'),
      [`PATCH ${paths.syncTicket(theIncident.sys_id, TICKET)}`]: () =>
        routes.sync?.(body) ?? problem('internal'),
      [`POST ${paths.workNote(theIncident.sys_id)}`]: () => routes.note?.(body) ?? problem('internal'),
    }
    return table[route]?.() ?? routes.done?.(route, body) ?? { success: true }
  }
  const fetch: typeof globalThis.fetch = async (input, init) => {
    const route = `${init?.method ?? 'GET'} ${new URL(String(input), 'http://page.test/').pathname}`
    const body: unknown = typeof init?.body === 'string' ? JSON.parse(init.body) : null
    asked.push({ route, body })
    await Promise.resolve()
    init?.signal?.throwIfAborted()
    const given = await answer(route, body)
    init?.signal?.throwIfAborted()
    return given instanceof Response ? given : Response.json(given)
  }
  return { fetch, asked, writes: () => asked.filter(({ route }) => !route.startsWith('GET ')) }
}
