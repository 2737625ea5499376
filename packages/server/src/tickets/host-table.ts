/** The application's table as we find it: its columns, which of them hold a ticket, and everything that forbids using it. */
import { ConfigError, type ConfigProblem } from '@snowline/sdk'
import type { Database } from 'better-sqlite3'
import { type HostField, type HostTicketsConfig, hostFields, linkColumns, neededFields } from './host-map.ts'

export interface HostColumn {
  name: string
  notNull: boolean
  hasDefault: boolean
  /** The database computes it; nobody can write it. */
  generated: boolean
  /** Its declared type holds whole numbers. */
  integer: boolean
}

export interface HostTable {
  name: string
  columns: readonly HostColumn[]
  /** Column of each field; null where the application has none. */
  mapped: Readonly<Record<HostField, string | null>>
  /** `INTEGER PRIMARY KEY`: the database gives the number. */
  idIsRowid: boolean
  /** The name under which the order of the rows can be asked for. */
  rowid: string
}

/** A name as it stands in SQL; never one that came with a request. */
export function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}

/** The column of that name, compared as SQLite compares: without case. */
export function columnOf(table: Pick<HostTable, 'columns'>, name: string): HostColumn | undefined {
  return table.columns.find((column) => column.name.toLowerCase() === name.toLowerCase())
}

/** Columns that an inserted row must fill and that nothing of a ticket fills. */
export function unfilledColumns(table: HostTable, defaults: HostTicketsConfig['map']['defaults']): string[] {
  const given = new Set(Object.keys(defaults).map((name) => name.toLowerCase()))
  const held = new Set(Object.values(table.mapped).map((name) => name?.toLowerCase()))
  return table.columns
    .filter(({ notNull, hasDefault, generated }) => notNull && !hasDefault && !generated)
    .map(({ name }) => name)
    .filter((name) => !given.has(name.toLowerCase()) && !held.has(name.toLowerCase()))
}

/** @throws ConfigError naming everything that is missing or cannot be used */
export function inspectTable(db: Database, config: HostTicketsConfig): HostTable {
  const kind = db
    .prepare(`select name, type, wr from pragma_table_list where schema = 'main' and lower(name) = lower(?)`)
    .get(config.table) as { name: string; type: string; wr: number } | undefined
  const refused = refusedKind(kind)
  if (kind === undefined || refused !== null) {
    throw new ConfigError([{ key: 'TICKETS_TABLE', ...(refused ?? missingTable) }])
  }
  const columns = readColumns(db, kind.name)
  const mapped = mapColumns(columns, config)
  const problems = [
    ...missingColumns({ columns }, mapped, config),
    ...unusableId(db, { name: kind.name, columns }, mapped.id),
    ...unwritable({ columns }, mapped),
  ]
  if (problems.length > 0) throw new ConfigError(problems)
  return {
    name: kind.name,
    columns,
    mapped,
    idIsRowid: isRowid(db, kind.name, mapped.id),
    rowid: ['rowid', '_rowid_', 'oid'].find((name) => columnOf({ columns }, name) === undefined) ?? 'rowid',
  }
}

const missingTable = {
  message: 'names a table that is not in the file',
  hint: "Set TICKETS_TABLE to the application's table of tickets.",
}

function refusedKind(kind: { type: string; wr: number } | undefined): Omit<ConfigProblem, 'key'> | null {
  if (kind === undefined) return missingTable
  if (kind.type !== 'table') {
    return {
      message: `names a ${kind.type === 'view' ? 'view' : `${kind.type} table`}: columns and a trigger need a real table`,
      hint: 'Name the table beneath it.',
    }
  }
  if (kind.wr === 0) return null
  return {
    message: 'names a table WITHOUT ROWID, whose rows have no order of their own',
    hint: 'Keep the tickets in an ordinary table.',
  }
}

function readColumns(db: Database, table: string): HostColumn[] {
  const rows = db.prepare('select * from pragma_table_xinfo(?)').all(table) as {
    name: string
    type: string
    notnull: number
    dflt_value: string | null
    hidden: number
  }[]
  return rows.map(({ name, type, notnull, dflt_value, hidden }) => ({
    name,
    notNull: notnull === 1,
    hasDefault: dflt_value !== null,
    generated: hidden !== 0,
    integer: /int/i.test(type),
  }))
}

/** A field that the map does not name is looked for under its own name. */
function mapColumns(columns: readonly HostColumn[], { map }: HostTicketsConfig): HostTable['mapped'] {
  const pairs = hostFields.map((field) => {
    const wanted = map.columns[field]
    const found = wanted === null ? undefined : columnOf({ columns }, wanted ?? field)
    return [field, found?.name ?? null] as const
  })
  return Object.fromEntries(pairs) as Record<HostField, string | null>
}

function missingColumns(
  table: Pick<HostTable, 'columns'>,
  mapped: HostTable['mapped'],
  { map }: HostTicketsConfig,
): ConfigProblem[] {
  const problems: ConfigProblem[] = []
  for (const field of hostFields) {
    if (mapped[field] !== null) continue
    const given = map.columns[field]
    if (given !== undefined && given !== null) {
      problems.push({
        key: 'TICKETS_MAP',
        message: `columns.${field} names a column that is not in the table`,
        hint: `Name the column that holds the ${field}, or null where there is none.`,
      })
    } else if (neededFields.includes(field)) {
      problems.push({
        key: 'TICKETS_MAP',
        message: `columns.${field} is needed: the table has no column of that name`,
        hint: `Name the column that holds the ${field}.`,
      })
    }
  }
  for (const name of Object.keys(map.defaults)) {
    if (columnOf(table, name) !== undefined) continue
    problems.push({ key: 'TICKETS_MAP', message: `defaults.${name} is no column of the table` })
  }
  const held = Object.values(mapped).filter((name) => name !== null)
  for (const name of linkColumns.filter((link) => held.includes(link))) {
    problems.push({ key: 'TICKETS_MAP', message: `columns cannot use ${name}: it holds the link` })
  }
  if (new Set(held).size < held.length) {
    problems.push({ key: 'TICKETS_MAP', message: 'columns gives one column to two fields' })
  }
  return problems
}

/** An id that two rows could share, or that may be empty, names no ticket. */
function unusableId(
  db: Database,
  table: Pick<HostTable, 'name' | 'columns'>,
  id: string | null,
): ConfigProblem[] {
  if (id === null || isRowid(db, table.name, id) || isUnique(db, table.name, id)) return []
  return [
    {
      key: 'TICKETS_MAP',
      message: 'columns.id names a column that may hold one value twice',
      hint: 'Name the primary key, or a column with a unique index.',
    },
  ]
}

function unwritable(table: Pick<HostTable, 'columns'>, { status }: HostTable['mapped']): ConfigProblem[] {
  if (status === null || columnOf(table, status)?.generated !== true) return []
  return [{ key: 'TICKETS_MAP', message: 'columns.status names a column that the database computes' }]
}

function isRowid(db: Database, table: string, column: string | null): boolean {
  const keys = db.prepare('select name, type from pragma_table_info(?) where pk > 0').all(table) as {
    name: string
    type: string
  }[]
  const [key] = keys
  return keys.length === 1 && key?.name === column && key.type.toUpperCase() === 'INTEGER'
}

function isUnique(db: Database, table: string, column: string): boolean {
  const row = db
    .prepare(
      `select 1 from pragma_index_list(?) as list
       where list."unique" = 1 and list.partial = 0
         and (select count(*) from pragma_index_info(list.name)) = 1
         and (select name from pragma_index_info(list.name)) = ?`,
    )
    .get(table, column)
  return row !== undefined
}
