/** Tickets as rows of the application's table: reading, listing, inserting, changing. Names come from the map, values are bound. */
import { ticketPriorities, ticketStatuses } from '@snowline/protocol'
import type { Database, Statement } from 'better-sqlite3'
import { ProblemError } from '../problem/problem-error.ts'
import { constraintOf } from './host-file.ts'
import {
  type HostField,
  type HostMap,
  type HostTime,
  type HostValue,
  hostFields,
  linkColumns,
  wordsOf,
} from './host-map.ts'
import { columnOf, type HostTable, quoted, unfilledColumns } from './host-table.ts'
import { readHostTime, timeFormOf, writeHostTime } from './host-time.ts'
import type { Ticket, TicketDraft, TicketFields, TicketLink, TicketQuery } from './ticket-store.ts'

/** A row as it is stored, under our names of its fields; `position` is its place in the order of the table. */
export type HostRow = Readonly<Record<HostField | keyof TicketLink, unknown>> & { position: number }

type Bound = HostValue | null
type Values = Record<string, Bound>

/** The only day a ticket without any instant of its own can be given. */
const NO_TIME = '1970-01-01T00:00:00Z'

export class HostRows {
  readonly table: HostTable
  private readonly map: HostMap
  private readonly statuses
  private readonly priorities
  private readonly columns: string
  private readonly statements = new WeakMap<Database, Map<string, Statement>>()

  constructor(table: HostTable, map: HostMap) {
    this.table = table
    this.map = map
    this.statuses = wordsOf(ticketStatuses, map.status)
    this.priorities = wordsOf(ticketPriorities, map.priority)
    const fields = hostFields.map((field) => {
      const column = table.mapped[field]
      // As text: a number beyond 2^53 would lose its last digits.
      if (field === 'id') return `cast(${quoted(column ?? '')} as text) as "id"`
      return `${column === null ? 'null' : quoted(column)} as ${quoted(field)}`
    })
    this.columns = [...fields, ...linkColumns.map(quoted), `${table.rowid} as "position"`].join(', ')
  }

  /** The statements that are used most; throws what SQLite says about a table that cannot be written by a foreign program. */
  prepareAll(db: Database): void {
    this.prepare(db, this.selectById())
    for (const field of hostFields) {
      const column = this.table.mapped[field]
      if (column === null || field === 'id' || columnOf(this.table, column)?.generated === true) continue
      this.prepare(db, this.updateOf([column, ...linkColumns]))
    }
  }

  read(db: Database, id: string): HostRow | null {
    const row = this.prepare(db, this.selectById()).get(id) as HostRow | undefined
    // `05` finds the row 5 and is another name all the same.
    return row === undefined || row.id !== id ? null : row
  }

  /** Newest first, by the order in which the rows came. */
  list(db: Database, query: Omit<TicketQuery, 'cursor'> & { before: number | null }): HostRow[] {
    const { conditions, values } = this.conditionsOf(query)
    const where = conditions.length === 0 ? '' : `where ${conditions.join(' and ')}`
    const text = `select ${this.columns} from ${this.name} ${where} order by ${this.table.rowid} desc limit ?`
    return this.prepare(db, text).all(...values, query.limit) as HostRow[]
  }

  linked(db: Database, sysIds: readonly string[]): ReadonlyMap<string, string> {
    const text = `select "sn_sys_id" as sys_id, cast(${this.idColumn} as text) as id from ${this.name}
      where "sn_sys_id" in (select value from json_each(?)) order by ${this.table.rowid} desc`
    const rows = this.prepare(db, text).all(JSON.stringify(sysIds)) as { sys_id: string; id: string }[]
    return new Map(rows.map(({ sys_id, id }) => [sys_id, id]))
  }

  /** Words in the column of the status that the map does not name. */
  unknownStatuses(db: Database): string[] {
    const status = quoted(this.table.mapped.status ?? '')
    const rows = this.prepare(db, `select distinct ${status} as word from ${this.name} limit 100`).all() as {
      word: unknown
    }[]
    return rows
      .map(({ word }) => word)
      .filter((word) => this.statuses.read(word) === null)
      .map(String)
  }

  /** Null when the map has no such word. */
  statusOf(word: unknown): Ticket['status'] | null {
    return this.statuses.read(word)
  }

  toTicket(row: HostRow): Ticket {
    const updated = readHostTime(row.updated_at)
    const created = readHostTime(row.created_at)
    return {
      id: String(row.id),
      subject: text(row.subject) ?? '',
      description: text(row.description) ?? '',
      // A word that nobody explained is shown as open: it wants a look. Its changes are not sent (see the collector).
      status: this.statuses.read(row.status) ?? 'open',
      priority: this.priorities.read(row.priority),
      predicted_priority: this.priorities.read(row.predicted_priority),
      category: text(row.category),
      predicted_category: text(row.predicted_category),
      requester_email: text(row.requester_email),
      ai_suggestions: text(row.ai_suggestions),
      created_at: created ?? updated ?? NO_TIME,
      updated_at: updated ?? created ?? NO_TIME,
      sn_sys_id: text(row.sn_sys_id),
      sn_number: text(row.sn_number),
      sn_last_sync_at: text(row.sn_last_sync_at),
      sn_sync_status:
        row.sn_sync_status === 'ok' || row.sn_sync_status === 'failed' ? row.sn_sync_status : null,
      sn_last_error: text(row.sn_last_error),
    }
  }

  /** The columns that a change really changes; a word that means the same stays as the application wrote it. */
  changedColumns(row: HostRow, fields: Partial<TicketFields>, nowIso: string): Values {
    const before = this.toTicket(row)
    const changed = Object.fromEntries(
      Object.entries(fields).filter(([field, value]) => value !== before[field as keyof TicketFields]),
    )
    if (Object.keys(changed).length === 0) return {}
    const values = this.valuesOf(changed)
    const { updated_at: column } = this.table.mapped
    if (column !== null && columnOf(this.table, column)?.generated !== true) {
      values[column] = writeHostTime(nowIso, this.map.time ?? timeFormOf(row.updated_at) ?? 'iso')
    }
    return values
  }

  update(db: Database, id: string, values: Values): void {
    const names = Object.keys(values)
    if (names.length === 0) return
    refusing(() => this.prepare(db, this.updateOf(names)).run(...Object.values(values), id))
  }

  /** Gives the id. @throws ProblemError `mapping_failed` naming every column that stays empty and must not */
  insert(db: Database, draft: TicketDraft, nowIso: string, newId: () => string): string {
    const values = this.insertValues(db, draft, nowIso)
    const { id } = this.table.mapped
    const column = id === null ? undefined : columnOf(this.table, id)
    if (id !== null && !this.table.idIsRowid && !(id in values) && column?.hasDefault !== true) {
      if (column?.integer === true) throw notFilled([id])
      values[id] = newId()
    }
    const names = Object.keys(values).map(quoted).join(', ')
    const places = Object.keys(values)
      .map(() => '?')
      .join(', ')
    const sql = `insert into ${this.name} (${names}) values (${places}) returning cast(${this.idColumn} as text) as id`
    const row = refusing(() => this.prepare(db, sql).get(...Object.values(values))) as { id: string }
    return row.id
  }

  private insertValues(db: Database, draft: TicketDraft, nowIso: string): Values {
    const { created_at: created = nowIso, ...rest } = draft
    const fields = Object.entries(rest).filter(([name]) => hostFields.includes(name as HostField))
    const link = Object.entries(rest).filter(([name]) => linkColumns.some((each) => each === name))
    const form = this.map.time ?? this.newestTimeForm(db)
    const values = this.valuesOf(Object.fromEntries(fields))
    for (const [field, iso] of [
      ['created_at', created],
      ['updated_at', nowIso],
    ] as const) {
      const column = this.table.mapped[field]
      if (column !== null) values[column] = writeHostTime(iso, form)
    }
    for (const [name, given] of Object.entries(this.map.defaults)) {
      const column = columnOf(this.table, name)?.name ?? name
      values[column] ??= given
    }
    const columns = new Map(this.table.columns.map((column) => [column.name, column]))
    for (const name of Object.keys(values)) if (columns.get(name)?.generated === true) delete values[name]
    // An empty value where the column has a default of its own is the default's to fill.
    for (const [name, value] of Object.entries(values)) {
      if (value === null && columns.get(name)?.hasDefault === true) delete values[name]
    }
    const empty = Object.keys(values).filter(
      (name) => values[name] === null && columns.get(name)?.notNull === true,
    )
    const unfilled = [...unfilledColumns(this.table, this.map.defaults), ...empty]
    if (unfilled.length > 0) throw notFilled(unfilled)
    return { ...values, ...(Object.fromEntries(link) as Values) }
  }

  /** Fields in the application's columns and words. @throws ProblemError `mapping_failed` for a word it does not have */
  private valuesOf(fields: Readonly<Record<string, unknown>>): Values {
    const values: Values = {}
    for (const [field, value] of Object.entries(fields)) {
      const column = this.table.mapped[field as HostField]
      if (column === null || column === undefined || value === undefined) continue
      values[column] = this.valueOf(field, value)
    }
    return values
  }

  private valueOf(field: string, value: unknown): Bound {
    if (value === null) return null
    const ours = String(value)
    const word =
      field === 'status'
        ? this.statuses.write(ours as Ticket['status'])
        : field === 'priority' || field === 'predicted_priority'
          ? this.priorities.write(ours as NonNullable<Ticket['priority']>)
          : ours
    if (word !== undefined) return word
    throw new ProblemError('mapping_failed', `The application has no word for the ${field} ${ours}.`, {
      hint: `Add it under ${field === 'status' ? 'status' : 'priority'} in TICKETS_MAP.`,
      errors: [{ path: field, message: 'has no word in TICKETS_MAP' }],
    })
  }

  private newestTimeForm(db: Database): HostTime {
    const [newest] = this.list(db, { limit: 1, before: null })
    return timeFormOf(newest?.created_at) ?? timeFormOf(newest?.updated_at) ?? 'iso'
  }

  private conditionsOf(query: Omit<TicketQuery, 'cursor'> & { before: number | null }) {
    const { before, status, q, linked, requester } = query
    const conditions: string[] = []
    const values: Bound[] = []
    if (before !== null) {
      conditions.push(`${this.table.rowid} < ?`)
      values.push(before)
    }
    if (status !== undefined) {
      const column = `cast(${quoted(this.table.mapped.status ?? '')} as text)`
      const isOne = `${column} in (select value from json_each(?))`
      // What reads as open because nobody explained it is found as open too.
      const unknown = `coalesce(${column} not in (select value from json_each(?)), 1)`
      conditions.push(status.includes('open') ? `(${isOne} or ${unknown})` : isOne)
      values.push(JSON.stringify(this.statuses.namesOf(status)))
      if (status.includes('open')) values.push(JSON.stringify(this.statuses.namesOf(ticketStatuses)))
    }
    if (linked !== undefined) conditions.push(`"sn_sys_id" is ${linked ? 'not ' : ''}null`)
    if (requester !== undefined) {
      const { requester_email: column } = this.table.mapped
      conditions.push(column === null ? '0' : `lower(${quoted(column)}) = ?`)
      if (column !== null) values.push(requester.toLowerCase())
    }
    const wanted = q?.trim().toLowerCase() ?? ''
    if (wanted !== '') {
      const columns = this.searched()
      // The text itself is looked for: `instr` knows no wildcards that a person could type by accident.
      conditions.push(`(${columns.map((column) => `instr(lower(${column}), ?) > 0`).join(' or ')})`)
      values.push(...columns.map(() => wanted))
    }
    return { conditions, values }
  }

  private searched(): string[] {
    const { subject, description, category, requester_email } = this.table.mapped
    return [subject, description, category, requester_email, 'sn_number']
      .filter((column) => column !== null)
      .map(quoted)
  }

  private selectById(): string {
    return `select ${this.columns} from ${this.name} where ${this.idColumn} = ?`
  }

  private updateOf(names: readonly string[]): string {
    const set = names.map((name) => `${quoted(name)} = ?`).join(', ')
    return `update ${this.name} set ${set} where ${this.idColumn} = ?`
  }

  private get name(): string {
    return quoted(this.table.name)
  }

  private get idColumn(): string {
    return quoted(this.table.mapped.id ?? '')
  }

  private prepare(db: Database, sql: string): Statement {
    const known = this.statements.get(db) ?? new Map<string, Statement>()
    this.statements.set(db, known)
    const statement = known.get(sql) ?? db.prepare(sql)
    known.set(sql, statement)
    return statement
  }
}

function text(value: unknown): string | null {
  if (value === null || value === undefined) return null
  return Buffer.isBuffer(value) ? value.toString('utf8') : String(value)
}

function notFilled(columns: readonly string[]): ProblemError {
  const names = columns.join(', ')
  return new ProblemError('mapping_failed', `The application's table demands values for ${names}.`, {
    hint: `Give ${columns.length === 1 ? 'it' : 'them'} under defaults in TICKETS_MAP.`,
    errors: columns.map((column) => ({ path: column, message: 'must not be empty and has no default' })),
  })
}

/** A value that the table does not take is the map's fault, not the server's. */
function refusing<T>(work: () => T): T {
  try {
    return work()
  } catch (error) {
    const constraint = constraintOf(error)
    if (constraint === null) throw error
    throw new ProblemError('mapping_failed', `The application's table refused the ticket (${constraint}).`, {
      hint: 'Compare the words and defaults of TICKETS_MAP with the rules of the table.',
      cause: error,
    })
  }
}
