/** A schedule in plain words where it has some, else as it is written. Pure. */
import { toPlan } from '../state/schedule.ts'
import { count } from './format.ts'
import type { Say } from './messages.ts'

/** A Sunday, to count weekdays from. */
const SUNDAY = Date.UTC(2026, 10, 22)
const DAY_MS = 86_400_000

/** Example: `scheduleWords('0 6 * * *', say, 'en')` is `Every day at 06:00 UTC`; null for a schedule without a short wording. */
export function scheduleWords(cron: string, say: Say, locale: string): string | null {
  const plan = toPlan(cron)
  switch (plan?.kind) {
    case 'minutes':
      return say('planMinutes', count(plan.every, locale), plan.every)
    case 'hours':
      return say('planHours', count(plan.every, locale), plan.every)
    case 'hourly':
      return say('planHourly', count(plan.minute, locale))
    case 'daily':
      return say('planDaily', plan.time)
    case 'weekdays':
      return say('planWeekdays', plan.time)
    case 'weekly':
      return say('planWeekly', weekday(plan.day, locale), plan.time)
    case 'monthly':
      return say('planMonthly', count(plan.day, locale), plan.time)
    default:
      return null
  }
}

function weekday(day: number, locale: string): string {
  return new Intl.DateTimeFormat(locale, { weekday: 'long', timeZone: 'UTC' }).format(SUNDAY + day * DAY_MS)
}
