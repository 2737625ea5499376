/** Where a sync reads from: one page of one slice at a time, told apart from everything that is not a page by an error. */
import type { SysId, UtcStamp } from '../base/values.ts'
import type { Slice } from '../model/slice.ts'
import type { SourceRecord } from '../model/source-record.ts'

export type SourceView = 'records' | 'keys' | 'unfiltered_keys'

export interface PageRequest {
  slice: Slice
  limit: number
  /** `ascending`: by stamp, then id. `newest`: by stamp, descending. `by_id`: by id alone, for a slice without stamps. */
  order: 'ascending' | 'newest' | 'by_id'
  /**
   * `records` (default): our fields under our filter. `keys`: `sys_id`, `sys_updated_on` and `sys_mod_count` under our filter.
   * `unfiltered_keys`: the same without it, so that a row that left the filter shows.
   */
  view?: SourceView
  signal?: AbortSignal
}

/**
 * One answer. Laws: it is one consistent read; `records` are all the rows of the answer, in its order, verified to lie in the slice and
 * never to go back; anything else (an error inside a 200, cut JSON, a page of HTML, a row outside the slice) is thrown, never returned.
 */
export interface SourcePage {
  records: readonly SourceRecord[]
  /** Rows the instance counts for this slice, blind to ACLs and therefore an upper bound; null when it did not count. */
  total: number | null
  /** `next`: more rows; `last`: a Link header without rel=next; `absent`: no Link header (all fits, or this instance sends none). */
  link: 'next' | 'last' | 'absent'
  /** The instance's clock when it answered (`Date`), null when it did not say. */
  servedAt: UtcStamp | null
  /** The decoded body as it came, for the raw store. */
  text: string
}

export interface TableSource {
  readonly table: string
  /** Names instance, table, filter and fields: when it changes, what was read before answers another question and a new generation begins. */
  readonly fingerprint: string
  /** True when a filter leaves out rows of the table: then a changed row may leave it. */
  readonly filtered: boolean
  page(request: PageRequest): Promise<SourcePage>
  /**
   * Those of these records (at most 100) that are visible and, except in `unfiltered_keys`, pass the filter; in no particular order, and
   * no stranger among them.
   */
  byIds(sysIds: readonly SysId[], options?: { view?: SourceView; signal?: AbortSignal }): Promise<SourcePage>
  /**
   * The instance's record of deletes, oldest first, under the same laws as `page`: `sys_id` and `sys_updated_on` of a row are those of the
   * entry (its `sys_created_on`), `documentkey` is the record that was deleted. Absent when there is none to read.
   */
  deletes?(request: Pick<PageRequest, 'slice' | 'limit' | 'signal'>): Promise<SourcePage>
}
