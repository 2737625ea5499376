/** One answer to one slice: asked for as many rows as the instance can give, and what is left of the slice after it. */
import type { Slice } from '../model/slice.ts'
import type { SourcePage } from '../ports/source.ts'
import type { Remainder } from './lane-reader.ts'
import { isComplete, remainingSlices } from './next-slices.ts'
import type { PageSize } from './page-size.ts'

export interface SliceAnswer extends Remainder {
  page: SourcePage
}

/** Asks again with fewer rows while that may help. Throws what `ask` throws otherwise. */
export async function readSlice(
  slice: Slice,
  options: { size: PageSize; linkSeen: boolean; ask(limit: number): Promise<SourcePage> },
): Promise<SliceAnswer> {
  const { size, linkSeen, ask } = options
  for (let limit = size.limit; ; ) {
    try {
      const page = await ask(limit)
      size.answered(limit)
      return { page, ...remainderOf(slice, page, limit, linkSeen) }
    } catch (error) {
      const smaller = size.afterFailure(error, limit)
      if (smaller === null) throw error
      limit = smaller
    }
  }
}

export function remainderOf(slice: Slice, page: SourcePage, limit: number, linkSeen: boolean): Remainder {
  if (isComplete(page, limit, linkSeen)) return { rest: [], rowsLeft: 0 }
  return {
    rest: remainingSlices(slice, page, limit),
    rowsLeft: page.total === null ? null : Math.max(0, page.total - page.records.length),
  }
}
