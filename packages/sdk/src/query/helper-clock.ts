/** Computes what a date helper of an instance stands for, for a mirror that answers queries itself. */
import type { UtcStamp } from '../base/values.ts'
import { isUtcStamp, stampFromMs } from '../base/values.ts'
import { ago, generated, nowCall, period, scheme } from './scripts.ts'

const second = 1000
const minute = 60 * second
const hour = 60 * minute
const day = 24 * hour

type Unit = 'Minute' | 'Hour' | 'Day' | 'Week' | 'Month' | 'Quarter' | 'Year'
const relativeUnits = {
  minutes: 'Minute',
  hours: 'Hour',
  days: 'Day',
  months: 'Month',
  quarters: 'Quarter',
  years: 'Year',
} as const
const namedPeriods: Readonly<Record<string, readonly [Unit, number]>> = {
  Today: ['Day', 0],
  Yesterday: ['Day', -1],
  Tomorrow: ['Day', 1],
  ThisWeek: ['Week', 0],
  LastWeek: ['Week', -1],
  NextWeek: ['Week', 1],
  ThisMonth: ['Month', 0],
  LastMonth: ['Month', -1],
  NextMonth: ['Month', 1],
  ThisQuarter: ['Quarter', 0],
  LastQuarter: ['Quarter', -1],
  NextQuarter: ['Quarter', 1],
  ThisYear: ['Year', 0],
  LastYear: ['Year', -1],
  NextYear: ['Year', 1],
}
const runningDays: Readonly<Record<string, number>> = {
  Last7Days: 7,
  Last30Days: 30,
  Last60Days: 60,
  Last90Days: 90,
  Last120Days: 120,
}

/**
 * The instant of a helper for a clock at `nowMs`, in UTC; null when the text is no known helper. The instance computes in the time zone
 * of its user, so around midnight the two may differ by that zone's offset. Weeks begin on Monday. Example:
 * `evaluateHelper('javascript:gs.daysAgoStart(1)', Date.UTC(2026, 0, 2, 9))` is `'2026-01-01 00:00:00'`.
 */
export function evaluateHelper(value: string, nowMs: number): UtcStamp | null {
  try {
    return evaluate(value, nowMs)
  } catch (error) {
    // So many years ago that no date has them.
    if (error instanceof RangeError) return null
    throw error
  }
}

function evaluate(value: string, nowMs: number): UtcStamp | null {
  const call = value.replace(scheme, '').trim()
  if (nowCall.test(call)) return stampFromMs(nowMs)
  const relative = ago.exec(call)
  if (relative !== null) return evaluateAgo(relative, nowMs)
  const named = period.exec(call)
  if (named !== null) return evaluatePeriod(named[1] === 'end', named[2] ?? '', nowMs)
  const stamp = generated(call)
  return isUtcStamp(stamp) ? stamp : null
}

function evaluateAgo(match: RegExpExecArray, nowMs: number): UtcStamp {
  const unit = relativeUnits[match[1] as keyof typeof relativeUnits]
  const start = startOf(unit, nowMs, -Number(match[3]))
  return match[2] === 'End' ? stampFromMs(startOf(unit, start, 1) - second) : stampFromMs(start)
}

function evaluatePeriod(atEnd: boolean, name: string, nowMs: number): UtcStamp | null {
  const span = Object.hasOwn(namedPeriods, name) ? namedPeriods[name] : undefined
  if (span !== undefined) {
    const start = startOf(span[0], nowMs, span[1])
    return stampFromMs(atEnd ? startOf(span[0], start, 1) - second : start)
  }
  const days = Object.hasOwn(runningDays, name) ? runningDays[name] : undefined
  if (days === undefined) return null
  const today = startOf('Day', nowMs, 0)
  return stampFromMs(atEnd ? today + day - second : today - days * day)
}

/** The beginning of the unit that holds the instant, moved by whole units. */
function startOf(unit: Unit, ms: number, move: number): number {
  const date = new Date(ms)
  const [year, month] = [date.getUTCFullYear(), date.getUTCMonth()]
  switch (unit) {
    case 'Minute':
      return Math.floor(ms / minute) * minute + move * minute
    case 'Hour':
      return Math.floor(ms / hour) * hour + move * hour
    case 'Day':
      return Math.floor(ms / day) * day + move * day
    case 'Week':
      return (Math.floor(ms / day) - ((date.getUTCDay() + 6) % 7) + move * 7) * day
    case 'Month':
      return Date.UTC(year, month + move, 1)
    case 'Quarter':
      return Date.UTC(year, month - (month % 3) + move * 3, 1)
    case 'Year':
      return Date.UTC(year + move, 0, 1)
  }
}
