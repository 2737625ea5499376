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

/** Whether the asker may search a column by range or order by it; what happens otherwise is noted. */
function mayRange(field: string, written: string, context: QueryContext, outcome: Outcome): boolean {
  if (!context.range) return true
  const path = resolvePath(context.database, context.table, field)
  const answer = path && context.range(path.owner.definition.name, path.field.name)
  if (answer === 'forbidden') outcome.forbidden.push(written)
  else if (answer === 'ignored') outcome.dropped.push(written)
  return answer === undefined
}

interface Group {
  readonly conditions: readonly AndTerm[]
}

function compileGroups(query: EncodedQuery, context: QueryContext, outcome: Outcome): Group[][] {
  return query.blocks.map((block) =>
    block.map((group) => {
      const conditions: AndTerm[] = []
      for (const condition of group) {
        const { field, operator, value } = condition
        const written = `${field}${operator}${value}`
        if (!MATCHING.has(operator) && !mayRange(field, written, context, outcome)) continue
        const test = compileCondition(condition, context)
        if (test) conditions.push({ condition, test })
        else outcome.dropped.push(written)
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
    if (!mayRange(field, written, context, outcome)) continue
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
