/** Answers a query without an instance: whether a raw record matches a tree, and which of two records comes first. Pure. */
import { QueryError } from '../base/errors.ts'
import type { CompareOptions, Comparer, Comparison, RawRecord } from './compare.ts'
import { comparerOf, fieldText, holds } from './compare.ts'
import type { Condition, Operator, QueryNode, QueryOrder } from './conditions.ts'
import { evaluateHelper } from './helper-clock.ts'
import { isScript } from './scripts.ts'

/** How a query is answered without an instance. Example: `{ nowMs: Date.now(), kindOf: kindsOf('incident') }`. */
export interface EvaluateOptions extends CompareOptions {
  /** The instant for date helpers, in milliseconds since 1970. Without it a condition with a helper throws QueryError. */
  nowMs?: number
}

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
      return matchesCondition({ condition: node, record, options })
    case 'and':
      return node.terms.every((term) => matches(term, record, options))
    case 'or':
      return node.terms.some((term) => matches(term, record, options))
    case 'newQuery':
      return node.blocks.some((block) => matches(block, record, options))
  }
}

/**
 * Orders two records as the query asks; empty values come first when ascending. Negative when `a` comes first. A reference is ordered by
 * its sys_id, where an instance orders it by its display value.
 *
 * Example: `rows.sort((a, b) => compareRecords(parseQuery('ORDERBYDESCnumber').order, a, b))`.
 */
export function compareRecords(
  order: readonly QueryOrder[],
  a: RawRecord,
  b: RawRecord,
  options: CompareOptions = {},
): number {
  for (const { field, direction } of order) {
    const { fold, compare } = comparerOf(field, options)
    const compared = compare(fold(fieldText(a, field)), fold(fieldText(b, field)))
    if (compared !== 0) return direction === 'desc' ? -compared : compared
  }
  return 0
}

interface Question {
  condition: Condition
  record: RawRecord
  options: EvaluateOptions
}

/** One operator: the field's folded value, the folded values given, and what compares them. */
type Test = (actual: string, given: readonly string[], comparer: Comparer, question: Question) => boolean

const compared =
  (operator: Comparison): Test =>
  (actual, [wanted = ''], { compare }) =>
    actual !== '' && holds(operator, compare(actual, wanted))
const relative =
  (operator: Comparison): Test =>
  (actual, _, { compare }, question) =>
    actual !== '' && holds(operator, compare(actual, relativeInstant(question)))
const beside =
  (operator: Comparison): Test =>
  (actual, [field = ''], { compare, fold }, { record }) => {
    const other = fold(fieldText(record, field))
    return actual !== '' && other !== '' && holds(operator, compare(actual, other))
  }
const equal: Test = (actual, [wanted = ''], comparer) => comparer.equal(actual, wanted)
const among: Test = (actual, given, comparer) => given.some((value) => comparer.equal(actual, value))
const contains: Test = (actual, [wanted = '']) => actual.includes(wanted)
const empty: Test = (actual) => actual === ''
const between: Test = (actual, [from, to], { compare }) =>
  actual !== '' &&
  from !== undefined &&
  to !== undefined &&
  compare(actual, from) >= 0 &&
  compare(actual, to) <= 0
const on: Test = (actual, [, ...ends], comparer, question) => between(actual, ends, comparer, question)
const sameAs: Test = (actual, [field = ''], comparer, { record }) =>
  comparer.equal(actual, comparer.fold(fieldText(record, field)))
const not =
  (test: Test): Test =>
  (...question) =>
    !test(...question)

const tests: { readonly [O in Operator]?: Test } = {
  '=': equal,
  '!=': not(equal),
  '<': compared('<'),
  '<=': compared('<='),
  '>': compared('>'),
  '>=': compared('>='),
  STARTSWITH: (actual, [wanted = '']) => actual.startsWith(wanted),
  ENDSWITH: (actual, [wanted = '']) => actual.endsWith(wanted),
  LIKE: contains,
  'NOT LIKE': not(contains),
  IN: among,
  'NOT IN': not(among),
  ISEMPTY: empty,
  EMPTYSTRING: empty,
  ISNOTEMPTY: not(empty),
  ANYTHING: () => true,
  BETWEEN: between,
  ON: on,
  NOTON: not(on),
  RELATIVEGT: relative('>'),
  RELATIVEGE: relative('>='),
  RELATIVELT: relative('<'),
  RELATIVELE: relative('<='),
  SAMEAS: sameAs,
  NSAMEAS: not(sameAs),
  GT_FIELD: beside('>'),
  LT_FIELD: beside('<'),
  GT_OR_EQUALS_FIELD: beside('>='),
  LT_OR_EQUALS_FIELD: beside('<='),
}

function matchesCondition(question: Question): boolean {
  const { condition, record, options } = question
  const { field, operator, value } = condition
  const test = tests[operator]
  if (test === undefined) throw onlyInstance(condition)
  const comparer = comparerOf(field, options)
  const values = typeof value === 'string' ? [value] : value
  const given = values.map((text) => comparer.fold(resolve(text, question)))
  return test(comparer.fold(fieldText(record, field)), given, comparer, question)
}

/** A plain value as it is, a date helper as the stamp it stands for. */
function resolve(value: string, { condition, options }: Question): string {
  if (!isScript(value)) return value
  const stamp = evaluateHelper(value, demandNow(condition, options))
  if (stamp === null) throw onlyInstance(condition)
  return stamp
}

function demandNow({ field }: Condition, { nowMs }: EvaluateOptions): number {
  if (nowMs !== undefined) return nowMs
  throw new QueryError(`The condition on ${field} depends on the time of day.`, {
    hint: 'Give nowMs, the instant for which the query is to be answered.',
    details: { field },
  })
}

function onlyInstance({ field, operator }: Condition): QueryError {
  return new QueryError(`${operator} on ${field} can be answered only by the instance.`, {
    hint: 'Send the query to the instance, or ask without this condition.',
    details: { field, operator },
  })
}

const spans = new Map([
  ['minute', 60_000],
  ['hour', 3_600_000],
  ['day', 86_400_000],
  ['dayofweek', 86_400_000],
])

/** The instant of `RELATIVEGT@hour@ago@4`; `ahead` lies in the future. Months and longer are left to the instance. */
function relativeInstant({ condition, options }: Question): string {
  const [, unit = '', side = '', count = ''] = condition.value
  const span = spans.get(unit)
  if (span === undefined || !/^\d{1,6}$/.test(count) || (side !== 'ago' && side !== 'ahead'))
    throw onlyInstance(condition)
  const moved = demandNow(condition, options) + (side === 'ago' ? -1 : 1) * Number(count) * span
  return new Date(moved).toISOString().slice(0, 19).replace('T', ' ')
}
