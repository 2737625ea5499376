/** Ids, stamps and the clock. */
import fc from 'fast-check'
import { afterEach, expect, test, vi } from 'vitest'
import { systemClock } from '../../src/base/clock.ts'
import type { UtcStamp } from '../../src/base/values.ts'
import {
  addSeconds,
  isSysId,
  isUtcStamp,
  laterStamp,
  stampFromMs,
  stampToIso,
  stampToMs,
} from '../../src/base/values.ts'

afterEach(() => {
  vi.useRealTimers()
})

test.each([
  ['46f09e75a9fe198100f4ffd8d366d17b', true],
  ['46F09E75A9FE198100F4FFD8D366D17B', false],
  ['46f09e75a9fe198100f4ffd8d366d17', false],
  ['46f09e75a9fe198100f4ffd8d366d17b\n', false],
  ['', false],
  [7, false],
])('isSysId(%j) is %s', (value, expected) => {
  expect(isSysId(value)).toBe(expected)
})

test.each([
  ['2026-02-28 23:59:59', true],
  ['2026-02-30 00:00:00', false],
  ['2026-02-28 24:00:00', false],
  ['2026-02-28T00:00:00', false],
  ['2026-02-28 00:00:00Z', false],
  [null, false],
])('isUtcStamp(%j) is %s', (value, expected) => {
  expect(isUtcStamp(value)).toBe(expected)
})

test('a stamp and its instant turn into each other, and sort alike', () => {
  const ms = fc.integer({ min: 0, max: 4_102_444_800 }).map((seconds) => seconds * 1000)
  fc.assert(
    fc.property(ms, ms, fc.integer({ min: 0, max: 999 }), (a, b, rest) => {
      expect(stampToMs(stampFromMs(a + rest))).toBe(a)
      expect(isUtcStamp(stampFromMs(a))).toBe(true)
      expect(stampFromMs(a) < stampFromMs(b)).toBe(a < b)
      expect(laterStamp(stampFromMs(a), stampFromMs(b))).toBe(stampFromMs(Math.max(a, b)))
    }),
  )
})

test('moving and showing stamps', () => {
  const stamp = '2026-01-01 00:00:00' as UtcStamp
  expect(addSeconds(stamp, -1)).toBe('2025-12-31 23:59:59')
  expect(stampToIso(stamp)).toBe('2026-01-01T00:00:00Z')
  expect(laterStamp(null, stamp)).toBe(stamp)
  expect(laterStamp(stamp, null)).toBe(stamp)
})

test('the clock sleeps, and wakes at once with the reason of an abort', async () => {
  vi.useFakeTimers()
  const controller = new AbortController()
  const asleep = systemClock.sleep(1000)
  const broken = systemClock.sleep(1000, controller.signal)
  const failure = broken.catch((error: unknown) => error)
  controller.abort(new Error('enough'))
  expect(await failure).toMatchObject({ message: 'enough' })
  await vi.advanceTimersByTimeAsync(1000)
  await asleep
  expect(vi.getTimerCount()).toBe(0)
  await expect(systemClock.sleep(1, controller.signal)).rejects.toThrow('enough')
})
