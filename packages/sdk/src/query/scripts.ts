/** The date helpers of an instance (`javascript:gs.*`) that may stand in a query: made here, recognised here, and computed for a mirror. */
import { QueryError } from '../base/errors.ts'
import type { UtcStamp } from '../base/values.ts'
import { isUtcStamp, stampFromMs } from '../base/values.ts'

/** A helper as a value of the query builder; `text` is what is written. */
export interface DateHelper {
  readonly kind: 'date-helper'
  readonly text: string
}

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

const ago = /^gs\.(minutes|hours|days|months|quarters|years)Ago(Start|End)?\((\d{1,6})\)$/
const period = /^gs\.(beginning|end)Of([A-Z][A-Za-z0-9]*)\(\)$/
const generate =
  /^gs\.dateGenerate\(\s*'(\d{4}-\d{2}-\d{2})'\s*,\s*(?:'(\d{2}:\d{2}:\d{2})'|'(start|end)')\s*\)$/
const nowCall = /^gs\.(now|nowDateTime)\(\)$/
const scheme = /^\s*javascript:/i

/** True when an instance would run the value instead of comparing with it. */
export function isScript(value: string): boolean {
  return scheme.test(value)
}

/** True for a script that is exactly one of the date helpers. */
export function isDateHelper(value: string): boolean {
  return isScript(value) && evaluateHelper(value, 0) !== null
}

/** The helper `gs.daysAgoStart(n)` and its like. Example: `agoHelper('hours', 4).text` is `'javascript:gs.hoursAgoStart(4)'`. */
export function agoHelper(
  unit: keyof typeof relativeUnits,
  count: number,
  edge: 'Start' | 'End' = 'Start',
): DateHelper {
  if (!Number.isInteger(count) || count < 0 || count > 999_999) {
    throw new QueryError('A date helper takes a whole number from 0 to 999999.', { details: { unit } })
  }
  return { kind: 'date-helper', text: `javascript:gs.${unit}Ago${edge}(${count})` }
}

/** The helper `gs.beginningOfToday()` and its like. Throws QueryError for a period an instance does not know. */
export function periodHelper(edge: 'beginning' | 'end', name: string): DateHelper {
  const text = `javascript:gs.${edge}Of${name}()`
  if (!isDateHelper(text))
    throw new QueryError('No date helper has this period.', { details: { period: name.slice(0, 40) } })
  return { kind: 'date-helper', text }
}

/**
 * The instant of a helper for a clock at `nowMs`, in UTC; null when the text is no known helper. The instance computes in the time zone
 * of its user, so around midnight the two may differ by that zone's offset. Weeks begin on Monday.
 */
export function evaluateHelper(value: string, nowMs: number): UtcStamp | null {
  const call = value.replace(scheme, '').trim()
  if (nowCall.test(call)) return stampFromMs(nowMs)
  const relative = ago.exec(call)
  if (relative !== null) return evaluateAgo(relative, nowMs)
  const named = period.exec(call)
  if (named !== null) return evaluatePeriod(named[1] === 'end', named[2] ?? '', nowMs)
  const generated = generate.exec(call)
  if (generated === null) return null
  const time = generated[2] ?? (generated[3] === 'end' ? '23:59:59' : '00:00:00')
  const stamp = `${generated[1]} ${time}`
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
