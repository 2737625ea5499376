/** Where a sync reads from: one page of one slice at a time, told apart from everything that is not a page by an error. */
import type { SysId, UtcStamp } from '../base/values.ts'
import type { Slice } from '../model/slice.ts'
import type { SourceRecord } from '../model/source-record.ts'

export interface PageRequest {
  slice: Slice
  limit: number
  /** `ascending`: by stamp, then id. `newest`: by stamp, descending. */
  order: 'ascending' | 'newest'
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
  page(request: PageRequest): Promise<SourcePage>
  /** Those of these records (at most 100) that are visible and pass the filter; in no particular order, and no stranger among them. */
  byIds(sysIds: readonly SysId[], signal?: AbortSignal): Promise<SourcePage>
}
