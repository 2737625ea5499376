/** The environment as options: every fault at once, by name, with its mend and without a value. */
import { expect, test } from 'vitest'
import { ConfigError } from '../../src/base/errors.ts'
import { createClient } from '../../src/client/client.ts'
import { clientOptionsFromEnv, type Environment } from '../../src/client/env.ts'
import type { ClientOptions } from '../../src/client/options.ts'
import { basicAuth } from '../../src/http/auth.ts'

const failureOf = (work: () => unknown): ConfigError => {
  try {
    work()
  } catch (error) {
    if (error instanceof ConfigError) return error
    throw error
  }
  throw new Error('expected a ConfigError')
}
const complete = { SN_INSTANCE_URL: 'dev00001', SN_USERNAME: 'integration', SN_PASSWORD: 'hunter2' }
const context = {
  origin: 'https://dev00001.service-now.com',
  now: () => 0,
  postForm: async () => ({ status: 0, headers: new Headers(), text: '' }),
}
const headersOf = async ({ auth }: ClientOptions) =>
  typeof auth === 'function' ? auth() : auth.headers(context)

test('basic is the default', async () => {
  const options = clientOptionsFromEnv(complete)
  expect(options.instanceUrl).toBe('https://dev00001.service-now.com')
  expect(await headersOf(options)).toEqual(
    await basicAuth({ username: 'integration', password: 'hunter2' }).headers(context),
  )
  expect(createClient(options).origin).toBe('https://dev00001.service-now.com')
})

test('an API key, other origins and numbers', async () => {
  const options = clientOptionsFromEnv({
    SN_INSTANCE_URL: 'http://127.0.0.1:4412',
    SN_AUTH_TYPE: 'apikey',
    SN_API_KEY: 'k1',
    SN_ALLOWED_ORIGINS: 'https://help.example.com, http://127.0.0.1:4412',
    SN_TIMEOUT_MS: '5000',
    SN_MAX_RETRIES: '0',
    SN_CONCURRENCY: '2',
    SN_USERNAME: '',
  })
  expect(options).toMatchObject({
    instanceUrl: 'http://127.0.0.1:4412',
    timeoutMs: 5000,
    maxRetries: 0,
    concurrency: 2,
  })
  expect(await headersOf(options)).toEqual({ 'x-sn-apikey': 'k1' })
  expect(createClient(options).origin).toBe('http://127.0.0.1:4412')
})

test.each<[Environment, string]>([
  [{}, 'client_credentials'],
  [{ SN_USERNAME: 'u', SN_PASSWORD: 'p' }, 'password'],
  [
    { SN_REFRESH_TOKEN: 'r', SN_TOKEN_URL: 'https://dev00001.service-now.com/oauth_token.do' },
    'refresh_token',
  ],
])('OAuth with %o is the grant %s', async (more, grant) => {
  const env = {
    SN_INSTANCE_URL: 'dev00001',
    SN_AUTH_TYPE: 'OAuth',
    SN_CLIENT_ID: 'c',
    SN_CLIENT_SECRET: 's',
    ...more,
  }
  const forms: URLSearchParams[] = []
  const fetch = async (request: Request) => {
    if (request.method === 'POST') forms.push(new URLSearchParams(await request.text()))
    const body = request.method === 'POST' ? { access_token: 't', expires_in: 1800 } : { result: [] }
    return new Response(JSON.stringify(body), { headers: { 'content-type': 'application/json' } })
  }
  await createClient({ ...clientOptionsFromEnv(env), fetch }).incidents.page({ query: '', limit: 1 })
  expect(forms.map((form) => form.get('grant_type'))).toEqual([grant])
})

test.each<[string, Environment, string[]]>([
  ['nothing is set', {}, ['SN_INSTANCE_URL', 'SN_USERNAME', 'SN_PASSWORD']],
  ['variables are empty', { ...complete, SN_PASSWORD: ' ' }, ['SN_PASSWORD']],
  [
    'the address is not allowed',
    { ...complete, SN_INSTANCE_URL: 'http://hunter2.example' },
    ['SN_INSTANCE_URL'],
  ],
  ['the type is unknown', { ...complete, SN_AUTH_TYPE: 'kerberos' }, ['SN_AUTH_TYPE']],
  ['the key is missing', { SN_INSTANCE_URL: 'dev00001', SN_AUTH_TYPE: 'apikey' }, ['SN_API_KEY']],
  [
    'the key is missing and a user is given',
    { ...complete, SN_AUTH_TYPE: 'apikey' },
    ['SN_USERNAME', 'SN_PASSWORD', 'SN_API_KEY'],
  ],
  [
    'OAuth has nothing',
    { SN_INSTANCE_URL: 'dev00001', SN_AUTH_TYPE: 'oauth' },
    ['SN_CLIENT_ID', 'SN_CLIENT_SECRET'],
  ],
  [
    'OAuth has half a user and a token URL elsewhere',
    {
      SN_INSTANCE_URL: 'dev00001',
      SN_AUTH_TYPE: 'oauth',
      SN_CLIENT_ID: 'c',
      SN_CLIENT_SECRET: 'hunter2',
      SN_USERNAME: 'u',
      SN_TOKEN_URL: 'https://dev9.service-now.com/t',
    },
    ['SN_PASSWORD', 'SN_TOKEN_URL'],
  ],
  [
    'an API key is named and a user is given',
    { ...complete, SN_AUTH_TYPE: 'apikey', SN_API_KEY: 'hunter2' },
    ['SN_USERNAME', 'SN_PASSWORD'],
  ],
  [
    'a user is named and everything else is given',
    {
      ...complete,
      SN_AUTH_TYPE: 'Basic',
      SN_API_KEY: 'hunter2',
      SN_CLIENT_ID: 'c',
      SN_CLIENT_SECRET: 'hunter2',
      SN_REFRESH_TOKEN: 'hunter2',
    },
    ['SN_API_KEY', 'SN_CLIENT_ID', 'SN_CLIENT_SECRET', 'SN_REFRESH_TOKEN'],
  ],
  [
    'an API key is given and no type',
    { SN_INSTANCE_URL: 'dev00001', SN_API_KEY: 'hunter2' },
    ['SN_AUTH_TYPE'],
  ],
  [
    'a client is given and no type',
    { SN_INSTANCE_URL: 'dev00001', SN_CLIENT_ID: 'c', SN_CLIENT_SECRET: 'hunter2' },
    ['SN_AUTH_TYPE'],
  ],
  [
    'secrets of OAuth end in a line break',
    {
      SN_INSTANCE_URL: 'dev00001',
      SN_AUTH_TYPE: 'oauth',
      SN_CLIENT_ID: 'c',
      SN_CLIENT_SECRET: 'hunter2\n',
      SN_REFRESH_TOKEN: 'hunter2\r\n',
    },
    ['SN_CLIENT_SECRET', 'SN_REFRESH_TOKEN'],
  ],
  ['a password has two lines', { ...complete, SN_PASSWORD: 'hunter2\nx' }, ['SN_PASSWORD']],
  [
    'everything is wrong',
    {
      SN_INSTANCE_URL: 'ftp://hunter2',
      SN_TIMEOUT_MS: 'soon',
      SN_MAX_RETRIES: '-1',
      SN_CONCURRENCY: '0',
      SN_ALLOWED_ORIGINS: 'x',
    },
    [
      'SN_ALLOWED_ORIGINS',
      'SN_INSTANCE_URL',
      'SN_USERNAME',
      'SN_PASSWORD',
      'SN_TIMEOUT_MS',
      'SN_MAX_RETRIES',
      'SN_CONCURRENCY',
    ],
  ],
])('when %s', (_, env, keys) => {
  const failure = failureOf(() => clientOptionsFromEnv(env))
  expect(failure.problems.map(({ key }) => key)).toEqual(keys)
  expect(failure.problems.every(({ hint }) => hint !== undefined)).toBe(true)
  expect(JSON.stringify(failure)).not.toContain('hunter2')
})

test('the mend names the type that is meant, and without a type a user is enough', () => {
  const hintOf = (env: Environment) =>
    failureOf(() => clientOptionsFromEnv({ SN_INSTANCE_URL: 'dev00001', ...env })).problems[0]?.hint
  expect(hintOf({ SN_API_KEY: 'k' })).toBe('Set SN_AUTH_TYPE to apikey.')
  expect(hintOf({ SN_CLIENT_ID: 'c' })).toBe('Set SN_AUTH_TYPE to oauth.')
  expect(hintOf({ SN_CLIENT_ID: 'c', SN_API_KEY: 'k' })).toBe('Set SN_AUTH_TYPE to oauth or apikey.')
  expect(hintOf({ SN_AUTH_TYPE: 'apikey', SN_API_KEY: 'k', SN_USERNAME: 'u' })).toBe(
    'Remove SN_USERNAME, or set SN_AUTH_TYPE to basic.',
  )
  expect(clientOptionsFromEnv({ ...complete, SN_CLIENT_ID: 'c', SN_API_KEY: 'k' }).instanceUrl).toBe(
    'https://dev00001.service-now.com',
  )
})

test('the address keeps its code', () => {
  const failure = failureOf(() =>
    clientOptionsFromEnv({ ...complete, SN_INSTANCE_URL: 'https://169.254.169.254' }),
  )
  expect(failure.problems).toMatchObject([{ key: 'SN_INSTANCE_URL', code: 'destination_blocked' }])
})

test('options are checked all at once too', () => {
  const wrong = {
    instanceUrl: '',
    timeoutMs: 0,
    maxRetries: 0.5,
    concurrency: 1000,
    maxBodyBytes: Number.NaN,
  } as unknown as ClientOptions
  expect(failureOf(() => createClient(wrong)).problems.map(({ key }) => key)).toEqual([
    'timeoutMs',
    'maxRetries',
    'concurrency',
    'maxBodyBytes',
    'auth',
    'instanceUrl',
  ])
})
