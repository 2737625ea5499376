/** Answers a query without an instance: whether a raw record matches a tree, and which of two records comes first. Pure. */
import { QueryError } from '../base/errors.ts'
import type { Condition, QueryNode, QueryOrder } from './conditions.ts'
import { evaluateHelper, isScript } from './scripts.ts'

/** Raw values by field; a field that is absent counts as empty. */
export type RawRecord = Readonly<Record<string, unknown>>

export interface EvaluateOptions {
  /** The instant for date helpers, in milliseconds since 1970. Without it a condition with a helper throws QueryError. */
  nowMs?: number
  /** Texts are compared without regard to case by default, as most instances do. */
  caseSensitive?: boolean
}

const number = /^-?\d+(\.\d+)?$/

/**
 * True when the record matches. Compares raw values: choice codes, sys_ids, UTC stamps; numbers as numbers, all else as text.
 *
 * `!=`, `NOT IN` and `NOT LIKE` match an empty field, `<`, `>` and `BETWEEN` never do. On a reference field text operators see the sys_id,
 * where an instance sees the display value. Throws QueryError for operators only an instance can answer (`INSTANCEOF`, `DYNAMIC`,
 * `IN_HIERARCHY`, `DATEPART`, `MORETHAN`, `LESSTHAN`) and for scripts that are no date helper.
 *
 * Example: `matches(parseQuery('stateIN1,2').where, { state: '2' })` is `true`.
 */
export function matches(node: QueryNode | null, record: RawRecord, options: EvaluateOptions = {}): boolean {
  if (node === null) return true
  switch (node.kind) {
    case 'condition':
      return matchesCondition(node, record, options)
    case 'and':
      return node.terms.every((term) => matches(term, record, options))
    case 'or':
      return node.terms.some((term) => matches(term, record, options))
    case 'newQuery':
      return node.blocks.some((block) => matches(block, record, options))
  }
}

/** Orders two records as the query asks, numbers as numbers; empty values come first when ascending. Negative when `a` comes first. */
export function compareRecords(
  order: readonly QueryOrder[],
  a: RawRecord,
  b: RawRecord,
  options: EvaluateOptions = {},
): number {
  for (const { field, direction } of order) {
    const compared = compareValues(fold(fieldText(a, field), options), fold(fieldText(b, field), options))
    if (compared !== 0) return direction === 'desc' ? -compared : compared
  }
  return 0
}

function matchesCondition(condition: Condition, record: RawRecord, options: EvaluateOptions): boolean {
  const { field, operator } = condition
  const raw = fieldText(record, field)
  const actual = fold(raw, options)
  const wanted = () => fold(scalar(condition, options), options)
  switch (operator) {
    case '=':
      return equal(actual, wanted())
    case '!=':
      return !equal(actual, wanted())
    case '<':
    case '<=':
    case '>':
    case '>=':
      return holds(operator, compareValues(actual, wanted())) && actual !== ''
    case 'STARTSWITH':
      return actual.startsWith(wanted())
    case 'ENDSWITH':
      return actual.endsWith(wanted())
    case 'LIKE':
      return actual.includes(wanted())
    case 'NOT LIKE':
      return !actual.includes(wanted())
    case 'IN':
      return parts(condition, options).some((part) => equal(actual, fold(part, options)))
    case 'NOT IN':
      return !parts(condition, options).some((part) => equal(actual, fold(part, options)))
    case 'ISEMPTY':
    case 'EMPTYSTRING':
      return actual === ''
    case 'ISNOTEMPTY':
      return actual !== ''
    case 'ANYTHING':
      return true
    case 'BETWEEN':
      return within(actual, parts(condition, options), options)
    case 'ON':
      return within(actual, parts(condition, options).slice(1), options)
    case 'NOTON':
      return !within(actual, parts(condition, options).slice(1), options)
    case 'RELATIVEGT':
    case 'RELATIVEGE':
    case 'RELATIVELT':
    case 'RELATIVELE':
      return (
        actual !== '' &&
        holds(relativeOperators[operator], compareValues(raw, relativeInstant(condition, options)))
      )
    case 'SAMEAS':
      return equal(actual, fold(fieldText(record, wanted()), options))
    case 'NSAMEAS':
      return !equal(actual, fold(fieldText(record, wanted()), options))
    case 'GT_FIELD':
    case 'LT_FIELD':
    case 'GT_OR_EQUALS_FIELD':
    case 'LT_OR_EQUALS_FIELD':
      return besideField(fieldOperators[operator], actual, fold(fieldText(record, wanted()), options))
    default:
      throw new QueryError(`${operator} can be answered only by the instance.`, {
        details: { field, operator },
      })
  }
}

type Comparison = '<' | '<=' | '>' | '>='
const relativeOperators = { RELATIVEGT: '>', RELATIVEGE: '>=', RELATIVELT: '<', RELATIVELE: '<=' } as const
const fieldOperators = {
  GT_FIELD: '>',
  LT_FIELD: '<',
  GT_OR_EQUALS_FIELD: '>=',
  LT_OR_EQUALS_FIELD: '<=',
} as const

function fieldText(record: RawRecord, field: string): string {
  const value = Object.hasOwn(record, field) ? record[field] : undefined
  if (value === undefined || value === null) return ''
  if (typeof value === 'object' && 'value' in value) return String(value.value ?? '')
  return String(value)
}

function fold(value: string, options: EvaluateOptions): string {
  return options.caseSensitive ? value : value.toLowerCase()
}

function scalar(condition: Condition, options: EvaluateOptions): string {
  return resolve(String(condition.value), condition, options)
}

function parts(condition: Condition, options: EvaluateOptions): string[] {
  const values = typeof condition.value === 'string' ? [condition.value] : condition.value
  return values.map((value) => resolve(value, condition, options))
}

/** A plain value as it is, a date helper as the stamp it stands for. */
function resolve(value: string, { field }: Condition, options: EvaluateOptions): string {
  if (!isScript(value)) return value
  const stamp = evaluateHelper(value, demandNow(field, options))
  if (stamp === null)
    throw new QueryError(`The script for ${field} can be answered only by the instance.`, {
      details: { field },
    })
  return stamp
}

function demandNow(field: string, { nowMs }: EvaluateOptions): number {
  if (nowMs !== undefined) return nowMs
  throw new QueryError(`The condition on ${field} depends on the time of day: give nowMs.`, {
    details: { field },
  })
}

const agoUnit: Readonly<Record<string, string>> = {
  minute: 'minutes',
  hour: 'hours',
  dayofweek: 'days',
  day: 'days',
  month: 'months',
  quarter: 'quarters',
  year: 'years',
}
const unitMs: Readonly<Record<string, number>> = {
  minute: 60_000,
  hour: 3_600_000,
  day: 86_400_000,
  dayofweek: 86_400_000,
}

/** The instant of `RELATIVEGT@hour@ago@4`; `ahead` lies in the future. */
function relativeInstant(condition: Condition, options: EvaluateOptions): string {
  const { field, operator } = condition
  const [, unit = '', side = '', count = ''] = parts(condition, options)
  const now = demandNow(field, options)
  const span = unitMs[unit]
  const valid = agoUnit[unit] !== undefined && /^\d{1,6}$/.test(count) && (side === 'ago' || side === 'ahead')
  if (!valid || (span === undefined && side === 'ahead')) {
    throw new QueryError(`${operator} on ${field} can be answered only by the instance.`, {
      details: { field, operator },
    })
  }
  if (span === undefined) return evaluateHelper(`javascript:gs.${agoUnit[unit]}Ago(${count})`, now) ?? ''
  const moved = side === 'ago' ? now - Number(count) * span : now + Number(count) * span
  return new Date(moved).toISOString().slice(0, 19).replace('T', ' ')
}

function within(actual: string, ends: readonly string[], options: EvaluateOptions): boolean {
  const [from, to] = ends
  if (actual === '' || from === undefined || to === undefined) return false
  return compareValues(actual, fold(from, options)) >= 0 && compareValues(actual, fold(to, options)) <= 0
}

function besideField(operator: Comparison, actual: string, other: string): boolean {
  return actual !== '' && other !== '' && holds(operator, compareValues(actual, other))
}

function holds(operator: Comparison, compared: number): boolean {
  if (operator === '<') return compared < 0
  if (operator === '<=') return compared <= 0
  return operator === '>' ? compared > 0 : compared >= 0
}

function equal(a: string, b: string): boolean {
  return a === b || (number.test(a) && number.test(b) && Number(a) === Number(b))
}

function compareValues(a: string, b: string): number {
  if (number.test(a) && number.test(b)) return Number(a) - Number(b)
  return a < b ? -1 : a > b ? 1 : 0
}
