/** Can this user sync this table? Asked before the first run: are order and ranges obeyed, and what does the count count? */
import { PermissionError, UnexpectedResponseError } from '../base/errors.ts'
import type { PageRequest, SourcePage, TableSource } from '../ports/source.ts'

/** Rows looked at: enough that hidden ones are likely among them. */
const ROWS = 50
/** Rows that share the outermost seconds with them are looked at too. */
const ROWS_AROUND = 1_000

/**
 * - `whole`: every row counted was shown
 * - `partial`: some rows are counted and hidden from this user; a reconcile brings them in when they are revealed
 * - `counted_after_rights`: this instance counts only what the user may see: a page that was cut looks complete, so rows may be missed
 * - `refused`: order or ranges of `sys_updated_on` and `sys_id` are not obeyed for this user (`query_range`): the table cannot be synced
 */
export type SourceVisibility = 'whole' | 'partial' | 'counted_after_rights' | 'refused'

/**
 * Three requests for keys of the newest rows. Throws what the source throws, except the answers that mean `refused`.
 *
 * @example await probeSource(tableSource(client, 'incident'))  // 'whole'
 */
export async function probeSource(source: TableSource, signal?: AbortSignal): Promise<SourceVisibility> {
  const ask = (request: Pick<PageRequest, 'slice' | 'limit' | 'order'>): Promise<SourcePage> =>
    source.page({ ...request, view: 'unfiltered_keys', ...(signal === undefined ? {} : { signal }) })
  try {
    const newest = await ask({ slice: { from: null, to: null }, limit: ROWS, order: 'newest' })
    const last = newest.records.at(-1)
    if (last === undefined) return newest.total === 0 ? 'whole' : 'partial'
    const slice = { from: last.sys_updated_on, to: null }
    const around = await ask({ slice, limit: ROWS_AROUND, order: 'ascending' })
    const shown = around.records.length
    if (around.total === null || shown === 0) return 'whole'
    if (around.total > shown) return 'partial'
    const again = await ask({ slice, limit: shown, order: 'ascending' })
    return saysWholeButIsCut(again, shown) ? 'counted_after_rights' : 'whole'
  } catch (error) {
    if (isRefusal(error)) return 'refused'
    throw error
  }
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
