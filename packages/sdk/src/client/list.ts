/** A list of records: awaited it is the first page, iterated it is all of them. */
import type { CallContext } from '../base/errors.ts'
import { QueryError, UnexpectedResponseError } from '../base/errors.ts'
import type { Completed } from '../http/exchange.ts'
import { encodeQuery } from '../query/encode.ts'
import type { WithResponse } from './api-call.ts'
import { toResponse, withResponse } from './api-call.ts'
import { decodeCursor, encodeCursor } from './cursor.ts'
import type { ReadingState, RowKey } from './keyset.ts'
import { advance, keyFields, nextQuery, startOfReading } from './keyset.ts'
import type { ListPage, ListPlan } from './list-plan.ts'
import { RecordIterator } from './record-iterator.ts'

const maxEmptyPages = 10_000

/**
 * Nothing is asked of the instance before the list is awaited or iterated; each time anew. Rows that change while a list ordered by
 * `sys_updated_on` is read may come twice, never not at all.
 */
export class TableList<T> implements PromiseLike<ListPage<T>>, AsyncIterable<T> {
  readonly #plan: ListPlan

  constructor(plan: ListPlan) {
    this.#plan = plan
  }

  // biome-ignore lint/suspicious/noThenProperty: a list may be awaited for its first page
  then<A = ListPage<T>, B = never>(
    onFulfilled?: ((page: ListPage<T>) => A | PromiseLike<A>) | null,
    onRejected?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    return this.#first().then(dataOf).then(onFulfilled, onRejected)
  }

  /** The first page with its answer. */
  async withResponse(): Promise<WithResponse<ListPage<T>>> {
    return withResponse(await this.#first())
  }

  /** The answer of the first page, its body unread. */
  async asResponse(): Promise<Response> {
    return toResponse(await this.#first())
  }

  /** Every page; the last ones may be empty when an ACL hides their rows. */
  async *pages(): AsyncGenerator<ListPage<T>, void, undefined> {
    if (this.#plan.lanes !== 1) {
      const { readLanes } = await import('./lanes.ts')
      yield* readLanes(this.#plan, (plan) => new TableList<T>(plan).pages())
      return
    }
    let page: ListPage<T> | null = await this.#first().then(dataOf)
    while (page !== null) {
      const { next }: ListPage<T> = page
      yield page
      // Not held while the next one comes: two pages in memory for each that is read would be one too many.
      page = null
      page = await next()
    }
  }

  [Symbol.asyncIterator](): AsyncIterableIterator<T, undefined, undefined> {
    return new RecordIterator(this.pages())
  }

  /** At most `limit` records as an array; the limit is demanded, so that no one reads a million rows into memory unawares. */
  async toArray({ limit }: { limit: number }): Promise<T[]> {
    if (!Number.isInteger(limit) || limit < 1) throw new QueryError('toArray() needs a limit of at least 1.')
    const list = new TableList<T>({ ...this.#plan, pageLimit: Math.min(limit, this.#plan.pageLimit) })
    const records: T[] = []
    for await (const record of list) {
      records.push(record)
      if (records.length === limit) break
    }
    return records
  }

  async #first(): Promise<Completed<ListPage<T>>> {
    const { cursor } = this.#plan
    return readListPage<T>(
      this.#plan,
      cursor === undefined ? startOfReading : decodeCursor(cursor, identityOf(this.#plan)),
      0,
    )
  }
}

/** Passed to `then`: an `await` would keep the whole answer, text and all, in its frame until the page after it is there. */
function dataOf<T>({ data }: { data: T }): T {
  return data
}

function identityOf({ paging, where, fields, displayValue }: ListPlan): string {
  return [
    encodeQuery({ where, order: paging.order }),
    paging.kind,
    fields?.join(',') ?? '',
    displayValue,
  ].join('\n')
}

async function readListPage<T>(
  plan: ListPlan,
  state: ReadingState,
  emptyBefore: number,
): Promise<Completed<ListPage<T>>> {
  const { paging, pageLimit: limit, signal } = plan
  signal?.throwIfAborted()
  const keys = keyFields(paging)
  // A stamp shown in the zone of the user is no key: both forms are asked for, and the display form is given.
  const both = plan.displayValue === true && paging.kind === 'keyset' && paging.byStamp
  const completed = await plan.page({
    query: encodeQuery(nextQuery(paging, plan.where, state)),
    limit,
    offset: state.offset,
    displayValue: both ? 'all' : plan.displayValue,
    ...(plan.fields === undefined ? {} : { fields: [...new Set([...plan.fields, ...keys])] }),
    ...(signal === undefined ? {} : { signal }),
  })
  const page = completed.data
  const call = { ...plan.call, transactionId: page.transactionId }
  if (plan.verify && (both || plan.displayValue !== true))
    (await import('./verify.ts')).verifyRows(page.records, plan.where, call)
  await plan.validate?.(page.records, call)
  const rowKeys = paging.kind === 'keyset' ? page.records.map((row) => keyOf(row, paging.byStamp, call)) : []
  const step = { rows: page.records.length, keys: rowKeys, limit, total: page.total, link: page.link, call }
  const after = advance(paging, state, step)
  const empty = page.records.length === 0 ? emptyBefore + 1 : 0
  if (empty > maxEmptyPages) throw endless(call)
  const data = {
    records: toRows<T>(page.records, plan, both, keys),
    total: state.total ?? page.total,
    cursor: after === null ? null : encodeCursor(after, identityOf(plan)),
    next: async () => (after === null ? null : readListPage<T>(plan, after, empty).then(dataOf)),
  }
  return { ...completed, data }
}

function keyOf(row: Readonly<Record<string, unknown>>, byStamp: boolean, call: CallContext): RowKey {
  const id = rawText(row.sys_id)
  const stamp = byStamp ? rawText(row.sys_updated_on) : null
  if (id !== null && (!byStamp || stamp !== null)) return { stamp, id }
  throw new UnexpectedResponseError('A row came without the columns it is ordered by.', 'shape', call, {
    hint: 'The user may not be allowed to read sys_id or sys_updated_on; read with paging: "offset".',
  })
}

function rawText(cell: unknown): string | null {
  const value = typeof cell === 'object' && cell !== null && 'value' in cell ? cell.value : cell
  return typeof value === 'string' && value !== '' ? value : null
}

/** The rows with exactly the fields that were asked for; their shape is the instance's word, which the types describe. */
function toRows<T>(
  rows: Record<string, unknown>[],
  plan: ListPlan,
  both: boolean,
  keys: readonly string[],
): T[] {
  const { fields } = plan
  const extra = fields === undefined ? [] : keys.filter((key) => !fields.includes(key))
  for (const row of rows) {
    for (const key of extra) delete row[key]
    if (!both) continue
    for (const [key, cell] of Object.entries(row)) {
      row[key] =
        typeof cell === 'object' && cell !== null && 'display_value' in cell
          ? (cell.display_value ?? '')
          : cell
    }
  }
  return rows as T[]
}

function endless(call: CallContext): UnexpectedResponseError {
  return new UnexpectedResponseError(
    `More than ${maxEmptyPages} pages in a row were empty although the instance says that there are more.`,
    'shape',
    call,
    { hint: 'The user probably may not read this table: check its row ACLs.' },
  )
}
