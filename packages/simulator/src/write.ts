/** Inserts, updates and deletes as the instance does them: defaults, business rules, stamps, journals and recorded deletes. */
import { type Accepted, acceptBody, type ReadingOptions } from './accept.ts'
import type { Principal } from './acl.ts'
import type { Bin } from './bin.ts'
import type { Clock } from './clock.ts'
import type { Change, Commits, Writer } from './commits.ts'
import type { Database } from './database.ts'
import type { Policies, WriteKind } from './policies.ts'
import type { Random } from './random.ts'
import { applyIncidentRules, type Writing } from './rules.ts'
import { toStamp } from './stamp.ts'
import type { Content, RawRecord, Row, TableStore } from './table-store.ts'

/** What every write needs. */
export interface WriteContext {
  readonly database: Database
  readonly clock: Clock
  readonly commits: Commits
  /** What was deleted, for those who want it back. */
  readonly bin: Bin
  /** Where new sys_ids come from. */
  readonly random: Random
  /** Another priority matrix than the delivered one: `impact/urgency` to priority. */
  readonly priorities?: Readonly<Record<string, string>> | undefined
  /** Data policies and business rules that refuse writes. */
  readonly policies: Policies
  /** The next free incident number. */
  nextNumber(): string
}

/** Who writes, how the body is to be read, and when it is stamped. */
export interface WriteOptions extends ReadingOptions {
  /** Stamps the write this many seconds before now: a transaction that commits late. */
  readonly lateBySeconds?: number
  /** Who writes; late commits as a mode ask for it. */
  readonly writer?: Writer
}

/** `sys_audit_delete.payload` of a delivered instance. */
const LONGEST_PAYLOAD = 65_536
const SYS_ID = /^[0-9a-f]{32}$/i

function writingOf(context: WriteContext, { by, lateBySeconds = 0 }: WriteOptions): Writing {
  const nowMs = context.clock.now().getTime() - lateBySeconds * 1000
  return { userId: by.id, now: toStamp(nowMs), nowMs, priorities: context.priorities }
}

/** The labels of the columns that the delivered data policy demands. */
function labelsOf(table: TableStore): Readonly<Record<string, string>> {
  return Object.fromEntries(
    ['close_code', 'close_notes'].flatMap((name) => {
      const at = table.column(name)
      const label = at === undefined ? undefined : table.fields[at]?.label
      return label === undefined ? [] : [[name, label] as const]
    }),
  )
}

function applyRules(
  table: TableStore,
  before: RawRecord,
  changes: RawRecord,
  writing: Writing,
): Record<string, string> {
  if (table.definition.name === 'incident')
    return applyIncidentRules(before, changes, { ...writing, labels: labelsOf(table) })
  const draft = { ...before, ...changes }
  if (table.definition.name === 'sys_user') {
    draft.name = [draft.first_name, draft.last_name].filter(Boolean).join(' ') || (draft.name ?? '')
  }
  return draft
}

function journalChanges(
  context: WriteContext,
  table: TableStore,
  id: string,
  accepted: Accepted,
  by: Principal,
  now: string,
): Change[] {
  const journal = context.database.need('sys_journal_field')
  return accepted.journals.map(({ element, value }) => {
    const entry = context.random.hex(32)
    const content = journal.contentOf({
      sys_id: entry,
      name: table.definition.name,
      element,
      element_id: id,
      value,
      sys_created_on: now,
      sys_created_by: by.userName,
    })
    return { op: 'insert', table: journal, id: entry, content }
  })
}

function newId(context: WriteContext, table: TableStore, wanted: unknown): string {
  const given = typeof wanted === 'string' && SYS_ID.test(wanted) ? wanted.toLowerCase() : undefined
  if (given !== undefined && !context.commits.latest(table, given)) return given
  return context.random.hex(32)
}

/** Whether the body asks for a sys_id that another record of the table has. */
export function takesOtherId(
  { commits }: WriteContext,
  table: TableStore,
  body: Readonly<Record<string, unknown>>,
): boolean {
  return typeof body.sys_id === 'string' && commits.latest(table, body.sys_id.toLowerCase()) !== undefined
}

/** Lets policies and rules see a write. People at work fill in what a form demands, so theirs is not judged. */
function judge(
  { policies, clock }: WriteContext,
  kind: WriteKind,
  what: { readonly table: TableStore; readonly row: Row },
  { by, writer }: WriteOptions,
): void {
  if (writer === 'rest') policies.judge({ kind, ...what, by, nowMs: clock.now().getTime() })
}

/** Commits a row with its journal entries, and gives the row as its writer sees it. */
function commitRow(
  context: WriteContext,
  { op, table, id, content }: Change & { readonly content: Content },
  journals: readonly Change[],
  writer: Writer | undefined,
): Row {
  const when = context.commits.commit([{ op, table, id, content }, ...journals], writer)
  return table.draft(id, content, when)
}

/**
 * Inserts a record from a request body: unknown and unwritable fields are dropped in silence, a 32-hex `sys_id` is
 * taken, defaults and rules fill the rest. It throws `DataPolicyError` when a data policy refuses it.
 */
export function insertRecord(
  context: WriteContext,
  table: TableStore,
  body: Readonly<Record<string, unknown>>,
  options: WriteOptions,
): Row {
  const accepted = acceptBody(context.database, table, body, options)
  const writing = writingOf(context, options)
  const { now } = writing
  const { by } = options
  const draft: Record<string, string> = {}
  for (const { name, defaultValue } of table.fields)
    if (defaultValue !== undefined) draft[name] = defaultValue
  Object.assign(draft, {
    sys_created_on: now,
    sys_created_by: by.userName,
    sys_updated_on: now,
    sys_updated_by: by.userName,
  })
  if (table.definition.name === 'incident') Object.assign(draft, { opened_at: now, opened_by: by.id })
  if (by.domain !== undefined && table.column('sys_domain') !== undefined) draft.sys_domain = by.domain
  Object.assign(draft, accepted.values)
  const record = applyRules(table, {}, draft, writing)
  record.sys_id = newId(context, table, body.sys_id)
  if (table.definition.name === 'incident') {
    record.number ||= context.nextNumber()
    record.task_effective_number = record.number
  }
  for (const name of Object.keys(record)) if (table.column(name) === undefined) delete record[name]
  const id = record.sys_id
  const content = table.contentOf(record)
  judge(context, 'insert', { table, row: table.draft(id, content) }, options)
  const journals = journalChanges(context, table, id, accepted, by, now)
  return commitRow(context, { op: 'insert', table, id, content }, journals, options.writer)
}

/** What came of an update: the row as its writer sees it, and whether it differs from the one before. */
export interface Updated {
  readonly row: Row
  readonly changed: boolean
}

/**
 * Updates a record from a request body. A write that changes nothing leaves `sys_updated_on` and `sys_mod_count` as
 * they are; a journal entry is a change. `undefined` when the record is gone by now. It throws `DataPolicyError`.
 */
export function updateRecord(
  context: WriteContext,
  table: TableStore,
  id: string,
  body: Readonly<Record<string, unknown>>,
  options: WriteOptions,
): Updated | undefined {
  // A write builds on the newest version, also on one that queries do not see yet: its transaction waits for that one.
  const row = context.commits.latest(table, id)
  if (!row) return undefined
  const accepted = acceptBody(context.database, table, body, options)
  const writing = writingOf(context, options)
  const before = table.toRecord(row)
  const after = applyRules(table, before, accepted.values, writing)
  const changed = Object.keys(after).some((name) => (after[name] ?? '') !== (before[name] ?? ''))
  if (!changed && accepted.journals.length === 0) return { row, changed: false }
  if (!options.keepSystemFields) {
    after.sys_updated_on = writing.now
    after.sys_updated_by = options.by.userName
    after.sys_mod_count = String(Number(before.sys_mod_count || 0) + 1)
  }
  const content = table.contentOf(after, row)
  judge(context, 'update', { table, row: table.draft(id, content) }, options)
  const journals = journalChanges(context, table, id, accepted, options.by, writing.now)
  const change = { op: 'update', table, id, content } as const
  return { row: commitRow(context, change, journals, options.writer), changed: true }
}

function auditEntry(context: WriteContext, table: TableStore, row: Row, by: string, now: string): Change {
  const audit = context.database.need('sys_audit_delete')
  const { name, display } = table.definition
  const record = table.toRecord(row)
  const id = context.random.hex(32)
  const content = audit.contentOf({
    sys_id: id,
    tablename: name,
    documentkey: row.id,
    display_value: record[display] ?? '',
    payload: JSON.stringify(record).slice(0, LONGEST_PAYLOAD),
    sys_created_on: now,
    sys_created_by: by,
    sys_updated_on: now,
    sys_updated_by: by,
    sys_mod_count: '0',
  })
  return { op: 'insert', table: audit, id, content }
}

/** The files that hang on a record. */
function filesOf({ database }: WriteContext, table: TableStore, id: string): readonly Row[] {
  const attachments = database.need('sys_attachment')
  return (attachments.lookup('table_sys_id', id) ?? []).filter(
    (row) => attachments.read(row, 'table_name') === table.definition.name,
  )
}

/**
 * Deletes a record with its journal entries, its attachments and, for an audited table, leaves a row in `sys_audit_delete`; with
 * `audited` false it leaves none, as the dictionary attribute `no_audit_delete` or a table cleaner may (servicenow.md 3.11).
 * False when the record is gone already.
 */
export function deleteRecord(
  context: WriteContext,
  table: TableStore,
  id: string,
  options: WriteOptions & { readonly audited?: boolean },
): boolean {
  const row = context.commits.latest(table, id)
  if (!row) return false
  judge(context, 'delete', { table, row }, options)
  const audited = table.definition.auditDelete && (options.audited ?? true)
  const { now } = writingOf(context, options)
  const entry = audited ? [auditEntry(context, table, row, options.by.userName, now)] : []
  const files = filesOf(context, table, id)
  context.bin.keep(table, row, files)
  const attachments = context.database.need('sys_attachment')
  const gone = (store: TableStore, { id: each }: Pick<Row, 'id'>): Change => ({
    op: 'delete',
    table: store,
    id: each,
    content: undefined,
  })
  const changes = [gone(table, { id }), ...files.map((file) => gone(attachments, file)), ...entry]
  context.commits.commit(changes, options.writer)
  return true
}
