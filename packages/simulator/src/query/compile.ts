/** Joins compiled conditions into one test of a row and an order, keeping the AND terms that an index can use. */
import { type Path, resolvePath } from '../database.ts'
import { type Condition, type EncodedQuery, parseEncodedQuery } from '../encoded-query.ts'
import { compileCondition } from './condition.ts'
import type { Predicate, QueryContext } from './value.ts'

/** A condition that every matching row fulfils, and its test. */
export interface AndTerm {
  readonly condition: Condition
  readonly test: Predicate
}

/** One key of the order, resolved. */
export interface SortKey {
  readonly name: string
  readonly path: Path
  readonly descending: boolean
}

/** A query made ready for one table. */
export interface CompiledQuery {
  readonly context: QueryContext
  readonly test: Predicate
  /** The single conditions joined by AND; empty when the query has more than one block. */
  readonly terms: readonly AndTerm[]
  /** The tests that are not among `terms` (groups with OR, whole blocks). */
  readonly rest: readonly Predicate[]
  readonly order: readonly SortKey[]
  /** What had no effect, as written. */
  readonly dropped: readonly string[]
  /** The parts for which the whole query is refused. */
  readonly forbidden: readonly string[]
}

/** What compiling leaves out, and what it meets that the asker may not do. */
interface Outcome {
  readonly dropped: string[]
  readonly forbidden: string[]
}

/** Operators of the right `query_match`; all others, and every order, need `query_range` (query-acl-rule). */
const MATCHING: ReadonlySet<string> = new Set([
  '=',
  '!=',
  'IN',
  'NOT IN',
  'SAMEAS',
  'NSAMEAS',
  'ANYTHING',
  'EMPTYSTRING',
  'ISEMPTY',
  'ISNOTEMPTY',
])

/** Operators whose value begins with another column. */
const TWO_COLUMNS: ReadonlySet<string> = new Set([
  'SAMEAS',
  'NSAMEAS',
  'GT_FIELD',
  'LT_FIELD',
  'GT_OR_EQUALS_FIELD',
  'LT_OR_EQUALS_FIELD',
  'MORETHAN',
  'LESSTHAN',
])

interface Question {
  /** The columns that it would tell something of. */
  readonly fields: readonly string[]
  readonly ranged: boolean
  readonly written: string
}

/** Whether the asker may search columns, by range or at all; what happens otherwise is noted. */
function mayAsk({ fields, ranged, written }: Question, context: QueryContext, outcome: Outcome): boolean {
  const { right, database, table } = context
  if (!right) return true
  const answers = fields.map((field) => {
    const path = resolvePath(database, table, field)
    return path && right(path, ranged)
  })
  if (answers.includes('forbidden')) outcome.forbidden.push(written)
  else if (answers.includes('ignored')) outcome.dropped.push(written)
  return answers.every((answer) => answer === undefined)
}

function questionOf({ field, operator, value }: Condition): Question {
  const other = TWO_COLUMNS.has(operator) ? [(value.split('@', 1)[0] ?? '').trim()] : []
  return {
    fields: [field, ...other],
    ranged: !MATCHING.has(operator),
    written: `${field}${operator}${value}`,
  }
}

interface Group {
  readonly conditions: readonly AndTerm[]
}

function compileGroups(query: EncodedQuery, context: QueryContext, outcome: Outcome): Group[][] {
  return query.blocks.map((block) =>
    block.map((group) => {
      const conditions: AndTerm[] = []
      for (const condition of group) {
        const question = questionOf(condition)
        if (!mayAsk(question, context, outcome)) continue
        const test = compileCondition(condition, context)
        if (test) conditions.push({ condition, test })
        else outcome.dropped.push(question.written)
      }
      return { conditions }
    }),
  )
}

const anyOf =
  (tests: readonly Predicate[]): Predicate =>
  (row) =>
    tests.some((test) => test(row))
const allOf =
  (tests: readonly Predicate[]): Predicate =>
  (row) =>
    tests.every((test) => test(row))

function testOf({ conditions }: Group): Predicate | undefined {
  // A group whose conditions were all dropped has no say: the rest of the query runs without it.
  if (conditions.length === 0) return undefined
  return conditions.length === 1 ? conditions[0]?.test : anyOf(conditions.map(({ test }) => test))
}

const isTest = (test: Predicate | undefined): test is Predicate => test !== undefined

function compileOrder(query: EncodedQuery, context: QueryContext, outcome: Outcome): SortKey[] {
  const keys: SortKey[] = []
  for (const { field, descending } of query.order) {
    const written = `ORDERBY${descending ? 'DESC' : ''}${field}`
    if (!mayAsk({ fields: [field], ranged: true, written }, context, outcome)) continue
    const path = resolvePath(context.database, context.table, field)
    if (path) keys.push({ name: field, path, descending })
    else outcome.dropped.push(written)
  }
  return keys
}

/** Compiles an encoded query for a table; nothing is thrown, unreadable parts are listed in `dropped`. */
export function compileQuery(encoded: string, context: QueryContext): CompiledQuery {
  const query = parseEncodedQuery(encoded)
  const outcome: Outcome = { dropped: [...query.dropped], forbidden: [] }
  const blocks = compileGroups(query, context, outcome)
  const order = compileOrder(query, context, outcome)
  const [first = []] = blocks
  if (blocks.length <= 1) {
    const single = first.filter(({ conditions }) => conditions.length === 1)
    const terms = single.flatMap(({ conditions }) => conditions)
    const rest = first
      .filter(({ conditions }) => conditions.length > 1)
      .map(testOf)
      .filter(isTest)
    const all = allOf([...terms.map(({ test }) => test), ...rest])
    return { context, test: all, terms, rest, order, ...outcome }
  }
  const test = anyOf(blocks.map((block) => allOf(block.map(testOf).filter(isTest))))
  return { context, test, terms: [], rest: [test], order, ...outcome }
}
