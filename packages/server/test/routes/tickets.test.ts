/** The local help desk: tickets, who sees which, their link, and the preview of what would be sent. */
import type { PushPreview, TicketView } from '@snowline/protocol'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { Desk, type DeskOptions } from '../desk.ts'

const opened: Desk[] = []
const open = async (options: DeskOptions = {}): Promise<Desk> => {
  const desk = await Desk.open(options)
  opened.push(desk)
  return desk
}
afterEach(async () => {
  for (const desk of opened.splice(0)) await desk.close()
})

const ticketOf = (body: Record<string, unknown>) => body.ticket as TicketView
const ticketsOf = (body: Record<string, unknown>) => body.tickets as TicketView[]
const UNKNOWN = '999999'

describe('tickets', () => {
  let desk: Desk
  beforeAll(async () => {
    desk = await Desk.open()
  })
  afterAll(() => desk.close())

  test('created with what was given, everything else empty; the address of it', async () => {
    const answer = await desk.server.post('/api/tickets', { subject: ' Slow ', priority: 'high' })
    expect(answer.status).toBe(201)
    const ticket = ticketOf(answer.body)
    expect(answer.headers.get('location')).toBe(`/api/tickets/${ticket.id}`)
    expect(ticket).toEqual({
      id: ticket.id,
      subject: 'Slow',
      description: '',
      status: 'open',
      priority: 'high',
      predicted_priority: null,
      category: null,
      predicted_category: null,
      requester_email: null,
      ai_suggestions: null,
      created_at: '2026-11-02T09:00:00Z',
      updated_at: '2026-11-02T09:00:00Z',
      sn_sys_id: null,
      sn_number: null,
      sn_last_sync_at: null,
      sn_sync_status: null,
      sn_last_error: null,
    })
    expect((await desk.server.get(`/api/tickets/${ticket.id}`)).body.ticket).toEqual(ticket)
  })

  test('a body that is none: 422 with the member', async () => {
    for (const body of [
      {},
      { subject: '' },
      { subject: 'x', status: 'new' },
      { subject: 'x', sn_sys_id: 'a' },
    ]) {
      const answer = await desk.server.post('/api/tickets', body)
      expect(answer.status, JSON.stringify(body)).toBe(422)
      expect(answer.body.code).toBe('validation_failed')
    }
  })

  test('pages newest first, filtered by status, text and link', async () => {
    const own = await open()
    const made = []
    for (const [subject, status] of [
      ['Alpha 100%', 'open'],
      ['Beta', 'closed'],
      ['Gamma', 'open'],
      ['Delta', 'pending'],
    ]) {
      made.push((await own.ticket({ subject, status })).id)
    }
    const linked = await own.linked({ subject: 'Epsilon' })
    const subjects = async (query: string) =>
      ticketsOf((await own.server.get(`/api/tickets?${query}`)).body).map(({ subject }) => subject)
    expect(await subjects('')).toEqual(['Epsilon', 'Delta', 'Gamma', 'Beta', 'Alpha 100%'])
    expect(await subjects('status=open,closed')).toEqual(['Epsilon', 'Gamma', 'Beta', 'Alpha 100%'])
    expect(await subjects('q=100%25')).toEqual(['Alpha 100%'])
    expect(await subjects('q=%25')).toEqual(['Alpha 100%'])
    expect(await subjects('linked=true')).toEqual(['Epsilon'])
    expect(await subjects('linked=false&limit=2')).toEqual(['Delta', 'Gamma'])
    expect(await subjects(`q=${linked.sn_number}`)).toEqual(['Epsilon'])
    const first = await own.server.get('/api/tickets?limit=3')
    const cursor = encodeURIComponent(String(first.body.nextCursor))
    expect(await subjects(`limit=3&cursor=${cursor}`)).toEqual(['Beta', 'Alpha 100%'])
    for (const bad of ['limit=-1', 'limit=1e9', 'status=new', 'cursor=zzz', 'linked=maybe', 'limit[]=1']) {
      expect((await own.server.get(`/api/tickets?${bad}`)).status, bad).toBe(422)
    }
  })

  test('what no ticket can be called is unknown', async () => {
    for (const id of [UNKNOWN, "' OR 1=1--", '%00', '..%2f', 'x'.repeat(200), '-1', '1e3', '0x1']) {
      const path = `/api/tickets/${encodeURIComponent(id)}`
      expect((await desk.server.get(path)).status, id).toBe(404)
      expect((await desk.create(encodeURIComponent(id))).status, id).toBe(404)
    }
  })
})

describe('a viewer', () => {
  test('sees own tickets only; those of others answer exactly like a random id', async () => {
    const desk = await open()
    const { server } = desk
    const own = await desk.ticket({ requester_email: 'Viewer@kit.test' })
    const other = await desk.ticket({ requester_email: 'other@kit.test' })
    const orphan = await desk.ticket()
    const list = await server.get('/api/tickets', { as: 'viewer' })
    expect(ticketsOf(list.body).map(({ id }) => id)).toEqual([own.id])
    expect((await server.get(`/api/tickets/${own.id}`, { as: 'viewer' })).status).toBe(200)
    expect((await desk.patch(own.id, { description: 'More' }, { as: 'viewer' })).status).toBe(200)
    const strip = ({ status, body }: { status: number; body: Record<string, unknown> }, id: string) => ({
      status,
      body: JSON.stringify({ ...body, requestId: '' }).replaceAll(`/tickets/${id}`, '/tickets/id'),
    })
    for (const { id } of [other, orphan]) {
      for (const [method, tail] of [
        ['GET', ''],
        ['PATCH', ''],
        ['GET', '/sn'],
      ] as const) {
        const options = {
          as: 'viewer' as const,
          ...(method === 'PATCH' ? { body: { status: 'closed' } } : {}),
        }
        const hidden = await server.call(method, `/api/tickets/${id}${tail}`, options)
        const random = await server.call(method, `/api/tickets/${UNKNOWN}${tail}`, options)
        expect(strip(hidden, id)).toEqual(strip(random, UNKNOWN))
        expect(hidden.status).toBe(404)
      }
    }
    expect((await desk.read(other.id)).status).toBe('open')
  })

  test('asks for the own address only', async () => {
    const desk = await open()
    const created = await desk.server.post('/api/tickets', { subject: 'Mine' }, { as: 'viewer' })
    expect(ticketOf(created.body).requester_email).toBe('viewer@kit.test')
    const foreign = { subject: 'Theirs', requester_email: 'other@kit.test' }
    expect((await desk.server.post('/api/tickets', foreign, { as: 'viewer' })).status).toBe(422)
    const { id } = ticketOf(created.body)
    for (const address of ['other@kit.test', null]) {
      expect((await desk.patch(id, { requester_email: address }, { as: 'viewer' })).status).toBe(422)
    }
  })

  test('pushes nothing: 403, no request, an audit entry', async () => {
    const desk = await open()
    const { id } = await desk.ticket({ requester_email: 'viewer@kit.test' })
    const before = desk.server.outbound.length
    expect((await desk.create(id, {}, { as: 'viewer' })).status).toBe(403)
    expect((await desk.server.get('/api/sn/problems', { as: 'viewer' })).status).toBe(403)
    expect((await desk.server.post('/api/sn/sync/pull', {}, { as: 'agent' })).status).toBe(403)
    expect(desk.server.outbound.length).toBe(before)
    const link = await desk.server.get(`/api/tickets/${id}/sn`, { as: 'viewer' })
    expect(link.body).toMatchObject({ success: true, incident: null, open_url: null, queue: [] })
  })
})

describe('link', () => {
  test('by number or id; the ticket then follows that incident; a second link is refused', async () => {
    const desk = await open()
    const [row, other] = desk.incidents()
    const [one, two] = [await desk.ticket(), await desk.ticket()]
    const path = (id: string) => `/api/tickets/${id}/sn/link`
    const linked = await desk.server.post(path(one.id), { number: row?.number }, { as: 'agent' })
    expect(linked.status, linked.text).toBe(200)
    expect(ticketOf(linked.body)).toMatchObject({
      sn_sys_id: row?.sys_id,
      sn_number: row?.number,
      sn_sync_status: 'ok',
    })
    expect((await desk.server.post(path(one.id), { sys_id: row?.sys_id })).status).toBe(200)
    for (const [id, target] of [
      [one.id, { sys_id: other?.sys_id }],
      [two.id, { sys_id: row?.sys_id }],
    ] as const) {
      const refused = await desk.server.post(path(id), target)
      expect(refused.status).toBe(409)
      expect(refused.body.code).toBe('already_linked')
    }
    expect((await desk.server.post(path(two.id), { number: 'INC9999999' })).status).toBe(404)
    expect((await desk.server.post(path(two.id), {})).status).toBe(422)
    const incident = await desk.server.get(`/api/sn/incidents/${row?.sys_id}`)
    expect(incident.body.incident).toMatchObject({ ticket_id: one.id })
    expect((await desk.create(one.id)).status).toBe(200)
    expect(desk.writes()).toBe(0)
  })

  test('unlinked: asks nothing of the instance, and what waited is not sent any more', async () => {
    const desk = await open()
    const ticket = await desk.linked()
    desk.server.instance.control.setFault({ kind: 'hibernating' })
    await desk.patch(ticket.id, { status: 'in_progress' })
    await desk.settle()
    const before = desk.server.outbound.length
    const path = `/api/tickets/${ticket.id}/sn/link`
    const unlinked = await desk.server.call('DELETE', path, { as: 'agent' })
    expect(unlinked.status, unlinked.text).toBe(200)
    expect(ticketOf(unlinked.body)).toMatchObject({ sn_sys_id: null, sn_number: null, sn_sync_status: null })
    expect(desk.server.outbound.length).toBe(before)
    desk.server.instance.control.clearFaults()
    await desk.later(3_600)
    expect(desk.incident(ticket.sn_sys_id).state).toBe('1')
    const again = await desk.server.call('DELETE', path, { as: 'agent' })
    expect(again.body.code).toBe('not_linked')
  })

  test('while a create is in doubt nothing else may be linked', async () => {
    const desk = await open()
    const match = { method: 'POST', table: 'incident' }
    desk.server.instance.control.setFault({ kind: 'lost-answer', match, count: 1 })
    const { id } = await desk.ticket()
    expect((await desk.create(id)).status).toBe(202)
    const [row] = desk.incidents()
    const refused = await desk.server.post(`/api/tickets/${id}/sn/link`, { sys_id: row?.sys_id })
    expect(refused.body.code).toBe('conflict')
  })

  test('the link as it stands: incident, queue, address; the retry of nothing is a conflict', async () => {
    const desk = await open()
    const ticket = await desk.linked()
    const { body } = await desk.server.get(`/api/tickets/${ticket.id}/sn`, { as: 'agent' })
    expect(body).toMatchObject({
      success: true,
      ticket: { id: ticket.id, sn_number: ticket.sn_number },
      incident: { sys_id: ticket.sn_sys_id, state: { value: '1' } },
      queue: [{ kind: 'create', state: 'done', next_at: null, error: null }],
      open_url: expect.stringContaining('https://dev00000.service-now.com/nav_to.do'),
    })
    const retry = await desk.server.post(`/api/tickets/${ticket.id}/sn/retry`)
    expect(retry.body.code).toBe('conflict')
  })
})

describe('preview', () => {
  test('of a create: exactly what is sent then', async () => {
    const sent: unknown[] = []
    const desk = await open({
      wire: async (request, pass) => {
        if (request.method === 'POST') sent.push(await request.clone().json())
        return pass(request)
      },
    })
    const { id } = await desk.ticket({
      subject: 'S'.repeat(300),
      description: 'D',
      requester_email: 'nobody@kit.test',
      ai_suggestions: 'Try again',
      category: 'no such category',
    })
    const answer = await desk.server.get(`/api/tickets/${id}/sn/preview`, { as: 'agent' })
    const preview = answer.body as unknown as PushPreview
    expect(preview.action).toBe('create')
    expect(preview.fields.category).toBe('software')
    expect(preview.warnings.map(({ field }) => field).sort()).toEqual(['caller_id', 'category'])
    expect(preview.fields.description).toContain('S'.repeat(300))
    expect(desk.writes()).toBe(0)
    expect((await desk.create(id)).status).toBe(201)
    expect(sent).toEqual([preview.fields])
  })

  test('of an update: what would change, and what is missing', async () => {
    const desk = await open()
    const ticket = await desk.linked()
    const path = `/api/tickets/${ticket.id}/sn/preview`
    expect((await desk.server.get(path)).body).toMatchObject({ action: 'update', fields: {}, missing: [] })
    await desk.patch(ticket.id, { status: 'resolved' })
    const { body } = await desk.server.get(path)
    expect(body).toMatchObject({ action: 'update', fields: { state: '6' } })
    expect((body.missing as { field: string }[]).map(({ field }) => field)).toEqual([
      'close_code',
      'close_notes',
    ])
  })
})
