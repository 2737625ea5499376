/** The date helpers of an instance (`javascript:gs.*`) that may stand in a query: made and recognised here, computed in `helper-clock.ts`. */
import { QueryError } from '../base/errors.ts'
import { isUtcStamp } from '../base/values.ts'

/** A helper as a value of the query builder; `text` is what is written. */
export interface DateHelper {
  readonly kind: 'date-helper'
  readonly text: string
}

/** Calls that are date helpers. */
export const nowCall = /^gs\.(now|nowDateTime)\(\)$/
export const ago = /^gs\.(minutes|hours|days|months|quarters|years)Ago(Start|End)?\((\d{1,6})\)$/
export const period =
  /^gs\.(beginning|end)Of(Today|Yesterday|Tomorrow|(?:This|Last|Next)(?:Week|Month|Quarter|Year)|Last(?:7|30|60|90|120)Days)\(\)$/
const generate =
  /^gs\.dateGenerate\(\s*'(\d{4}-\d{2}-\d{2})'\s*,\s*(?:'(\d{2}:\d{2}:\d{2})'|'(start|end)')\s*\)$/
const part = /^gs\.datePart\('[a-z]{3,12}','\w{1,12}','(?:EE|GT|GE|LT|LE)'\)$/
export const scheme = /^\s*javascript:/i

/** The stamp a call of `dateGenerate` names, whether or not there is such a day; `''` for another call. */
export function generated(call: string): string {
  const [, date, time, edge] = generate.exec(call) ?? []
  return date === undefined ? '' : `${date} ${time ?? (edge === 'end' ? '23:59:59' : '00:00:00')}`
}

/** True when an instance would run the value instead of comparing with it. */
export function isScript(value: string): boolean {
  return scheme.test(value)
}

/**
 * True for a script that is exactly one of the date helpers, and so may be written without being vetted: `gs.now()`, `gs.daysAgoStart(7)`
 * and its like, `gs.beginningOfThisMonth()` and its like, `gs.dateGenerate('2026-01-01','start')`, `gs.datePart('dayofweek','monday','EE')`.
 * Example: `isDateHelper('javascript:gs.getUserID()')` is `false`.
 */
export function isDateHelper(value: string): boolean {
  if (!isScript(value)) return false
  const call = value.replace(scheme, '').trim()
  return [nowCall, ago, period, part].some((known) => known.test(call)) || isUtcStamp(generated(call))
}

/**
 * The helper `gs.daysAgoStart(n)` and its like: an instant counted back from now, at the beginning (default) or end of its unit, in the
 * time zone of the user who asks. Throws QueryError for a count that is no whole number from 0 to 999,999.
 * Example: `agoHelper('hours', 4).text` is `'javascript:gs.hoursAgoStart(4)'`.
 */
export function agoHelper(
  unit: 'minutes' | 'hours' | 'days' | 'months' | 'quarters' | 'years',
  count: number,
  edge: 'Start' | 'End' = 'Start',
): DateHelper {
  return helper(`${unit}Ago${edge}(${count})`, 'Count back by a whole number from 0 to 999999.')
}

/**
 * The helper `gs.beginningOfToday()` and its like: `Today`, `Yesterday`, `Tomorrow`, `ThisWeek`, `LastWeek`, `NextWeek` and so for `Month`,
 * `Quarter` and `Year`, `Last7Days`, and so for 30, 60, 90 and 120; in the time zone of the user who asks. Throws QueryError for a
 * period an instance does not know. Example: `periodHelper('end', 'LastMonth').text` is `'javascript:gs.endOfLastMonth()'`.
 */
export function periodHelper(edge: 'beginning' | 'end', name: string): DateHelper {
  return helper(`${edge}Of${name}()`, periodHint)
}

const periodHint = 'Name a period such as Today, LastWeek, ThisMonth or Last30Days, or a day as yyyy-MM-dd.'

/** The parts of `ON` and `NOTON`: a label, and the two ends of a period or of a day. */
export function dayParts(day: string): string[] {
  const given = /^\d/.test(day)
  return [
    day,
    ...(['beginning', 'end'] as const).map((edge) =>
      given
        ? helper(`dateGenerate('${day}','${edge === 'end' ? edge : 'start'}')`, periodHint).text
        : periodHelper(edge, day).text,
    ),
  ]
}

/** The parts of `DATEPART`. */
export function datePartParts(name: string, value: string, comparison: string): string[] {
  const hint = "Name a part and its value as an instance does, for example 'dayofweek' and 'monday'."
  return [value, helper(`datePart('${name}','${value}','${comparison}')`, hint).text]
}

function helper(call: string, hint: string): DateHelper {
  const text = `javascript:gs.${call}`
  if (isDateHelper(text)) return { kind: 'date-helper', text }
  throw new QueryError('No date helper of an instance is meant so.', { hint })
}
