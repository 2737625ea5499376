/** Requests that cannot be built: told by name, never repeated, nothing sent, and no value in the error or its causes. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { inspect } from 'node:util'
import { expect, onTestFinished, test } from 'vitest'
import { ConfigError, QueryError } from '../../src/base/errors.ts'
import { createClient } from '../../src/client/client.ts'
import type { AuthOption } from '../../src/http/auth.ts'
import { bearer } from '../../src/http/auth.ts'
import { fakeInstance, json } from '../client/fake-instance.ts'

const failureOf = (work: Promise<unknown>) =>
  work.then(
    () => undefined,
    (error: unknown) => error,
  )

test.each<[string, string, object, RegExp]>([
  ['a value with a line break', 'GET', { headers: { 'x-note': 'SECRET\r\nx-evil: 1' } }, /header x-note/],
  ['a value that is not Latin-1', 'GET', { headers: { 'x-note': 'SECRET…' } }, /header x-note/],
  ['a value that is no text', 'GET', { headers: { 'x-note': Symbol('SECRET') } }, /header x-note/],
  ['a name that is none', 'GET', { headers: { 'SECRET x': '1' } }, /header whose name/],
  ['a GET with a body', 'GET', { body: { a: 1 } }, /GET carries no body/],
  ['a HEAD with a body', 'HEAD', { body: { a: 1 } }, /HEAD carries no body/],
  ['CONNECT', 'CONNECT', {}, /method/],
  ['a method of two words', 'GE T', {}, /method/],
  ['a write with such a header', 'POST', { body: {}, headers: { 'x-note': 'SECRET\n1' } }, /header x-note/],
])('%s', async (_, method, options, message) => {
  const { client, requests, clock } = fakeInstance([json({ result: {} })])
  const failure = await failureOf(client.request(method, '/api/x', options))
  expect(failure).toBeInstanceOf(QueryError)
  expect(failure).toMatchObject({ message: expect.stringMatching(message), retryable: false })
  expect(inspect(failure, { depth: 10 })).not.toContain('SECRET')
  expect([requests.length, clock.sleeps]).toEqual([0, []])
})

test.each<[string, AuthOption, RegExp]>([
  ['a token of two lines', bearer(() => 'tok-SECRET-1\nX: y'), /header authorization/],
  ['a header of a function', () => ({ 'x-mine': 'SECRET\u0000' }), /header x-mine/],
  ['a name of a function', () => ({ 'Bearer SECRET': '1' }), /header whose name/],
  ['a header beyond Latin-1', { headers: async () => ({ 'X-Mine': 'SECRET…' }) }, /header x-mine/],
  ['nothing', (() => undefined) as unknown as AuthOption, /gives no headers/],
  ['a token that is none', bearer((() => undefined) as unknown as () => string), /token is no text/],
])('an auth that gives %s', async (_, auth, message) => {
  const { client, requests, clock } = fakeInstance([json({ result: {} })], { auth })
  for (const work of [client.incidents.page({ query: '', limit: 1 }), client.incidents.create({})]) {
    const failure = await failureOf(work)
    expect(failure).toBeInstanceOf(ConfigError)
    expect(failure).toMatchObject({ message: expect.stringMatching(message), retryable: false })
    expect(inspect(failure, { depth: 10 })).not.toContain('SECRET')
  }
  expect([requests.length, clock.sleeps]).toEqual([0, []])
})

test('over the wire: what a Request takes and Node refuses to send was not sent either', async () => {
  let reached = 0
  const server = createServer((_, response) => {
    reached += 1
    response.end('{}')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.close()
  })
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const open = (auth: AuthOption) =>
    createClient({ instanceUrl: origin, allowedOrigins: [origin], auth, random: () => 0 })
  const own = open(() => ({ 'x-mine': '1' }))
  const call = own.request('POST', '/api/x', { body: {}, headers: { 'x-note': 'SECRET\u0001' } })
  expect(await failureOf(call)).toBeInstanceOf(QueryError)
  const given = await failureOf(open(bearer(() => 'SECRET\u0001')).incidents.create({}))
  expect(given).toBeInstanceOf(ConfigError)
  expect(inspect(given, { depth: 10 })).not.toContain('SECRET')
  expect(reached).toBe(0)
})
