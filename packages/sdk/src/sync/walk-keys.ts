/** Reads keys instead of records: a whole slice, page by page, under the same rule of completeness. */
import type { Slice } from '../model/slice.ts'
import type { PageRequest, SourcePage } from '../ports/source.ts'
import { readLanes } from './lane-reader.ts'
import { Lanes } from './lanes.ts'
import type { RunContext } from './run-context.ts'
import { readSlice } from './slice-reader.ts'

/** One answer and the slices that are left of the one it belongs to. */
export interface KeyAnswer {
  slice: Slice
  page: SourcePage
  rest: readonly Slice[]
}

/** Throws what the source throws: an answer that failed is never taken for an empty one. */
export async function* walkKeys(
  context: RunContext,
  slices: readonly Slice[],
  request: Pick<PageRequest, 'order' | 'view'>,
): AsyncGenerator<KeyAnswer, void, void> {
  const { config, newest, keySize: size, signal } = context
  const { source, concurrency } = config
  // Keys are small and parts of the id space are even: the lanes need no help from each other.
  const lanes = new Lanes(slices, { lanes: concurrency, worthSplitting: Number.POSITIVE_INFINITY })
  const ask = (slice: Slice, laneSignal: AbortSignal) =>
    readSlice(slice, {
      size,
      linkSeen: newest.linkSeen,
      ask: (limit) => source.page({ ...request, slice, limit, signal: laneSignal }),
    })
  for await (const { slice, answer, read } of readLanes(lanes, { concurrency, signal, ask })) {
    lanes.settled(read)
    yield { slice, page: answer.page, rest: answer.rest }
  }
}
