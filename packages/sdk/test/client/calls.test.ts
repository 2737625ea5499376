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
