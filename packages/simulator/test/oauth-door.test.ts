/** `/oauth_token.do` and Bearer tokens on the wire (servicenow.md 5). */
import { createSign, generateKeyPairSync } from 'node:crypto'
import { expect, test } from 'vitest'
import { createInstance, type Instance } from '../src/index.ts'
import { ask, INCIDENT, ORIGIN } from './door.ts'

const APP = { client_id: 'app', client_secret: 'hush' }
const clients = [{ clientId: 'app', clientSecret: 'hush', applicationUser: 'admin' }]
const REFUSED = { error_description: 'access_denied', error: 'server_error' }

interface Token {
  readonly access_token: string
  readonly refresh_token?: string
  readonly expires_in: number
}

async function token(
  sn: Instance,
  form: Readonly<Record<string, string>>,
): Promise<{ status: number; body: Token & Record<string, unknown> }> {
  const response = await sn.fetch(`${ORIGIN}/oauth_token.do`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams(form).toString(),
  })
  return { status: response.status, body: (await response.json()) as Token & Record<string, unknown> }
}

async function read(sn: Instance, access: string, path = `${INCIDENT}?sysparm_limit=1`) {
  return ask(sn, 'GET', path, undefined, { authorization: `Bearer ${access}` })
}

test('client_credentials: a token for the application user, the same one while it lives, expires_in falling', async () => {
  const sn = createInstance({ incidents: 3, oauthClients: clients })
  const form = { ...APP, grant_type: 'client_credentials' }
  const first = await token(sn, form)
  expect(first.status).toBe(200)
  expect(first.body).toEqual({
    access_token: expect.stringMatching(/^\w{86}$/),
    scope: 'useraccount',
    token_type: 'Bearer',
    expires_in: 1800,
  })
  sn.control.clock.advance(1700)
  const second = await token(sn, form)
  expect(second.body).toEqual({ ...first.body, expires_in: 100 })
  expect((await read(sn, first.body.access_token)).status).toBe(200)
  sn.control.clock.advance(100)
  const dead = await read(sn, first.body.access_token)
  expect([dead.status, dead.json()]).toEqual([
    401,
    {
      error: { message: 'User Not Authenticated', detail: 'Required to provide Auth information' },
      status: 'failure',
    },
  ])
  const third = await token(sn, form)
  expect(third.body.access_token).not.toBe(first.body.access_token)
  expect(third.body.expires_in).toBe(1800)
})

test('password: access and refresh token of the user who signs in; a wrong password is server_error, not invalid_grant', async () => {
  const users = [{ user: 'ann', password: 'pw', roles: ['itil'] }]
  const sn = createInstance({ incidents: 3, oauthClients: clients, users })
  const form = { ...APP, grant_type: 'password', username: 'ann', password: 'pw' }
  const { status, body } = await token(sn, form)
  expect([status, typeof body.refresh_token]).toEqual([200, 'string'])
  await ask(
    sn,
    'POST',
    INCIDENT,
    { short_description: 'by token' },
    { authorization: `Bearer ${body.access_token}` },
  )
  expect(sn.control.records('incident').filter((row) => row.sys_created_by === 'ann')).toHaveLength(1)
  expect(await token(sn, { ...form, password: 'no' })).toEqual({ status: 401, body: REFUSED })
})

test('refresh: a new access token, the same refresh token, until that one dies too', async () => {
  const sn = createInstance({ oauthClients: clients, oauth: { accessSeconds: 60, refreshSeconds: 600 } })
  const first = await token(sn, { ...APP, grant_type: 'password', username: 'admin', password: 'admin' })
  const refresh_token = first.body.refresh_token ?? ''
  const form = { ...APP, grant_type: 'refresh_token', refresh_token }
  sn.control.clock.advance(61)
  expect((await read(sn, first.body.access_token)).status).toBe(401)
  const second = await token(sn, form)
  expect(second.body).toMatchObject({ refresh_token, expires_in: 60 })
  expect(second.body.access_token).not.toBe(first.body.access_token)
  expect((await read(sn, second.body.access_token)).status).toBe(200)
  sn.control.clock.advance(540)
  expect(await token(sn, form)).toEqual({ status: 401, body: REFUSED })
})

test.each([
  ['a wrong secret', { ...APP, client_secret: 'no', grant_type: 'client_credentials' }],
  ['an unknown client', { ...APP, client_id: 'no', grant_type: 'client_credentials' }],
  ['an unknown grant', { ...APP, grant_type: 'magic' }],
  ['no grant', APP],
  ['an unknown refresh token', { ...APP, grant_type: 'refresh_token', refresh_token: 'no' }],
  [
    'an assertion without a registered key',
    { ...APP, grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion: 'a.b.c' },
  ],
])('%s: 401 with access_denied and server_error (content-docs#1301)', async (_, form) => {
  expect(await token(createInstance({ oauthClients: clients }), form)).toEqual({ status: 401, body: REFUSED })
})

test('only a form body is read, and only POST', async () => {
  const sn = createInstance({ oauthClients: clients })
  const form = { ...APP, grant_type: 'client_credentials' }
  const json = await ask(sn, 'POST', '/oauth_token.do', form, { authorization: '' })
  expect([json.status, json.json()]).toEqual([401, REFUSED])
  expect((await ask(sn, 'GET', '/oauth_token.do')).status).toBe(405)
})

test('grants are switched off by their properties', async () => {
  const sn = createInstance({ oauthClients: clients })
  const credentials = { ...APP, grant_type: 'client_credentials' }
  const password = { ...APP, grant_type: 'password', username: 'admin', password: 'admin' }
  sn.control.property('glide.oauth.inbound.client.credential.grant_type.enabled', 'false')
  sn.control.property('glide.oauth.inbound.ropc.grant_type.disabled', 'true')
  expect((await token(sn, credentials)).status).toBe(401)
  expect((await token(sn, password)).status).toBe(401)
  sn.control.property('glide.oauth.inbound.client.credential.grant_type.enabled')
  sn.control.property('glide.oauth.inbound.ropc.grant_type.disabled')
  expect((await token(sn, credentials)).status).toBe(200)
  expect((await token(sn, password)).status).toBe(200)
  const nobody = createInstance({ oauthClients: [{ clientId: 'app', clientSecret: 'hush' }] })
  expect((await token(nobody, credentials)).status).toBe(401)
})

test('lives are changed by the control door for tokens to come; all tokens can be taken back', async () => {
  const sn = createInstance({ oauthClients: clients })
  await ask(sn, 'POST', '/__sim/oauth', { accessSeconds: 5 })
  const { body } = await token(sn, { ...APP, grant_type: 'client_credentials' })
  expect(body.expires_in).toBe(5)
  expect((await read(sn, body.access_token)).status).toBe(200)
  await ask(sn, 'DELETE', '/__sim/tokens')
  expect((await read(sn, body.access_token)).status).toBe(401)
  expect(() => sn.control.oauth({ accessSeconds: -1 })).toThrow('accessSeconds')
})

const b64 = (value: unknown) =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url')
const pair = generateKeyPairSync('rsa', { modulusLength: 2048 })
const JWT = { grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', ...APP }

function rs256(claims: Readonly<Record<string, unknown>>, key = pair.privateKey): string {
  const text = `${b64({ alg: 'RS256', typ: 'JWT' })}.${b64(claims)}`
  return `${text}.${createSign('RSA-SHA256').update(text).sign(key).toString('base64url')}`
}

async function hs256(claims: Readonly<Record<string, unknown>>, secret: string): Promise<string> {
  const text = `${b64({ alg: 'HS256' })}.${b64(claims)}`
  const usage: ['sign'] = ['sign']
  const raw = new TextEncoder().encode(secret)
  const key = await crypto.subtle.importKey('raw', raw, { name: 'HMAC', hash: 'SHA-256' }, false, usage)
  const signature = await crypto.subtle.sign('HMAC', key, new TextEncoder().encode(text))
  return `${text}.${Buffer.from(signature).toString('base64url')}`
}

const START = Date.parse('2026-11-02T09:00:00Z') / 1000
const claims = { iss: 'our-app', sub: 'admin@example.com', aud: 'app', iat: START, exp: START + 60 }

test('JWT bearer RS256: audience, issuer, subject, expiry with 300 s of skew, each jti once', async () => {
  const key = pair.publicKey.export({ type: 'spki', format: 'pem' }).toString()
  const sn = createInstance({
    incidents: 1,
    oauthClients: [
      {
        clientId: 'app',
        clientSecret: 'hush',
        jwt: { algorithm: 'RS256', key, issuer: 'our-app', userField: 'email' },
      },
    ],
  })
  const send = async (assertion: string) => token(sn, { ...JWT, assertion })
  const good = await send(rs256({ ...claims, jti: 'one' }))
  expect(good.status).toBe(200)
  expect((await read(sn, good.body.access_token)).status).toBe(200)
  expect((await send(rs256({ ...claims, jti: 'one' }))).status).toBe(401)
  expect((await send(rs256({ ...claims, exp: START - 299 }))).status).toBe(200)
  for (const bad of [
    { ...claims, aud: 'other' },
    { ...claims, iss: 'other' },
    { ...claims, sub: 'nobody@example.com' },
    { ...claims, exp: START - 300 },
    { ...claims, nbf: START + 301 },
    { ...claims, exp: undefined },
  ])
    expect((await send(rs256(bad))).status, JSON.stringify(bad)).toBe(401)
  const stranger = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey
  expect((await send(rs256(claims, stranger))).status).toBe(401)
  expect((await send(`${b64({ alg: 'none' })}.${b64(claims)}.`)).status).toBe(401)
  // The public key as an HMAC secret: the oldest trick.
  expect((await send(await hs256(claims, key))).status).toBe(401)
})

test('JWT bearer HS256, by user name', async () => {
  const sn = createInstance({
    oauthClients: [{ clientId: 'app', clientSecret: 'hush', jwt: { algorithm: 'HS256', key: 'shared' } }],
  })
  const assertion = await hs256({ ...claims, sub: 'admin' }, 'shared')
  expect((await token(sn, { ...JWT, assertion })).status).toBe(200)
  expect((await token(sn, { ...JWT, assertion: await hs256(claims, 'other') })).status).toBe(401)
})
