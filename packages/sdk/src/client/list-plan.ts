/** What a list is: its plan, and the pages it gives. */
import type { CallContext } from '../base/errors.ts'
import type { Completed } from '../http/exchange.ts'
import type { QueryNode } from '../query/conditions.ts'
import type { PagingPlan } from './keyset.ts'
import type { PageOptions, TablePage } from './page.ts'
import type { DisplayValue } from './selection.ts'

/**
 * One page of a list: its records, and how to go on.
 *
 * Example: `const page = await sn.incidents.list({ fields: ['number'], pageLimit: 50 })` has at most 50 `page.records`; `await page.next()`
 * is the page behind it.
 */
export interface ListPage<T> {
  records: T[]
  /** Rows of the whole query when it began, blind to ACLs and so an upper bound; null when the instance did not count. */
  total: number | null
  /** Resumes after this page, also in another process; null when this is the last one. */
  cursor: string | null
  /** The next page, null when this is the last one. Throws the error family, as the list does. */
  next(): Promise<ListPage<T> | null>
}

/** Rows an instance gives at most for one request, whatever limit is asked for. */
export const maxPageLimit = 10_000

/** More lanes than this only wait for each other: an instance serves a few requests at once. */
export const maxLanes = 16

/** True for a whole number from 1 to `most`. */
export function isWhole(value: number, most = Number.MAX_SAFE_INTEGER): boolean {
  return Number.isInteger(value) && value >= 1 && value <= most
}

/** What a list needs to read itself; made by the table client. */
export interface ListPlan {
  page(options: PageOptions): Promise<Completed<TablePage>>
  /** The call as an error shows it. */
  call: CallContext
  paging: PagingPlan
  where: QueryNode | null
  fields: readonly string[] | undefined
  displayValue: DisplayValue
  pageLimit: number
  cursor: string | undefined
  /** Ranges of `sys_id` read side by side. */
  lanes: number
  /** True: rows that contradict the conditions are an error. */
  verify: boolean
  /** Null when nobody looks at the form of the rows. */
  validate: RowValidator | null
  signal: AbortSignal | undefined
}

/** The plan, made now; what is wrong with it is thrown when it is asked for, so that a list fails where it is read. */
export function planned(make: () => ListPlan): () => ListPlan {
  try {
    const plan = make()
    return () => plan
  } catch (error) {
    return () => {
      throw error
    }
  }
}

/** Looks at the form of raw rows; warns or throws, as the client was told. */
export type RowValidator = (rows: readonly unknown[], call: CallContext) => Promise<void>
