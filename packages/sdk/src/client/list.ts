/** A list of records: awaited it is the first page, iterated it is all of them. */
import type { Completed } from '../http/exchange.ts'
import { encodeQuery } from '../query/encode.ts'
import type { WithResponse } from './api-call.ts'
import { toResponse, withResponse } from './api-call.ts'
import { encodeCursor } from './cursor.ts'
import type { ReadingState } from './keyset.ts'
import { advance, keyFields, nextQuery, startOfReading } from './keyset.ts'
import type { ListPage, ListPlan } from './list-plan.ts'
import { isWhole, maxLanes, maxPageLimit } from './list-plan.ts'
import { keyOf, toRows } from './list-rows.ts'
import { RecordIterator } from './record-iterator.ts'

const maxEmptyPages = 10_000

/**
 * Nothing is asked of the instance before the list is awaited or iterated; each time anew. What is wrong with its options is thrown
 * then too, as QueryError. Rows that change while a list ordered by `sys_updated_on` is read may come twice, never not at all.
 *
 * Example: `for await (const { number } of sn.incidents.list({ fields: ['number'] })) console.log(number)`.
 */
export class TableList<T> implements PromiseLike<ListPage<T>>, AsyncIterable<T> {
  readonly #plan: () => ListPlan

  constructor(plan: () => ListPlan) {
    this.#plan = plan
  }

  // biome-ignore lint/suspicious/noThenProperty: a list may be awaited for its first page
  then<A = ListPage<T>, B = never>(
    onFulfilled?: ((page: ListPage<T>) => A | PromiseLike<A>) | null,
    onRejected?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    return this.#first().then(dataOf).then(onFulfilled, onRejected)
  }

  /** The first page, or what `onRejected` makes of the failure. */
  catch<B = never>(onRejected?: ((reason: unknown) => B | PromiseLike<B>) | null): Promise<ListPage<T> | B> {
    return this.then(null, onRejected)
  }

  /** The first page, after `onFinally` has run. */
  finally(onFinally?: (() => void) | null): Promise<ListPage<T>> {
    return this.then().finally(onFinally)
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
    const plan = await this.#checked()
    if (plan.lanes !== 1) {
      const { readLanes } = await import('./lanes.ts')
      yield* readLanes(plan, (lane) => new TableList<T>(() => lane).pages())
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

  /**
   * At most `limit` records as an array; the limit is demanded, so that no one reads a million rows into memory unawares. Throws QueryError
   * for a limit that is no whole number above 0.
   */
  async toArray(options: { limit: number }): Promise<T[]> {
    const limit = options?.limit
    const plan = await this.#checked(limit)
    const list = new TableList<T>(() => ({ ...plan, pageLimit: Math.min(limit, plan.pageLimit) }))
    const records: T[] = []
    for await (const record of list) {
      records.push(record)
      if (records.length === limit) break
    }
    return records
  }

  /** The plan, when it can be read. The messages for what is seldom wrong are loaded when it is. */
  async #checked(limit = 1): Promise<ListPlan> {
    const plan = this.#plan()
    if (!isReadable(plan) || !isWhole(limit)) throw (await import('./list-fault.ts')).listFault(plan)
    return plan
  }

  async #first(): Promise<Completed<ListPage<T>>> {
    const plan = await this.#checked()
    const { cursor } = plan
    const state =
      cursor === undefined
        ? startOfReading
        : (await import('./resume.ts')).decodeCursor(cursor, identityOf(plan))
    return readListPage<T>(plan, state, 0)
  }
}

/** Passed to `then`: an `await` would keep the whole answer, text and all, in its frame until the page after it is there. */
function dataOf<T>({ data }: { data: T }): T {
  return data
}

function identityOf({ call, paging, where, fields, displayValue }: ListPlan): string {
  return [
    call.url,
    encodeQuery({ where, order: paging.order }),
    paging.kind,
    fields?.join(',') ?? '',
    displayValue,
  ].join('\n')
}

function isReadable({ pageLimit, lanes, fields, paging, cursor }: ListPlan): boolean {
  const whole = paging.kind === 'keyset' && !paging.byStamp && cursor === undefined
  return isWhole(pageLimit, maxPageLimit) && isWhole(lanes, whole ? maxLanes : 1) && fields?.length !== 0
}

async function readListPage<T>(
  plan: ListPlan,
  state: ReadingState,
  emptyBefore: number,
): Promise<Completed<ListPage<T>>> {
  const { paging, pageLimit: limit, signal } = plan
  signal?.throwIfAborted()
  const keys = keyFields(paging)
  const verify = plan.verify ? await import('./verify.ts') : null
  // A stamp shown in the zone of the user is no key, and no display value meets a condition: both forms are asked for, and the display form is given.
  const both = plan.displayValue === true && (verify !== null || (paging.kind === 'keyset' && paging.byStamp))
  const needed = [...keys, ...(verify?.verifiedFields(plan.where) ?? [])]
  const completed = await plan.page({
    query: encodeQuery(nextQuery(paging, plan.where, state)),
    limit,
    offset: state.offset,
    displayValue: both ? 'all' : plan.displayValue,
    ...(plan.fields === undefined ? {} : { fields: [...new Set([...plan.fields, ...needed])] }),
    ...(signal === undefined ? {} : { signal }),
  })
  const page = completed.data
  const call = { ...plan.call, transactionId: page.transactionId }
  verify?.verifyRows(page.records, plan.where, call)
  await plan.validate?.(page.records, call)
  const rowKeys = paging.kind === 'keyset' ? page.records.map((row) => keyOf(row, paging.byStamp, call)) : []
  const step = { rows: page.records.length, keys: rowKeys, limit, total: page.total, link: page.link, call }
  const after = advance(paging, state, step)
  const empty = page.records.length === 0 ? emptyBefore + 1 : 0
  if (empty > maxEmptyPages) throw (await import('./list-fault.ts')).endless(call, maxEmptyPages)
  const data = {
    records: toRows<T>(page.records, { asked: plan.fields, needed, both }),
    total: state.total ?? page.total,
    cursor: after === null ? null : encodeCursor(after, identityOf(plan)),
    next: async () => (after === null ? null : readListPage<T>(plan, after, empty).then(dataOf)),
  }
  return { ...completed, data }
}
