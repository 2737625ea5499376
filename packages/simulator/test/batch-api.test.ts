/** The Batch API on the wire (servicenow.md 6, batch-api). */
import { expect, test } from 'vitest'
import { createInstance, type Instance } from '../src/index.ts'
import { ask, INCIDENT } from './door.ts'

const BATCH = '/api/now/v1/batch'
const JSON_HEADERS = [
  { name: 'Accept', value: 'application/json' },
  { name: 'Content-Type', value: 'application/json' },
]

interface Serviced {
  readonly id: string
  readonly status_code: number
  readonly status_text: string
  readonly body: string
  readonly headers: readonly { readonly name: string; readonly value: string }[]
  readonly execution_time: number
  readonly error_message?: string
}

interface Answer {
  readonly batch_request_id: string
  readonly serviced_requests: readonly Serviced[]
  readonly unserviced_requests: readonly string[]
}

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64')
const decode = (text: string) =>
  JSON.parse(Buffer.from(text, 'base64').toString()) as { result: Record<string, string>[] }

const get = (id: string, url: string) => ({ id, method: 'GET', url, headers: JSON_HEADERS })
const post = (id: string, body: unknown, url = INCIDENT) => ({
  id,
  method: 'POST',
  url,
  headers: JSON_HEADERS,
  body: encode(body),
  exclude_response_headers: true,
})

async function batch(
  sn: Instance,
  requests: readonly unknown[],
  headers: Record<string, string> = {},
): Promise<Answer> {
  const answer = await ask(sn, 'POST', BATCH, { batch_request_id: '7', rest_requests: requests }, headers)
  expect(answer.status).toBe(200)
  return answer.json() as unknown as Answer
}

test('items in their order, each with its own status, in base64; the whole is 200', async () => {
  const sn = createInstance({ incidents: 3 })
  const answer = await batch(sn, [
    get('11', `${INCIDENT}?sysparm_limit=2`),
    post('12', { short_description: 'Über den Stapel' }),
    get('13', `${INCIDENT}/${'0'.repeat(32)}`),
    get('14', '/api/now/stats/incident?sysparm_count=true'),
    { id: '15', method: 'PATCH', url: INCIDENT, headers: JSON_HEADERS, body: encode({}) },
  ])
  expect([answer.batch_request_id, answer.unserviced_requests]).toEqual(['7', []])
  const { serviced_requests: items } = answer
  expect(items.map(({ id, status_code, status_text }) => [id, status_code, status_text])).toEqual([
    ['11', 200, 'OK'],
    ['12', 201, 'Created'],
    ['13', 404, 'Not Found'],
    ['14', 200, 'OK'],
    ['15', 405, 'Method Not Allowed'],
  ])
  expect(decode(items[0]?.body ?? '').result).toHaveLength(2)
  expect(decode(items[1]?.body ?? '')).toMatchObject({ result: { short_description: 'Über den Stapel' } })
  expect(items[0]?.headers).toContainEqual({ name: 'X-Total-Count', value: '3' })
  expect(items[1]?.headers).toEqual([])
  expect(sn.control.records('incident')).toHaveLength(4)
})

test('signed in once for all: items act as whoever sent the batch; without credentials 401', async () => {
  const users = [{ user: 'ann', password: 'p' }]
  const sn = createInstance({ users })
  await batch(sn, [post('1', {})], { authorization: `Basic ${btoa('ann:p')}` })
  expect(sn.control.records('incident')[0]?.sys_created_by).toBe('ann')
  const refused = await ask(sn, 'POST', BATCH, { rest_requests: [] }, { authorization: '' })
  expect(refused.status).toBe(401)
})

test('a query too long for a request line passes inside a batch (2.4)', async () => {
  const sn = createInstance({ incidents: 5 })
  const url = `${INCIDENT}?sysparm_query=numberIN${'INC0010001,'.repeat(2000)}INC0010002`
  expect((await ask(sn, 'GET', url)).text).toContain('Request header is too large')
  const { serviced_requests: items } = await batch(sn, [get('1', url)])
  expect(
    decode(items[0]?.body ?? '')
      .result.map((row) => row.number)
      .sort(),
  ).toEqual(['INC0010001', 'INC0010002'])
})

test('after 30 s of the clock the rest is unserviced', async () => {
  const sn: Instance = createInstance({
    incidents: 2,
    sleep: async (ms) => sn.control.clock.advance(ms / 1000),
  })
  sn.control.setFault({ kind: 'slow', match: { table: 'incident' }, delayMs: 12_000 })
  const answer = await batch(
    sn,
    ['a', 'b', 'c', 'd', 'e'].map((id) => post(id, { correlation_id: id })),
  )
  expect(answer.serviced_requests.map(({ id, execution_time }) => [id, execution_time])).toEqual([
    ['a', 12_000],
    ['b', 12_000],
    ['c', 12_000],
  ])
  expect(answer.unserviced_requests).toEqual(['d', 'e'])
  expect(sn.control.records('incident').filter((row) => row.correlation_id)).toHaveLength(3)
})

test('an item too large to send or to answer ends the batch; the header lowers the limit and never raises it', async () => {
  const sn = createInstance({ incidents: 40 })
  sn.control.property('glide.rest.batch.max.inputSize', '300')
  const large = await batch(sn, [
    get('1', `${INCIDENT}?sysparm_limit=1`),
    post('2', { description: 'x'.repeat(400) }),
    post('3', {}),
  ])
  expect([large.serviced_requests.length, large.unserviced_requests]).toEqual([1, ['2', '3']])
  const limit = { 'x-batchrequest-max-output-size': '20000' }
  const asked = [
    get('1', `${INCIDENT}?sysparm_limit=1`),
    get('2', INCIDENT),
    get('3', `${INCIDENT}?sysparm_limit=1`),
  ]
  expect((await batch(sn, asked, limit)).unserviced_requests).toEqual(['2', '3'])
  sn.control.property('glide.rest.batch.max.outputSize', '20000')
  expect(
    (await batch(sn, asked, { 'x-batchrequest-max-output-size': '99999999' })).unserviced_requests,
  ).toEqual(['2', '3'])
})

test('an address that is none, a batch in a batch, a body that is no batch', async () => {
  const sn = createInstance()
  const { serviced_requests: items } = await batch(sn, [
    get('1', 'https://elsewhere.example/api/now/table/incident'),
    get('2', '//elsewhere.example/api'),
    post('3', { rest_requests: [] }, BATCH),
    get('4', '/api/now/nothing'),
  ])
  expect(items.map(({ status_code }) => status_code)).toEqual([400, 400, 400, 400])
  expect(items[0]?.error_message).toContain('Invalid request url')
  expect((await ask(sn, 'POST', BATCH, { batch: [] })).status).toBe(400)
  expect((await ask(sn, 'POST', BATCH, '{"rest_requests":[{"body":"%%%"}]}')).status).toBe(400)
  expect((await ask(sn, 'GET', BATCH)).status).toBe(405)
})

test('faults strike items: 429 inside a 200, and a break takes the whole batch along', async () => {
  const sn = createInstance({ incidents: 2 })
  sn.control.setFault({
    kind: 'rate-limit',
    match: { table: 'incident', method: 'GET' },
    count: 1,
    retryAfter: 9,
  })
  const { serviced_requests: items } = await batch(sn, [get('1', INCIDENT), get('2', INCIDENT)])
  expect(items.map(({ status_code }) => status_code)).toEqual([429, 200])
  expect(items[0]?.headers).toContainEqual({ name: 'Retry-After', value: '9' })
  sn.control.setFault({ kind: 'lost-answer', match: { table: 'incident', method: 'POST' } })
  await expect(batch(sn, [post('1', { correlation_id: 'k' })])).rejects.toThrow('fetch failed')
  expect(sn.control.records('incident').filter((row) => row.correlation_id === 'k')).toHaveLength(1)
})

test('files travel in batches too', async () => {
  const sn = createInstance({ records: { incident: [{ sys_id: '1'.repeat(32) }] } })
  const url = `/api/now/attachment/file?table_name=incident&table_sys_id=${'1'.repeat(32)}&file_name=a.txt`
  const headers = [{ name: 'Content-Type', value: 'text/plain' }]
  const body = Buffer.from('Grüße').toString('base64')
  const { serviced_requests: items } = await batch(sn, [{ id: '1', method: 'POST', url, headers, body }])
  expect(items[0]?.status_code).toBe(201)
  const id = sn.control.records('sys_attachment')[0]?.sys_id
  const back = await batch(sn, [get('1', `/api/now/attachment/${id}/file`)])
  expect(Buffer.from(back.serviced_requests[0]?.body ?? '', 'base64').toString()).toBe('Grüße')
})
