/** Finds one page of rows: by an index where the AND terms and the order allow it, else by reading every row. */

import type { OrderedIndex } from '../ordered-index.ts'
import type { Random } from '../random.ts'
import type { Row, TableStore } from '../table-store.ts'
import type { CompiledQuery, SortKey } from './compile.ts'
import { afterValue, rangeOf } from './key-range.ts'
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

function servedBy(index: string, order: readonly SortKey[], oneValue: boolean): Served | undefined {
  // Where all keys share the index's value, only the order of the ids is left.
  const rest = oneValue ? order.filter(({ name }) => name !== index) : order
  const [first, second] = rest
  if (oneValue && first?.name === 'sys_id') return { descending: first.descending, ties: false }
  if (first?.name !== index) return undefined
  if (index === 'sys_id' || rest.length === 1)
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

/** A stretch of an index in which all matches lie, and what is left to do there. */
interface Plan {
  readonly index: OrderedIndex<Row>
  /** Ranks: from included, to excluded. */
  readonly from: number
  readonly to: number
  readonly served: Served | undefined
  readonly residual: Predicate | undefined
}

/** Rows of a window that lie in the index in the order asked for, with equal ones as the dice fall. */
function sliceServed(
  query: CompiledQuery,
  plan: Plan & { readonly served: Served },
  window: Window,
  random: Random,
): Row[] {
  const { index, from, to, served } = plan
  const start = Math.min(window.offset, to - from)
  const size = Math.min(window.limit, to - from - start)
  const low = served.descending ? to - start - size : from + start
  const high = low + size
  const [key] = keysOf(query)
  if (!served.ties || !key || size === 0) {
    const rows = index.slice(low, high)
    return served.descending ? rows.reverse() : rows
  }
  // Ties at the edges reach beyond the window, and any of them may be the one inside.
  const valueAt = (rank: number): string => index.slice(rank, rank + 1).map(key.read)[0] ?? ''
  const first = Math.max(from, index.rank(valueAt(low)))
  const last = Math.min(to, index.rank(afterValue(valueAt(high - 1))))
  const rows = index.slice(first, last)
  if (served.descending) rows.reverse()
  const own = { offset: served.descending ? last - high : low - first, limit: size }
  shuffleTies(rows, own, (a, b) => key.read(a) === key.read(b), random)
  return rows.slice(own.offset, own.offset + size)
}

function selectByIndex(query: CompiledQuery, plan: Plan, window: Window, random: Random): Selection {
  const { index, from, to, served, residual } = plan
  if (served && !residual)
    return { rows: sliceServed(query, { ...plan, served }, window, random), total: to - from }
  const candidates = index.slice(from, to)
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

/** How many rows a plan touches, with the sorting they need. */
function costOf({ from, to, served, residual }: Plan, { limit }: Window): number {
  if (!served) return (to - from) * 3
  return residual ? to - from : Math.min(limit, to - from)
}

function planFor(query: CompiledQuery, table: TableStore, window: Window): Plan | undefined {
  const { fold } = query.context.database
  const plans: Plan[] = []
  for (const [name, index] of [...table.ordered, ['sys_id', table.byId] as const]) {
    const { low, high, used, oneValue } = rangeOf(query.terms, name, fold)
    const served = servedBy(name, query.order, oneValue)
    if (!served && used.size === 0) continue
    const from = low === undefined ? 0 : index.rank(low)
    const to = Math.max(from, high === undefined ? index.size : index.rank(high))
    plans.push({ index, from, to, served, residual: residualOf(query, used) })
  }
  return plans.sort((a, b) => costOf(a, window) - costOf(b, window))[0]
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
  const plan = planFor(query, table, window)
  return plan ? selectByIndex(query, plan, window, random) : selectByScan(query, window, random)
}
