/** The loop over attempts: what is repeated, when, with which headers, and how an abort and a time limit end it. */
import { createInstance } from '@snowline/simulator'
import { afterEach, describe, expect, test, vi } from 'vitest'
import {
  OutcomeUnknownError,
  RateLimitError,
  TransportError,
  UnexpectedResponseError,
} from '../../src/base/errors.ts'
import { createClient } from '../../src/client/client.ts'
import type { AuthOption } from '../../src/http/auth.ts'
import { basicAuth, bearer } from '../../src/http/auth.ts'
import type { RetryNotice } from '../../src/http/observe.ts'
import { fakeClock, fakeInstance, json } from './fake-instance.ts'

afterEach(() => {
  vi.useRealTimers()
})

const ok = json({ result: [] })
const record = json({ result: { sys_id: '1' } })
const sysId = '46f09e75a9fe198100f4ffd8d366d17b'
const busy = (headers: Record<string, string> = {}) =>
  json({ error: { message: 'Rate limit exceeded' } }, { status: 429, headers })
const down = json({ error: { message: 'down' } }, { status: 503 })
const fault = (code: string) =>
  new TypeError('fetch failed', { cause: Object.assign(new Error(code), { code }) })
const page = { query: '', limit: 1 }

test('a 429 is waited for as long as it asks, for reads and creates', async () => {
  const { client, requests, clock } = fakeInstance([
    busy({ 'retry-after': '7' }),
    busy({ 'retry-after': '3' }),
    record,
  ])
  await client.incidents.create({ short_description: 'x' })
  expect(requests.map(({ method }) => method)).toEqual(['POST', 'POST', 'POST'])
  expect(clock.sleeps).toEqual([7000, 3000])
})

test('a longer wait is the caller’s, and nobody sends until it is over', async () => {
  const { client, requests, clock } = fakeInstance([busy({ 'retry-after': '600' }), ok])
  const first = await client.incidents.page(page).catch((error: unknown) => error)
  expect(first).toBeInstanceOf(RateLimitError)
  expect(first).toMatchObject({ retryAfterMs: 600_000 })
  const second = await client
    .table('sys_user')
    .page(page)
    .catch((error: unknown) => error)
  expect(second).toMatchObject({
    code: 'instance.rate_limited',
    retryAfterMs: 600_000,
    details: { local: true },
  })
  expect(requests).toHaveLength(1)
  await clock.sleep(600_000)
  await client.incidents.page(page)
  expect(requests).toHaveLength(2)
})

test('one pause for all requests after a 429', async () => {
  const { client, clock, requests } = fakeInstance([busy({ 'retry-after': '9' }), ok], { concurrency: 1 })
  await Promise.all([client.incidents.page(page), client.incidents.page(page)])
  expect(clock.sleeps).toEqual([9000])
  expect(requests).toHaveLength(3)
})

test('a 503 of an instance with a rate rule is repeated: the reset of the rule is no wait', async () => {
  const instance = createInstance({ seed: 7, incidents: 3, clock: { start: '2026-11-02T09:00:00Z' } })
  instance.control.rateRule({ limit: 1000 })
  instance.control.setFault({ kind: 'status', status: 503, count: 1 })
  const clock = fakeClock(Date.parse('2026-11-02T09:00:00Z'))
  const client = createClient({
    instanceUrl: 'dev00000',
    auth: basicAuth({ username: 'admin', password: 'admin' }),
    fetch: instance.fetch,
    clock,
    random: () => 0.5,
  })
  expect((await client.incidents.list()).records).toHaveLength(3)
  expect(clock.sleeps).toEqual([250])
})

test('a 503 that asks for a wait is given it', async () => {
  const headers = { 'retry-after': '3', 'x-ratelimit-limit': '9', 'x-ratelimit-reset': '1767229200' }
  const { client, clock } = fakeInstance([json({}, { status: 503, headers }), ok])
  await client.incidents.page(page)
  expect(clock.sleeps).toEqual([3000])
})

test.each(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'UND_ERR_CONNECT_TIMEOUT'])(
  '%s was not sent: a create is repeated',
  async (code) => {
    const { client, requests } = fakeInstance([fault(code), record])
    await client.incidents.create({ short_description: 'x' })
    expect(requests).toHaveLength(2)
  },
)

test.each([
  ['ECONNRESET', 'reset'],
  ['UND_ERR_SOCKET', 'reset'],
  ['UND_ERR_HEADERS_TIMEOUT', 'timeout'],
  ['EWHATEVER', 'network'],
])('%s may have been sent: a read is repeated, a create never', async (code, kind) => {
  const reading = fakeInstance([fault(code), ok])
  await reading.client.incidents.page(page)
  expect(reading.requests).toHaveLength(2)
  const creating = fakeInstance([fault(code), record])
  const failure = await creating.client.incidents
    .create({ short_description: 'x' })
    .catch((error: unknown) => error)
  expect(failure).toBeInstanceOf(OutcomeUnknownError)
  expect(failure).toMatchObject({ cause: { fault: kind, sent: true } })
  expect(creating.requests).toHaveLength(1)
})

test.each(['CERT_HAS_EXPIRED', 'ERR_TLS_CERT_ALTNAME_INVALID', 'SELF_SIGNED_CERT_IN_CHAIN'])(
  '%s is not repeated',
  async (code) => {
    const { client, requests } = fakeInstance([fault(code)])
    await expect(client.incidents.page(page)).rejects.toMatchObject({
      fault: 'tls',
      sent: false,
      retryable: false,
    })
    expect(requests).toHaveLength(1)
  },
)

test('a guard that refuses to dial is neither sent nor repeated', async () => {
  const { client, requests } = fakeInstance([fault('DESTINATION_BLOCKED')])
  await expect(client.incidents.page(page)).rejects.toMatchObject({
    fault: 'blocked',
    sent: false,
    code: 'transport.blocked',
  })
  expect(requests).toHaveLength(1)
})

test('an update is repeated unless it writes a journal field', async () => {
  const plain = fakeInstance([down, record])
  await plain.client.incidents.update(sysId, { state: '2' })
  expect(plain.requests).toHaveLength(2)
  const note = fakeInstance([down, record])
  await expect(note.client.incidents.update(sysId, { work_notes: 'hello' })).rejects.toBeInstanceOf(
    OutcomeUnknownError,
  )
  expect(note.requests).toHaveLength(1)
  const asked = fakeInstance([down, record])
  await asked.client.incidents.update(sysId, { work_notes: 'hello' }, { idempotent: true })
  expect(asked.requests).toHaveLength(2)
})

test('a delete whose answer was lost and then finds nothing is done; one that finds nothing at first is not', async () => {
  const gone = json({ error: { message: 'No Record found' } }, { status: 404 })
  const lost = fakeInstance([down, gone])
  await lost.client.incidents.delete(sysId)
  expect(lost.requests).toHaveLength(2)
  await expect(fakeInstance([gone]).client.incidents.delete(sysId)).rejects.toMatchObject({ status: 404 })
  await expect(fakeInstance([busy(), gone]).client.incidents.delete(sysId)).rejects.toMatchObject({
    status: 404,
  })
})

test('a delete is repeated; PUT too, POST and PATCH through the raw door not', async () => {
  for (const [method, attempts] of [
    ['DELETE', 2],
    ['PUT', 2],
    ['POST', 1],
    ['PATCH', 1],
  ] as const) {
    const { client, requests } = fakeInstance([down, record])
    await client.request(method, '/api/now/table/incident/x').catch(() => {})
    expect([method, requests.length]).toEqual([method, attempts])
  }
})

test('the last error is thrown when the attempts are used up', async () => {
  const { client, requests, clock } = fakeInstance([down], { maxRetries: 3 })
  await expect(client.incidents.page(page)).rejects.toMatchObject({ code: 'instance.unavailable' })
  expect(requests).toHaveLength(4)
  expect(clock.sleeps).toEqual([250, 500, 1000])
})

test('each retry is announced, and logged without query values', async () => {
  const notices: RetryNotice[] = []
  const lines: unknown[] = []
  const log = (event: string, fields?: object) => lines.push([event, fields])
  const logger = { debug: log, info: log, warn: log, error: log }
  const { client } = fakeInstance([down, ok], { onRetry: (notice) => notices.push(notice), logger })
  await client.incidents.page({ query: 'short_description=private', limit: 1 })
  expect(notices).toMatchObject([
    { attempt: 1, waitMs: 250, reason: 'no_answer', method: 'GET', error: { code: 'instance.unavailable' } },
  ])
  expect(lines).toMatchObject([['http.retry', { attempt: 1, waitMs: 250, code: 'instance.unavailable' }]])
  expect(JSON.stringify(lines)).not.toContain('private')
})

test('headers are asked for anew for each attempt', async () => {
  let count = 0
  const { client, requests } = fakeInstance([down, ok], { auth: () => ({ 'x-token': `t${++count}` }) })
  await client.incidents.page(page)
  expect(requests.map(({ headers }) => headers.get('x-token'))).toEqual(['t1', 't2'])
})

test('after a 401 fresh credentials are tried once, when there are any', async () => {
  const denied = json({ error: { message: 'User Not Authenticated' } }, { status: 401 })
  let token = 1
  const auth = {
    headers: () => ({ authorization: `Bearer t${token}` }),
    renew: async () => {
      token += 1
    },
  }
  const renewed = fakeInstance([denied, ok], { auth, maxRetries: 0 })
  await renewed.client.incidents.page(page)
  expect(renewed.requests.map(({ headers }) => headers.get('authorization'))).toEqual([
    'Bearer t1',
    'Bearer t2',
  ])
  const hopeless = fakeInstance([denied], { auth })
  await expect(hopeless.client.incidents.page(page)).rejects.toMatchObject({ status: 401 })
  expect(hopeless.requests).toHaveLength(2)
})

test.each<[string, () => AuthOption]>([
  [
    'bearer(function)',
    () => {
      let asked = 0
      return bearer(async () => `t${++asked}`)
    },
  ],
  [
    'a function',
    () => {
      let asked = 0
      return () => ({ Authorization: `Bearer t${++asked}` })
    },
  ],
])('%s is asked again once after a 401, and the call repeated once', async (_, auth) => {
  const denied = json({ error: { message: 'User Not Authenticated' } }, { status: 401 })
  const { client, requests } = fakeInstance([denied, record], { auth: auth(), maxRetries: 0 })
  await client.incidents.create({ short_description: 'x' })
  expect(requests.map(({ headers }) => headers.get('authorization'))).toEqual(['Bearer t1', 'Bearer t2'])
  const hopeless = fakeInstance([denied], { auth: auth() })
  await expect(hopeless.client.incidents.page(page)).rejects.toMatchObject({ status: 401 })
  expect(hopeless.requests).toHaveLength(2)
})

test('a 401 is not repeated with the headers that were refused', async () => {
  const denied = json({ error: { message: 'User Not Authenticated' } }, { status: 401 })
  const auths = [
    bearer(() => 't1'),
    () => ({ 'x-a': '1', 'x-b': '2' }),
    basicAuth({ username: 'u', password: 'p' }),
  ]
  for (const auth of auths) {
    const { client, requests } = fakeInstance([denied], { auth })
    await expect(client.incidents.page(page)).rejects.toMatchObject({ status: 401 })
    expect(requests).toHaveLength(1)
  }
})

describe('limits', () => {
  const silent = () => new Promise<Response>(() => {})

  test.each<[string, AuthOption]>([
    ['function', () => new Promise(() => {})],
    ['bearer', bearer(() => new Promise(() => {}))],
  ])('a %s that never gives headers ends at the time limit, and nothing was sent', async (_, auth) => {
    vi.useFakeTimers()
    const { client, requests } = fakeInstance([record], { timeoutMs: 5000, maxRetries: 1, auth })
    const failure = client.incidents.create({ short_description: 'x' }).catch((error: unknown) => error)
    await vi.advanceTimersByTimeAsync(10_000)
    expect(await failure).toBeInstanceOf(TransportError)
    expect(await failure).toMatchObject({
      fault: 'timeout',
      sent: false,
      hint: expect.stringContaining('auth'),
    })
    expect([requests.length, vi.getTimerCount()]).toEqual([0, 0])
  })

  test('an abort ends a call at every moment of its beginning', async () => {
    for (let moment = 0; moment < 60; moment++) {
      const controller = new AbortController()
      // Longer than a test may take: an abort that is lost would be told at the time limit.
      const { client } = fakeInstance([silent], { timeoutMs: 3_600_000, maxRetries: 0 })
      const failure = client.incidents
        .page({ ...page, signal: controller.signal })
        .catch((error: unknown) => error)
      for (let step = 0; step < moment; step++) await Promise.resolve()
      const reason = new Error(`at ${moment}`)
      controller.abort(reason)
      expect(await failure).toBe(reason)
    }
  })

  test('an attempt ends at its time limit, also with a fetch that does not listen', async () => {
    vi.useFakeTimers()
    const { client, requests } = fakeInstance([silent], { timeoutMs: 5000, maxRetries: 0 })
    const failure = client.incidents.page(page).catch((error: unknown) => error)
    await vi.advanceTimersByTimeAsync(5000)
    expect(await failure).toBeInstanceOf(TransportError)
    expect(await failure).toMatchObject({ fault: 'timeout', sent: true, retryable: true })
    expect(requests).toHaveLength(1)
  })

  test('a body that never ends is within the limit too', async () => {
    vi.useFakeTimers()
    const endless = () =>
      new Response(new ReadableStream({ start: (c) => c.enqueue(new TextEncoder().encode('{"result":[')) }))
    const { client } = fakeInstance([endless], { timeoutMs: 5000, maxRetries: 0 })
    const failure = client.incidents.page(page).catch((error: unknown) => error)
    await vi.advanceTimersByTimeAsync(5000)
    expect(await failure).toMatchObject({ fault: 'timeout' })
  })

  test('a body that breaks off is a reset', async () => {
    const broken = () =>
      new Response(
        new ReadableStream({
          start(controller) {
            controller.enqueue(new TextEncoder().encode('{"result":['))
            controller.error(
              new TypeError('terminated', {
                cause: Object.assign(new Error('x'), { code: 'UND_ERR_SOCKET' }),
              }),
            )
          },
        }),
      )
    const { client, requests } = fakeInstance([broken])
    await expect(client.incidents.page(page)).rejects.toMatchObject({ fault: 'reset', sent: true })
    expect(requests).toHaveLength(3)
  })

  test('a body over the limit is not read to its end', async () => {
    let sent = 0
    const flood = () =>
      new Response(
        new ReadableStream({
          pull(controller) {
            sent += 1024
            controller.enqueue(new Uint8Array(1024).fill(0x20))
          },
        }),
      )
    const { client, requests } = fakeInstance([flood], { maxBodyBytes: 10_240 })
    await expect(client.incidents.page(page)).rejects.toMatchObject({
      kind: 'too_large',
      constructor: UnexpectedResponseError,
    })
    expect(requests).toHaveLength(1)
    expect(sent).toBeLessThan(20_000)
  })

  test('an abort ends a call in flight with the caller’s own reason, and is never repeated', async () => {
    const controller = new AbortController()
    const { client, requests } = fakeInstance([silent])
    const failure = client.incidents
      .page({ ...page, signal: controller.signal })
      .catch((error: unknown) => error)
    await vi.waitFor(() => expect(requests).toHaveLength(1))
    const reason = new Error('the user left')
    controller.abort(reason)
    expect(await failure).toBe(reason)
    expect(requests).toHaveLength(1)
  })

  test('an abort of a create in flight passes through as it is', async () => {
    const controller = new AbortController()
    const { client, requests } = fakeInstance([silent])
    const failure = client.incidents
      .create({ short_description: 'x' }, { signal: controller.signal })
      .catch((error: unknown) => error)
    await vi.waitFor(() => expect(requests).toHaveLength(1))
    controller.abort()
    expect(await failure).toMatchObject({ name: 'AbortError' })
  })

  test('an abort ends a wait between attempts at once', async () => {
    vi.useFakeTimers()
    const { systemClock } = await import('../../src/base/clock.ts')
    const controller = new AbortController()
    const { client, requests } = fakeInstance([busy({ 'retry-after': '50' }), ok], { clock: systemClock })
    const failure = client.incidents
      .page({ ...page, signal: controller.signal })
      .catch((error: unknown) => error)
    await vi.advanceTimersByTimeAsync(1000)
    controller.abort(new Error('enough'))
    expect(await failure).toMatchObject({ message: 'enough' })
    expect(requests).toHaveLength(1)
    expect(vi.getTimerCount()).toBe(0)
  })

  test('no timer is left behind by a call that went well', async () => {
    vi.useFakeTimers()
    const { client } = fakeInstance([ok])
    await client.incidents.page(page)
    expect(vi.getTimerCount()).toBe(0)
  })

  test('no more requests at once than allowed', async () => {
    let running = 0
    let most = 0
    const slow = async () => {
      running += 1
      most = Math.max(most, running)
      await new Promise((resolve) => setImmediate(resolve))
      running -= 1
      return json({ result: [] })
    }
    const { client } = fakeInstance([slow], { concurrency: 3 })
    await Promise.all(Array.from({ length: 12 }, () => client.incidents.page(page)))
    expect(most).toBe(3)
  })
})

test('redirects are not followed and credentials stay at home', async () => {
  const { client, requests } = fakeInstance([
    (request) => {
      expect(request.redirect).toBe('manual')
      return new Response(null, { status: 307, headers: { location: 'https://evil.example/' } })
    },
  ])
  await expect(client.incidents.create({ short_description: 'x' })).rejects.toMatchObject({
    kind: 'redirect',
  })
  expect(requests.map(({ url }) => url.host)).toEqual(['dev00001.service-now.com'])
})
