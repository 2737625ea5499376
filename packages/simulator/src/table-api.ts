/** The Table API: `/api/now[/v1|/v2]/table/{table}[/{sys_id}]`, from a parsed request to an answer. */
import type { Access, Principal } from './acl.ts'
import { type Answer, failures, json, lentJson } from './answer.ts'
import { ByteSink, type Lent } from './byte-sink.ts'
import { compileQuery } from './query/compile.ts'
import { select } from './query/select.ts'
import type { QueryContext } from './query/value.ts'
import { cancelledList, overrun, type Quota } from './quota.ts'
import type { Random } from './random.ts'
import { createRenderer, type RecordWriter } from './render.ts'
import { DataPolicyError } from './rules.ts'
import type { Row, TableStore } from './table-store.ts'
import {
  deleteRecord,
  insertRecord,
  takesOtherId,
  updateRecord,
  type WriteContext,
  type WriteOptions,
} from './write.ts'

/** A request for the Table API, already signed in. */
export interface TableRequest {
  readonly method: string
  readonly url: URL
  /** `v1`, `v2`, or undefined for the latest. */
  readonly version: string | undefined
  readonly table: string
  readonly id: string | undefined
  readonly principal: Principal
  /** `X-no-response-body`. */
  readonly withoutBody: boolean
  /** The body's text; read only by writes. */
  readonly body: string
}

/** Limits that the Table API keeps while it works. */
export interface WorkLimits {
  quota: Quota | undefined
}

/** What the Table API works on. */
export interface TableWorld extends WriteContext {
  readonly access: Access
  readonly limits: WorkLimits
  /** The order of rows that no ORDERBY decides: new for each request. */
  requestRandom(): Random
  /** `glide.invalid_query.returns_no_rows`. */
  readonly invalidQueryReturnsNoRows: boolean
}

/** `sysparm_limit` when the request names none. */
const DEFAULT_LIMIT = 10_000

interface Call extends TableRequest {
  readonly world: TableWorld
  readonly store: TableStore
}

function isTrue(call: TableRequest, name: string): boolean {
  return call.url.searchParams.get(name) === 'true'
}

function tableBase({ url, version }: TableRequest): string {
  return `${url.origin}/api/now${version === undefined ? '' : `/${version}`}/table`
}

function renderer({ world, store, ...call }: Call): RecordWriter {
  const { searchParams } = call.url
  const display = searchParams.get('sysparm_display_value')
  const fields = searchParams.get('sysparm_fields')
  return createRenderer(world.database, store, {
    display: display === 'true' || display === 'all' ? display : 'false',
    excludeLinks: isTrue(call, 'sysparm_exclude_reference_link'),
    fields: fields
      ? fields
          .split(',')
          .map((name) => name.trim())
          .filter(Boolean)
      : undefined,
    linkBase: tableBase(call),
    zone: call.principal.zone,
    dateFormat: call.principal.dateFormat,
    unreadable: new Set(call.principal.unreadable[store.definition.name] ?? []),
  })
}

function contextOf({ world, store, principal }: Call): QueryContext {
  return {
    database: world.database,
    table: store,
    asker: {
      nowMs: world.clock.now().getTime(),
      zone: principal.zone,
      userId: principal.id,
      userName: principal.userName,
    },
    range: (table, field) => world.access.rights.range(principal.userName, table, field),
  }
}

/** Plain `name=value` parameters as a filter; choices and references are also found by what people see. */
function plainFilter({ url, store, world }: Call): string {
  const terms: string[] = []
  for (const [name, value] of url.searchParams) {
    if (name.startsWith('sysparm_')) continue
    const at = store.column(name.split('.')[0] ?? name)
    const field = at === undefined ? undefined : store.fields[at]
    const label = field?.choices?.find((choice) => choice.label === value)?.value
    const target =
      field?.reference === undefined || name.includes('.') ? undefined : world.database.table(field.reference)
    const named = target?.lookup(target.definition.display, value)?.[0]?.id
    terms.push(`${name}=${(label ?? named ?? value).replaceAll('^', '^^')}`)
  }
  return terms.join('^')
}

function numberOf(text: string | null): number | undefined {
  return text !== null && /^-?\d+$/.test(text) ? Number(text) : undefined
}

/** The `Link` header with its quirks: a `prev` with a negative offset on page one, nothing when one page holds all. */
function linkHeader(
  { url, ...call }: Call,
  offset: number,
  limit: number,
  total: number,
): string | undefined {
  if (offset <= 0 && total <= limit) return undefined
  const rest = new URLSearchParams(url.searchParams)
  rest.delete('sysparm_offset')
  rest.delete('sysparm_limit')
  const others = rest.size === 0 ? '' : `${rest.toString().replaceAll('+', '%20')}&`
  const path = `${tableBase({ url, ...call })}/${call.table}`
  const link = (rel: string, at: number): string =>
    `<${path}?${others}sysparm_limit=${limit}&sysparm_offset=${at}>;rel="${rel}"`
  const links = [link('first', 0), link('prev', offset - limit)]
  if (offset + limit < total) links.push(link('next', offset + limit))
  links.push(link('last', Math.floor(Math.max(0, total - 1) / limit) * limit))
  return links.join(',')
}

function list(call: Call): Answer {
  const { world, store, principal, url } = call
  const { searchParams } = url
  const limitText = searchParams.get('sysparm_limit')
  const limit = limitText === null ? DEFAULT_LIMIT : numberOf(limitText)
  if (limit === undefined || limit <= 0) return failures.badLimit()
  const offset = Math.max(0, numberOf(searchParams.get('sysparm_offset')) ?? 0)
  const encoded = searchParams.get('sysparm_query') ?? plainFilter(call)
  const query = compileQuery(encoded, contextOf(call))
  if (query.forbidden.length > 0) return failures.closedQuery(store.definition.name)
  const refused = world.invalidQueryReturnsNoRows && query.dropped.length > 0
  const { rows, total } = refused
    ? { rows: [], total: 0 }
    : select(query, { offset, limit }, world.requestRandom())
  if (call.version === 'v1' && total === 0) return failures.unknownRecord()
  // Access rules drop rows after the limit, so a page may be short or empty while the count stays.
  const seenOf = (read: readonly Row[]): Row[] =>
    read.filter((row) => world.access.sees(principal, store.definition, row.id))
  const headers: Record<string, string> = {}
  if (!isTrue(call, 'sysparm_no_count')) {
    headers['X-Total-Count'] = String(total)
    const link = isTrue(call, 'sysparm_suppress_pagination_header')
      ? undefined
      : linkHeader(call, offset, limit, total)
    if (link !== undefined) headers.Link = link
  }
  const over = overrun(world.limits.quota, store.definition.name, rows.length)
  if (over) return cancelledList(over, recordTexts(call, seenOf(rows.slice(0, over.rows))), headers)
  return lentJson(200, resultOf(call, seenOf(rows)), headers)
}

/** `{"result":[...]}` as bytes. */
function resultOf(call: Call, rows: readonly Row[]): Lent {
  const write = renderer(call)
  const sink = new ByteSink()
  sink.text('{"result":[')
  for (const [at, row] of rows.entries()) {
    if (at > 0) sink.text(',')
    write(row, sink)
  }
  sink.text(']}')
  return sink.lend()
}

/** Each record as JSON by itself. */
function recordTexts(call: Call, rows: readonly Row[]): string[] {
  const write = renderer(call)
  const sink = new ByteSink()
  return rows.map((row) => {
    write(row, sink)
    return sink.takeText()
  })
}

function seen({ world, store, principal, id }: Call): Row | undefined {
  const row = id === undefined ? undefined : (store.find(id) ?? store.find(id.toLowerCase()))
  return row && world.access.sees(principal, store.definition, row.id) ? row : undefined
}

function single(
  call: Call,
  status: number,
  row: Row,
  headers: Readonly<Record<string, string>> = {},
): Answer {
  if (call.withoutBody) return json(status, '', headers)
  // A row that its own writer may not read comes back as 201 without a body (KB3047115).
  if (!call.world.access.sees(call.principal, call.store.definition, row.id)) return json(status, '', headers)
  const sink = new ByteSink()
  sink.text('{"result":')
  renderer(call)(row, sink)
  sink.text('}')
  return lentJson(status, sink.lend(), headers)
}

/** The first object of a body, or `undefined` when it is no JSON object. */
function bodyOf(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const parsed: unknown = JSON.parse(text === '' ? '{}' : text)
    const first: unknown = Array.isArray(parsed) ? parsed[0] : parsed
    return typeof first === 'object' && first !== null
      ? (first as Readonly<Record<string, unknown>>)
      : undefined
  } catch {
    return undefined
  }
}

function writeOptions(call: Call): WriteOptions {
  return {
    by: call.principal,
    writer: 'rest',
    inputDisplay: isTrue(call, 'sysparm_input_display_value'),
    keepSystemFields:
      isTrue(call, 'sysparm_suppress_auto_sys_field') && call.principal.roles.includes('admin'),
  }
}

function create(call: Call): Answer {
  const { world, store, principal } = call
  const body = bodyOf(call.body)
  if (!body) return failures.unreadableBody()
  if (!world.access.allows(principal, 'insert', store.definition)) return failures.denied('Insert')
  // The words for a taken sys_id were never captured; that no second row appears is what matters.
  if (takesOtherId(world, store, body))
    return failures.operationFailed('Error during insert of a duplicate key')
  const row = insertRecord(world, store, body, writeOptions(call))
  return single(call, 201, row, { Location: `${tableBase(call)}/${call.table}/${row.id}` })
}

function change(call: Call): Answer {
  const { world, store, principal } = call
  const body = bodyOf(call.body)
  if (!body) return failures.unreadableBody()
  const row = seen(call)
  if (!row) return failures.unknownRecord()
  if (!world.access.allows(principal, 'update', store.definition)) return failures.denied('Update')
  const updated = updateRecord(world, store, row.id, body, writeOptions(call))
  return updated ? single(call, 200, updated.row) : failures.unknownRecord()
}

function erase(call: Call): Answer {
  const { world, store, principal } = call
  const row = seen(call)
  if (!row) return failures.unknownRecord()
  if (!world.access.allows(principal, 'delete', store.definition)) return failures.denied('Delete')
  if (!deleteRecord(world, store, row.id, writeOptions(call))) return failures.unknownRecord()
  return { status: 204, headers: {}, body: '' }
}

function dispatch(call: Call): Answer {
  if (call.id === undefined) {
    if (call.method === 'GET') return list(call)
    return call.method === 'POST' ? create(call) : failures.methodNotAllowed()
  }
  if (call.method === 'GET') {
    const row = seen(call)
    return row ? single(call, 200, row) : failures.unknownRecord()
  }
  if (call.method === 'PUT' || call.method === 'PATCH') return change(call)
  return call.method === 'DELETE' ? erase(call) : failures.methodNotAllowed()
}

/** Answers one call. Nothing is thrown for what a client can do wrong: it becomes the status and body of a real instance. */
export function handleTable(world: TableWorld, request: TableRequest): Answer {
  world.commits.settle()
  const store = world.database.table(request.table)
  if (!store) return failures.unknownTable(request.table)
  const { rights } = world.access
  if (rights.table(request.principal.userName, request.table) === 'forbidden') return failures.closedTable()
  try {
    return dispatch({ ...request, world, store })
  } catch (error) {
    if (error instanceof DataPolicyError) return failures.operationFailed(error.message)
    throw error
  }
}
