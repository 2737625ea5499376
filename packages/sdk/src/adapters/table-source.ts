/** Joins the client to the sync's source port: a slice becomes one request, and its answer is verified row by row before it is believed. */
import type { CallContext } from '../base/errors.ts'
import { QueryError } from '../base/errors.ts'
import type { UtcStamp } from '../base/values.ts'
import { isUtcStamp } from '../base/values.ts'
import type { PageOptions, TablePage } from '../client/page.ts'
import type { SourceRecord } from '../model/source-record.ts'
import type { SourcePage, SourceView, TableSource } from '../ports/source.ts'
import { conditionsOf, hasNewQuery } from '../query/conditions.ts'
import { encodeQuery } from '../query/encode.ts'
import { parseQuery } from '../query/parse.ts'
import { checkField } from '../query/text.ts'
import { FEED, feedQuery, sliceQuery } from './slice-query.ts'

/** Which rows and fields of the table a sync mirrors. Example: `{ filter: 'active=true', fields: ['number', 'state'] }`. */
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

/** Checks of rows, fetched with the first page. */
const rows = () => import('./slice-rows.ts')

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
    throw new QueryError('createdFrom must be a UTC stamp (yyyy-MM-dd HH:mm:ss).', {
      hint: 'Give for example 2026-01-01 00:00:00, or stampFromMs(Date.UTC(2026, 0, 1)).',
    })
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
      const { verifyRows } = await rows()
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
      const { verifyIds } = await rows()
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
      const { toEntries, verifyRows } = await rows()
      const context = { ...feedCall, transactionId: page.transactionId }
      const entries = toEntries(page.records, table, context)
      return toSourcePage(page, verifyRows(entries, { slice, limit, order: 'ascending' }, context))
    },
  }
}

/** Ids asked for at once: a URL of about 3,500 characters. */
const BY_IDS = 100

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
    throw new QueryError('The filter of a sync may not hold an order or ^EQ.', {
      hint: 'Give conditions alone: the sync orders its pages itself.',
    })
  if (conditionsOf(parsed.where).some(({ script }) => script === 'code')) {
    throw new QueryError('The filter of a sync may not hold scripts besides date helpers.', {
      hint: 'Compare with a value, or with a date helper such as javascript:gs.daysAgoStart(30).',
    })
  }
  return encodeQuery({ where: parsed.where, order: [] })
}
