/** What a request asks of groups: how rows are grouped, which groups stay (`sysparm_having`) and in which order they come. */
import { resolvePath } from './database.ts'
import { type Column, compareMeasures, MEASURES, type Measure, measure } from './statistic.ts'
import type { Call } from './table-call.ts'
import type { Row } from './table-store.ts'

/** Rows that share the values of the grouping columns. */
export interface Group {
  readonly values: readonly string[]
  readonly rows: readonly Row[]
}

type Key = (group: Group) => string

const COUNT = 'count'

/** A comma list of columns; unknown ones are left out, as in every list of fields. */
export function columnsOf({ world, store, url }: Call, parameter: string): Column[] {
  const names = (url.searchParams.get(parameter) ?? '').split(',').map((name) => name.trim())
  return [...new Set(names)].flatMap((name) => {
    const path = name === '' ? undefined : resolvePath(world.database, store, name)
    return path ? [{ name, path }] : []
  })
}

/** Rows by the values of the columns; without columns all of them are one group. */
export function groupRows(rows: readonly Row[], columns: readonly Column[]): Group[] {
  if (columns.length === 0) return [{ values: [], rows }]
  const groups = new Map<string, { values: string[]; rows: Row[] }>()
  for (const row of rows) {
    const values = columns.map(({ path }) => path.read(row))
    const key = values.join('\u0000')
    const held = groups.get(key)
    if (held) held.rows.push(row)
    else groups.set(key, { values, rows: [row] })
  }
  return [...groups.values()]
}

/** The number that `count^state` or `AVG^priority` stands for. */
function measureKey(call: Call, what: string, field: string | undefined): Key | undefined {
  const name = what.toLowerCase()
  if (name === COUNT) return ({ rows }) => String(rows.length)
  if (!MEASURES.some((each) => each === name) || field === undefined) return undefined
  const path = resolvePath(call.world.database, call.store, field)
  if (!path || !call.world.access.reads(call.principal, path)) return undefined
  return ({ rows }) => measure(name as Measure, rows, { name: field, path }) ?? ''
}

const TESTS: ReadonlyMap<string, (difference: number) => boolean> = new Map([
  ['=', (difference) => difference === 0],
  ['!=', (difference) => difference !== 0],
  ['<', (difference) => difference < 0],
  ['<=', (difference) => difference <= 0],
  ['>', (difference) => difference > 0],
  ['>=', (difference) => difference >= 0],
])

/** The groups that fulfil every `aggregate^field^operator^value`; a part that cannot be read has no effect. */
export function having(call: Call, groups: readonly Group[]): Group[] {
  const parts = (call.url.searchParams.get('sysparm_having') ?? '').split(',').filter(Boolean)
  let left = [...groups]
  for (const part of parts) {
    const [what = '', field, operator = '', value = ''] = part.trim().split('^')
    const key = measureKey(call, what, field)
    const test = TESTS.get(operator)
    if (key && test) left = left.filter((group) => test(compareMeasures(key(group), value)))
  }
  return left
}

function sortKey(
  call: Call,
  columns: readonly Column[],
  part: string,
): { key: Key; sign: 1 | -1 } | undefined {
  const words = part.trim().split('^')
  const descending = words.at(-1)?.toUpperCase() === 'DESC'
  const [first = '', field] = descending ? words.slice(0, -1) : words
  const at = columns.findIndex(({ name }) => name === first)
  const column = columns[at]
  const { database } = call.world
  const target = column?.path.field.reference
  const own: Key | undefined = column && (({ values }) => values[at] ?? '')
  // A reference is ordered by what people see, as everywhere.
  const shown: Key | undefined =
    target === undefined ? own : (group) => database.fold(database.displayOf(target, own?.(group) ?? ''))
  const key = shown ?? measureKey(call, first, field)
  return key && { key, sign: descending ? -1 : 1 }
}

/** Groups in the order of `sysparm_order_by`; equal ones, and all without it, come as they may. */
export function orderGroups(call: Call, columns: readonly Column[], groups: readonly Group[]): Group[] {
  const sorted = [...groups]
  call.world.requestRandom().shuffle(sorted)
  const parts = (call.url.searchParams.get('sysparm_order_by') ?? '').split(',').filter(Boolean)
  const keys = parts.flatMap((part) => sortKey(call, columns, part) ?? [])
  return sorted.sort((a, b) => {
    for (const { key, sign } of keys) {
      const difference = compareMeasures(key(a), key(b))
      if (difference !== 0) return difference * sign
    }
    return 0
  })
}
