/** The log of requests: order, times, credentials, bounds (I2, I21 and I23 of sync.md section 6 ask for it). */
import { expect, test } from 'vitest'
import { createInstance } from '../src/index.ts'
import { AUTH, ask, INCIDENT, ORIGIN } from './door.ts'

test('requests are there in their order, with query, status, times, user and whether they carried credentials', async () => {
  const instance = createInstance({ incidents: 1 })
  const { control } = instance
  control.clock.advance(1)
  await ask(instance, 'GET', `${INCIDENT}?sysparm_limit=1&sysparm_query=state%3D2`)
  control.setFault({ kind: 'refuse', count: 1 })
  await ask(instance, 'POST', INCIDENT, {}).catch(() => undefined)
  await instance.fetch(`${ORIGIN}${INCIDENT}`)
  await ask(instance, 'GET', '/__sim/stats')
  const at = '2026-11-02T09:00:01.000Z'
  const same = { path: INCIDENT, table: 'incident', startedAt: at, endedAt: at, ms: expect.any(Number) }
  expect(control.requestLog()).toEqual([
    {
      ...same,
      seq: 1,
      method: 'GET',
      query: 'sysparm_limit=1&sysparm_query=state%3D2',
      status: 200,
      authorization: true,
      user: 'admin',
      began: 1,
      ended: 2,
      bytes: '{"result":[]}'.length,
    },
    {
      ...same,
      seq: 2,
      method: 'POST',
      query: '',
      status: 0,
      authorization: true,
      user: 'admin',
      fault: 'refuse',
      began: 3,
      ended: 4,
      bytes: 0,
    },
    {
      ...same,
      seq: 3,
      method: 'GET',
      query: '',
      status: 401,
      authorization: false,
      began: 5,
      ended: 6,
      bytes: 113,
    },
  ])
  expect(JSON.stringify(control.requestLog())).not.toContain(AUTH.authorization.slice(6))
})

test('requests under way are there without an end, and who overlapped can be told without a moving clock', async () => {
  const waiting: (() => void)[] = []
  const instance = createInstance({
    latencyMs: 1,
    sleep: () => new Promise<void>((resolve) => void waiting.push(resolve)),
  })
  const answers = [1, 2].map(() => ask(instance, 'GET', INCIDENT))
  while (waiting.length < 2) await new Promise((resolve) => setImmediate(resolve))
  expect(instance.control.requestLog().map(({ status, ended }) => [status, ended])).toEqual([
    [null, null],
    [null, null],
  ])
  for (const go of waiting) go()
  await Promise.all(answers)
  const [first, second] = instance.control.requestLog()
  expect((second?.began ?? 0) < (first?.ended ?? 0)).toBe(true)
})

test('the log is bounded and can be switched off, in process and by the door', async () => {
  const instance = createInstance()
  const { control } = instance
  control.keepRequests(3)
  for (let at = 0; at < 20; at++) await ask(instance, 'GET', `${INCIDENT}?sysparm_limit=${at + 1}`)
  expect(control.requestLog().map(({ query }) => query)).toEqual(
    [18, 19, 20].map((limit) => `sysparm_limit=${limit}`),
  )
  expect((await ask(instance, 'GET', '/__sim/requests')).json().requests).toMatchObject([
    { seq: 18 },
    { seq: 19 },
    { seq: 20 },
  ])
  expect((await ask(instance, 'POST', '/__sim/requests', { keep: 0 })).json()).toEqual({ keep: 0 })
  await ask(instance, 'GET', INCIDENT)
  expect(control.requestLog()).toEqual([])
  expect(() => control.keepRequests(0.5)).toThrow(RangeError)
})
