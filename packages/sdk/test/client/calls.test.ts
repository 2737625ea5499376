/** What every call gives beside its data, what a host may watch of it, and where a client refuses to run. */
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { expect, expectTypeOf, onTestFinished, test, vi } from 'vitest'
import { ConfigError, NotFoundError, TransportError } from '../../src/base/errors.ts'
import type { WithResponse } from '../../src/client/api-call.ts'
import { basicAuth } from '../../src/http/auth.ts'
import type { Hooks } from '../../src/http/observe.ts'
import type { IncidentRecord } from '../../src/tables/incident.ts'
import { fakeInstance, json } from './fake-instance.ts'

const sysId = '46f09e75a9fe198100f4ffd8d366d17b'
const record = { result: { sys_id: sysId, number: 'INC0000001', short_description: 'secret of Ann' } }
const traced = (body: unknown, init: ResponseInit = {}) =>
  json(body, { ...init, headers: { 'x-transaction-id': 'tx7', ...init.headers } })
const down = () => traced({ error: { message: 'down' } }, { status: 503 })

test('withResponse gives data, answer, transaction id and attempts', async () => {
  const { client } = fakeInstance([down(), traced(record)])
  const call = client.incidents.get(sysId).withResponse()
  expectTypeOf(call).resolves.toExtend<WithResponse<{ number: string }>>()
  const { data, response, transactionId, attempts } = await call
  expect([data.number, response.status, transactionId, attempts]).toEqual(['INC0000001', 200, 'tx7', 2])
  expect(await response.json()).toEqual(record)
})

test('asResponse gives the answer unread, for single calls, pages, lists and deletes', async () => {
  const { client } = fakeInstance([traced(record)])
  expect(await (await client.incidents.get(sysId).asResponse()).json()).toEqual(record)
  const empty = fakeInstance([new Response(null, { status: 204 })]).client
  expect((await empty.incidents.delete(sysId).asResponse()).status).toBe(204)
  const list = fakeInstance([traced({ result: [{ sys_id: sysId }] })]).client
  const first = await list.incidents.list({ fields: ['sys_id'] }).withResponse()
  expect([first.data.records, first.transactionId]).toEqual([[{ sys_id: sysId }], 'tx7'])
  expect(await (await list.incidents.list().asResponse()).json()).toEqual({ result: [{ sys_id: sysId }] })
  expect((await list.incidents.page({ query: '', limit: 1 }).asResponse()).status).toBe(200)
  const raw = await list.request('GET', '/api/x').withResponse()
  expect([raw.data.status, raw.transactionId]).toEqual([200, 'tx7'])
})

test('a failure seen through withResponse is not reported as unhandled', async () => {
  const unhandled = vi.fn()
  process.on('unhandledRejection', unhandled)
  onTestFinished(() => {
    process.off('unhandledRejection', unhandled)
  })
  const { client } = fakeInstance([traced({ error: { message: 'No Record found' } }, { status: 404 })])
  await expect(client.incidents.get(sysId).withResponse()).rejects.toBeInstanceOf(NotFoundError)
  await expect(client.incidents.get(sysId).asResponse()).rejects.toBeInstanceOf(NotFoundError)
  await new Promise((resolve) => setImmediate(resolve))
  expect(unhandled).not.toHaveBeenCalled()
})

function watched(more: Partial<Hooks> = {}) {
  const seen: [string, Record<string, unknown>][] = []
  const note = (type: string) => (notice: object) => {
    seen.push([type, { ...notice }])
  }
  const hooks: Hooks = {
    onRequest: note('request'),
    onResponse: note('response'),
    onRetry: note('retry'),
    onError: note('error'),
    ...more,
  }
  return { seen, hooks }
}

test('hooks are told of each attempt, without credentials, query values and bodies', async () => {
  const { seen, hooks } = watched()
  const { client } = fakeInstance([down(), traced({ result: [] })], hooks)
  await client.incidents.page({ query: 'short_description=topsecret', limit: 1 })
  expect(seen.map(([type, { callId, attempt }]) => [type, callId, attempt])).toEqual([
    ['request', 1, 1],
    ['response', 1, 1],
    ['retry', 1, 1],
    ['request', 1, 2],
    ['response', 1, 2],
  ])
  expect(seen[0]?.[1]).toMatchObject({
    method: 'GET',
    url: 'https://dev00001.service-now.com/api/now/table/incident',
    headers: { accept: 'application/json' },
  })
  expect(seen[4]?.[1]).toMatchObject({ status: 200, ms: 0, transactionId: 'tx7' })
  expect(JSON.stringify(seen)).not.toMatch(/topsecret|authorization|correct horse/i)
})

test('bodies only when asked for, with the credentials struck out', async () => {
  const { seen, hooks } = watched({ hookBodies: true })
  const { client } = fakeInstance([traced(record)], hooks)
  await client.incidents.create({ short_description: 'password is correct horse' })
  expect(seen[0]?.[1].body).toBe('{"short_description":"password is [redacted]"}')
  expect(seen[1]?.[1].body).toContain('secret of Ann')
})

test('the error hook is told once, also of an abort, and a hook that throws changes nothing', async () => {
  const { seen, hooks } = watched({
    onRequest: () => {
      throw new Error('hook is broken')
    },
  })
  const errors: unknown[] = []
  const logger = {
    debug() {},
    info() {},
    warn() {},
    error: (event: string, fields?: object) => errors.push([event, fields]),
  }
  const { client } = fakeInstance([new TypeError('fetch failed')], { ...hooks, logger, maxRetries: 1 })
  await expect(client.incidents.get(sysId)).rejects.toBeInstanceOf(TransportError)
  expect(seen.filter(([type]) => type === 'error').map(([, { attempt }]) => attempt)).toEqual([2])
  expect(errors[0]).toEqual(['hook.failed', { hook: 'request', error: 'Error' }])
  const reason = new Error('enough')
  await expect(client.incidents.get(sysId, {}, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
  expect(seen.at(-1)).toMatchObject(['error', { error: reason }])
})

test('a hook that is async and rejects is logged and changes no call', async () => {
  const unhandled = vi.fn()
  process.on('unhandledRejection', unhandled)
  onTestFinished(() => {
    process.off('unhandledRejection', unhandled)
  })
  const errors: unknown[] = []
  const logger = {
    debug() {},
    info() {},
    warn() {},
    error: (event: string, fields?: object) => errors.push([event, fields]),
  }
  const broken = async () => {
    throw new RangeError('hook is broken')
  }
  const { client } = fakeInstance([down(), traced(record), new TypeError('fetch failed')], {
    logger,
    maxRetries: 1,
    onRequest: broken,
    onResponse: broken,
    onRetry: broken,
    onError: broken,
  })
  await client.incidents.get(sysId)
  await expect(client.incidents.get(sysId)).rejects.toBeInstanceOf(TransportError)
  await new Promise((resolve) => setImmediate(resolve))
  expect(unhandled).not.toHaveBeenCalled()
  expect(new Set(errors.map((each) => JSON.stringify(each)))).toEqual(
    new Set(
      ['request', 'response', 'retry', 'error'].map((hook) =>
        JSON.stringify(['hook.failed', { hook, error: 'RangeError' }]),
      ),
    ),
  )
})

const brought = {
  Authorization: 'Bearer my-own-token',
  cookie: 'JSESSIONID=0123456789',
  'X-UserToken': 'user-token-1',
  'x-api-key': 'my-own-key',
  'X-Trace': 'trace-1',
}

test('credentials a caller brings show in no hook, on no channel and in no error', async () => {
  const messages: unknown[] = []
  const listener = (message: unknown) => {
    messages.push(message)
  }
  subscribe('snowline.request', listener)
  onTestFinished(() => {
    unsubscribe('snowline.request', listener)
  })
  const { seen, hooks } = watched({ hookBodies: true })
  const echo = json({ error: { message: 'No: Bearer my-own-token, JSESSIONID=0123456789' } }, { status: 400 })
  const { client } = fakeInstance([echo], hooks)
  const options = { headers: brought, body: { note: 'my-own-key' } }
  const failure = await client.request('POST', '/api/x', options).catch((error: unknown) => error)
  expect(failure).toMatchObject({ message: 'No: [redacted], [redacted]' })
  expect(seen[0]?.[1].headers).toEqual({
    accept: 'application/json',
    'content-type': 'application/json',
    'x-trace': 'trace-1',
  })
  expect(seen[0]?.[1].body).toBe('{"note":"[redacted]"}')
  expect(JSON.stringify([seen, messages, failure])).not.toMatch(/my-own|JSESSIONID|user-token/)
})

test('a header of the call takes the place of the client’s own, whatever its spelling', async () => {
  const { client, requests } = fakeInstance([traced({ result: {} })], { userAgent: 'desk/1' })
  const headers = {
    Accept: 'application/xml',
    'CONTENT-TYPE': 'text/plain',
    'User-Agent': 'script/1',
    Authorization: 'Bearer mine',
  }
  await client.request('PUT', '/api/x', { body: 1, headers })
  await client.request('PUT', '/api/x', { body: 1 })
  const sent = requests.map(({ headers: each }) =>
    ['accept', 'content-type', 'user-agent', 'authorization'].map((name) => each.get(name)),
  )
  expect(sent).toEqual([
    ['application/xml', 'text/plain', 'script/1', 'Bearer mine'],
    [
      'application/json',
      'application/json',
      'desk/1',
      `Basic ${Buffer.from('integration:correct horse').toString('base64')}`,
    ],
  ])
})

test('a 401 to credentials a caller brought renews nothing', async () => {
  let asked = 0
  const auth = () => {
    asked += 1
    return { Authorization: `Bearer t${asked}` }
  }
  const { client, requests } = fakeInstance([traced({ error: { message: 'no' } }, { status: 401 })], { auth })
  const headers = { authorization: 'Bearer mine' }
  await expect(client.request('GET', '/api/x', { headers })).rejects.toMatchObject({ status: 401 })
  expect([asked, requests.length]).toEqual([1, 1])
})

test('the diagnostics channel snowline.request carries the same notices', async () => {
  const messages: Record<string, unknown>[] = []
  const listener = (message: unknown) => {
    messages.push({ ...(message as object) })
  }
  subscribe('snowline.request', listener)
  onTestFinished(() => {
    unsubscribe('snowline.request', listener)
  })
  const { client } = fakeInstance([down(), traced(record)])
  await client.incidents.get(sysId)
  expect(messages.map(({ type, attempt, status }) => [type, attempt, status])).toEqual([
    ['request', 1, undefined],
    ['response', 1, 503],
    ['retry', 1, undefined],
    ['request', 2, undefined],
    ['response', 2, 200],
  ])
})

test('in a page it refuses, unless that is wanted', () => {
  vi.stubGlobal('window', {})
  vi.stubGlobal('document', {})
  onTestFinished(() => {
    vi.unstubAllGlobals()
  })
  const open = (more: object) =>
    fakeInstance([], { auth: basicAuth({ username: 'u', password: 'p' }), ...more })
  expect(() => open({})).toThrow(ConfigError)
  expect(() => open({})).toThrow(/everybody would see the credentials/)
  expect(open({ dangerouslyAllowBrowser: true }).client.origin).toBe('https://dev00001.service-now.com')
})

test('types: a create tells what was dropped', () => {
  const { client } = fakeInstance([traced(record)])
  const call = client.incidents.create({ short_description: 'x' })
  expectTypeOf(call).resolves.toEqualTypeOf<IncidentRecord>()
  expectTypeOf(call.withResponse).returns.resolves.toHaveProperty('dropped')
})
