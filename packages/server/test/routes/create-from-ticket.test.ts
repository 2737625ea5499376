/** One incident for one ticket: however often it is asked for, whatever becomes of the answer. */
import type { IncidentView, TicketView } from '@snowline/protocol'
import { afterEach, expect, test } from 'vitest'
import { CLAIM_S, Desk, type DeskOptions, WAIT_S } from '../desk.ts'

const opened: Desk[] = []
const open = async (options: DeskOptions = {}): Promise<Desk> => {
  const desk = await Desk.open(options)
  opened.push(desk)
  return desk
}
afterEach(async () => {
  for (const desk of opened.splice(0)) await desk.close()
})

const incidentOf = (body: Record<string, unknown>) => body.incident as IncidentView
const ticketOf = (body: Record<string, unknown>) => body.ticket as TicketView

test('201 with the incident as mapped, the link in the five columns, the suggestions in the description', async () => {
  const desk = await open()
  const { id } = await desk.ticket({
    subject: 'VPN drops',
    description: 'Every ten minutes',
    predicted_priority: 'high',
    predicted_category: 'network',
    ai_suggestions: 'Renew the certificate',
  })
  const { status, body } = await desk.create(id)
  expect(status).toBe(201)
  expect(body).toMatchObject({ success: true, created: true })
  const ticket = ticketOf(body)
  const row = desk.incident(ticket.sn_sys_id)
  expect(row).toMatchObject({
    short_description: 'VPN drops',
    impact: '2',
    urgency: '1',
    priority: '2',
    category: 'network',
    state: '1',
  })
  expect(row.description).toMatch(/^Every ten minutes\n[\s\S]*AI Suggestions[\s\S]*Renew the certificate/)
  expect(row.correlation_id).toMatch(new RegExp(`^copilot-[0-9a-f]{8}:${id}:1$`))
  expect(desk.journal(ticket.sn_sys_id)).toEqual([`Copilot Ticket ID: ${id}`])
  expect(incidentOf(body)).toMatchObject({ number: row.number, ticket_id: id, sys_id: row.sys_id })
  expect(ticket).toMatchObject({
    sn_number: row.number,
    sn_sync_status: 'ok',
    sn_last_error: null,
    sn_last_sync_at: '2026-11-02T09:00:00.000Z',
  })
})

test('pressed a hundred times at once: one incident, one 201, and ninety-nine times the same link', async () => {
  const desk = await open()
  const { id } = await desk.ticket({ requester_email: 'nobody@kit.test' })
  const answers = await Promise.all(Array.from({ length: 100 }, () => desk.create(id)))
  const statuses = answers.map(({ status }) => status).sort()
  expect(statuses).toEqual([...Array.from({ length: 99 }, () => 200), 201])
  expect(new Set(answers.map(({ body }) => incidentOf(body).sys_id)).size).toBe(1)
  expect(desk.made(id)).toHaveLength(1)
  expect(desk.writes()).toBe(1)
})

test('pressed again: 200, and nothing is sent', async () => {
  const desk = await open()
  const { id, sn_sys_id: sysId } = await desk.linked()
  const again = await desk.create(id)
  expect(again.status).toBe(200)
  expect(again.body).toMatchObject({ created: false, incident: { sys_id: sysId } })
  expect(desk.writes()).toBe(1)
})

for (const kind of ['lost-answer', 'cut', 'empty-answer'] as const) {
  test(`${kind}: never a second incident, and the link comes by itself`, async () => {
    const desk = await open()
    desk.server.instance.control.setFault({ kind, match: { method: 'POST', table: 'incident' }, count: 1 })
    const { id } = await desk.ticket()
    const first = await desk.create(id)
    expect([201, 202]).toContain(first.status)
    if (first.status === 202) {
      expect(ticketOf(first.body).sn_sync_status).toBe('pending')
      expect((await desk.create(id)).status).toBe(202)
      await desk.later(WAIT_S - 1)
      expect((await desk.read(id)).sn_sync_status).toBe('pending')
      await desk.later(CLAIM_S + 2)
    }
    expect(await desk.read(id)).toMatchObject({ sn_sync_status: 'ok', sn_number: desk.made(id)[0]?.number })
    expect(desk.made(id)).toHaveLength(1)
    expect((await desk.create(id)).status).toBe(200)
  })
}

test('refused after it was written: found under its key at once, and pressed again never made twice', async () => {
  const desk = await open()
  const match = { method: 'POST', table: 'incident' }
  desk.server.instance.control.setFault({ kind: 'forbidden-after-write', match, count: 1 })
  const { id } = await desk.ticket()
  expect((await desk.create(id)).status).toBe(201)
  expect((await desk.create(id)).status).toBe(200)
  expect(desk.made(id)).toHaveLength(1)
  expect(await desk.read(id)).toMatchObject({ sn_sync_status: 'ok', sn_number: desk.made(id)[0]?.number })
})

test('an instance that is asleep: 202, and the incident is there when it wakes', async () => {
  const desk = await open()
  const { control } = desk.server.instance
  control.setFault({ kind: 'hibernating' })
  const { id } = await desk.ticket()
  const answer = await desk.create(id)
  expect(answer.status).toBe(202)
  expect(answer.body).toMatchObject({ success: true, pending: true })
  control.clearFaults()
  await desk.later(600)
  await desk.later(600)
  expect(desk.made(id)).toHaveLength(1)
  expect((await desk.read(id)).sn_sync_status).toBe('ok')
})

test('what the instance demands and nobody said: told before anything is sent, and given in the body', async () => {
  const desk = await open()
  const { id } = await desk.ticket({ status: 'resolved' })
  const refused = await desk.create(id)
  expect(refused.status).toBe(422)
  expect(refused.body).toMatchObject({ code: 'mapping_failed' })
  expect((refused.body.errors as { path: string }[]).map(({ path }) => path)).toEqual([
    'fields.close_code',
    'fields.close_notes',
  ])
  expect(desk.writes()).toBe(0)
  const [choice] = desk.server.instance.control
    .records('sys_choice')
    .filter((row) => row.element === 'close_code')
  const fields = { close_code: choice?.value ?? '', close_notes: 'Replaced the toner' }
  const { status, body } = await desk.create(id, { fields })
  expect(status).toBe(201)
  expect(desk.incident(ticketOf(body).sn_sys_id)).toMatchObject({ state: '6', ...fields })
})

test('fields that may not be set: 422, nothing sent', async () => {
  const desk = await open()
  const { id } = await desk.ticket()
  for (const fields of [{ sys_id: 'x' }, { correlation_id: 'mine' }, { no_such_field: 'x' }]) {
    const answer = await desk.create(id, { fields })
    expect(answer.status, answer.text).toBe(422)
    expect(answer.body.code).toBe('mapping_failed')
  }
  expect((await desk.create(id, { fields: { __proto__x: 'y' } })).status).toBe(422)
  expect(desk.writes()).toBe(0)
})

test('a refusal of the instance: its words, the ticket failed, a problem; sent again with the same key', async () => {
  const desk = await open()
  const { control } = desk.server.instance
  control.setFault({
    kind: 'status',
    status: 403,
    message: 'ACL Exception Insert Failed due to security constraints',
    match: { method: 'POST', table: 'incident' },
  })
  const { id } = await desk.ticket()
  const refused = await desk.create(id)
  expect(refused.status).toBe(502)
  expect(refused.body).toMatchObject({ code: 'sn_forbidden', hint: expect.any(String) })
  expect(await desk.read(id)).toMatchObject({ sn_sync_status: 'failed', sn_sys_id: null })
  expect((await desk.read(id)).sn_last_error).toContain('denies the integration user')
  const [problem] = await desk.problems()
  expect(problem).toMatchObject({ kind: 'dead_letter', ticket_id: id, choices: ['resend', 'drop'] })
  control.clearFaults()
  const retried = await desk.server.post(`/api/tickets/${id}/sn/retry`, undefined, { as: 'agent' })
  expect(retried.status, retried.text).toBe(200)
  expect(ticketOf(retried.body)).toMatchObject({ sn_sync_status: 'ok', sn_last_error: null })
  expect(desk.made(id)[0]?.correlation_id).toMatch(/:1$/)
  expect(await desk.problems()).toEqual([])
})

test('wrong credentials stop everything until they are mended; nothing is lost', async () => {
  const desk = await open({ env: { SN_INSTANCE_URL: '', SN_USERNAME: '', SN_PASSWORD: '' } })
  const { server } = desk
  const integration = await server.createServiceNow({ password: 'wrong' }, { is_active: true })
  const { id } = await desk.ticket()
  expect((await desk.create(id)).status).toBe(202)
  const asked = server.outbound.length
  await desk.later(3_600)
  expect(server.outbound.length).toBe(asked)
  await server.call('PATCH', `/api/integrations/${integration}`, { body: { config: { password: 'admin' } } })
  await server.app.services.push.wake()
  await desk.settle()
  expect(await desk.read(id)).toMatchObject({ sn_sync_status: 'ok' })
  expect(desk.made(id)).toHaveLength(1)
})

test('unlinked and created again: a new generation, a second incident; the key of a call is honoured over it', async () => {
  const desk = await open()
  const { id } = await desk.ticket()
  const headers = { 'idempotency-key': 'press-1' }
  const first = await desk.create(id, {}, { headers })
  expect(first.status).toBe(201)
  expect((await desk.server.call('DELETE', `/api/tickets/${id}/sn/link`, { as: 'agent' })).status).toBe(200)
  const replayed = await desk.create(id, {}, { headers })
  expect(replayed.status).toBe(200)
  expect(incidentOf(replayed.body).sys_id).toBe(incidentOf(first.body).sys_id)
  expect(desk.made(id)).toHaveLength(1)
  expect((await desk.create(id)).status).toBe(201)
  expect(
    desk
      .made(id)
      .map((row) => row.correlation_id?.split(':')[2])
      .sort(),
  ).toEqual(['1', '2'])
})

test('the requester is the caller when exactly one active user has the address', async () => {
  const desk = await open({ env: { SN_DEFAULT_CALLER_SYSID: 'f'.repeat(32) } })
  const user = desk.server.instance.control
    .records('sys_user')
    .find((row) => row.email && row.active === 'true')
  const { sn_sys_id: sysId } = await desk.linked({ requester_email: user?.email })
  expect(desk.incident(sysId).caller_id).toBe(user?.sys_id)
})

test('not started: it is kept, 202, health says paused; started, it goes out', async () => {
  const desk = await open({ started: false })
  const { id } = await desk.ticket()
  expect((await desk.create(id)).status).toBe(202)
  const health = await desk.server.get('/api/sn/health')
  expect((health.body.checks as { id: string; message: string }[]).at(-1)).toMatchObject({
    id: 'push',
    status: 'warn',
    message: expect.stringContaining('Push paused'),
  })
  await desk.server.app.start()
  await desk.settle()
  expect((await desk.read(id)).sn_sync_status).toBe('ok')
  const after = await desk.server.get('/api/sn/health')
  expect((after.body.checks as { id: string }[]).some((check) => check.id === 'push')).toBe(false)
})

test('without a connection: sn_not_configured, and nothing is queued', async () => {
  const desk = await open({ env: { SN_INSTANCE_URL: '', SN_USERNAME: '', SN_PASSWORD: '' } })
  const { id } = await desk.ticket()
  const answer = await desk.create(id)
  expect(answer.status).toBe(409)
  expect(answer.body.code).toBe('sn_not_configured')
  expect(await desk.queue(id)).toEqual([])
})
