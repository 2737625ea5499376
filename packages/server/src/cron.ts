/** Schedules as cron writes them, reckoned in UTC: what is a schedule, and when it is due. Pure: every instant comes in. */
import { Cron } from 'croner'

/** Longer than any schedule a person writes; the parser's work grows with the text. */
const MAX_CHARACTERS = 100

/** A fixed instant: whether a schedule is ever due must not depend on when it is asked. */
const ANY_TIME = new Date(Date.UTC(2024, 0, 1))

/**
 * Why this is no schedule, null when it is one. Five fields (minute, hour, day of month, month, day of week) or a name such as `@daily`;
 * seconds are not among them, so that nobody asks an instance more often than once a minute.
 *
 * @example scheduleFault('0 0 30 2 *')  // 'is never due'
 */
export function scheduleFault(schedule: string): string | null {
  if (schedule.length > MAX_CHARACTERS) return `must have at most ${MAX_CHARACTERS} characters`
  // A question mark means "the moment this is read"; a colon makes a single instant of it.
  if (!/^[@0-9A-Za-z*,\-/# \t]+$/.test(schedule)) return malformed
  try {
    return parse(schedule).nextRun(ANY_TIME) === null ? 'is never due' : null
  } catch {
    return malformed
  }
}

const malformed = 'must be a cron schedule of five fields in UTC, for example */15 * * * *'

/**
 * The first time the schedule is due after an instant, both in milliseconds since 1970; null when it never is again.
 *
 * @example nextDue('0 3 * * *', Date.UTC(2026, 0, 1, 3))  // Date.UTC(2026, 0, 2, 3)
 */
export function nextDue(schedule: string, afterMs: number): number | null {
  return parse(schedule).nextRun(new Date(afterMs))?.getTime() ?? null
}

/** The last time it was due, up to and including this instant; null when it never was. */
export function lastDue(schedule: string, atMs: number): number | null {
  return (
    parse(schedule)
      .previousRuns(1, new Date(atMs + 1))[0]
      ?.getTime() ?? null
  )
}

function parse(schedule: string): Cron {
  return new Cron(schedule.trim(), { mode: '5-part', timezone: 'UTC' })
}
