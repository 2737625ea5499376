import { expect, test } from 'vitest'
import { clockTime, count, fullTime, hostOf, relativeTime, shortTime } from '../../src/text/format.ts'

const now = new Date('2026-11-22T10:45:00Z')
const plain = (text: string) => text.replace(/\s/g, ' ')

test.each([
  ['2026-11-22T10:44:30Z', 'now'],
  ['2026-11-22T10:44:10Z', '1 minute ago'],
  ['2026-11-22T10:40:00Z', '5 minutes ago'],
  ['2026-11-22T09:45:00Z', '1 hour ago'],
  ['2026-11-21T11:00:00Z', '23 hours ago'],
  ['2026-11-21T10:00:00Z', 'yesterday'],
  ['2026-11-01T10:00:00Z', '21 days ago'],
  ['2026-09-01T10:00:00Z', '2 months ago'],
  ['2024-01-01T10:00:00Z', '2 years ago'],
  ['2026-11-22T10:50:00Z', 'in 5 minutes'],
  ['yesterday-ish', 'yesterday-ish'],
])('%s is %j', (iso, words) => {
  expect(relativeTime(iso, now, 'en')).toBe(words)
})

test('relative words follow the locale', () => {
  expect(relativeTime('2026-11-22T10:40:00Z', now, 'de')).toBe('vor 5 Minuten')
})

test('the title carries local time, zone and UTC', () => {
  expect(plain(fullTime('2026-11-22T10:40:05Z', 'en-GB', 'Europe/Berlin'))).toBe(
    '22 Nov 2026, 11:40:05 CET · 2026-11-22 10:40:05 UTC',
  )
  expect(fullTime('nonsense', 'en-GB')).toBe('nonsense')
})

test('a clock time names the day when it is not today', () => {
  expect(clockTime('2026-11-22T10:42:00Z', now, 'en-GB', 'UTC')).toBe('10:42')
  expect(plain(clockTime('2026-11-21T10:42:00Z', now, 'en-GB', 'UTC'))).toBe('21 Nov, 10:42')
})

test('today is the reader’s day, not the day of UTC', () => {
  expect(clockTime('2026-11-21T23:30:00Z', now, 'en-GB', 'Europe/Berlin')).toBe('00:30')
})

test('a short time has date and minute', () => {
  expect(plain(shortTime('2026-11-22T10:42:00Z', 'en-GB', 'UTC'))).toBe('22 Nov 2026, 10:42')
})

test('counts and hosts', () => {
  expect(count(12_345, 'en')).toBe('12,345')
  expect(hostOf('https://dev1.service-now.com/')).toBe('dev1.service-now.com')
  expect(hostOf('http://127.0.0.1:4412')).toBe('127.0.0.1:4412')
  expect(hostOf('dev1')).toBe('dev1')
})
