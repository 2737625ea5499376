/** OAuth: which grant is sent, one request for many callers, renewal in time and after a 401, refusals, and where secrets may go. */
import { describe, expect, test } from 'vitest'
import { AuthenticationError, ConfigError, OutcomeUnknownError } from '../../src/base/errors.ts'
import { createClient } from '../../src/client/client.ts'
import type { ClientOptions } from '../../src/client/options.ts'
import { type OAuthOptions, oauth } from '../../src/http/oauth.ts'
import { fakeClock, json } from '../client/fake-instance.ts'

const base: OAuthOptions = { clientId: 'client', clientSecret: 'client-secret' }
const page = { query: '', limit: 1 }

type TokenAnswer = () => Response | Promise<Response>

/** An instance with a token endpoint: tokens t1, t2, ... of 1,000 s; the API accepts the newest only. */
function open(
  options: OAuthOptions,
  more: Partial<ClientOptions> & { tokens?: (TokenAnswer | undefined)[]; api?: () => Response } = {},
) {
  const { tokens = [], api, ...rest } = more
  const clock = fakeClock()
  const forms: { url: string; form: Record<string, string> }[] = []
  const calls: (string | null)[] = []
  const state = { issued: 0 }
  const client = createClient({
    instanceUrl: 'dev00001',
    auth: oauth(options),
    clock,
    random: () => 0,
    maxRetries: 0,
    fetch: async (request) => {
      if (request.method === 'POST' && !request.url.includes('/api/')) {
        forms.push({ url: request.url, form: Object.fromEntries(new URLSearchParams(await request.text())) })
        const odd = tokens[forms.length - 1]
        if (odd !== undefined) return odd()
        state.issued += 1
        return json({
          access_token: `t${state.issued}`,
          expires_in: 1000,
          token_type: 'Bearer',
          refresh_token: 'refresh-1',
        })
      }
      const given = request.headers.get('authorization')
      calls.push(given)
      if (given !== `Bearer t${state.issued}`)
        return json({ error: { message: 'User Not Authenticated' } }, { status: 401 })
      return api?.() ?? json({ result: [] })
    },
    ...rest,
  })
  return { client, clock, forms, calls, state }
}

test.each<[string, OAuthOptions, Record<string, string>]>([
  ['client credentials', base, { grant_type: 'client_credentials' }],
  [
    'password',
    { ...base, username: 'u', password: 'p' },
    { grant_type: 'password', username: 'u', password: 'p' },
  ],
  [
    'refresh token',
    { ...base, refreshToken: 'r', scope: 'useraccount' },
    { grant_type: 'refresh_token', refresh_token: 'r', scope: 'useraccount' },
  ],
  [
    'refresh token first',
    { ...base, refreshToken: 'r', username: 'u', password: 'p' },
    { grant_type: 'refresh_token', refresh_token: 'r' },
  ],
])('%s', async (_, options, form) => {
  const { client, forms, calls } = open(options)
  await client.incidents.page(page)
  expect(forms).toEqual([
    {
      url: 'https://dev00001.service-now.com/oauth_token.do',
      form: { ...form, client_id: 'client', client_secret: 'client-secret' },
    },
  ])
  expect(calls).toEqual(['Bearer t1'])
})

test('many callers share one token request', async () => {
  const { client, forms, calls } = open(base)
  await Promise.all(Array.from({ length: 10 }, () => client.incidents.page(page)))
  expect(forms).toHaveLength(1)
  expect(calls).toHaveLength(10)
})

test('renewed at 80 % of its life, with the refresh token it came with', async () => {
  const { client, clock, forms, calls } = open({ ...base, username: 'u', password: 'p' })
  await client.incidents.page(page)
  await clock.sleep(799_000)
  await client.incidents.page(page)
  expect(forms).toHaveLength(1)
  await clock.sleep(1000)
  await client.incidents.page(page)
  expect(forms.map(({ form }) => form.grant_type)).toEqual(['password', 'refresh_token'])
  expect(calls.at(-1)).toBe('Bearer t2')
})

test('a 401 renews once for all, and each call is repeated with the new header', async () => {
  const { client, forms, calls, state } = open(base)
  await client.incidents.page(page)
  state.issued += 1
  await Promise.all([client.incidents.page(page), client.incidents.page(page), client.incidents.page(page)])
  expect(forms).toHaveLength(2)
  expect(calls.slice(-3)).toEqual(['Bearer t3', 'Bearer t3', 'Bearer t3'])
})

test('a second 401 is final', async () => {
  const { client, forms } = open(base, { api: () => json({ error: { message: 'no' } }, { status: 401 }) })
  await expect(client.incidents.page(page)).rejects.toMatchObject({ code: 'instance.unauthenticated' })
  expect(forms).toHaveLength(2)
})

test('a refused refresh token gives way to the password', async () => {
  const refused = () => json({ error_description: 'access_denied', error: 'server_error' }, { status: 401 })
  const { client, forms } = open(
    { ...base, refreshToken: 'old', username: 'u', password: 'p' },
    { tokens: [refused] },
  )
  await client.incidents.page(page)
  expect(forms.map(({ form }) => form.grant_type)).toEqual(['refresh_token', 'password'])
})

describe('when the token endpoint fails', () => {
  test.each([
    [401, { error_description: 'access_denied', error: 'server_error' }],
    [400, { error: 'invalid_grant', error_description: 'client-secret is wrong' }],
    [403, { error: { message: 'client-secret may not', detail: null } }],
    [404, { error: { message: 'No such thing', detail: null } }],
    [200, { error: 'invalid_client', error_description: 'client-secret is wrong' }],
  ])('%i is a refusal, told without secrets and asked once', async (status, body) => {
    const { client, forms, calls } = open(base, { tokens: [() => json(body, { status })], maxRetries: 2 })
    const failure = await client.incidents.page(page).catch((error: unknown) => error)
    expect(failure).toBeInstanceOf(AuthenticationError)
    expect(failure).toMatchObject({
      code: 'oauth.refused',
      status,
      retryable: false,
      hint: expect.stringMatching(/token endpoint|client secret/),
      details: { url: 'https://dev00001.service-now.com/oauth_token.do' },
    })
    expect(JSON.stringify(failure)).not.toContain('client-secret')
    expect(forms).toHaveLength(1)
    expect(calls).toEqual([])
  })

  const page200 = (body: string, status = 200) =>
    new Response(body, { status, headers: { 'content-type': 'text/html' } })

  test.each<[string, () => Response, string]>([
    ['a login page', () => page200('<title>Log in</title>'), 'response.login_page'],
    ['a login page at 403', () => page200('<title>Log in</title>', 403), 'response.login_page'],
    ['a page at 404', () => page200('<html>not here</html>', 404), 'response.html'],
    [
      'a redirect',
      () => new Response(null, { status: 302, headers: { location: '/login.do' } }),
      'response.redirect',
    ],
    ['nothing', () => new Response(''), 'response.shape'],
  ])('%s in place of a token is told as one, with a hint at the endpoint', async (_, answer, code) => {
    const { client, forms, calls } = open(base, { tokens: [answer], maxRetries: 2 })
    const failure = await client.incidents.create({}).catch((error: unknown) => error)
    expect(failure).toMatchObject({ code, hint: expect.stringContaining('token endpoint') })
    expect([forms.length, calls.length]).toEqual([1, 0])
  })

  test('a moment of weakness is repeated, for a create too: it was not sent', async () => {
    const down = () => json({ error: { message: 'down' } }, { status: 503 })
    const { client, forms, calls } = open(base, {
      tokens: [down],
      maxRetries: 1,
      api: () => json({ result: { sys_id: '1' } }),
    })
    await client.incidents.create({ short_description: 'x' })
    expect(forms).toHaveLength(2)
    expect(calls).toHaveLength(1)
    const hopeless = open(base, { tokens: [down, down] })
    const failure = await hopeless.client.incidents
      .create({ short_description: 'x' })
      .catch((error: unknown) => error)
    expect(failure).not.toBeInstanceOf(OutcomeUnknownError)
    expect(failure).toMatchObject({ code: 'instance.unavailable' })
  })

  test('a renewal after a 401 that fails is repeated, for a create too: the call itself was refused', async () => {
    const down = () => json({ error: { message: 'down' } }, { status: 503 })
    const busy = () => json({ error: { message: 'busy' } }, { status: 429, headers: { 'retry-after': '7' } })
    const api = () => json({ result: { sys_id: '1' } })
    const { client, clock, calls, forms, state } = open(base, {
      tokens: [undefined, down, busy],
      maxRetries: 2,
      api,
    })
    await client.incidents.create({ short_description: 'x' })
    state.issued += 1
    await client.incidents.create({ short_description: 'y' })
    expect(forms).toHaveLength(4)
    expect(calls).toEqual(['Bearer t1', 'Bearer t1', 'Bearer t3'])
    expect(clock.sleeps).toEqual([0, 7000])
    const hopeless = open(base, { tokens: [undefined, down, down, down], maxRetries: 2, api })
    await hopeless.client.incidents.create({ short_description: 'x' })
    hopeless.state.issued += 1
    await expect(hopeless.client.incidents.create({ short_description: 'x' })).rejects.toMatchObject({
      code: 'instance.unavailable',
    })
    expect([hopeless.forms.length, hopeless.calls.length]).toEqual([4, 2])
  })

  test('a delete whose renewal failed and that then finds nothing was never carried out', async () => {
    const down = () => json({ error: { message: 'down' } }, { status: 503 })
    const gone = () => json({ error: { message: 'No Record found' } }, { status: 404 })
    const fresh = open(base, { tokens: [down], maxRetries: 1, api: gone })
    const id = '46f09e75a9fe198100f4ffd8d366d17b'
    await expect(fresh.client.incidents.delete(id)).rejects.toMatchObject({ status: 404 })
    const stale = open(base, { tokens: [undefined, down], maxRetries: 1, api: gone })
    await stale.client.incidents.get(id).catch(() => {})
    stale.state.issued += 1
    await expect(stale.client.incidents.delete(id)).rejects.toMatchObject({ status: 404 })
    expect(stale.calls).toEqual(['Bearer t1', 'Bearer t1', 'Bearer t3'])
  })

  test('a token that still lives is used meanwhile', async () => {
    const down = () => json({ error: { message: 'down' } }, { status: 503 })
    const first = () => json({ access_token: 't0', expires_in: 1000 })
    const { client, clock, calls } = open(base, { tokens: [first, down, down] })
    await client.incidents.page(page)
    await clock.sleep(900_000)
    await client.incidents.page(page)
    expect(calls).toEqual(['Bearer t0', 'Bearer t0'])
    await clock.sleep(100_000)
    await expect(client.incidents.page(page)).rejects.toMatchObject({ code: 'instance.unavailable' })
  })

  test.each([{}, { access_token: '' }, { access_token: 'a\r\nb' }, { access_token: 7 }])(
    '%j is no token',
    async (body) => {
      const { client } = open(base, { tokens: [() => json(body)] })
      await expect(client.incidents.page(page)).rejects.toMatchObject({ kind: 'shape' })
    },
  )
})

test('an abort does not wait for the token', async () => {
  const controller = new AbortController()
  const { client, forms } = open(base, { tokens: [() => new Promise<Response>(() => {})] })
  const failure = client.incidents
    .page({ ...page, signal: controller.signal })
    .catch((error: unknown) => error)
  while (forms.length === 0) await Promise.resolve()
  controller.abort(new Error('enough'))
  expect(await failure).toMatchObject({ message: 'enough' })
})

describe('where secrets may go', () => {
  test('to the instance and to an allowed origin only', async () => {
    const elsewhere = open({ ...base, tokenUrl: 'https://dev99999.service-now.com/oauth_token.do' })
    const failure = await elsewhere.client.incidents.page(page).catch((error: unknown) => error)
    expect(failure).toBeInstanceOf(ConfigError)
    expect(failure).toMatchObject({ problems: [{ key: 'tokenUrl', code: 'destination_blocked' }] })
    expect(elsewhere.forms).toEqual([])
    const allowed = open(
      { ...base, tokenUrl: 'https://login.example/token' },
      { allowedOrigins: ['https://login.example'] },
    )
    await allowed.client.incidents.page(page)
    expect(allowed.forms.map(({ url }) => url)).toEqual(['https://login.example/token'])
  })

  test('options are checked all at once', () => {
    const wrong = { clientId: '', username: 'u', tokenUrl: 'nowhere' } as unknown as OAuthOptions
    const failure = (() => {
      try {
        return oauth(wrong)
      } catch (error) {
        return error
      }
    })()
    expect((failure as ConfigError).problems.map(({ key }) => key)).toEqual([
      'clientId',
      'clientSecret',
      'username',
      'tokenUrl',
    ])
  })
})

test('the same token given again (KB0778194) is used to its end, and not asked for at each 80 % of what is left', async () => {
  const clock = fakeClock()
  const endsMs = clock.now() + 1_000_000
  const asked: number[] = []
  const client = createClient({
    instanceUrl: 'dev00001',
    auth: oauth(base),
    clock,
    fetch: async (request) => {
      if (!request.url.includes('/oauth_token.do')) return json({ result: [] })
      const left = Math.ceil((endsMs - clock.now()) / 1000)
      asked.push(left)
      return json(
        left > 0 ? { access_token: 't0', expires_in: left } : { access_token: 't1', expires_in: 1000 },
      )
    },
  })
  for (let second = 0; second < 1010; second++) {
    await client.incidents.page(page)
    await clock.sleep(1000)
  }
  expect(asked).toEqual([1000, 200, 0])
})
