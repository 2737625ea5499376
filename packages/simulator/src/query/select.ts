/** Finds one page of rows: by an index where the AND terms and the order allow it, else by reading every row. */

import type { OrderedIndex } from '../ordered-index.ts'
import type { Random } from '../random.ts'
import type { Row, TableStore } from '../table-store.ts'
import type { CompiledQuery, SortKey } from './compile.ts'
import { type KeyRange, rangeOf } from './key-range.ts'
import { compareValues, type Predicate } from './value.ts'

/** A page and how many rows match in all, before any access rule. */
export interface Selection {
  readonly rows: readonly Row[]
  readonly total: number
}

/** Which part of the matches is wanted. */
export interface Window {
  readonly offset: number
  readonly limit: number
}

interface Key {
  readonly read: (row: Row) => string
  readonly kind: SortKey['path']['field']['kind']
  readonly sign: 1 | -1
}

/** The keys of the order, ready to be read from a row. */
function keysOf({ order, context: { database } }: CompiledQuery): Key[] {
  return order.map(({ path, descending }) => {
    const target = path.field.reference
    // Ordering by a reference goes by what people see.
    const read = target
      ? (row: Row): string => database.fold(database.displayOf(target, path.read(row)))
      : (row: Row): string => database.fold(path.read(row))
    return { read, kind: path.field.kind, sign: descending ? -1 : 1 }
  })
}

/** Sorts rows; equal ones fall as the dice do, since a real instance promises nothing about them. */
function sortRows(rows: Row[], query: CompiledQuery, random: Random): Row[] {
  random.shuffle(rows)
  const keys = keysOf(query)
  if (keys.length === 0) return rows
  // Each key is read once a row: reading inside the comparison would fold the same text many times.
  const drawn = rows.map((row) => ({ row, values: keys.map(({ read }) => read(row)) }))
  drawn.sort((a, b) => {
    for (let at = 0; at < keys.length; at++) {
      const { kind, sign } = keys[at] as Key
      const difference = compareValues(kind, a.values[at] ?? '', b.values[at] ?? '')
      if (difference !== 0) return difference * sign
    }
    return 0
  })
  return drawn.map(({ row }) => row)
}

function pageOf(rows: readonly Row[], { offset, limit }: Window): Selection {
  return { rows: rows.slice(offset, offset + limit), total: rows.length }
}

/** Answers by reading every row: slow, plain, and the measure of the planner in tests. */
export function selectByScan(query: CompiledQuery, window: Window, random: Random): Selection {
  const found: Row[] = []
  for (const row of query.context.table.rows()) if (query.test(row)) found.push(row)
  return pageOf(sortRows(found, query, random), window)
}

/** How the order of an index serves the order asked for. */
interface Served {
  readonly descending: boolean
  /** True when the asked order leaves ties that the index would hide. */
  readonly ties: boolean
}

function servedBy(index: string, order: readonly SortKey[]): Served | undefined {
  const [first, second] = order
  if (first?.name !== index) return undefined
  if (index === 'sys_id' || order.length === 1)
    return { descending: first.descending, ties: index !== 'sys_id' }
  if (second?.name !== 'sys_id' || second.descending !== first.descending) return undefined
  return { descending: first.descending, ties: false }
}

function residualOf(query: CompiledQuery, used: ReadonlySet<Predicate>): Predicate | undefined {
  const tests = [...query.terms.map(({ test }) => test).filter((test) => !used.has(test)), ...query.rest]
  if (tests.length === 0) return undefined
  return (row) => tests.every((test) => test(row))
}

/** Rows in index order, ties still in the order of their ids: shuffles each tie that touches the window. */
function shuffleTies(
  rows: Row[],
  { offset, limit }: Window,
  same: (a: Row, b: Row) => boolean,
  random: Random,
): void {
  const end = Math.min(rows.length, offset + limit)
  let at = Math.min(offset, rows.length)
  while (at > 0 && at < rows.length && same(rows[at - 1] as Row, rows[at] as Row)) at--
  while (at < end) {
    let next = at + 1
    while (next < rows.length && same(rows[at] as Row, rows[next] as Row)) next++
    random.shuffle(rows, at, next)
    at = next
  }
}

interface Plan {
  readonly index: OrderedIndex<Row>
  readonly range: KeyRange
  readonly served: Served | undefined
}

function selectByIndex(
  query: CompiledQuery,
  { index, range, served }: Plan,
  window: Window,
  random: Random,
): Selection {
  const from = range.low === undefined ? 0 : index.rank(range.low)
  const to = range.high === undefined ? index.size : index.rank(range.high)
  const { offset, limit } = window
  const total = Math.max(0, to - from)
  const residual = residualOf(query, range.used)
  if (served && !served.ties && !residual) {
    const start = Math.min(offset, total)
    const size = Math.min(limit, total - start)
    if (!served.descending) return { rows: index.slice(from + start, from + start + size), total }
    return { rows: index.slice(to - start - size, to - start).reverse(), total }
  }
  const candidates = index.slice(from, Math.max(from, to))
  const found = residual ? candidates.filter(residual) : candidates
  if (!served) return pageOf(sortRows(found, query, random), window)
  if (served.descending) found.reverse()
  const [key] = keysOf(query)
  if (served.ties && key) shuffleTies(found, window, (a, b) => key.read(a) === key.read(b), random)
  return pageOf(found, window)
}

/** Rows found by an equal value of a looked-up column, when a term names one. */
function lookUp(query: CompiledQuery, table: TableStore): readonly Row[] | undefined {
  for (const { condition } of query.terms) {
    const { field, operator, value } = condition
    if (operator !== '=' || value === '' || value.startsWith('javascript:')) continue
    const rows = table.lookup(field, value)
    if (rows) return rows
  }
  return undefined
}

function planFor(query: CompiledQuery, table: TableStore): Plan | undefined {
  const { fold } = query.context.database
  const plans: Plan[] = []
  for (const [name, index] of [...table.ordered, ['sys_id', table.byId] as const]) {
    const range = rangeOf(query.terms, name, fold)
    const served = servedBy(name, query.order)
    if (served || range.used.size > 0) plans.push({ index, range, served })
  }
  const score = ({ range, served }: Plan): number => range.used.size * 2 + (served ? 1 : 0)
  return plans.sort((a, b) => score(b) - score(a))[0]
}

function byIds(query: CompiledQuery, table: TableStore): readonly Row[] | undefined {
  for (const { condition } of query.terms) {
    if (condition.field !== 'sys_id' || condition.value.startsWith('javascript:')) continue
    if (condition.operator !== '=' && condition.operator !== 'IN') continue
    const { fold } = query.context.database
    const wanted = condition.operator === 'IN' ? condition.value.split(',') : [condition.value]
    const rows = new Set<Row>()
    for (const id of wanted) {
      const key = fold(condition.operator === 'IN' ? id.trim() : id)
      for (const row of table.byId.slice(table.byId.rank(key), table.byId.rank(`${key}\u0000`))) rows.add(row)
    }
    return [...rows]
  }
  return undefined
}

/** Answers as `selectByScan` does, by the cheapest way that gives the same rows. */
export function select(query: CompiledQuery, window: Window, random: Random): Selection {
  const { table } = query.context
  const few = byIds(query, table) ?? lookUp(query, table)
  if (few) return pageOf(sortRows(few.filter(query.test), query, random), window)
  const plan = planFor(query, table)
  return plan ? selectByIndex(query, plan, window, random) : selectByScan(query, window, random)
}
