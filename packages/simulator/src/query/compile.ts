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
}

interface Group {
  readonly conditions: readonly AndTerm[]
}

function compileGroups(query: EncodedQuery, context: QueryContext, dropped: string[]): Group[][] {
  return query.blocks.map((block) =>
    block.map((group) => {
      const conditions: AndTerm[] = []
      for (const condition of group) {
        const test = compileCondition(condition, context)
        if (test) conditions.push({ condition, test })
        else dropped.push(`${condition.field}${condition.operator}${condition.value}`)
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

function compileOrder(query: EncodedQuery, context: QueryContext, dropped: string[]): SortKey[] {
  const keys: SortKey[] = []
  for (const { field, descending } of query.order) {
    const path = resolvePath(context.database, context.table, field)
    if (path) keys.push({ name: field, path, descending })
    else dropped.push(`ORDERBY${descending ? 'DESC' : ''}${field}`)
  }
  return keys
}

/** Compiles an encoded query for a table; nothing is thrown, unreadable parts are listed in `dropped`. */
export function compileQuery(encoded: string, context: QueryContext): CompiledQuery {
  const query = parseEncodedQuery(encoded)
  const dropped = [...query.dropped]
  const blocks = compileGroups(query, context, dropped)
  const order = compileOrder(query, context, dropped)
  const [first = []] = blocks
  if (blocks.length <= 1) {
    const single = first.filter(({ conditions }) => conditions.length === 1)
    const terms = single.flatMap(({ conditions }) => conditions)
    const rest = first
      .filter(({ conditions }) => conditions.length > 1)
      .map(testOf)
      .filter(isTest)
    return { context, test: allOf([...terms.map(({ test }) => test), ...rest]), terms, rest, order, dropped }
  }
  const test = anyOf(blocks.map((block) => allOf(block.map(testOf).filter(isTest))))
  return { context, test, terms: [], rest: [test], order, dropped }
}
