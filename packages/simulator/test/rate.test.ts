/** Rate rules: headers on every answer, 429 with Retry-After, windows of the instance's clock (servicenow.md 4). */
import { expect, test } from 'vitest'
import { createInstance } from '../src/index.ts'
import { ask, INCIDENT } from './door.ts'

const USERS = '/api/now/table/sys_user?sysparm_limit=1'
const users = [
  { user: 'admin', password: 'admin' },
  { user: 'agent', password: 'agent', roles: ['itil', 'bulk'] },
]
const as = (user: string) => ({ authorization: `Basic ${btoa(`${user}:${user}`)}` })

test('every answer under a rule says limit, reset and rule; past the limit it is 429 until the window ends', async () => {
  const instance = createInstance({ incidents: 1 })
  const { control } = instance
  control.clock.advance(600)
  const rule = control.rateRule({ limit: 2 })
  const reset = String(Date.UTC(2026, 10, 2, 10) / 1000)
  const named = (headers: Headers) =>
    ['limit', 'reset', 'rule'].map((name) => headers.get(`x-ratelimit-${name}`))
  const first = await ask(instance, 'GET', INCIDENT)
  const missing = await ask(instance, 'GET', `${INCIDENT}/${'0'.repeat(32)}`)
  expect([first.status, missing.status]).toEqual([200, 404])
  for (const { headers } of [first, missing]) expect(named(headers)).toEqual(['2', reset, rule])
  expect(first.headers.get('retry-after')).toBeNull()
  const spent = await ask(instance, 'GET', INCIDENT)
  expect([spent.status, spent.json()]).toEqual([
    429,
    {
      error: {
        message: 'Rate limit exceeded',
        detail: 'Rate limit of 2 requests per hour for Table API exceeded',
      },
      status: 'failure',
    },
  ])
  expect([spent.headers.get('retry-after'), ...named(spent.headers)]).toEqual(['3000', '2', reset, rule])
  control.clock.advance(2999)
  expect((await ask(instance, 'GET', INCIDENT)).headers.get('retry-after')).toBe('1')
  control.clock.advance(1)
  expect((await ask(instance, 'GET', INCIDENT)).status).toBe(200)
})

test('a rule is for a table, a role or a user; the user goes first, then the role, and each user has a count', async () => {
  const instance = createInstance({ incidents: 1, users })
  const { control } = instance
  const limit = async (user: string, path: string) =>
    (await ask(instance, 'GET', path, undefined, as(user))).headers.get('x-ratelimit-limit')
  control.rateRule({ limit: 100 })
  control.rateRule({ limit: 90, table: 'incident' })
  expect([await limit('admin', INCIDENT), await limit('admin', USERS)]).toEqual(['90', '100'])
  control.rateRule({ limit: 500, role: 'bulk' })
  control.rateRule({ limit: 400, role: 'itil' })
  expect([await limit('agent', INCIDENT), await limit('admin', INCIDENT)]).toEqual(['400', '400'])
  const own = control.rateRule({ limit: 1, perSeconds: 60, user: 'agent' })
  const status = async (user: string) => (await ask(instance, 'GET', USERS, undefined, as(user))).status
  expect([await status('agent'), await status('agent'), await status('admin')]).toEqual([200, 429, 200])
  expect((await ask(instance, 'GET', USERS, undefined, as('agent'))).json().error).toMatchObject({
    detail: 'Rate limit of 1 requests per minute for Table API exceeded',
  })
  control.clearRateRules(own)
  expect(await limit('agent', INCIDENT)).toBe('400')
  control.clearRateRules()
  expect(await limit('agent', INCIDENT)).toBeNull()
})

test('a request that is refused is not executed, and nobody who is not signed in is counted', async () => {
  const instance = createInstance()
  instance.control.rateRule({ limit: 1 })
  expect((await ask(instance, 'GET', INCIDENT, undefined, { authorization: '' })).status).toBe(401)
  expect((await ask(instance, 'POST', INCIDENT, {})).status).toBe(201)
  expect((await ask(instance, 'POST', INCIDENT, {})).status).toBe(429)
  expect(instance.control.records('incident')).toHaveLength(1)
})

test('the door sets and clears rules, and says what is wrong with one', async () => {
  const instance = createInstance()
  const sim = async (method: string, path: string, body?: unknown) =>
    (await ask(instance, method, `/__sim/${path}`, body)).json()
  const { id } = await sim('POST', 'rate-rules', { limit: 0, perSeconds: 5 })
  expect((await ask(instance, 'GET', INCIDENT)).headers.get('retry-after')).toBe('5')
  expect(await sim('DELETE', `rate-rules/${id}`)).toEqual({ cleared: true })
  expect((await ask(instance, 'GET', INCIDENT)).status).toBe(200)
  expect(await sim('POST', 'rate-rules', { limit: -1 })).toMatchObject({
    error: expect.stringContaining('limit: -1 is not'),
  })
})
