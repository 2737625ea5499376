/** The bulk pull: the stored copy brought up to date, tickets made from incidents, each at most once. */
import type { PullAnswer, TicketView } from '@snowline/protocol'
import { afterEach, expect, test } from 'vitest'
import { Desk, type DeskOptions } from '../desk.ts'
import { readEvents } from '../kit.ts'

const opened: Desk[] = []
const open = async (options: DeskOptions = {}): Promise<Desk> => {
  const desk = await Desk.open({ incidents: 12, ...options })
  opened.push(desk)
  return desk
}
afterEach(async () => {
  for (const desk of opened.splice(0)) await desk.close()
})

const NO_ENV = { SN_INSTANCE_URL: '', SN_USERNAME: '', SN_PASSWORD: '' }
const pull = async (desk: Desk, body: unknown): Promise<PullAnswer> => {
  const answer = await desk.server.post('/api/sn/sync/pull', body)
  expect(answer.status, answer.text).toBe(200)
  return answer.body as unknown as PullAnswer
}
const tickets = async (desk: Desk) =>
  (await desk.server.get('/api/tickets?limit=200')).body.tickets as TicketView[]

test('without import only the stored copy moves: of the environment’s connection', async () => {
  const desk = await open()
  expect(await pull(desk, {})).toEqual({
    success: true,
    fetched: 12,
    imported: 0,
    updated: 0,
    skipped: 0,
    items: [],
  })
  expect(await tickets(desk)).toEqual([])
  const mirror = await desk.server.get('/api/sn/incidents?source=mirror')
  expect(mirror.body.total).toBe(12)
})

test('of an integration it is one of its runs', async () => {
  const desk = await open({ env: NO_ENV })
  const id = await desk.server.createServiceNow({}, { is_active: true })
  expect(await pull(desk, {})).toMatchObject({ fetched: 12 })
  const runs = (await desk.server.get(`/api/integrations/${id}/runs`)).body.runs as { trigger: string }[]
  expect(runs.map(({ trigger }) => trigger)).toEqual(['api'])
})

test('a dry run shows what an import would make, and writes nothing', async () => {
  const desk = await open()
  const dry = await pull(desk, { import: true, dryRun: true })
  expect(dry).toMatchObject({ fetched: 12, imported: 12, skipped: 0 })
  expect(await tickets(desk)).toEqual([])
  expect((await desk.server.get('/api/sn/incidents?source=mirror')).body.total).toBe(0)
  const real = await pull(desk, { import: true })
  const bare = ({ items }: PullAnswer) => items.map(({ number, action }) => `${number} ${action}`).sort()
  expect(bare(real)).toEqual(bare(dry))
})

test('imported once; again, nothing; what was made from a ticket is never imported', async () => {
  const desk = await open()
  const own = await desk.linked()
  const orphan = await desk.linked()
  await desk.server.call('DELETE', `/api/tickets/${orphan.id}/sn/link`)
  const first = await pull(desk, { import: true })
  expect(first).toMatchObject({ fetched: 14, imported: 12, skipped: 2 })
  const skipped = first.items.filter(({ action }) => action === 'skip')
  expect(skipped.map(({ ticket_id: id }) => id).sort()).toEqual([own.id, orphan.id])
  const made = (await tickets(desk)).filter(({ id }) => id !== own.id && id !== orphan.id)
  expect(made).toHaveLength(12)
  for (const ticket of made) {
    const row = desk.incident(ticket.sn_sys_id)
    expect(ticket).toMatchObject({
      subject: row.short_description,
      sn_number: row.number,
      sn_sync_status: 'ok',
      status: { 1: 'open', 2: 'in_progress', 3: 'pending', 6: 'resolved', 7: 'closed', 8: 'closed' }[
        row.state ?? ''
      ],
    })
  }
  expect(await pull(desk, { import: true })).toMatchObject({ imported: 0, skipped: 14 })
  expect(await tickets(desk)).toHaveLength(14)
  expect(desk.writes()).toBe(2)
})

test('twice at once: each incident is one ticket', async () => {
  const desk = await open()
  await pull(desk, {})
  const answers = await Promise.all([1, 2].map(() => desk.server.post('/api/sn/sync/pull', { import: true })))
  expect(answers.some(({ status }) => status === 200)).toBe(true)
  const ids = (await tickets(desk)).map(({ sn_sys_id: id }) => id)
  expect(new Set(ids).size).toBe(ids.length)
})

test('query and limit; a query that may not be asked', async () => {
  const desk = await open()
  const answer = await pull(desk, { import: true, limit: 3 })
  expect(answer).toMatchObject({ fetched: 3, imported: 3 })
  const [row] = desk.incidents()
  const one = await pull(desk, { import: true, dryRun: true, query: `number=${row?.number}` })
  expect(one.items.map(({ number }) => number)).toEqual([row?.number])
  for (const query of ['passwordSTARTSWITHa', 'active=true^EQ', 'caller_id=javascript:gs.getUserID()']) {
    const refused = await desk.server.post('/api/sn/sync/pull', { query })
    expect(refused.body.code, query).toBe('invalid_query')
  }
  expect((await desk.server.post('/api/sn/sync/pull', { limit: 0 })).status).toBe(422)
})

test('what a push left comes home at once, into a mirror that a run has filled', async () => {
  const desk = await open()
  await desk.linked()
  expect((await desk.server.get('/api/sn/incidents?source=mirror')).body.total).toBe(0)
  await pull(desk, {})
  const ticket = await desk.linked({ subject: 'Straight home' })
  await desk.server.app.drain()
  const mirror = await desk.server.get('/api/sn/incidents?source=mirror&q=Straight')
  expect(mirror.body.incidents).toMatchObject([
    { sys_id: ticket.sn_sys_id, ticket_id: ticket.id, pending: false },
  ])
})

test('a status that moved in ServiceNow comes back only when asked for, and is not sent again', async () => {
  for (const on of [false, true]) {
    const desk = await open({ env: { SYNC_STATUS_BACK: on ? 'on' : 'off' } })
    const ticket = await desk.linked()
    desk.server.clock.advance(5)
    desk.server.instance.control.clock.advance(5)
    const { instance } = desk.server
    await instance.fetch(
      new Request(`https://dev00000.service-now.com/api/now/table/incident/${ticket.sn_sys_id}`, {
        method: 'PATCH',
        headers: { authorization: `Basic ${btoa('admin:admin')}`, 'content-type': 'application/json' },
        body: JSON.stringify({ state: '2' }),
      }),
    )
    const answer = await pull(desk, {})
    expect((await desk.read(ticket.id)).status).toBe(on ? 'in_progress' : 'open')
    expect(answer.items.map(({ action }) => action)).toEqual(on ? ['update'] : [])
    const writes = desk.writes()
    await desk.later(600)
    expect(desk.writes()).toBe(writes)
  }
})

test('as a stream: progress, then the answer', async () => {
  const desk = await open({ env: NO_ENV })
  await desk.server.createServiceNow({}, { is_active: true })
  const response = await desk.server.fetch('POST', '/api/sn/sync/pull', {
    body: { import: true },
    headers: { accept: 'text/event-stream' },
  })
  expect(response.headers.get('content-type')).toContain('text/event-stream')
  const events = await readEvents(response)
  expect(events.at(-1)).toMatchObject({ type: 'complete', data: { success: true, imported: 12 } })
  expect(events.slice(0, -1).every(({ type }) => type === 'progress')).toBe(true)
  expect(events.length).toBeGreaterThan(1)
})

test('an instance that is away: the pull says so', async () => {
  const desk = await open()
  desk.server.instance.control.setFault({ kind: 'hibernating' })
  const answer = await desk.server.post('/api/sn/sync/pull', {})
  expect(answer.status).toBe(503)
  expect(answer.body.code).toBe('sn_unavailable')
})
