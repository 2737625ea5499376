/** The clock: still by default, following when asked, moved by hand, and back to its beginning. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createClock } from '../src/index.ts'
import { displayStamp, fromWall, parseStamp, toStamp, toWall } from '../src/stamp.ts'

const SEED = 20_261_122

test('stands still until it is moved', () => {
  const clock = createClock({ start: '2026-01-01T00:00:00Z' })
  clock.advance(90)
  expect(clock.now().toISOString()).toBe('2026-01-01T00:01:30.000Z')
  clock.set('2025-06-01T12:00:00Z')
  clock.run()
  expect(clock.now().toISOString()).toBe('2025-06-01T12:00:00.000Z')
  clock.reset()
  expect(clock.now().toISOString()).toBe('2026-01-01T00:00:00.000Z')
  expect(() => clock.set('soon')).toThrow(RangeError)
})

test('a jump to where no stamp can be is refused, and the clock stays where it is', () => {
  const clock = createClock({ start: '2026-01-01T00:00:00Z' })
  for (const seconds of [1e20, -1e20, Number.NaN, Number.POSITIVE_INFINITY, '60' as never])
    expect(() => clock.advance(seconds)).toThrow('The clock cannot go on by')
  for (const iso of ['5', '2026-01-01T00:00:00', '+012026-01-01T00:00:00Z', 5 as never])
    expect(() => clock.set(iso)).toThrow('is not an instant. Write ISO 8601 with a zone')
  expect(clock.now().toISOString()).toBe('2026-01-01T00:00:00.000Z')
})

test('says whether it goes by itself', () => {
  const clock = createClock({ now: () => 0 })
  expect(clock.running).toBe(true)
  clock.freeze()
  expect(clock.running).toBe(false)
  clock.run()
  expect(clock.running).toBe(true)
  expect(createClock().running).toBe(false)
})

test('follows another clock from its own start, and can be frozen and let go', () => {
  let outer = 1_000_000
  const clock = createClock({ start: '2026-01-01T00:00:00Z', now: () => outer })
  outer += 5000
  expect(clock.now().toISOString()).toBe('2026-01-01T00:00:05.000Z')
  clock.freeze()
  outer += 5000
  expect(clock.now().toISOString()).toBe('2026-01-01T00:00:05.000Z')
  clock.run()
  outer += 1000
  expect(clock.now().toISOString()).toBe('2026-01-01T00:00:06.000Z')
  clock.advance(-6)
  expect(clock.now().toISOString()).toBe('2026-01-01T00:00:00.000Z')
  expect(
    createClock({ now: () => 42_000 })
      .now()
      .getTime(),
  ).toBe(42_000)
})

test('stamps cut parts of a second and read dates as midnight', () => {
  expect(toStamp(Date.UTC(2026, 0, 2, 3, 4, 5, 999))).toBe('2026-01-02 03:04:05')
  expect(parseStamp('2026-01-02')).toBe(Date.UTC(2026, 0, 2))
  expect(parseStamp('2026-01-02T03:04:05Z')).toBeUndefined()
  expect(displayStamp('2026-07-13 17:29:21', 'America/Los_Angeles', 'dd-MMM-yyyy')).toBe(
    '13-Jul-2026 10:29:21',
  )
})

test(`stamps are those of the ISO text for any instant (seed ${SEED})`, () => {
  fc.assert(
    fc.property(fc.integer({ min: -60_000_000_000_000, max: 200_000_000_000_000 }), (ms) => {
      const iso = new Date(Math.floor(ms / 1000) * 1000).toISOString().slice(0, 19).replace('T', ' ')
      return toStamp(ms) === iso
    }),
    { seed: SEED },
  )
})

test.each(['UTC', 'Europe/Berlin', 'America/New_York', 'Asia/Kolkata', 'Australia/Lord_Howe'])(
  'wall time of %s leads back to the instant, but in the repeated hour',
  (zone) => {
    for (let day = 0; day < 366; day++) {
      const instant = Date.UTC(2026, 0, 1 + day, 12, 30, 15)
      expect(fromWall(toWall(instant, zone), zone)).toBe(instant)
    }
  },
)
