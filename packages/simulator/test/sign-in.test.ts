/** The other ways to sign in: API keys, restricted Basic auth, one-time codes (servicenow.md 5). */
import { expect, test } from 'vitest'
import { createInstance } from '../src/index.ts'
import { ask, INCIDENT } from './door.ts'

const NONE = { authorization: '' }

test('an API key opens what its policy names, from header or query, and never shows in the books', async () => {
  const sn = createInstance({ incidents: 3 })
  sn.control.apiKey({ key: 'sesame', user: 'admin', apis: ['table'] })
  const status = async (path: string, headers: Record<string, string> = {}) =>
    (await sn.fetch(`https://dev00000.service-now.com${path}`, { headers })).status
  expect(await status(`${INCIDENT}?sysparm_limit=1`, { 'x-sn-apikey': 'sesame' })).toBe(200)
  expect(await status(`${INCIDENT}?sysparm_limit=1&x-sn-apikey=sesame`)).toBe(200)
  expect(await status(INCIDENT, { 'x-sn-apikey': 'other' })).toBe(401)
  expect(await status('/api/now/stats/incident?sysparm_count=true', { 'x-sn-apikey': 'sesame' })).toBe(401)
  expect(JSON.stringify([sn.control.requestLog(), sn.control.stats()])).not.toContain('sesame')
  expect(sn.control.requestLog()[1]).toMatchObject({ user: 'admin', authorization: true })
  sn.control.removeApiKey('sesame')
  expect(await status(INCIDENT, { 'x-sn-apikey': 'sesame' })).toBe(401)
  expect(() => sn.control.apiKey({ key: 'x', user: 'admin', apis: [] })).toThrow('apis')
})

test('a key in the query is no filter', async () => {
  const sn = createInstance({
    incidents: 4,
    invalidQueryReturnsNoRows: true,
    apiKeys: [{ key: 'k', user: 'admin', apis: ['table'], from: 'query' }],
  })
  const found = await ask(sn, 'GET', `${INCIDENT}?x-sn-apikey=k`)
  expect(found.headers.get('x-total-count')).toBe('4')
  const { headers } = await ask(sn, 'GET', INCIDENT, undefined, { authorization: 'x', 'x-sn-apikey': 'k' })
  expect(headers.get('x-is-logged-in')).toBe('false')
  expect(found.headers.get('x-is-logged-in')).toBe('true')
  const keyed = await sn.fetch(`https://dev00000.service-now.com${INCIDENT}?x-sn-apikey=k`)
  expect([keyed.status, keyed.headers.get('x-is-logged-in')]).toEqual([200, 'true'])
})

test('restricted Basic auth lets only named users and roles in, once it is active and enforced', async () => {
  const users = [
    { user: 'ann', password: 'p', roles: ['itil'] },
    { user: 'bot', password: 'p', roles: ['itil', 'snc_basic_auth_api_access'] },
    { user: 'cy', password: 'p', roles: ['itil'] },
  ]
  const sn = createInstance({ users })
  const rule = 'glide.authenticate.basic_auth.restriction'
  const status = async (user: string) =>
    (await ask(sn, 'GET', INCIDENT, undefined, { authorization: `Basic ${btoa(`${user}:p`)}` })).status
  sn.control.property(`${rule}.active`, 'true')
  expect(await status('ann')).toBe(200)
  sn.control.property(`${rule}.enforce`, 'true')
  sn.control.property(`${rule}.allowed_users`, 'cy, dee')
  expect([await status('ann'), await status('bot'), await status('cy')]).toEqual([401, 200, 200])
})

test('MFA: the code follows the password; without it 401 and X-MFA_TOKEN: invalid', async () => {
  const sn = createInstance({ users: [{ user: 'ann', password: 'pw', mfaCode: '123456' }] })
  const as = (password: string) =>
    ask(sn, 'GET', INCIDENT, undefined, { authorization: `Basic ${btoa(`ann:${password}`)}` })
  expect((await as('pw123456')).status).toBe(200)
  const without = await as('pw')
  expect([without.status, without.headers.get('x-mfa_token')]).toEqual([401, 'invalid'])
  expect((await as('wrong')).headers.get('x-mfa_token')).toBeNull()
})

test('Australia: the Attachment API answers 403 where no credentials came (KB3054410)', async () => {
  const old = createInstance()
  const australia = createInstance({ attachmentsAskNoCredentials: true })
  const status = async (sn: typeof old, path: string) =>
    (await sn.fetch(`https://dev00000.service-now.com${path}`)).status
  expect(await status(old, '/api/now/attachment')).toBe(401)
  expect(await status(australia, '/api/now/attachment')).toBe(403)
  expect(await status(australia, INCIDENT)).toBe(401)
  expect((await ask(australia, 'GET', '/api/now/attachment', undefined, NONE)).status).toBe(401)
})
