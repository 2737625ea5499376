import { expect, test } from 'vitest'
import { toPlan } from '../../src/state/schedule.ts'
import { duration } from '../../src/text/duration.ts'
import { scheduleWords } from '../../src/text/schedule-words.ts'
import { say } from '../support/say.ts'

test.each([
  ['* * * * *', 'Every minute'],
  ['*/15 * * * *', 'Every 15 minutes'],
  ['  */5  *  * * * ', 'Every 5 minutes'],
  ['0 */2 * * *', 'Every 2 hours'],
  ['0 */1 * * *', 'Every hour'],
  ['30 * * * *', 'Every hour at minute 30'],
  ['0 6 * * *', 'Every day at 06:00 UTC'],
  ['30 6 * * 1-5', 'Monday to Friday at 06:30 UTC'],
  ['30 6 * * MON-FRI', 'Monday to Friday at 06:30 UTC'],
  ['0 3 * * 0', 'Every Sunday at 03:00 UTC'],
  ['0 3 * * 7', 'Every Sunday at 03:00 UTC'],
  ['0 3 * * 4', 'Every Thursday at 03:00 UTC'],
  ['15 23 1 * *', 'On day 1 of each month at 23:15 UTC'],
])('%s is said as "%s"', (cron, words) => {
  expect(scheduleWords(cron, say, 'en')).toBe(words)
})

test.each([
  '',
  'soon',
  '*/7 * * * *',
  '0 */5 * * *',
  '5 */2 * * *',
  '61 * * * *',
  '0 25 * * *',
  '0 6 * 1 *',
  '0 6 1 * 1',
  '0 6 * * 8',
  '0 6 32 * *',
  '0,30 * * * *',
  '0 0 6 * * *',
  '*/0 * * * *',
])('"%s" has no short wording: nothing false is said', (cron) => {
  expect(toPlan(cron)).toBeNull()
  expect(scheduleWords(cron, say, 'en')).toBeNull()
})

test.each([
  [0, '1 second'],
  [400, '1 second'],
  [9_000, '9 seconds'],
  [89_400, '89 seconds'],
  [95_000, '2 minutes'],
  [89 * 60_000, '89 minutes'],
  [3 * 3_600_000, '3 hours'],
])('%i ms is %s', (ms, words) => {
  expect(duration(ms, 'en')).toBe(words)
})
