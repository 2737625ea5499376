/** Who reads what when several requests may be under way: each lane walks its own slices, an idle one takes the later half of the longest. */
import { addSeconds, stampFromMs, stampToMs } from '../base/values.ts'
import type { Slice } from '../model/slice.ts'
import { readPart } from './next-slices.ts'

/** A slice that a lane has taken; give it back with what was left of it. */
export interface Piece {
  lane: number
  slice: Slice
}

/** A slice still to be asked for, and how many rows the instance counted in it, null when it was not counted. */
interface Waiting {
  slice: Slice
  rows: number | null
}

interface Lane {
  asked: Waiting | null
  /** Where the asked slice ends for this lane, when another one has taken its later half. */
  cut: Slice['to']
  waiting: Waiting[]
}

/**
 * The books of a walk with up to `lanes` requests at once. Pure: it asks nothing itself.
 *
 * @example new Lanes([{ from, to }], { lanes: 4, worthSplitting: 2_000 }).take()  // { lane: 0, slice: { from, to } }
 */
export class Lanes {
  private readonly lanes: Lane[]
  private readonly worthSplitting: number
  /** Read, and not yet in the store. */
  private readonly unsettled = new Set<Slice>()

  /** `worthSplitting`: rows left in a lane above which an idle lane helps it. */
  constructor(slices: readonly Slice[], options: { lanes: number; worthSplitting: number }) {
    this.worthSplitting = options.worthSplitting
    this.lanes = Array.from({ length: options.lanes }, () => ({ asked: null, cut: null, waiting: [] }))
    const [first] = this.lanes
    first?.waiting.push(...slices.map((slice) => ({ slice, rows: null })))
  }

  /** The next slice to ask for, null when nothing can be asked for now. */
  take(): Piece | null {
    const index = this.lanes.findIndex((lane) => lane.asked === null && lane.waiting.length > 0)
    const own = this.lanes[index]
    if (own !== undefined) return this.ask(index, own, own.waiting.shift() as Waiting)
    const idle = this.lanes.findIndex((lane) => lane.asked === null)
    const lane = this.lanes[idle]
    if (lane === undefined) return null
    const taken = this.handOver()
    return taken === null ? null : this.ask(idle, lane, taken)
  }

  /**
   * An answer came. `rest`: what is left of the slice, in order; `rowsLeft`: how many rows the instance counts there. Returns what was
   * read: it counts as unread for `pending` until it is settled.
   */
  answered({ lane: index, slice }: Piece, rest: readonly Slice[], rowsLeft: number | null): Slice | null {
    const lane = this.lanes[index]
    if (lane === undefined) return null
    const { cut } = lane
    const own = cut === null ? rest : rest.flatMap((part) => endAt(part, cut))
    // The last of them is the long one: its count stands for all.
    lane.waiting.unshift(
      ...own.map((part, at) => ({
        slice: part,
        rows: at === own.length - 1 && cut === null ? rowsLeft : null,
      })),
    )
    lane.asked = null
    lane.cut = null
    const read = readPart(slice, rest)
    if (read !== null) this.unsettled.add(read)
    return read
  }

  /** What was read is in the store. */
  settled(read: Slice | null): void {
    if (read !== null) this.unsettled.delete(read)
  }

  /** Everything that is not in the store yet, oldest first. */
  get pending(): Slice[] {
    const all = [...this.unsettled]
    for (const lane of this.lanes) {
      if (lane.asked !== null) all.push({ ...lane.asked.slice, to: lane.cut ?? lane.asked.slice.to })
      all.push(...lane.waiting.map((each) => each.slice))
    }
    return all.sort((a, b) => ((a.from ?? '') < (b.from ?? '') ? -1 : 1))
  }

  private ask(index: number, lane: Lane, next: Waiting): Piece {
    lane.asked = next
    lane.cut = null
    return { lane: index, slice: next.slice }
  }

  /** A slice for an idle lane: a whole waiting one of another lane, else the later half of the one with most rows left. */
  private handOver(): Waiting | null {
    const longest = this.lanes.map((lane) => ({ lane, rows: rowsLeft(lane) })).sort((a, b) => b.rows - a.rows)
    for (const { lane, rows } of longest) {
      if (lane.waiting.length > 0 && lane.asked !== null) return this.shareWaiting(lane)
      if (rows > this.worthSplitting) {
        const half = this.shareAsked(lane)
        if (half !== null) return half
      }
    }
    return null
  }

  private shareWaiting(lane: Lane): Waiting | null {
    const last = lane.waiting.pop()
    if (last === undefined) return null
    return last
  }

  /** The lane goes on with the earlier half; what its answer brings beyond is read twice and does no harm. */
  private shareAsked(lane: Lane): Waiting | null {
    const { asked } = lane
    if (asked === null || asked.rows === null || lane.cut !== null) return null
    const { from, to } = asked.slice
    if (from === null || to === null || from === to) return null
    const middle = stampFromMs((stampToMs(from) + stampToMs(to)) / 2)
    if (middle >= to) return null
    lane.cut = middle
    const half = Math.ceil(asked.rows / 2)
    asked.rows -= half
    return { slice: { ...asked.slice, from: addSeconds(middle, 1) }, rows: half }
  }
}

function rowsLeft(lane: Lane): number {
  return [...lane.waiting, ...(lane.asked === null ? [] : [lane.asked])].reduce(
    (sum, { rows }) => sum + (rows ?? 0),
    0,
  )
}

/** The part of a slice up to a stamp, or nothing. */
function endAt(slice: Slice, last: NonNullable<Slice['to']>): Slice[] {
  if (slice.from !== null && slice.from > last) return []
  return [slice.to === null || slice.to > last ? { ...slice, to: last } : slice]
}
