/** The rows of one table in memory, with their indexes; values lie in arrays by column, so 100,000 rows stay small and quick. */
import type { FieldDefinition, TableDefinition } from './dictionary.ts'
import { createOrderedIndex, type OrderedIndex } from './ordered-index.ts'

/** A record as plain data: column name to raw value. */
export type RawRecord = Readonly<Record<string, string>>

/** Values made when they are asked for: a million incidents need not lie in memory to be read page by page. */
export interface LazyValues {
  make(): readonly string[]
}

/**
 * The values of one version of a record, in the order of the table's columns, perhaps shorter than they are. A change
 * makes a new content and leaves the old one as it was, so its identity is the identity of the version.
 */
export type Content = readonly string[] | LazyValues

/** When a version was written and when queries see it, in milliseconds of the instance's clock. */
export interface When {
  readonly committedAt: number
  /** `Infinity` for a version that a restore took away before anybody saw it. */
  visibleAt: number
}

/** One stored record. */
export interface Row {
  readonly id: string
  readonly content: Content
  readonly values: readonly string[]
  readonly when: When
}

/** One table: its definition (which grows when records with new columns are loaded) and its rows. */
export interface TableStore {
  readonly definition: TableDefinition
  readonly fields: readonly FieldDefinition[]
  readonly size: number
  readonly byId: OrderedIndex<Row>
  /** Sorted by (column, sys_id), one for each of the definition's `ordered` columns. */
  readonly ordered: ReadonlyMap<string, OrderedIndex<Row>>
  /** The position of a column in `Row.values`, or `undefined` for an unknown name. */
  column(name: string): number | undefined
  find(id: string): Row | undefined
  read(row: Row, name: string): string
  rows(): Iterable<Row>
  /** Rows whose value of a `lookups` column equals the text; `undefined` when the column has no look-up. */
  lookup(name: string, value: string): readonly Row[] | undefined
  /** The rows that share a value of a `lookups` column, in lists of two and more. */
  doubles(name: string): Row[][]
  /** The content of `record`, laid over `base` when there is one; unknown columns become new text columns. */
  contentOf(record: RawRecord, base?: Row): Content
  /** A row of this table that no query finds. */
  draft(id: string, content: Content, when?: When): Row
  insert(record: RawRecord, when?: When): Row
  /** Stores a content under an id, whether the id is known or new, and moves the row in the indexes. */
  put(id: string, content: Content, when: When): Row
  /** Puts new values into a row; its values before stay what they were for whoever holds them. */
  update(row: Row, changes: RawRecord, when?: When): void
  remove(row: Row): void
  toRecord(row: Pick<Row, 'values'>): Record<string, string>
}

/** The text under which values are compared and sorted. */
export type Fold = (text: string) => string

/** The time of what was there before anybody looked. */
export const BEGINNING: When = { committedAt: 0, visibleAt: 0 }

/** The key of a row in a (column, sys_id) index. */
export function orderKey(value: string, id: string): string {
  return `${value}\u0000${id}`
}

function isLazy(content: Content): content is LazyValues {
  return !Array.isArray(content)
}

/** The one made last: a row that is tested, sorted and written is asked many times in a row. */
let made: { readonly content: LazyValues; readonly values: readonly string[] } | undefined

/** The values of a content, made anew when it is lazy. */
export function valuesOf(content: Content): readonly string[] {
  if (!isLazy(content)) return content
  if (made?.content !== content) made = { content, values: content.make() }
  return made.values
}

class StoredRow implements Row {
  readonly id: string
  content: Content
  when: When

  constructor(id: string, content: Content, when: When) {
    this.id = id
    this.content = content
    this.when = when
  }

  get values(): readonly string[] {
    return valuesOf(this.content)
  }
}

/** Rows by the value of one column: most values have one row, which then needs no set of its own. */
type ByValue = Map<string, StoredRow | Set<StoredRow>>

interface Inner {
  readonly names: string[]
  readonly columns: Map<string, number>
  readonly fields: FieldDefinition[]
  readonly rows: Map<string, StoredRow>
  readonly byId: OrderedIndex<Row>
  readonly ordered: Map<string, OrderedIndex<Row>>
  /** Made when first asked: most tables are loaded and read without them. */
  readonly lookups: Map<string, ByValue>
  readonly fold: Fold
}

function columnOf(inner: Inner, name: string): number {
  const known = inner.columns.get(name)
  if (known !== undefined) return known
  // Loaded data brings columns of a customised instance (u_symptom); they are text until somebody declares more.
  inner.fields.push({ name, label: name, kind: 'string' })
  inner.columns.set(name, inner.names.length)
  return inner.names.push(name) - 1
}

function valueIn(inner: Inner, values: readonly string[], name: string): string {
  const at = inner.columns.get(name)
  return at === undefined ? '' : (values[at] ?? '')
}

function enterLookup(byValue: ByValue, value: string, row: StoredRow): void {
  if (value === '') return
  const same = byValue.get(value)
  if (same === undefined) byValue.set(value, row)
  else if (same instanceof Set) same.add(row)
  else byValue.set(value, new Set([same, row]))
}

function leaveLookup(byValue: ByValue, value: string, row: StoredRow): void {
  const same = byValue.get(value)
  if (!(same instanceof Set)) {
    if (same === row) byValue.delete(value)
    return
  }
  same.delete(row)
  if (same.size === 0) byValue.delete(value)
}

/** Moves a row in the indexes, from the values it had to those it gets; `undefined` for a row that comes or goes. */
function move(
  inner: Inner,
  row: StoredRow,
  before: readonly string[] | undefined,
  after: readonly string[] | undefined,
): void {
  const id = inner.fold(row.id)
  const folded = (values: readonly string[] | undefined, name: string): string | undefined =>
    values && inner.fold(valueIn(inner, values, name))
  for (const [name, index] of inner.ordered) {
    const from = folded(before, name)
    const to = folded(after, name)
    if (from === to) continue
    if (from !== undefined) index.remove(orderKey(from, id), row)
    if (to !== undefined) index.add(orderKey(to, id), row)
  }
  for (const [name, byValue] of inner.lookups) {
    const from = folded(before, name)
    const to = folded(after, name)
    if (from === to) continue
    if (from !== undefined) leaveLookup(byValue, from, row)
    if (to !== undefined) enterLookup(byValue, to, row)
  }
}

function contentOf(inner: Inner, record: RawRecord, base: Row | undefined): string[] {
  const values: string[] = base ? [...base.values] : new Array(inner.names.length).fill('')
  for (const name in record) {
    const at = columnOf(inner, name)
    while (values.length < at) values.push('')
    values[at] = record[name] ?? ''
  }
  return values
}

function putRow(inner: Inner, id: string, content: Content, when: When): StoredRow {
  const known = inner.rows.get(id)
  const after = valuesOf(content)
  if (known) {
    move(inner, known, known.values, after)
    known.content = content
    known.when = when
    return known
  }
  const row = new StoredRow(id, content, when)
  inner.rows.set(id, row)
  inner.byId.add(inner.fold(id), row)
  move(inner, row, undefined, after)
  return row
}

function lookupOf(inner: Inner, name: string): ByValue {
  const known = inner.lookups.get(name)
  if (known) return known
  const byValue: ByValue = new Map()
  for (const row of inner.rows.values())
    enterLookup(byValue, inner.fold(valueIn(inner, row.values, name)), row)
  inner.lookups.set(name, byValue)
  return byValue
}

function lookUp(inner: Inner, name: string, value: string): readonly Row[] {
  const found = lookupOf(inner, name).get(inner.fold(value))
  if (found === undefined) return []
  return found instanceof Set ? [...found] : [found]
}

function createInner(definition: TableDefinition, fold: Fold): Inner {
  const names = definition.fields.map(({ name }) => name)
  return {
    names,
    columns: new Map(names.map((name, at) => [name, at])),
    fields: [...definition.fields],
    rows: new Map(),
    byId: createOrderedIndex(),
    ordered: new Map(definition.ordered.map((name) => [name, createOrderedIndex<Row>()])),
    lookups: new Map(),
    fold,
  }
}

/** Creates an empty table. `fold` decides whether case counts: in the indexes here and in every comparison elsewhere. */
export function createTableStore(definition: TableDefinition, fold: Fold): TableStore {
  const inner = createInner(definition, fold)
  return {
    definition,
    fields: inner.fields,
    get size() {
      return inner.rows.size
    },
    byId: inner.byId,
    ordered: inner.ordered,
    column: (name) => inner.columns.get(name),
    find: (id) => inner.rows.get(id),
    read: (row, name) => valueIn(inner, row.values, name),
    rows: () => inner.rows.values(),
    lookup(name, value) {
      if (!definition.lookups.includes(name) || value === '') return undefined
      return lookUp(inner, name, value)
    },
    doubles: (name) =>
      [...lookupOf(inner, name).values()].flatMap((rows) => (rows instanceof Set ? [[...rows]] : [])),
    contentOf: (record, base) => contentOf(inner, record, base),
    draft: (id, content, when = BEGINNING) => new StoredRow(id, content, when),
    insert(record, when = BEGINNING) {
      const id = record.sys_id ?? ''
      if (id === '') throw new TypeError('A record needs a sys_id')
      if (inner.rows.has(id)) throw new RangeError(`There is a record ${id} already`)
      return putRow(inner, id, contentOf(inner, record, undefined), when)
    },
    put: (id, content, when) => putRow(inner, id, content, when),
    update(row, changes, when = row.when) {
      putRow(inner, row.id, contentOf(inner, { ...changes, sys_id: row.id }, row), when)
    },
    remove(row) {
      const held = inner.rows.get(row.id)
      if (!held) return
      move(inner, held, held.values, undefined)
      inner.byId.remove(fold(held.id), held)
      inner.rows.delete(held.id)
    },
    toRecord({ values }) {
      return Object.fromEntries(inner.names.map((name, at) => [name, values[at] ?? '']))
    },
  }
}
