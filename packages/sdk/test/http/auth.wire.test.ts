/** Every way of signing in against the simulated instance: four grants, keys, tokens that end and tokens that are revoked. */
import { generateKeyPairSync } from 'node:crypto'
import { createInstance, type Instance } from '@snowline/simulator'
import { expect, test } from 'vitest'
import { AuthenticationError } from '../../src/base/errors.ts'
import { createClient } from '../../src/client/client.ts'
import type { AuthOption } from '../../src/http/auth.ts'
import { apiKey, basicAuth, bearer } from '../../src/http/auth.ts'
import { jwtBearer } from '../../src/http/jwt-bearer.ts'
import { oauth } from '../../src/http/oauth.ts'
import { fakeClock } from '../client/fake-instance.ts'

const start = '2026-11-02T09:00:00Z'
const { privateKey, publicKey: key } = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  publicKeyEncoding: { type: 'spki', format: 'pem' },
})
const app = { clientId: 'app', clientSecret: 'hush' }

function open(auth: AuthOption) {
  const instance = createInstance({
    seed: 7,
    incidents: 3,
    clock: { start },
    oauthClients: [{ ...app, applicationUser: 'admin', jwt: { algorithm: 'RS256', key } }],
  })
  const clock = fakeClock(Date.parse(start))
  const tokens: string[] = []
  const client = createClient({
    instanceUrl: 'dev00000',
    auth,
    clock,
    random: () => 0,
    fetch: async (request) => {
      if (request.url.includes('/oauth_token.do')) {
        tokens.push(new URLSearchParams(await request.clone().text()).get('grant_type') ?? '')
      }
      return instance.fetch(request)
    },
  })
  const read = () => client.incidents.list({ fields: ['number'] }).toArray({ limit: 10 })
  const pass = async (seconds: number) => {
    instance.control.clock.advance(seconds)
    await clock.sleep(seconds * 1000)
  }
  return { instance, tokens, read, pass }
}

const jwt = () => jwtBearer({ ...app, privateKey, keyId: 'k1', subject: 'admin' })

test.each<[string, () => AuthOption, string]>([
  ['client credentials', () => oauth(app), 'client_credentials'],
  ['password', () => oauth({ ...app, username: 'admin', password: 'admin' }), 'password'],
  ['JWT bearer', jwt, 'urn:ietf:params:oauth:grant-type:jwt-bearer'],
])(
  '%s: one token for many callers, good for half an hour, and a new one after it',
  async (_, auth, grant) => {
    const { read, tokens, pass } = open(auth())
    const lists = await Promise.all([read(), read(), read()])
    expect(lists.map((list) => list.length)).toEqual([3, 3, 3])
    expect(tokens).toEqual([grant])
    await pass(1439)
    await read()
    expect(tokens).toHaveLength(1)
    await pass(400)
    expect(await read()).toHaveLength(3)
    expect(tokens.length).toBeGreaterThan(1)
  },
)

test('a token that was revoked is renewed once, and the call goes on', async () => {
  const { read, tokens, instance } = open(oauth({ ...app, username: 'admin', password: 'admin' }))
  await read()
  instance.control.revokeTokens()
  expect(await read()).toHaveLength(3)
  expect(tokens.length).toBeGreaterThan(1)
})

test.each<[string, () => AuthOption, string]>([
  ['a wrong secret', () => oauth({ ...app, clientSecret: 'wrong' }), 'oauth.refused'],
  ['a wrong password', () => oauth({ ...app, username: 'admin', password: 'wrong' }), 'oauth.refused'],
  [
    'a subject nobody knows',
    () => jwtBearer({ ...app, privateKey, keyId: 'k1', subject: 'nobody' }),
    'oauth.refused',
  ],
  ['a wrong bearer token', () => bearer('wrong'), 'instance.unauthenticated'],
  ['a wrong key', () => apiKey('wrong-key'), 'instance.unauthenticated'],
  [
    'a wrong basic password',
    () => basicAuth({ username: 'admin', password: 'wrong' }),
    'instance.unauthenticated',
  ],
])('%s is told as such', async (_, auth, code) => {
  const failure = await open(auth())
    .read()
    .catch((error: unknown) => error)
  expect(failure).toBeInstanceOf(AuthenticationError)
  expect(failure).toMatchObject({ code, retryable: false })
  expect(JSON.stringify(failure)).not.toMatch(/wrong|hush/)
})

test('an API key, and a function that gives headers', async () => {
  const keyed = open(apiKey('key-of-the-desk'))
  withKey(keyed.instance)
  expect(await keyed.read()).toHaveLength(3)
  const custom = open(() => ({ authorization: `Basic ${btoa('admin:admin')}` }))
  expect(await custom.read()).toHaveLength(3)
})

function withKey(instance: Instance): void {
  instance.control.apiKey({ key: 'key-of-the-desk', user: 'admin', apis: ['table'] })
}
