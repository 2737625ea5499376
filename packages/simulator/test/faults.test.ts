/** Each fault as a client sees it, and how faults choose their calls. */
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, test } from 'vitest'
import { createInstance, FAULT_KINDS, type Fault, type FaultKind, type Instance } from '../src/index.ts'
import { AUTH, ask, INCIDENT, ORIGIN } from './door.ts'

function broken(fault: Fault, options: Parameters<typeof createInstance>[0] = {}): Instance {
  const instance = createInstance({ incidents: 20, ...options })
  instance.control.setFault(fault)
  return instance
}

const LIST = `${INCIDENT}?sysparm_limit=10`
const count = (instance: Instance) => instance.control.records('incident').length
const post = (instance: Instance, signal?: AbortSignal) =>
  instance.fetch(`${ORIGIN}${INCIDENT}`, {
    method: 'POST',
    headers: { ...AUTH, 'content-type': 'application/json' },
    body: '{"short_description":"x"}',
    ...(signal ? { signal } : {}),
  })

/** What a GET of a list sees under each kind, or the one write that a kind strikes; the type refuses a kind without its line. */
const seen: Readonly<Record<FaultKind, readonly [status: number, body: RegExp] | string>> = {
  'rate-limit': [429, /"message":"Rate limit exceeded"/],
  semaphore: [429, /^$/],
  status: [503, /"status":"failure"/],
  hibernating: [200, /Your instance is hibernating/],
  login: [200, /user_password/],
  maintenance: [503, /maintenance/],
  'wrong-credential': [401, /"User Not Authenticated"/],
  'wrong-credential-empty': [401, /^$/],
  dropped: [202, /^$/],
  refuse: 'fetch failed',
  hang: 'given up',
  slow: [200, /^\{"result":\[.*\]\}$/],
  cut: 'terminated',
  'cut-json': [200, /^\{"result":\[.*[^}]$/s],
  'error-in-result': [200, /"error":\{"message":"Transaction cancelled: maximum execution time exceeded"/],
  'lost-answer': 'fetch failed',
  'lost-answer-hang': 'given up',
  'late-commit': 'given up',
  'forbidden-after-write': [403, /security constraints/],
  'empty-answer': [200, /^$/],
}

async function observe(instance: Instance, kind: FaultKind): Promise<readonly [number, string] | string> {
  const gone = new AbortController()
  const id = instance.control.records('incident')[0]?.sys_id
  const answer =
    kind === 'forbidden-after-write'
      ? instance.fetch(`${ORIGIN}${INCIDENT}/${id}`, {
          method: 'PATCH',
          headers: { ...AUTH, 'content-type': 'application/json' },
          body: '{}',
        })
      : instance.fetch(`${ORIGIN}${LIST}`, { headers: AUTH, signal: gone.signal })
  // A hanging call ends only when its caller gives up; every other one has settled by the next turn of the loop.
  setImmediate(() => setImmediate(() => gone.abort(new Error('given up'))))
  try {
    const response = await answer
    return [response.status, await response.text()]
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

test.each(FAULT_KINDS)('%s is seen once, then the instance is well again', async (kind) => {
  const waited: number[] = []
  const sleep = (ms: number) => Promise.resolve(void waited.push(ms))
  const waits = kind === 'slow' || kind === 'late-commit'
  const instance = broken({ kind, count: 1, delayMs: waits ? 5000 : 0 }, { sleep })
  const wanted = seen[kind]
  const got = await observe(instance, kind)
  if (typeof wanted === 'string') expect(got).toBe(wanted)
  else {
    expect(got[0]).toBe(wanted[0])
    expect(got[1]).toMatch(wanted[1])
  }
  expect(waited).toEqual(waits ? [5000] : [])
  expect((await ask(instance, 'GET', LIST)).rows()).toHaveLength(10)
  const matched = kind === 'forbidden-after-write' ? 1 : 2
  expect(instance.control.faults()).toMatchObject([{ kind, matched, fired: 1 }])
  expect(instance.control.stats().log.map((entry) => entry.fault)).toEqual([kind, undefined])
})

test('a rate rule sends Retry-After and X-RateLimit, in the time of the instance; a semaphore sends neither', async () => {
  const limited = await ask(broken({ kind: 'rate-limit', retryAfter: 12 }), 'GET', LIST)
  expect(limited.headers.get('retry-after')).toBe('12')
  expect(limited.headers.get('x-ratelimit-reset')).toBe(String(Date.UTC(2026, 10, 2, 9) / 1000 + 12))
  const full = await ask(broken({ kind: 'semaphore' }), 'GET', LIST)
  expect([full.headers.get('retry-after'), full.headers.get('x-ratelimit-limit')]).toEqual([null, null])
})

test('an error inside a 200 follows a part of the result (1.5)', async () => {
  const { json } = await ask(broken({ kind: 'error-in-result' }), 'GET', LIST)
  expect(json().result).toHaveLength(5)
  expect(json().status).toBe('failure')
})

test('an error inside a 200 needs a 200 with a result: what was refused stays refused', async () => {
  const sn = broken({ kind: 'error-in-result' })
  const status = async (path: string, headers: Record<string, string> = {}) => {
    const { status: seenStatus, text } = await ask(sn, 'GET', path, undefined, headers)
    return [seenStatus, text.includes('Transaction cancelled')]
  }
  expect(await status(`${INCIDENT}/${'0'.repeat(32)}`)).toEqual([404, false])
  expect(await status('/api/now/table/ghost')).toEqual([400, false])
  expect(await status(INCIDENT, { authorization: 'Basic x' })).toEqual([401, false])
  expect(await status('/somewhere.do')).toEqual([200, false])
  const id = sn.control.records('incident')[0]?.sys_id
  expect(await status(`${INCIDENT}/${id}`)).toEqual([200, true])
})

test.each([
  ['POST', 'Insert'],
  ['PUT', 'Update'],
  ['PATCH', 'Update'],
  ['DELETE', 'Delete'],
] as const)(
  'a %s that was done and may not be read back is refused in the words of its own ACL',
  async (method, word) => {
    const sn = broken({ kind: 'forbidden-after-write' })
    const id = sn.control.records('incident')[0]?.sys_id ?? ''
    const body = method === 'DELETE' ? undefined : { description: 'done' }
    const answer = await ask(sn, method, method === 'POST' ? INCIDENT : `${INCIDENT}/${id}`, body)
    expect([answer.status, answer.json().error]).toEqual([
      403,
      { message: 'Operation Failed', detail: `ACL Exception ${word} Failed due to security constraints` },
    ])
    const rows = sn.control.records('incident')
    if (method === 'DELETE') expect(rows).toHaveLength(19)
    else expect(rows.filter(({ description }) => description === 'done')).toHaveLength(1)
  },
)

test('a read, a batch, a token and a write that was not done are no writes that may not be read back', async () => {
  const sn = broken({ kind: 'forbidden-after-write' })
  expect((await ask(sn, 'GET', LIST)).status).toBe(200)
  expect((await ask(sn, 'POST', '/api/now/v1/batch', { rest_requests: [] })).status).toBe(200)
  expect((await ask(sn, 'PATCH', `${INCIDENT}/${'0'.repeat(32)}`, {})).status).toBe(404)
  expect((await ask(sn, 'POST', INCIDENT, '{"a":')).status).toBe(400)
  expect(sn.control.faults()).toMatchObject([{ matched: 2, fired: 2 }])
})

test('a cut body gives its first half and then breaks', async () => {
  const response = await broken({ kind: 'cut' }).fetch(`${ORIGIN}${LIST}`, { headers: AUTH })
  const reader = response.body?.getReader()
  const first = await reader?.read()
  expect(new TextDecoder().decode(first?.value)).toMatch(/^\{"result":\[/)
  await expect(reader?.read()).rejects.toThrow('terminated')
})

test.each([
  ['lost-answer', 21],
  ['lost-answer-hang', 21],
  ['late-commit', 20],
  ['forbidden-after-write', 21],
  ['empty-answer', 21],
  ['cut', 21],
  ['refuse', 20],
  ['dropped', 20],
  ['hang', 20],
  ['status', 20],
  ['hibernating', 20],
] as const)('a POST under %s leaves %i incidents', async (kind, left) => {
  const instance = broken({ kind })
  const gone = new AbortController()
  setImmediate(() => setImmediate(() => gone.abort(new Error('given up'))))
  await post(instance, gone.signal).catch(() => undefined)
  expect(count(instance)).toBe(left)
})

test('match, skip, count and clear choose the calls', async () => {
  const instance = createInstance({ incidents: 3 })
  const { control } = instance
  control.setFault({ kind: 'status', status: 500, match: { method: 'post', table: 'incident' } })
  control.setFault({ kind: 'status', status: 502, match: { path: 'sys_updated_on>=2026-01-01 00' } })
  const late = control.setFault({
    kind: 'status',
    status: 504,
    match: { table: 'sys_user' },
    skip: 1,
    count: 2,
  })
  const status = async (method: string, path: string, body?: unknown) =>
    (await ask(instance, method, path, body)).status
  expect(await status('GET', INCIDENT)).toBe(200)
  expect(await status('POST', INCIDENT, {})).toBe(500)
  expect(await status('GET', `${INCIDENT}?sysparm_query=sys_updated_on%3E%3D2026-01-01+00:00:00`)).toBe(502)
  const users = []
  for (let at = 0; at < 4; at++) users.push(await status('GET', '/api/now/table/sys_user?sysparm_limit=1'))
  expect(users).toEqual([200, 504, 504, 200])
  control.clearFaults(late)
  expect(control.faults()).toHaveLength(2)
  control.clearFaults()
  expect(await status('POST', INCIDENT, {})).toBe(201)
})

test('a probability is drawn from its seed, the same each time', async () => {
  const run = async () => {
    const instance = broken({ kind: 'status', probability: 0.5, seed: 9 })
    const statuses: number[] = []
    for (let at = 0; at < 40; at++)
      statuses.push((await ask(instance, 'GET', `${INCIDENT}?sysparm_limit=1`)).status)
    return statuses
  }
  const statuses = await run()
  expect(statuses).toEqual(await run())
  expect(new Set(statuses)).toEqual(new Set([200, 503]))
})

test('slow joins with another fault, and a caller who gives up is let go', async () => {
  const waited: number[] = []
  const instance = broken(
    { kind: 'slow', delayMs: 700 },
    { sleep: (ms) => Promise.resolve(void waited.push(ms)), latencyMs: 5 },
  )
  instance.control.setFault({ kind: 'semaphore' })
  expect((await ask(instance, 'GET', LIST)).status).toBe(429)
  expect(waited).toEqual([705])
  const timed = broken({ kind: 'slow', delayMs: 3_600_000 })
  const gone = new AbortController()
  const answer = timed.fetch(`${ORIGIN}${LIST}`, { headers: AUTH, signal: gone.signal })
  setImmediate(() => gone.abort(new Error('enough')))
  await expect(answer).rejects.toThrow('enough')
})

test('an unknown kind is refused at once', () => {
  const { control } = createInstance()
  expect(() => control.setFault({ kind: 'gremlin' as FaultKind })).toThrow(
    'setFault: kind: "gremlin" is not known here.',
  )
})

test('a late commit is there after its delay, whether or not anybody still waits', async () => {
  let commit = () => {}
  const sleep = () =>
    new Promise<void>((resolve) => {
      commit = resolve
    })
  const instance = createInstance({ incidents: 20, sleep })
  instance.control.setFault({ kind: 'late-commit', delayMs: 300_000, match: { method: 'POST' } })
  const gone = new AbortController()
  const answer = post(instance, gone.signal).catch(() => 'given up')
  setImmediate(() => setImmediate(() => gone.abort(new Error('given up'))))
  expect(await answer).toBe('given up')
  expect(count(instance)).toBe(20)
  commit()
  await new Promise((resolve) => setImmediate(resolve))
  expect(count(instance)).toBe(21)
})

test('pages come with other statuses, or as a redirect to a single sign-on (9)', async () => {
  const sn = createInstance()
  const location = 'https://idp.example.com/saml2/sso?SAMLRequest=x'
  sn.control.setFault({ kind: 'login', location, count: 1 })
  const away = await ask(sn, 'GET', INCIDENT)
  expect([away.status, away.headers.get('location'), away.text]).toEqual([302, location, ''])
  sn.control.setFault({ kind: 'hibernating', status: 503, count: 1 })
  const asleep = await ask(sn, 'GET', INCIDENT)
  expect([asleep.status, asleep.text.includes('instance-hibernating-page')]).toEqual([503, true])
  sn.control.setFault({ kind: 'maintenance', status: 200, count: 1 })
  expect((await ask(sn, 'GET', INCIDENT)).status).toBe(200)
  expect((await ask(sn, 'GET', INCIDENT)).headers.get('content-type')).toContain('json')
})

test('a call that hangs ends with its caller, also when the garbage collector ran meanwhile', async () => {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  const sn = createInstance()
  sn.control.setFault({ kind: 'hang' })
  const gone = new AbortController()
  const call = sn
    .fetch(`${ORIGIN}${INCIDENT}`, { headers: AUTH, signal: gone.signal })
    .catch((error: Error) => error.name)
  while (sn.control.faults()[0]?.fired !== 1) await new Promise((resolve) => setImmediate(resolve))
  for (let round = 0; round < 3; round++) {
    await new Promise((resolve) => setImmediate(resolve))
    collect()
  }
  gone.abort()
  expect(await call).toBe('AbortError')
  expect(sn.control.stats().requests).toBe(1)
})
