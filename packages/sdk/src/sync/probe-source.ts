/** Can this user sync this table? Asked before the first run: are order and ranges obeyed, and what does the count count? */
import { PermissionError, UnexpectedResponseError } from '../base/errors.ts'
import type { Slice } from '../model/slice.ts'
import type { PageRequest, SourcePage, TableSource } from '../ports/source.ts'

/** Rows looked at: enough that hidden ones are likely among them. */
const ROWS = 50
/** Rows that share the outermost seconds with them are looked at too. */
const ROWS_AROUND = 1_000

/**
 * Said of the newest rows and of a sample by `sys_id`, which is as likely old as new.
 *
 * - `whole`: every row counted was shown
 * - `partial`: some rows are counted and hidden from this user; a reconcile brings them in when they are revealed
 * - `counted_after_rights`: the count cannot tell what is hidden: this instance counts only what the user may see, so that a page that was
 *   cut looks complete, or does not count at all; rows may be missed
 * - `refused`: order or ranges of `sys_updated_on` and `sys_id` are not obeyed for this user (`query_range`): the table cannot be synced
 */
export type SourceVisibility = 'whole' | 'partial' | 'counted_after_rights' | 'refused'

type Ask = (request: Pick<PageRequest, 'slice' | 'limit' | 'order'>) => Promise<SourcePage>

/**
 * Four requests for keys. Throws what the source throws, except the answers that mean `refused`.
 *
 * @example await probeSource(tableSource(client, 'incident'))  // 'whole'
 */
export async function probeSource(source: TableSource, signal?: AbortSignal): Promise<SourceVisibility> {
  try {
    return await probe((request) =>
      source.page({ ...request, view: 'unfiltered_keys', ...(signal === undefined ? {} : { signal }) }),
    )
  } catch (error) {
    if (isRefusal(error)) return 'refused'
    throw error
  }
}

async function probe(ask: Ask): Promise<SourceVisibility> {
  const newest = await ask({ slice: { from: null, to: null }, limit: ROWS, order: 'newest' })
  const last = newest.records.at(-1)
  if (last === undefined) return newest.total === null || newest.total > 0 ? 'partial' : 'whole'
  const slice = { from: last.sys_updated_on, to: null }
  const around = await ask({ slice, limit: ROWS_AROUND, order: 'ascending' })
  const sample = await ask({ slice: afterMiddle(newest), limit: ROWS, order: 'by_id' })
  if (newest.total === null || around.total === null || sample.total === null) return 'counted_after_rights'
  const shown = around.records.length
  if (around.total > shown) return 'partial'
  const again = shown === 0 ? null : await ask({ slice, limit: shown, order: 'ascending' })
  if (again !== null && saysWholeButIsCut(again, shown)) return 'counted_after_rights'
  return isShort(newest, ROWS) || isShort(sample, ROWS) ? 'partial' : 'whole'
}

/** Ids that a range must leave out, so that one that is not obeyed shows: those up to the middle of what was seen. */
function afterMiddle({ records }: SourcePage): Slice {
  const ids = records.map(({ sys_id }) => sys_id).sort()
  const middle = ids[Math.floor((ids.length - 1) / 2)]
  return { from: null, to: null, ...(middle === undefined ? {} : { after: middle }) }
}

/** The limit comes before access rules and the count does not know them: fewer rows than both say are hidden ones. */
function isShort({ records, total }: SourcePage, limit: number): boolean {
  return total !== null && records.length < Math.min(limit, total)
}

/** The limit cut rows that are hidden, the count did not count them, and so the answer claims that nothing is left. */
function saysWholeButIsCut({ total, link, records }: SourcePage, limit: number): boolean {
  return total !== null && total <= limit && link !== 'next' && records.length < total
}

function isRefusal(error: unknown): boolean {
  return (
    error instanceof PermissionError || (error instanceof UnexpectedResponseError && error.kind === 'shape')
  )
}
