/** Batches: an answer for each request, leftovers sent again, and a write never sent twice; long reads that travel inside one. */
import { createInstance } from '@snowline/simulator'
import { expect, test } from 'vitest'
import { AuthenticationError, NotFoundError, OutcomeUnknownError, QueryError } from '../../src/base/errors.ts'
import { createClient } from '../../src/client/client.ts'
import { basicAuth } from '../../src/http/auth.ts'
import { fakeClock, fakeInstance, json } from './fake-instance.ts'

const sysId = '46f09e75a9fe198100f4ffd8d366d17b'
const base64 = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64')
const ok = (id: string, body: unknown = { result: [] }, status = 200) => ({
  id,
  status_code: status,
  headers: [{ name: 'Content-Type', value: 'application/json' }],
  body: base64(body),
})
const answer = (serviced: readonly object[], unserviced: readonly unknown[] = []) =>
  json({ batch_request_id: '1', serviced_requests: serviced, unserviced_requests: unserviced })
const read = { method: 'GET', path: '/api/now/table/incident', query: { sysparm_limit: 1 } }
const write = { method: 'POST', path: '/api/now/table/incident', body: { short_description: 'é' } }
const lost = new TypeError('fetch failed', {
  cause: Object.assign(new Error('reset'), { code: 'ECONNRESET' }),
})
const idsOf = (body: string): string[] =>
  (JSON.parse(body) as { rest_requests: { id: string }[] }).rest_requests.map(({ id }) => id)

function open(options: Parameters<typeof createInstance>[0] = {}) {
  const instance = createInstance({
    seed: 7,
    incidents: 30,
    clock: { start: '2026-11-02T09:00:00Z' },
    ...options,
  })
  const client = createClient({
    instanceUrl: 'dev00000',
    auth: basicAuth({ username: 'admin', password: 'admin' }),
    fetch: instance.fetch,
    clock: fakeClock(),
    random: () => 0,
  })
  return { instance, client }
}

test('against the instance: reads, writes and refusals, each with its own answer', async () => {
  const { client } = open()
  const answers = await client.batch([
    read,
    write,
    { method: 'GET', path: `/api/now/table/incident/${sysId}` },
    { method: 'GET', path: '/api/now/stats/incident', query: { sysparm_count: true } },
  ])
  expect(answers.map(({ ok, status }) => [ok, status])).toEqual([
    [true, 200],
    [true, 201],
    [false, 404],
    [true, 200],
  ])
  expect(answers[1]).toMatchObject({ json: { result: { short_description: 'é' } } })
  expect(answers[2]).toMatchObject({ error: { name: 'NotFoundError' } })
  expect(await client.incidents.count({ short_description: 'é' })).toBe(1)
})

test('leftovers are sent again, writes among them, and only they', async () => {
  const { client, requests } = fakeInstance([
    answer([ok('1')], ['2', '3']),
    answer([ok('2', { result: { sys_id: sysId } }, 201)], ['3']),
    answer([ok('3')]),
  ])
  const answers = await client.batch([read, write, read])
  expect(requests.map(({ body }) => idsOf(body))).toEqual([['1', '2', '3'], ['2', '3'], ['3']])
  expect(answers.map(({ ok }) => ok)).toEqual([true, true, true])
})

test('a request the answer tells nothing of: a read is sent again, a write is unknown', async () => {
  const { client, requests } = fakeInstance([answer([]), answer([ok('1')])])
  const [first, second] = await client.batch([read, write])
  expect(first).toMatchObject({ ok: true })
  expect(second).toMatchObject({ ok: false, status: null, error: { name: 'OutcomeUnknownError' } })
  expect(requests.map(({ body }) => idsOf(body))).toEqual([['1', '2'], ['1']])
})

test('a lost answer: the writes are unknown, the reads are sent again', async () => {
  const { client, requests } = fakeInstance([lost, answer([ok('1')])])
  const [first, second] = await client.batch([read, write])
  expect(first).toMatchObject({ ok: true })
  expect(second?.ok === false && second.error).toBeInstanceOf(OutcomeUnknownError)
  expect(requests.map(({ body }) => idsOf(body))).toEqual([['1', '2'], ['1']])
})

test('a batch of reads is repeated as a read is; a write that was answered by 500 inside is unknown', async () => {
  const reads = fakeInstance([lost, answer([ok('1')])])
  expect(await reads.client.batch([read])).toMatchObject([{ ok: true }])
  const inner = fakeInstance([
    answer([ok('1', { error: { message: 'boom' } }, 500), ok('2', { error: { message: 'boom' } }, 500)]),
  ])
  expect(await inner.client.batch([read, write])).toMatchObject([
    { ok: false, status: 500, error: { code: 'instance.unavailable' } },
    { ok: false, status: 500, error: { code: 'write.outcome_unknown' } },
  ])
})

test('what is left over again and again fails as surely not carried out', async () => {
  const { client, requests } = fakeInstance([answer([], ['1'])])
  expect(await client.batch([write])).toMatchObject([{ ok: false, error: { code: 'response.unserviced' } }])
  expect(requests).toHaveLength(3)
})

test('a refused batch is thrown, unless an earlier one has already done something', async () => {
  const refusal = json({ error: { message: 'User Not Authenticated' } }, { status: 401 })
  await expect(fakeInstance([refusal]).client.batch([write])).rejects.toBeInstanceOf(AuthenticationError)
  const { client } = fakeInstance([answer([ok('1', { result: {} }, 201)]), refusal])
  expect(await client.batch([write, write, write], { size: 1 })).toMatchObject([
    { ok: true },
    { ok: false, error: { name: 'AuthenticationError' } },
    { ok: false, error: { name: 'AuthenticationError' } },
  ])
})

test('nothing to send, paths that leave, sizes that are none, an abort', async () => {
  const { client, requests } = fakeInstance([answer([ok('1')])])
  expect(await client.batch([])).toEqual([])
  await expect(client.batch([{ method: 'GET', path: '//evil.example/' }])).rejects.toBeInstanceOf(QueryError)
  await expect(client.batch([read], { size: 0 })).rejects.toBeInstanceOf(QueryError)
  const reason = new Error('enough')
  await expect(client.batch([read], { signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
  expect(requests).toHaveLength(0)
})

const longWhere = { short_description: 'x'.repeat(2100) }

test('an address above 2,048 characters goes through the Batch API, and is answered as a read', async () => {
  const { client, instance } = open()
  const numbers = await client.incidents.list({ fields: ['sys_id', 'number'] })
  const ids = numbers.records.map(({ sys_id: id }) => id)
  const many = [...ids, ...Array.from({ length: 60 }, (_, at) => at.toString(16).padStart(32, '0'))]
  const page = await client.incidents.list({ fields: ['sys_id'], where: { sys_id: many }, pageLimit: 7 })
  expect([page.total, page.records.length]).toEqual([30, 7])
  const all: string[] = []
  for await (const { sys_id: id } of client.incidents.list({
    fields: ['sys_id'],
    where: { sys_id: many },
    pageLimit: 7,
  }))
    all.push(id)
  expect(all.sort()).toEqual(ids.sort())
  const posts = instance.control.requestLog().filter(({ method }) => method === 'POST')
  const paths = new Set(posts.map(({ path }) => path))
  expect([...paths]).toEqual(['/api/now/v1/batch'])
})

test('a long read: errors of the part, leftovers, refusals of the batch', async () => {
  const missing = fakeInstance([answer([ok('1', { error: { message: 'No Record found' } }, 404)])])
  await expect(missing.client.incidents.list({ where: longWhere })).rejects.toBeInstanceOf(NotFoundError)
  const left = fakeInstance([answer([], ['1']), answer([ok('1')])])
  expect((await left.client.incidents.list({ where: longWhere })).records).toEqual([])
  expect(left.requests).toHaveLength(2)
  const refused = json({ error: { message: 'User Not Authorized' } }, { status: 403 })
  const rows = json({ result: [] })
  const direct = fakeInstance([refused, rows, rows, refused, rows])
  await direct.client.incidents.list({ where: longWhere })
  await direct.client.incidents.list({ where: longWhere })
  // Once it is known that batches are refused, none is tried.
  expect(direct.requests.map(({ method }) => method)).toEqual(['POST', 'GET', 'GET'])
  // For five minutes: the refusal may have been the bad moment of one node (KB2466644).
  await direct.clock.sleep(5 * 60_000)
  await direct.client.incidents.list({ where: longWhere })
  expect(direct.requests.map(({ method }) => method)).toEqual(['POST', 'GET', 'GET', 'POST', 'GET'])
  const neither = fakeInstance([
    refused,
    new Response('<html>Request header is too large</html>', { status: 400 }),
  ])
  await expect(neither.client.incidents.list({ where: longWhere })).rejects.toMatchObject({
    code: 'instance.query_too_long',
    hint: expect.stringContaining('403'),
    details: { batchStatus: 403, length: expect.any(Number) },
  })
})

test('a part without a status: a read has no shape, a write is unknown', async () => {
  const without = (id: string) => ({ id, headers: [], body: base64({ result: [] }) })
  const { client, requests } = fakeInstance([answer([without('1'), without('2')])])
  const [first, second] = await client.batch([read, write])
  expect(first).toMatchObject({ ok: false, error: { code: 'response.shape' } })
  expect(second).toMatchObject({
    ok: false,
    error: { code: 'write.outcome_unknown', cause: { kind: 'shape' } },
  })
  expect(requests).toHaveLength(1)
  const long = fakeInstance([answer([without('1')])])
  await expect(long.client.incidents.list({ where: longWhere })).rejects.toMatchObject({
    code: 'response.shape',
  })
})

test('the headers of a part take the place of ours, are checked, and show in no error', async () => {
  const { client, requests } = fakeInstance(
    [
      answer([
        ok('1', { error: { message: 'Not with hush-hush nor with Basic my-own' } }, 400),
        ok('2', { error: { message: 'Not with hush-hush' } }, 400),
      ]),
    ],
    { auth: () => ({ 'x-mine': 'hush-hush' }) },
  )
  const own = { ...read, headers: { Accept: 'text/csv', Authorization: 'Basic my-own' } }
  const answers = await client.batch([own, read])
  const parts = JSON.parse(requests[0]?.body ?? '') as { rest_requests: { headers: object[] }[] }
  expect(parts.rest_requests[0]?.headers).toEqual([
    { name: 'accept', value: 'text/csv' },
    { name: 'authorization', value: 'Basic my-own' },
  ])
  expect(JSON.stringify(answers)).not.toMatch(/hush|my-own/)
  await expect(client.batch([{ ...read, headers: { 'x-a': 'a\nb' } }])).rejects.toBeInstanceOf(QueryError)
})

test('a long raw GET keeps its headers: what proves who is asking outside, the rest inside', async () => {
  const { client, requests } = fakeInstance([answer([ok('1')])], { userAgent: 'desk/1' })
  const headers = { 'X-Domain': 'ACME', 'X-UserToken': 'user-token', Accept: 'text/csv' }
  await client.request('GET', '/api/x', { query: { q: 'x'.repeat(2100) }, headers })
  const [sent] = requests
  const body = JSON.parse(sent?.body ?? '') as { rest_requests: { headers: object[] }[] }
  expect(body.rest_requests[0]?.headers).toEqual([
    { name: 'accept', value: 'text/csv' },
    { name: 'x-domain', value: 'ACME' },
  ])
  const outer = ['accept', 'content-type', 'user-agent', 'x-usertoken', 'x-domain'].map((name) =>
    sent?.headers.get(name),
  )
  expect(outer).toEqual(['application/json', 'application/json', 'desk/1', 'user-token', null])
  expect(sent?.headers.get('authorization')).toMatch(/^Basic /)
})

test('a 401 or 429 to the batch is one to the call', async () => {
  const busy = json(
    { error: { message: 'Rate limit exceeded' } },
    { status: 429, headers: { 'retry-after': '7' } },
  )
  const { client, clock, requests } = fakeInstance([busy, answer([ok('1')])])
  await client.incidents.list({ where: longWhere })
  expect([clock.sleeps, requests.length]).toEqual([[7000], 2])
  const denied = fakeInstance([json({ error: { message: 'User Not Authenticated' } }, { status: 401 })])
  await expect(denied.client.incidents.list({ where: longWhere })).rejects.toBeInstanceOf(AuthenticationError)
})
