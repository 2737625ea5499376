import { expect, test } from 'vitest'
import { createApiClient } from '../../src/api/api-client.ts'
import { ApiError } from '../../src/api/api-error.ts'
import { joinBase } from '../../src/api/request.ts'
import { fakeApi, problem } from '../support/fake-api.ts'
import { health, incident, page } from '../support/incidents.ts'

async function errorOf(promise: Promise<unknown>): Promise<ApiError> {
  const error = await promise.then(
    () => null,
    (thrown: unknown) => thrown,
  )
  if (!(error instanceof ApiError)) throw new Error(`expected an ApiError, got ${String(error)}`)
  return error
}

test.each([
  ['/api', '/api/sn/health', '/api/sn/health'],
  ['/snow/api/', '/api/sn/health', '/snow/api/sn/health'],
  ['https://help.test/api', '/api/sn/incidents', 'https://help.test/api/sn/incidents'],
  ['', '/api/sn/health', '/sn/health'],
])('the base %j and the path %j make %j', (base, path, url) => {
  expect(joinBase(base, path)).toBe(url)
})

test('without a token the cookie of the page is used and no authorization is sent', async () => {
  const api = fakeApi()
  const answer = await createApiClient({ base: '/api', fetch: api.fetch }).health()
  expect(answer).toEqual(health())
  expect(api.asked[0]?.headers.get('authorization')).toBeNull()
})

test('a token is asked for once and sent with every request', async () => {
  let asked = 0
  const api = fakeApi()
  const client = createApiClient({ base: '/api', fetch: api.fetch, getToken: () => `token-${++asked}` })
  await client.health()
  await client.incidents(new URLSearchParams({ limit: '5' }))
  expect(asked).toBe(1)
  expect(api.asked.map(({ headers }) => headers.get('authorization'))).toEqual([
    'Bearer token-1',
    'Bearer token-1',
  ])
})

test('a refused token is asked for once more, and the answer to the new one counts', async () => {
  let asked = 0
  const api = fakeApi({
    gate: ({ headers }) =>
      headers.get('authorization') === 'Bearer token-2' ? null : problem('unauthenticated'),
  })
  const client = createApiClient({ base: '/api', fetch: api.fetch, getToken: async () => `token-${++asked}` })
  expect((await client.health()).status).toBe('ok')
  expect(asked).toBe(2)
})

test('a token refused twice is unauthenticated, after exactly two requests', async () => {
  const api = fakeApi({ gate: () => problem('unauthenticated') })
  const client = createApiClient({ base: '/api', fetch: api.fetch, getToken: () => 'stale' })
  const error = await errorOf(client.health())
  expect(error.code).toBe('unauthenticated')
  expect(api.asked).toHaveLength(2)
})

test('a getToken that throws is unauthenticated and sends nothing', async () => {
  const api = fakeApi()
  const client = createApiClient({
    base: '/api',
    fetch: api.fetch,
    getToken: () => Promise.reject(new Error('no session')),
  })
  expect((await errorOf(client.health())).code).toBe('unauthenticated')
  expect(api.asked).toHaveLength(0)
})

test('a problem keeps its code, words, hint, request and waiting time', async () => {
  const api = fakeApi({
    incidents: () => problem('sn_rate_limited', { hint: 'Ask less often.' }, { 'retry-after': '30' }),
  })
  const client = createApiClient({ base: '/api', fetch: api.fetch })
  const error = await errorOf(client.incidents(new URLSearchParams()))
  expect(error).toMatchObject({
    code: 'sn_rate_limited',
    status: 429,
    message: 'It was sn_rate_limited',
    hint: 'Ask less often.',
    requestId: '01KTEST',
    retryAfterSeconds: 30,
  })
})

test.each([
  [
    'a page of HTML at 200',
    () => new Response('<h1>Login</h1>', { headers: { 'content-type': 'text/html' } }),
    'unexpected_answer',
  ],
  ['JSON of a stranger', () => Response.json({ hello: 'world' }), 'unexpected_answer'],
  ['success without the list', () => Response.json({ success: true }), 'unexpected_answer'],
  ['a bare 401 of a proxy', () => new Response('', { status: 401 }), 'unauthenticated'],
  ['a bare 403 of a proxy', () => new Response('', { status: 403 }), 'forbidden'],
  ['a bare 502 of a proxy', () => new Response('Bad gateway', { status: 502 }), 'unexpected_answer'],
  ['a code of a stranger', () => Response.json({ code: 'brand_new' }, { status: 422 }), 'unexpected_answer'],
  [
    'a problem of the server with a code from the future',
    () => Response.json({ success: false, code: 'brand_new' }, { status: 422 }),
    'brand_new',
  ],
] as const)('%s is %s', async (_name, answer, code) => {
  const api = fakeApi({ incidents: () => answer() })
  const client = createApiClient({ base: '/api', fetch: api.fetch })
  expect((await errorOf(client.incidents(new URLSearchParams()))).code).toBe(code)
})

test('no answer at all is a network error', async () => {
  const client = createApiClient({
    base: '/api',
    fetch: () => Promise.reject(new TypeError('Failed to fetch')),
  })
  expect((await errorOf(client.health())).code).toBe('network')
})

test('an abort of the caller passes through as it is', async () => {
  const call = new AbortController()
  const api = fakeApi()
  const promise = createApiClient({ base: '/api', fetch: api.fetch }).health(call.signal)
  call.abort()
  await expect(promise).rejects.toMatchObject({ name: 'AbortError' })
})

test('an id is encoded on its way into the path', async () => {
  const api = fakeApi({ incident: (sysId) => ({ success: true, incident: incident(0, { sys_id: sysId }) }) })
  const found = await createApiClient({ base: '/api', fetch: api.fetch }).incident('../../x?y')
  expect(api.asked[0]?.url.pathname).toBe('/api/sn/incidents/..%2F..%2Fx%3Fy')
  expect(found.sys_id).toBe('../../x?y')
})

test('the list comes as it was sent', async () => {
  const rows = page([incident(0), incident(1)])
  const api = fakeApi({ incidents: () => rows })
  expect(await createApiClient({ base: '/api', fetch: api.fetch }).incidents(new URLSearchParams())).toEqual(
    rows,
  )
})
