/** One table of an instance: list, get, create, update, delete, count. */
import { NotFoundError, OutcomeUnknownError, QueryError, UnexpectedResponseError } from '../base/errors.ts'
import { isSysId } from '../base/values.ts'
import { readResult } from '../http/envelope.ts'
import type { Accepted, Exchange } from '../http/exchange.ts'
import { encodeQuery } from '../query/encode.ts'
import type { Query, QueryField, Where } from '../query/query.ts'
import { toQuery } from '../query/query.ts'
import { checkField } from '../query/text.ts'
import type { FieldInput } from '../tables/fields.ts'
import { encodeField } from '../tables/fields.ts'
import { kindsOf } from '../tables/tables.ts'
import { planPaging } from './keyset.ts'
import { TableList } from './list.ts'
import type { PageOptions, TablePage } from './page.ts'
import { readPage, tableUrl } from './page.ts'
import type { DisplayValue, Row, SelectableField } from './selection.ts'

export interface CallOptions {
  /** Ends the call at once, in a wait between attempts too; the signal's own reason is thrown. */
  signal?: AbortSignal
}

export interface ReadOptions<F extends string, D extends DisplayValue> {
  /** Exactly these fields, dot-walks included (`caller_id.email`). All when left out. */
  fields?: readonly F[]
  /** Default false: raw values. */
  displayValue?: D
}

export interface ListOptions<R, F extends string, D extends DisplayValue> extends ReadOptions<F, D> {
  where?: Where<R>
  /** Follows an order that `where` brings; the list ends the order with `sys_id` itself. */
  orderBy?: readonly { field: QueryField<R>; direction?: 'asc' | 'desc' }[]
  /** Records a request; default 1,000, which keeps a page of whole incidents near 3 MB. */
  pageLimit?: number
  /** Default: by key where the order allows it (none, `sys_id`, `sys_updated_on`), else by offset. */
  paging?: 'keyset' | 'offset'
  /** Resumes where an earlier list of the same query stood. */
  cursor?: string
}

/** Fields to write. Dates become UTC stamps, `null` clears, `undefined` is left out; journal fields append. */
export type WriteFields<R> = { readonly [K in keyof R & string]?: FieldInput | undefined } & {
  readonly [custom: `u_${string}` | `x_${string}`]: FieldInput | undefined
}

export interface CreateOptions extends CallOptions {}

export interface UpdateOptions extends CallOptions {
  /** True when repeating the update changes nothing more; default: true unless a journal field (`work_notes`, `comments`) is written. */
  idempotent?: boolean
}

/**
 * A table. Every method throws the error family; records are raw texts unless a display value is asked for.
 *
 * Example: `await sn.table('incident').list({ fields: ['number'], where: { active: true }, pageLimit: 2 })` sends
 * `GET /api/now/table/incident?sysparm_query=active=true^ORDERBYsys_id&sysparm_limit=2&...`.
 */
export interface TableClient<R> {
  readonly name: string
  /** Awaited: the first page. Iterated: every record, each page read when it is needed. */
  list<const F extends SelectableField<R> = never, const D extends DisplayValue = false>(
    options?: ListOptions<R, F, D>,
    call?: CallOptions,
  ): TableList<Row<R, F, D>>
  /** Throws NotFoundError when the record is absent or hidden by an ACL. */
  get<const F extends SelectableField<R> = never, const D extends DisplayValue = false>(
    sysId: string,
    options?: ReadOptions<F, D>,
    call?: CallOptions,
  ): Promise<Row<R, F, D>>
  /** POST. Never repeated blindly: throws OutcomeUnknownError when it was sent and nothing proves its fate. */
  create(fields: WriteFields<R>, options?: CreateOptions): Promise<R>
  /** PATCH. Resolves with the record as the instance shows it now; it may have ignored a field in silence. */
  update(sysId: string, fields: WriteFields<R>, options?: UpdateOptions): Promise<R>
  delete(sysId: string, options?: CallOptions): Promise<void>
  /** Rows that match, blind to row ACLs: an upper bound of what `list` gives. */
  count(where?: Where<R>, options?: CallOptions): Promise<number>
  /** One page as it came. */
  page(options: PageOptions): Promise<TablePage>
}

const defaultPageLimit = 1000

export function createTableClient<R>(exchange: Exchange, origin: string, name: string): TableClient<R> {
  checkTable(name)
  const kindOf = kindsOf(name)
  const page = (options: PageOptions) => readPage(exchange, tableUrl(origin, name), options)
  const one = (method: string, sysId: string | undefined, body?: WriteFields<R>) => ({
    method,
    url: rawUrl(origin, name, sysId),
    ...(body === undefined ? {} : { body: encodeBody(body, name) }),
  })
  return {
    name,
    page,
    list: (options = {}, call = {}) => {
      const { where, order } = ordered(toQuery<R>(options.where, kindOf), options.orderBy)
      return new TableList({
        page,
        call: { method: 'GET', url: tableUrl(origin, name).href },
        paging: planPaging(order, options.paging),
        where,
        fields: options.fields,
        displayValue: options.displayValue ?? false,
        pageLimit: options.pageLimit ?? defaultPageLimit,
        cursor: options.cursor,
        signal: call.signal,
      })
    },
    get: async <F extends string, D extends DisplayValue>(
      sysId: string,
      options: ReadOptions<F, D> = {},
      call: CallOptions = {},
    ) => {
      const request = one('GET', sysId)
      request.url.searchParams.set('sysparm_display_value', String(options.displayValue ?? false))
      if (options.fields !== undefined && options.fields.length > 0) {
        request.url.searchParams.set('sysparm_fields', options.fields.map(checkField).join(','))
      }
      return exchange.run({ ...request, idempotent: true, ...call }, (accepted) =>
        readRecord<Row<R, F, D>>(accepted),
      )
    },
    create: async (fields, options = {}) =>
      exchange.run({ ...one('POST', undefined, fields), idempotent: false, ...options }, (accepted) =>
        readCreated<R>(accepted),
      ),
    update: async (sysId, fields, { idempotent, ...options } = {}) => {
      const safe = idempotent ?? !Object.keys(fields).some((field) => kindOf(field) === 'journal')
      return exchange.run({ ...one('PATCH', sysId, fields), idempotent: safe, ...options }, (accepted) =>
        readRecord<R>(accepted),
      )
    },
    delete: async (sysId, options = {}) => {
      let uncertain = false
      const onUncertain = () => {
        uncertain = true
      }
      const call = { ...one('DELETE', sysId), idempotent: true, onUncertain, ...options }
      await exchange
        .run(call, () => undefined)
        .catch((error: unknown) => {
          // An attempt whose answer was lost has deleted it already.
          if (!(uncertain && error instanceof NotFoundError)) throw error
        })
    },
    count: async (where, options = {}) => {
      const query = encodeQuery({ where: toQuery<R>(where, kindOf).where, order: [] })
      const { total } = await page({ query, limit: 1, fields: ['sys_id'], ...options })
      if (total !== null) return total
      throw new UnexpectedResponseError('The instance did not count: X-Total-Count is missing.', 'shape', {
        method: 'GET',
        url: tableUrl(origin, name).href,
      })
    },
  }
}

function ordered<R>(query: Query<R>, orderBy: ListOptions<R, never, false>['orderBy'] = []): Query<R> {
  return orderBy.reduce((sorted, { field, direction }) => {
    return direction === 'desc' ? sorted.orderByDesc(field) : sorted.orderBy(field)
  }, query)
}

function rawUrl(origin: string, table: string, sysId: string | undefined): URL {
  if (sysId !== undefined && !isSysId(sysId)) {
    throw new QueryError('A sys_id has 32 lower-case hexadecimal characters.', {
      hint: 'Look the record up by its number with list().',
    })
  }
  const url = tableUrl(origin, table, sysId)
  url.searchParams.set('sysparm_display_value', 'false')
  url.searchParams.set('sysparm_exclude_reference_link', 'true')
  return url
}

function encodeBody(fields: Readonly<Record<string, FieldInput | undefined>>, table: string): string {
  const kindOf = kindsOf(table)
  const body: Record<string, string> = Object.create(null)
  for (const [field, value] of Object.entries(fields)) {
    if (value !== undefined) body[checkField(field)] = encodeField(kindOf(field), value)
  }
  return JSON.stringify(body)
}

function readRecord<R>({ body, call }: Accepted): R {
  return readResult('record', body, call) as R
}

/** A 201 without a body means that the row exists and an ACL hides it (KB3047115); its id may stand in Location. */
function readCreated<R>(accepted: Accepted): R {
  if (accepted.body !== undefined) return readRecord<R>(accepted)
  const sysId = /([0-9a-f]{32})(?:\?|$)/.exec(accepted.answer.headers.get('location') ?? '')?.[1]
  throw new OutcomeUnknownError('The record was accepted, but the answer does not show it.', {
    cause: new UnexpectedResponseError('The answer has no body.', 'empty', accepted.call),
    hint: 'Look the record up; an ACL may hide it from the user who wrote it.',
    details: { ...accepted.call, ...(sysId === undefined ? {} : { sysId }) },
  })
}

function checkTable(name: string): void {
  if (/^[a-z][a-z0-9_]{0,79}$/.test(name)) return
  throw new QueryError('A table name is made of lower-case letters, digits and underscores.', {
    details: { table: name.slice(0, 80) },
  })
}
