/** Joins the client to the sync's source port: a slice becomes one request, and its answer is verified row by row before it is believed. */
import type { CallContext } from '../base/errors.ts'
import { QueryError, UnexpectedResponseError } from '../base/errors.ts'
import type { UtcStamp } from '../base/values.ts'
import { isSysId, isUtcStamp } from '../base/values.ts'
import type { PageOptions, TablePage } from '../client/page.ts'
import type { Slice } from '../model/slice.ts'
import type { SourceRecord } from '../model/source-record.ts'
import type { PageRequest, SourcePage, SourceView, TableSource } from '../ports/source.ts'
import { conditionsOf, hasNewQuery } from '../query/conditions.ts'
import { encodeQuery } from '../query/encode.ts'
import { parseQuery } from '../query/parse.ts'
import { checkField } from '../query/text.ts'

export interface TableSourceOptions {
  /** Encoded query with AND and OR only. Throws QueryError for `^NQ`, an order, or a script that is no date helper. */
  filter?: string
  /** Only these fields; `sys_id`, `sys_updated_on` and `sys_mod_count` are added. All fields when left out. */
  fields?: readonly string[]
  /** Permanent lower bound of `sys_created_on`. */
  createdFrom?: UtcStamp
}

/** The part of a client a source needs: of any `Client<T>`. */
export interface PageReader {
  readonly origin: string
  table(name: string): { page(options: PageOptions): Promise<TablePage> }
}

const syncFields = ['sys_id', 'sys_updated_on', 'sys_mod_count']

/**
 * A source over one table. Only AND terms beside the filter's own OR, raw values, links excluded, counted.
 *
 * Throws UnexpectedResponseError (`shape`) for a row without a valid `sys_id` or `sys_updated_on`, outside its slice, out of order, or
 * twice in one page: an instance drops a condition it does not know in silence. Example: the slice
 * `{ from: '2026-01-01 00:00:00', to: '2026-01-02 00:00:00' }` of `incident` asks
 * `sys_updated_on>=2026-01-01 00:00:00^sys_updated_on<=2026-01-02 00:00:00^ORDERBYsys_updated_on^ORDERBYsys_id`.
 */
export function tableSource(
  client: PageReader,
  table: string,
  options: TableSourceOptions = {},
): TableSource {
  const reader = client.table(table)
  const feed = client.table(FEED)
  const filter = checkFilter(options.filter ?? '')
  const fields =
    options.fields === undefined
      ? undefined
      : [...new Set([...syncFields, ...options.fields.map(checkField)])]
  const createdFrom = options.createdFrom === undefined ? '' : `sys_created_on>=${options.createdFrom}`
  if (options.createdFrom !== undefined && !isUtcStamp(options.createdFrom)) {
    throw new QueryError('createdFrom must be a UTC stamp (yyyy-MM-dd HH:mm:ss).')
  }
  const call: CallContext = { method: 'GET', url: `${client.origin}/api/now/table/${table}` }
  const feedCall: CallContext = { method: 'GET', url: `${client.origin}/api/now/table/${FEED}` }
  const fieldsOf = (view: SourceView) => (view === 'records' ? fields : syncFields)
  const filterOf = (view: SourceView) => (view === 'unfiltered_keys' ? '' : filter)
  return {
    table,
    filtered: filter !== '',
    fingerprint: JSON.stringify([
      client.origin,
      table,
      filter,
      fields === undefined ? null : [...fields].sort(),
      options.createdFrom ?? null,
    ]),
    async page(request) {
      const { limit, signal, view = 'records' } = request
      const asked = fieldsOf(view)
      const page = await reader.page({
        query: sliceQuery(request, filterOf(view), createdFrom),
        limit,
        shrinks: true,
        ...(asked === undefined ? {} : { fields: asked }),
        ...(signal === undefined ? {} : { signal }),
      })
      const records = verifyRows(page.records, request, { ...call, transactionId: page.transactionId })
      return toSourcePage(page, records)
    },
    async byIds(sysIds, { view = 'records', signal } = {}) {
      const terms = [`sys_idIN${sysIds.join(',')}`, filterOf(view), createdFrom, 'ORDERBYsys_id']
      const asked = fieldsOf(view)
      const page = await reader.page({
        query: terms.filter((term) => term !== '').join('^'),
        limit: BY_IDS,
        shrinks: true,
        ...(asked === undefined ? {} : { fields: asked }),
        ...(signal === undefined ? {} : { signal }),
      })
      const context = { ...call, transactionId: page.transactionId }
      return toSourcePage(page, verifyIds(page.records, sysIds, context))
    },
    async deletes({ slice, limit, signal }) {
      const page = await feed.page({
        query: feedQuery(table, slice),
        limit,
        shrinks: true,
        fields: ['sys_id', 'sys_created_on', 'documentkey', 'tablename'],
        ...(signal === undefined ? {} : { signal }),
      })
      const context = { ...feedCall, transactionId: page.transactionId }
      const entries = toEntries(page.records, table, context)
      return toSourcePage(page, verifyRows(entries, { slice, limit, order: 'ascending' }, context))
    },
  }
}

/** Where an instance records deletes of audited tables (KB0634666); one entry a deleted record. */
const FEED = 'sys_audit_delete'

function feedQuery(table: string, slice: Slice): string {
  const terms = [`tablename=${table}`, ...windowTerms(slice, 'sys_created_on')]
  return [...terms.filter((term) => term !== ''), ...orderTerms(slice, 'ascending', 'sys_created_on')].join(
    '^',
  )
}

/** Entries as rows of their own stamp. An entry of another table means that the instance dropped our condition. */
function toEntries(
  rows: Record<string, unknown>[],
  table: string,
  call: CallContext,
): Record<string, unknown>[] {
  return rows.map((row) => {
    flatten(row)
    if (row.tablename !== table) throw wrongShape('An entry names another table.', call)
    if (!isSysId(String(row.documentkey))) throw wrongShape('An entry names no record.', call)
    return { sys_id: row.sys_id, sys_updated_on: row.sys_created_on, documentkey: row.documentkey }
  })
}

/** Ids asked for at once: a URL of about 3,500 characters. */
const BY_IDS = 100

function verifyIds(
  rows: Record<string, unknown>[],
  asked: readonly string[],
  call: CallContext,
): SourceRecord[] {
  const wanted = new Set(asked)
  for (const row of rows) {
    flatten(row)
    if (!wanted.delete(String(row.sys_id))) throw wrongShape('A row was not asked for.', call)
    if (!isUtcStamp(row.sys_updated_on)) throw wrongShape('A row has no valid sys_updated_on.', call)
  }
  return rows as SourceRecord[]
}

function toSourcePage(
  { total, link, servedAt, text }: TablePage,
  records: readonly SourceRecord[],
): SourcePage {
  return { records, total, link, servedAt, text }
}

/** The filter written anew, so that equal filters have one fingerprint and nothing unread is sent. */
function checkFilter(text: string): string {
  const parsed = parseQuery(text)
  if (hasNewQuery(parsed.where))
    throw new QueryError('The filter of a sync may not hold ^NQ.', { hint: 'Use ^OR between neighbours.' })
  if (parsed.order.length > 0 || parsed.endQuery)
    throw new QueryError('The filter of a sync may not hold an order or ^EQ.')
  if (conditionsOf(parsed.where).some(({ script }) => script === 'code')) {
    throw new QueryError('The filter of a sync may not hold scripts besides date helpers.')
  }
  return encodeQuery({ where: parsed.where, order: [] })
}

/** The encoded query of one request. The filter follows the window: its `^OR` binds only conditions of its own. */
function sliceQuery({ slice, order }: PageRequest, filter: string, createdFrom: string): string {
  const terms = [...windowTerms(slice), filter, createdFrom, ...orderTerms(slice, order)]
  return terms.filter((term) => term !== '').join('^')
}

function windowTerms({ from, to, after, prefix }: Slice, field = 'sys_updated_on'): string[] {
  const oneSecond = from !== null && from === to
  const byId = from === null && to === null
  if (!oneSecond && !byId && after !== undefined)
    throw new QueryError('A slice may go on after an id only within one second, or without stamps.')
  const window = oneSecond
    ? [`${field}=${from}`]
    : [from === null ? '' : `${field}>=${from}`, to === null ? '' : `${field}<=${to}`]
  return [
    ...window,
    after === undefined ? '' : `sys_id>${after}`,
    prefix === undefined ? '' : `sys_idSTARTSWITH${prefix}`,
  ]
}

function orderTerms({ from, to }: Slice, order: PageRequest['order'], field = 'sys_updated_on'): string[] {
  if (order === 'newest') return ['ORDERBYDESCsys_updated_on']
  if (order === 'by_id') return ['ORDERBYsys_id']
  return from !== null && from === to ? ['ORDERBYsys_id'] : [`ORDERBY${field}`, 'ORDERBYsys_id']
}

const idPattern = /^[0-9a-f]{32}$/

/** Checks and flattens every row in one pass: this loop sees 100,000 rows in a full read. */
function verifyRows(
  rows: Record<string, unknown>[],
  { slice, order, limit }: PageRequest,
  call: CallContext,
): SourceRecord[] {
  if (rows.length > limit) throw wrongShape(`The page holds more than the ${limit} rows asked for.`, call)
  const seen = new Set<string>()
  const validStamps = new Set<string>()
  let lastStamp = ''
  let lastId = ''
  for (const row of rows) {
    flatten(row)
    const { sys_id: id, sys_updated_on: stamp } = row
    if (typeof id !== 'string' || !idPattern.test(id)) throw wrongShape('A row has no valid sys_id.', call)
    if (typeof stamp !== 'string' || !(validStamps.has(stamp) || isUtcStamp(stamp))) {
      throw wrongShape('A row has no valid sys_updated_on.', call, id)
    }
    validStamps.add(stamp)
    if (!inside(slice, stamp, id)) throw wrongShape('A row lies outside the slice asked for.', call, id)
    if (seen.has(id)) throw wrongShape('A row is in the page twice.', call, id)
    seen.add(id)
    if (lastId !== '' && !ordered(order, lastStamp, lastId, stamp, id))
      throw wrongShape('The rows are not in order.', call, id)
    lastStamp = stamp
    lastId = id
  }
  return rows as SourceRecord[]
}

/** References stay objects on some instances although links are excluded; null stands for empty. */
function flatten(row: Record<string, unknown>): void {
  for (const key in row) {
    const value = row[key]
    if (typeof value === 'string') continue
    if (value === null || value === undefined) row[key] = ''
    else if (typeof value === 'object')
      row[key] = 'value' in value && value.value !== null ? String(value.value) : ''
    else row[key] = String(value)
  }
}

function inside({ from, to, after, prefix }: Slice, stamp: string, id: string): boolean {
  if ((from !== null && stamp < from) || (to !== null && stamp > to)) return false
  return (after === undefined || id > after) && (prefix === undefined || id.startsWith(prefix))
}

function ordered(
  order: PageRequest['order'],
  lastStamp: string,
  lastId: string,
  stamp: string,
  id: string,
): boolean {
  if (order === 'newest') return stamp <= lastStamp
  if (order === 'by_id') return id > lastId
  return stamp > lastStamp || (stamp === lastStamp && id > lastId)
}

function wrongShape(message: string, call: CallContext, sysId?: string): UnexpectedResponseError {
  return new UnexpectedResponseError(message, 'shape', call, {
    hint: 'The instance may ignore a condition or an order this user has no right to (query_range), or something changes its answers.',
    ...(sysId === undefined ? {} : { details: { sysId } }),
  })
}
