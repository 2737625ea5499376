/** Auth headers, and that no secret survives in an error. */
import { expect, test } from 'vitest'
import { ConfigError } from '../../src/base/errors.ts'
import type { AuthContext } from '../../src/http/auth.ts'
import { apiKey, basicAuth, bearer, toAuth } from '../../src/http/auth.ts'
import { redact, secretsOf } from '../../src/http/secrets.ts'

const context: AuthContext = {
  origin: 'https://dev00001.service-now.com',
  now: () => 0,
  postForm: async () => ({ status: 500, headers: new Headers(), text: '' }),
}

test('each way gives its header', async () => {
  expect(await basicAuth({ username: 'jürgen', password: 'p:ß' }).headers(context)).toEqual({
    authorization: `Basic ${Buffer.from('jürgen:p:ß').toString('base64')}`,
  })
  expect(await apiKey('k-1').headers(context)).toEqual({ 'x-sn-apikey': 'k-1' })
  expect(await bearer('t-1').headers(context)).toEqual({ authorization: 'Bearer t-1' })
  expect(await bearer(async () => 't-2').headers(context)).toEqual({ authorization: 'Bearer t-2' })
  expect(await toAuth(() => ({ 'x-mine': '1' })).headers(context)).toEqual({ 'x-mine': '1' })
})

test.each<[string, () => unknown]>([
  ['no user', () => basicAuth({ username: '', password: 'x' })],
  ['no password', () => basicAuth({ username: 'x', password: '' })],
  ['a key with a line break', () => apiKey('a\r\nx-evil: 1')],
  ['an empty token', () => bearer('')],
])('refuses %s without showing it', (_, make) => {
  expect(make).toThrow(ConfigError)
  expect(make).not.toThrow(/x-evil/)
})

test('secrets are struck out in every form they travel in', async () => {
  const auth = basicAuth({ username: 'integration', password: 'correct horse' })
  const credentials = await auth.headers(context)
  const headers = { ...credentials, Cookie: 'JSESSIONID=0123', accept: 'application/json' }
  const encoded = Buffer.from('integration:correct horse').toString('base64')
  const text = redact(
    `You sent Basic ${encoded}, that is correct horse, in ${encoded}, with JSESSIONID=0123, for application/json`,
    secretsOf({ auth, credentials, headers }),
  )
  expect(text).toBe(
    'You sent [redacted], that is [redacted], in [redacted], with [redacted], for application/json',
  )
})
