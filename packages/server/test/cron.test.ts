/** Schedules: what is one, what is refused at once however it is written, and when it is due. */
import { expect, test } from 'vitest'
import { lastDue, nextDue, scheduleFault } from '../src/cron.ts'

const at = (text: string) => Date.parse(`${text}Z`)

test('five fields or a name', () => {
  for (const schedule of [
    '* * * * *',
    '*/15 * * * *',
    '0 3 * * 1-5',
    '0 0 * * MON-FRI',
    '0 0 L * *',
    '0 0 29 2 *',
    '@daily',
    '@hourly',
    ' 5  4 * * 7 ',
  ]) {
    expect(scheduleFault(schedule), schedule).toBeNull()
  }
})

test('anything else is refused with what would be right', () => {
  for (const schedule of [
    '',
    ' ',
    'daily',
    '@reboot',
    '60 * * * *',
    '*/0 * * * *',
    '* * * *',
    '* * * * * *',
    '? * * * *',
    '2026-01-01T00:00:00',
    '* * * * *\n* * * * *',
    '0 0 * * *; rm -rf',
    '１ * * * *',
  ]) {
    expect(scheduleFault(schedule), schedule).toContain('cron schedule of five fields')
  }
  expect(scheduleFault('0 0 30 2 *')).toBe('is never due')
  expect(scheduleFault('0 0 31 2,4,6,9,11 *')).toBe('is never due')
})

test('a text of any size costs next to nothing', () => {
  const started = performance.now()
  for (const text of ['0-59,'.repeat(100_000), '*'.repeat(100_000), ` ${' *'.repeat(50_000)}`]) {
    expect(scheduleFault(text)).toBe('must have at most 100 characters')
  }
  expect(performance.now() - started).toBeLessThan(50)
})

test('due times are UTC, whole minutes; the instant itself is the last one and not the next one', () => {
  expect(nextDue('*/15 * * * *', at('2026-11-02T09:00:00'))).toBe(at('2026-11-02T09:15:00'))
  expect(nextDue('*/15 * * * *', at('2026-11-02T08:59:59.999'))).toBe(at('2026-11-02T09:00:00'))
  expect(lastDue('*/15 * * * *', at('2026-11-02T09:00:00'))).toBe(at('2026-11-02T09:00:00'))
  expect(lastDue('*/15 * * * *', at('2026-11-02T08:59:59.999'))).toBe(at('2026-11-02T08:45:00'))
  // The night in which clocks are changed in most of Europe: a day is 24 hours here.
  expect(nextDue('30 2 * * *', at('2026-10-24T02:30:00'))).toBe(at('2026-10-25T02:30:00'))
  expect(nextDue('30 2 * * *', at('2026-10-25T02:30:00'))).toBe(at('2026-10-26T02:30:00'))
  expect(nextDue('0 0 29 2 *', at('2026-11-02T09:00:00'))).toBe(at('2028-02-29T00:00:00'))
})
