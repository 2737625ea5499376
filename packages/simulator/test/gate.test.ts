/** Semaphore queue and session lock as behaviour (servicenow.md 4). */
import { expect, test } from 'vitest'
import { createInstance, type InstanceOptions, type Semaphore } from '../src/index.ts'
import { AUTH, ask, INCIDENT, ORIGIN } from './door.ts'

/** An instance whose every request works until the test lets it go; `work` holds those at work, first come first. */
function held(options: InstanceOptions = {}) {
  const work: (() => void)[] = []
  const sleep = (_: number, signal: AbortSignal) =>
    new Promise<void>((resolve, reject) => {
      work.push(resolve)
      signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true })
    })
  return { work, instance: createInstance({ latencyMs: 1, sleep, ...options }) }
}

const turn = () => new Promise<void>((resolve) => setImmediate(resolve))

async function drain(work: (() => void)[]): Promise<void> {
  await turn()
  for (let go = work.shift(); go; go = work.shift()) {
    go()
    await turn()
  }
}

test('four work, fifty wait, and the next is 429 at once without a header to go by', async () => {
  const { work, instance } = held()
  instance.control.semaphore({})
  const answers = Array.from({ length: 54 }, () => ask(instance, 'GET', INCIDENT))
  await turn()
  expect(work).toHaveLength(4)
  const refused = await ask(instance, 'GET', INCIDENT)
  expect([refused.status, refused.text]).toEqual([429, ''])
  for (const name of ['retry-after', 'x-ratelimit-limit', 'x-ratelimit-reset', 'x-ratelimit-rule'])
    expect(refused.headers.get(name)).toBeNull()
  await drain(work)
  expect((await Promise.all(answers)).every(({ status }) => status === 200)).toBe(true)
})

test.each([
  ['empty', null, /^$/],
  ['html', 'text/html;charset=UTF-8', /<h1>HTTP Status 429/],
  ['json', 'application/json;charset=UTF-8', /"status":"failure"/],
] as const)('the body of that 429 may be %s', async (body, type, text) => {
  const { work, instance } = held()
  instance.control.semaphore({ concurrent: 1, queue: 0, body } satisfies Semaphore)
  const first = ask(instance, 'GET', INCIDENT)
  const refused = await ask(instance, 'GET', INCIDENT)
  expect([refused.status, refused.headers.get('content-type')]).toEqual([429, type])
  expect(refused.text).toMatch(text)
  await drain(work)
  expect((await first).status).toBe(200)
})

test('a caller who gives up leaves the queue; sem_wait tells how long the others waited (1.6)', async () => {
  const { work, instance } = held()
  instance.control.semaphore({ concurrent: 1, queue: 2 })
  const first = ask(instance, 'GET', INCIDENT)
  const gone = new AbortController()
  const second = instance.fetch(`${ORIGIN}${INCIDENT}`, { headers: AUTH, signal: gone.signal })
  const third = ask(instance, 'GET', INCIDENT)
  await turn()
  gone.abort(new Error('enough'))
  await expect(second).rejects.toThrow('enough')
  instance.control.clock.advance(3)
  await drain(work)
  expect((await first).headers.get('server-timing')).toContain('sem_wait;dur=0')
  expect((await third).headers.get('server-timing')).toContain('sem_wait;dur=3000')
})

test('switched off, it lets all in that wait', async () => {
  const { work, instance } = held()
  instance.control.semaphore({ concurrent: 1 })
  const all = [1, 2, 3].map(() => ask(instance, 'GET', INCIDENT))
  await turn()
  expect(work).toHaveLength(1)
  instance.control.semaphore()
  await turn()
  expect(work).toHaveLength(3)
  await drain(work)
  expect((await Promise.all(all)).map(({ status }) => status)).toEqual([200, 200, 200])
})

const post = (instance: ReturnType<typeof held>['instance'], session: string) =>
  ask(instance, 'POST', INCIDENT, {}, { cookie: `glide_user=x; JSESSIONID=${session}` })

test('one session has one transaction at a time; the twelfth is 202, dropped and not executed', async () => {
  const { work, instance } = held()
  instance.control.sessionLock({})
  const answers = Array.from({ length: 11 }, () => post(instance, 'A'))
  await turn()
  expect(work).toHaveLength(1)
  const dropped = await post(instance, 'A')
  expect([dropped.status, dropped.text]).toEqual([202, ''])
  const other = post(instance, 'B')
  const without = ask(instance, 'POST', INCIDENT, {})
  await turn()
  expect(work).toHaveLength(3)
  await drain(work)
  expect((await Promise.all([...answers, other, without])).map(({ status }) => status)).toEqual(
    Array(13).fill(201),
  )
  expect(instance.control.records('incident')).toHaveLength(13)
})

test('behind a transaction of more than 30 s the next are dropped, whether they come or wait', async () => {
  const { work, instance } = held()
  instance.control.sessionLock({})
  const first = post(instance, 'A')
  const second = post(instance, 'A')
  await turn()
  instance.control.clock.advance(31)
  expect((await post(instance, 'A')).status).toBe(202)
  await drain(work)
  expect([(await first).status, (await second).status]).toEqual([201, 202])
  expect(instance.control.records('incident')).toHaveLength(1)
  const later = post(instance, 'A')
  await drain(work)
  expect((await later).status).toBe(201)
})

test('a reset opens the semaphore', async () => {
  const { work, instance } = held()
  instance.control.semaphore({ concurrent: 1, queue: 0 })
  const first = ask(instance, 'GET', INCIDENT)
  expect((await ask(instance, 'GET', INCIDENT)).status).toBe(429)
  instance.control.reset()
  const second = ask(instance, 'GET', INCIDENT)
  await drain(work)
  expect([(await first).status, (await second).status]).toEqual([200, 200])
})

test('the door sets and clears both', async () => {
  const instance = createInstance()
  const bodies = { semaphore: { concurrent: 1, queue: 0 }, 'session-lock': { waiting: 0 } }
  for (const [name, body] of Object.entries(bodies)) {
    expect((await ask(instance, 'POST', `/__sim/${name}`, body)).json()).toEqual({ set: true })
    expect((await ask(instance, 'DELETE', `/__sim/${name}`)).json()).toEqual({ set: false })
  }
})
