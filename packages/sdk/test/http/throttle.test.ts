/** The throttle: places, one pause for all, and an abort that ends a wait at once. */
import { describe, expect, test } from 'vitest'
import { createThrottle } from '../../src/http/throttle.ts'
import { fakeClock } from '../client/fake-instance.ts'

const never = (): never => {
  throw new Error('the pause is too long')
}
const settled = async (promise: Promise<unknown>) => {
  let done = false
  promise.then(
    () => {
      done = true
    },
    () => {
      done = true
    },
  )
  for (let turn = 0; turn < 10; turn++) await Promise.resolve()
  return done
}

test('lets no more than its places in, in the order they came', async () => {
  const throttle = createThrottle(2, fakeClock())
  const leaveFirst = await throttle.enter(undefined, never)
  await throttle.enter(undefined, never)
  const third = throttle.enter(undefined, never)
  const fourth = throttle.enter(undefined, never)
  expect(await settled(third)).toBe(false)
  leaveFirst()
  leaveFirst()
  const leaveThird = await third
  expect(await settled(fourth)).toBe(false)
  leaveThird()
  await fourth
})

test('an abort leaves the queue at once and takes no place with it', async () => {
  const throttle = createThrottle(1, fakeClock())
  const leave = await throttle.enter(undefined, never)
  const controller = new AbortController()
  const waiting = throttle.enter(controller.signal, never)
  const behind = throttle.enter(undefined, never)
  controller.abort(new Error('enough'))
  await expect(waiting).rejects.toThrow('enough')
  leave()
  ;(await behind)()
  await throttle.enter(undefined, never)
  await expect(throttle.enter(AbortSignal.abort(new Error('before')), never)).rejects.toThrow('before')
})

test('a pause holds for everyone, and a shorter one does not end it', async () => {
  const clock = fakeClock()
  const throttle = createThrottle(2, clock)
  throttle.pause(7000)
  throttle.pause(10)
  await Promise.all([throttle.enter(undefined, never), throttle.enter(undefined, never)])
  expect(clock.sleeps[0]).toBe(7000)
})

test('a pause beyond a minute is refused, and the place is free again', async () => {
  const clock = fakeClock()
  const throttle = createThrottle(1, clock)
  throttle.pause(60_001)
  await expect(throttle.enter(undefined, never)).rejects.toThrow('too long')
  await clock.sleep(60_001)
  await throttle.enter(undefined, never)
})

describe('a rate rule', () => {
  const headers = (limit: number, inSeconds: number, more: Record<string, string> = {}) =>
    new Headers({
      'x-ratelimit-limit': String(limit),
      'x-ratelimit-reset': String(Date.UTC(2026, 0, 1) / 1000 + inSeconds),
      ...more,
    })
  const waitsOf = async (
    clock: ReturnType<typeof fakeClock>,
    throttle: ReturnType<typeof createThrottle>,
  ) => {
    ;(await throttle.enter(undefined, never))()
    return clock.sleeps.splice(0)
  }

  test('slows down for the last fifth of its window, by what is left of time and requests', async () => {
    const clock = fakeClock()
    const throttle = createThrottle(4, clock)
    for (let used = 1; used < 80; used++) throttle.learn(headers(100, 20))
    expect(await waitsOf(clock, throttle)).toEqual([])
    throttle.learn(headers(100, 20))
    expect(await waitsOf(clock, throttle)).toEqual([1000])
  })

  test('never by more than 5 s, since others use the same rule; a new window or rule begins anew', async () => {
    const clock = fakeClock()
    const throttle = createThrottle(4, clock)
    for (let used = 1; used <= 10; used++) throttle.learn(headers(10, 3600))
    expect(await waitsOf(clock, throttle)).toEqual([5000])
    throttle.learn(headers(10, 7200))
    throttle.learn(headers(10, 7200, { 'x-ratelimit-rule': 'a' }))
    expect(await waitsOf(clock, throttle)).toEqual([])
  })

  test('is measured by the clock of the instance, and nothing is learnt from half a header', async () => {
    const clock = fakeClock()
    const throttle = createThrottle(4, clock)
    throttle.learn(headers(1, 10, { date: 'Thu, 01 Jan 2026 00:00:08 GMT' }))
    expect(await waitsOf(clock, throttle)).toEqual([2000])
    throttle.learn(new Headers({ 'x-ratelimit-limit': '1' }))
    throttle.learn(headers(1, -10))
    expect(await waitsOf(clock, throttle)).toEqual([])
  })
})
