/** JWT bearer: an assertion the instance verifies, renewed with its token, and keys that are none. */
import { createPublicKey, generateKeyPairSync, verify } from 'node:crypto'
import { expect, test } from 'vitest'
import { AuthenticationError, ConfigError } from '../../src/base/errors.ts'
import { createClient } from '../../src/client/client.ts'
import type { JwtBearerOptions } from '../../src/http/jwt-bearer.ts'
import { jwtBearer } from '../../src/http/jwt-bearer.ts'
import { fakeClock, json } from '../client/fake-instance.ts'

const { privateKey, publicKey } = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  publicKeyEncoding: { type: 'spki', format: 'pem' },
})
const base: JwtBearerOptions = {
  clientId: 'client',
  clientSecret: 'client-secret',
  privateKey,
  keyId: 'k1',
  subject: 'integration',
}

function open(options: Partial<JwtBearerOptions> = {}, answer?: () => Response) {
  const clock = fakeClock(Date.UTC(2026, 0, 1))
  const forms: URLSearchParams[] = []
  let ids = 0
  const newId = () => {
    ids += 1
    return `id${ids}`
  }
  const client = createClient({
    instanceUrl: 'dev00001',
    auth: jwtBearer({ ...base, newId, ...options }),
    clock,
    maxRetries: 0,
    fetch: async (request) => {
      if (!request.url.includes('/oauth_token.do')) return json({ result: [] })
      forms.push(new URLSearchParams(await request.text()))
      return answer?.() ?? json({ access_token: `t${forms.length}`, expires_in: 1000 })
    },
  })
  return { client, clock, forms, read: () => client.incidents.page({ query: '', limit: 1 }) }
}

const decode = (part: string | undefined): unknown =>
  JSON.parse(Buffer.from(part ?? '', 'base64url').toString())

test('the assertion names key, application and user, lives five minutes, and is signed', async () => {
  const { read, forms } = open()
  await Promise.all([read(), read(), read()])
  expect(forms).toHaveLength(1)
  const { assertion = '', ...form } = Object.fromEntries(forms[0] ?? [])
  expect(form).toEqual({
    grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
    client_id: 'client',
    client_secret: 'client-secret',
  })
  const [header, claims, signature = ''] = assertion.split('.')
  const iat = Date.UTC(2026, 0, 1) / 1000
  expect(decode(header)).toEqual({ alg: 'RS256', typ: 'JWT', kid: 'k1' })
  expect(decode(claims)).toEqual({
    iss: 'client',
    sub: 'integration',
    aud: 'client',
    iat,
    exp: iat + 300,
    jti: 'id1',
  })
  const signed = Buffer.from(`${header}.${claims}`)
  expect(verify('RSA-SHA256', signed, createPublicKey(publicKey), Buffer.from(signature, 'base64url'))).toBe(
    true,
  )
})

test('renewed at 80 % of its life with a new assertion', async () => {
  const { read, forms, clock } = open()
  await read()
  await clock.sleep(799_000)
  await read()
  expect(forms).toHaveLength(1)
  await clock.sleep(1000)
  await read()
  expect(forms.map((form) => decode(form.get('assertion')?.split('.')[1]))).toMatchObject([
    { jti: 'id1' },
    { jti: 'id2' },
  ])
})

test('a refusal is told without secret or assertion', async () => {
  const { read, forms } = open({}, () =>
    json({ error: 'server_error', error_description: 'access_denied' }, { status: 401 }),
  )
  const failure = await read().catch((error: unknown) => error)
  expect(failure).toBeInstanceOf(AuthenticationError)
  expect(failure).toMatchObject({ code: 'oauth.refused' })
  expect(JSON.stringify(failure)).not.toContain('client-secret')
  expect(JSON.stringify(failure)).not.toContain(forms[0]?.get('assertion'))
})

test('a CryptoKey, elliptic too', async () => {
  const { privateKey: key } = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, false, [
    'sign',
    'verify',
  ])
  const { read, forms } = open({ privateKey: key })
  await read()
  expect(decode(forms[0]?.get('assertion')?.split('.')[0])).toMatchObject({ alg: 'ES256' })
})

test('every fault of the options at once; a broken key at the first call, without a word of it', async () => {
  const bad = {
    clientId: '',
    clientSecret: '',
    privateKey: 'no key',
    keyId: '',
    subject: '',
    lifetimeSeconds: 1,
    tokenUrl: 'x',
  }
  try {
    jwtBearer(bad)
    expect.unreachable()
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError)
    expect((error as ConfigError).problems.map(({ key }) => key)).toEqual([
      'clientId',
      'clientSecret',
      'keyId',
      'subject',
      'privateKey',
      'lifetimeSeconds',
      'tokenUrl',
    ])
  }
  const broken = '-----BEGIN PRIVATE KEY-----\nc2VjcmV0\n-----END PRIVATE KEY-----'
  const failure = await open({ privateKey: broken })
    .read()
    .catch((error: unknown) => error)
  expect(failure).toMatchObject({ code: 'config.invalid', hint: expect.stringContaining('openssl pkcs8') })
  expect(String((failure as Error).cause ?? '')).not.toContain('c2VjcmV0')
})
