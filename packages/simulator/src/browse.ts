/** A look at a table for people: the newest rows with what they show, found by any text they show. */
import type { FieldDefinition } from './dictionary.ts'
import { displayValue } from './render.ts'
import type { Row, TableStore } from './table-store.ts'
import type { World } from './world.ts'

/** Which rows to show. */
export interface BrowseOptions {
  /** A text that one of the shown cells holds, or a sys_id; upper and lower case are alike. */
  readonly search?: string
  /** Default 25. */
  readonly limit?: number
}

/** Rows of a table, newest first. */
export interface Browsed {
  readonly columns: readonly { readonly name: string; readonly label: string }[]
  readonly rows: readonly { readonly sys_id: string; readonly cells: readonly string[] }[]
  /** Rows of the table. */
  readonly total: number
  /** Whether the search ended before the table did. */
  readonly more: boolean
}

/** One field of a record, as stored and as shown. */
export interface BrowsedField {
  readonly name: string
  readonly label: string
  readonly value: string
  readonly shown: string
}

/** Columns that tell most of a table's rows; others show their first ones. */
const COLUMNS: Readonly<Record<string, readonly string[]>> = {
  incident: ['number', 'short_description', 'state', 'priority', 'assigned_to', 'sys_updated_on'],
  sys_user: ['name', 'user_name', 'email', 'title', 'sys_updated_on'],
  sys_user_group: ['name', 'description', 'manager', 'sys_updated_on'],
  sys_journal_field: ['element', 'value', 'element_id', 'sys_created_by', 'sys_created_on'],
  sys_audit_delete: ['tablename', 'display_value', 'documentkey', 'sys_created_by', 'sys_created_on'],
  sys_choice: ['name', 'element', 'value', 'label', 'dependent_value'],
}

/** A search reads no more rows than this: a million would take seconds. */
const MOST_READ = 20_000
const MOST_SHOWN = 200

/** People look at the instance from nowhere in particular. */
const VIEW = {
  display: 'true',
  excludeLinks: true,
  fields: undefined,
  linkBase: '',
  zone: 'UTC',
  dateFormat: 'yyyy-MM-dd',
  unreadable: new Set<string>(),
} as const

function shownColumns(table: TableStore): readonly FieldDefinition[] {
  const { name, display } = table.definition
  const plain = table.fields.filter((field) => !field.name.startsWith('sys_') && field.kind !== 'journal')
  const wanted = COLUMNS[name] ?? [display, ...plain.slice(0, 4).map((field) => field.name), 'sys_updated_on']
  return [...new Set(wanted)].flatMap((column) => {
    const at = table.column(column)
    const field = at === undefined ? undefined : table.fields[at]
    return field ? [field] : []
  })
}

/** Rows from the newest to the oldest, read in chunks so that few are touched. */
function* newestFirst(table: TableStore): Generator<Row> {
  const [index = table.byId] = table.ordered.values()
  const step = 200
  for (let to = table.size; to > 0; to -= step) yield* index.slice(Math.max(0, to - step), to).reverse()
}

/** The newest rows of a table; throws `RangeError` for an unknown one. */
export function browse(world: World, name: string, { search = '', limit = 25 }: BrowseOptions = {}): Browsed {
  world.commits.settle()
  const table = world.database.need(name)
  const fields = shownColumns(table)
  const wanted = search.trim().toLowerCase()
  const rows: { sys_id: string; cells: string[] }[] = []
  let read = 0
  for (const row of newestFirst(table)) {
    if (rows.length >= Math.min(limit, MOST_SHOWN) || read >= MOST_READ) break
    read++
    const cells = fields.map((field) =>
      displayValue(world.database, field, table.read(row, field.name), VIEW),
    )
    if (wanted !== '' && row.id !== wanted && !cells.some((cell) => cell.toLowerCase().includes(wanted)))
      continue
    rows.push({ sys_id: row.id, cells })
  }
  const columns = fields.map((field) => ({ name: field.name, label: field.label }))
  return { columns, rows, total: table.size, more: read < table.size }
}

/** Every filled field of one record; throws `RangeError` for an unknown table or record. */
export function browseRecord(world: World, name: string, sysId: string): BrowsedField[] {
  world.commits.settle()
  const table = world.database.need(name)
  const row = table.find(sysId)
  if (!row) throw new RangeError(`There is no record ${sysId} in ${name}`)
  return table.fields.flatMap((field) => {
    const value = table.read(row, field.name)
    if (value === '') return []
    return [
      {
        name: field.name,
        label: field.label,
        value,
        shown: displayValue(world.database, field, value, VIEW),
      },
    ]
  })
}
