/** A look at a table for people: the newest rows with what they show, found by any text they show; one record with its journals. */
import type { FieldDefinition } from './dictionary.ts'
import { displayValue } from './render.ts'
import type { Row, TableStore } from './table-store.ts'
import type { World } from './world.ts'

/** Which rows to show. */
export interface BrowseOptions {
  /**
   * A text that one of the shown cells holds, upper and lower case alike, or a whole sys_id or number: those are looked
   * up, wherever they stand.
   */
  readonly search?: string
  /** Default 25, at most 200. */
  readonly limit?: number
}

/** Rows of a table, newest first. */
export interface Browsed {
  readonly columns: readonly { readonly name: string; readonly label: string }[]
  readonly rows: readonly { readonly sys_id: string; readonly cells: readonly string[] }[]
  /** Rows of the table. */
  readonly total: number
  /** Rows that were looked at, newest first: all of them for a sys_id or number that is there. */
  readonly searched: number
  /** Whether the search ended before the table did: enough was found, or 20,000 rows were looked at. */
  readonly more: boolean
}

/** One field of a record, as stored and as shown. */
export interface BrowsedField {
  readonly name: string
  readonly label: string
  readonly value: string
  readonly shown: string
}

/** One entry of a journal field. */
export interface BrowsedEntry {
  /** The journal field: `comments`, `work_notes`. */
  readonly element: string
  readonly label: string
  readonly text: string
  readonly by: string
  /** As stored, in UTC. */
  readonly on: string
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

/** What people look for first in a record; the others follow in the order of the dictionary. */
const FIRST = [
  'number',
  'short_description',
  'state',
  'priority',
  'caller_id',
  'assignment_group',
  'assigned_to',
  'sys_updated_on',
]

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

/** The row of a whole sys_id, or the rows of a whole number: no walk through the table finds them if they are old. */
function lookedUp(table: TableStore, search: string): readonly Row[] {
  const row = table.find(search) ?? table.find(search.toLowerCase())
  if (row) return [row]
  return [search, search.toUpperCase()].flatMap((number) => table.lookup('number', number) ?? []).slice(0, 1)
}

/** The newest rows of a table; throws `RangeError` for an unknown one. */
export function browse(world: World, name: string, { search = '', limit = 25 }: BrowseOptions = {}): Browsed {
  world.commits.settle()
  const table = world.database.need(name)
  const fields = shownColumns(table)
  const cellsOf = (row: Row): string[] =>
    fields.map((field) => displayValue(world.database, field, table.read(row, field.name), VIEW))
  const columns = fields.map((field) => ({ name: field.name, label: field.label }))
  const text = search.trim()
  const known = text === '' ? [] : lookedUp(table, text)
  if (known.length > 0) {
    const rows = known.map((row) => ({ sys_id: row.id, cells: cellsOf(row) }))
    return { columns, rows, total: table.size, searched: table.size, more: false }
  }
  const wanted = text.toLowerCase()
  const rows: { sys_id: string; cells: string[] }[] = []
  let searched = 0
  for (const row of newestFirst(table)) {
    if (rows.length >= Math.min(limit, MOST_SHOWN) || searched >= MOST_READ) break
    searched++
    const cells = cellsOf(row)
    if (wanted === '' || cells.some((cell) => cell.toLowerCase().includes(wanted)))
      rows.push({ sys_id: row.id, cells })
  }
  return { columns, rows, total: table.size, searched, more: searched < table.size }
}

function needRow(
  world: World,
  name: string,
  sysId: string,
): { readonly table: TableStore; readonly row: Row } {
  world.commits.settle()
  const table = world.database.need(name)
  const row = table.find(sysId)
  if (!row) throw new RangeError(`There is no record ${sysId} in ${name}`)
  return { table, row }
}

function inOrder({ definition, fields }: TableStore): readonly FieldDefinition[] {
  const first = [...FIRST, ...(COLUMNS[definition.name] ?? [])]
  const rank = ({ name }: FieldDefinition): number => {
    const at = first.indexOf(name)
    return at < 0 ? first.length : at
  }
  return [...fields].sort((a, b) => rank(a) - rank(b))
}

/** Every filled field of one record, those first that people look for; throws `RangeError` for an unknown table or record. */
export function browseRecord(world: World, name: string, sysId: string): BrowsedField[] {
  const { table, row } = needRow(world, name, sysId)
  return inOrder(table).flatMap((field) => {
    const value = table.read(row, field.name)
    if (value === '') return []
    const shown = displayValue(world.database, field, value, VIEW)
    return [{ name: field.name, label: field.label, value, shown }]
  })
}

/** The journal entries of one record, newest first; throws `RangeError` for an unknown table or record. */
export function browseJournal(world: World, name: string, sysId: string): BrowsedEntry[] {
  const { table } = needRow(world, name, sysId)
  const journal = world.database.need('sys_journal_field')
  const entries = (journal.lookup('element_id', sysId) ?? []).map((row) => {
    const read = (column: string): string => journal.read(row, column)
    const element = read('element')
    const label = table.fields.find((field) => field.name === element)?.label ?? element
    return { element, label, text: read('value'), by: read('sys_created_by'), on: read('sys_created_on') }
  })
  // Of two entries of one second the later one was stored later.
  return entries.reverse().sort((a, b) => (a.on < b.on ? 1 : a.on > b.on ? -1 : 0))
}
