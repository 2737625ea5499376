/** What a list is: its plan, and the pages it gives. */
import type { CallContext } from '../base/errors.ts'
import type { Completed } from '../http/exchange.ts'
import type { QueryNode } from '../query/conditions.ts'
import type { PagingPlan } from './keyset.ts'
import type { PageOptions, TablePage } from './page.ts'
import type { DisplayValue } from './selection.ts'

/** One page of a list. */
export interface ListPage<T> {
  records: T[]
  /** Rows of the whole query when it began, blind to ACLs and so an upper bound; null when the instance did not count. */
  total: number | null
  /** Resumes after this page, also in another process; null when this is the last one. */
  cursor: string | null
  /** The next page, null when this is the last one. */
  next(): Promise<ListPage<T> | null>
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

/** Looks at the form of raw rows; warns or throws, as the client was told. */
export type RowValidator = (rows: readonly unknown[], call: CallContext) => Promise<void>
