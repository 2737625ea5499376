/** The rows of one table in memory, with their indexes; values lie in arrays by column, so 100,000 rows stay small and quick. */
import type { FieldDefinition, TableDefinition } from './dictionary.ts'
import { createOrderedIndex, type OrderedIndex } from './ordered-index.ts'

/** A record as plain data: column name to raw value. */
export type RawRecord = Readonly<Record<string, string>>

/** One stored record; `values` follows the table's columns and may be shorter than they are. */
export interface Row {
  readonly id: string
  readonly values: string[]
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
  insert(record: RawRecord): Row
  /** Puts new values into a row and moves it in the indexes; unknown columns become new text columns. */
  update(row: Row, changes: RawRecord): void
  remove(row: Row): void
  toRecord(row: Row): Record<string, string>
}

/** The text under which values are compared and sorted. */
export type Fold = (text: string) => string

/** The key of a row in a (column, sys_id) index. */
export function orderKey(value: string, id: string): string {
  return `${value}\u0000${id}`
}

interface Inner {
  readonly names: string[]
  readonly columns: Map<string, number>
  readonly fields: FieldDefinition[]
  readonly rows: Map<string, Row>
  readonly byId: OrderedIndex<Row>
  readonly ordered: Map<string, OrderedIndex<Row>>
  readonly lookups: Map<string, Map<string, Set<Row>>>
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

function cellOf(inner: Inner, row: Row, name: string): string {
  const at = inner.columns.get(name)
  return at === undefined ? '' : (row.values[at] ?? '')
}

function enter(inner: Inner, row: Row, names: ReadonlySet<string> | undefined): void {
  const id = inner.fold(row.id)
  for (const [name, index] of inner.ordered) {
    if (!names || names.has(name)) index.add(orderKey(inner.fold(cellOf(inner, row, name)), id), row)
  }
  for (const [name, byValue] of inner.lookups) {
    if (names && !names.has(name)) continue
    const value = inner.fold(cellOf(inner, row, name))
    if (value === '') continue
    const same = byValue.get(value)
    if (same) same.add(row)
    else byValue.set(value, new Set([row]))
  }
}

function leave(inner: Inner, row: Row, names: ReadonlySet<string> | undefined): void {
  const id = inner.fold(row.id)
  for (const [name, index] of inner.ordered) {
    if (!names || names.has(name)) index.remove(orderKey(inner.fold(cellOf(inner, row, name)), id), row)
  }
  for (const [name, byValue] of inner.lookups) {
    if (names && !names.has(name)) continue
    const value = inner.fold(cellOf(inner, row, name))
    const same = byValue.get(value)
    same?.delete(row)
    if (same?.size === 0) byValue.delete(value)
  }
}

function insertRow(inner: Inner, record: RawRecord): Row {
  const id = record.sys_id ?? ''
  if (id === '') throw new TypeError('A record needs a sys_id')
  if (inner.rows.has(id)) throw new RangeError(`There is a record ${id} already`)
  const values: string[] = new Array(inner.names.length).fill('')
  for (const name in record) values[columnOf(inner, name)] = record[name] ?? ''
  const row = { id, values }
  inner.rows.set(id, row)
  inner.byId.add(inner.fold(id), row)
  enter(inner, row, undefined)
  return row
}

function updateRow(inner: Inner, row: Row, changes: RawRecord): void {
  const changed = new Set<string>()
  for (const name in changes) {
    if (name !== 'sys_id' && (changes[name] ?? '') !== cellOf(inner, row, name)) changed.add(name)
  }
  leave(inner, row, changed)
  for (const name of changed) {
    const at = columnOf(inner, name)
    while (row.values.length < at) row.values.push('')
    row.values[at] = changes[name] ?? ''
  }
  enter(inner, row, changed)
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
    lookups: new Map(definition.lookups.map((name) => [name, new Map<string, Set<Row>>()])),
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
    read: (row, name) => cellOf(inner, row, name),
    rows: () => inner.rows.values(),
    lookup(name, value) {
      const byValue = inner.lookups.get(name)
      return byValue && value !== '' ? [...(byValue.get(fold(value)) ?? [])] : undefined
    },
    insert: (record) => insertRow(inner, record),
    update: (row, changes) => updateRow(inner, row, changes),
    remove(row) {
      leave(inner, row, undefined)
      inner.byId.remove(fold(row.id), row)
      inner.rows.delete(row.id)
    },
    toRecord(row) {
      return Object.fromEntries(inner.names.map((name, at) => [name, row.values[at] ?? '']))
    },
  }
}
