/** Keeps requests under way while answers are being written: at most one a lane, and one answer ahead of the writer. */
import type { Slice } from '../model/slice.ts'
import type { Lanes, Piece } from './lanes.ts'

/** What is left of a slice after its answer. */
export interface Remainder {
  rest: readonly Slice[]
  /** Rows the instance counts in `rest`, null when it did not count. */
  rowsLeft: number | null
}

export interface Arrival<T> {
  answer: T
  slice: Slice
  /** What to settle in the books when the answer is in the store. */
  read: Slice | null
}

export interface ReadLanesOptions<T extends Remainder> {
  /** Requests under way at once, at least 1. */
  concurrency: number
  signal: AbortSignal
  ask(slice: Slice, signal: AbortSignal): Promise<T>
}

/** Answers read and not yet taken; more would only hold memory. */
const AHEAD = 1

/**
 * Walks the lanes to their end, answers in the order they arrive. Throws what `ask` throws, after the other requests have been aborted.
 *
 * @example for await (const { answer, read } of readLanes(lanes, { concurrency: 4, signal, ask })) { write(answer); lanes.settled(read) }
 */
export async function* readLanes<T extends Remainder>(
  lanes: Lanes,
  options: ReadLanesOptions<T>,
): AsyncGenerator<Arrival<T>, void, void> {
  const reader = new LaneReader(lanes, options)
  try {
    for (let next = await reader.next(); next !== null; next = await reader.next()) yield next
  } finally {
    await reader.end()
  }
}

class LaneReader<T extends Remainder> {
  private readonly lanes: Lanes
  private readonly options: ReadLanesOptions<T>
  private readonly asking = new Set<Promise<void>>()
  private readonly arrived: Arrival<T>[] = []
  private readonly ended = new AbortController()
  private readonly signal: AbortSignal
  private failure: { error: unknown } | null = null

  constructor(lanes: Lanes, options: ReadLanesOptions<T>) {
    this.lanes = lanes
    this.options = options
    this.signal = AbortSignal.any([options.signal, this.ended.signal])
  }

  /** The next answer, null at the end. */
  async next(): Promise<Arrival<T> | null> {
    for (;;) {
      this.options.signal.throwIfAborted()
      if (this.failure !== null) throw this.failure.error
      this.start()
      const first = this.arrived.shift()
      if (first !== undefined) {
        this.start()
        return first
      }
      if (this.asking.size === 0) return null
      await Promise.race(this.asking)
    }
  }

  /** Ends what is under way and waits for it: nothing of a run may go on after it. */
  async end(): Promise<void> {
    this.ended.abort()
    await Promise.all(this.asking)
  }

  private start(): void {
    const { concurrency } = this.options
    while (this.asking.size < concurrency && this.asking.size + this.arrived.length < concurrency + AHEAD) {
      if (this.signal.aborted) return
      const piece = this.lanes.take()
      if (piece === null) return
      const work: Promise<void> = this.answer(piece).finally(() => {
        this.asking.delete(work)
        // The writer may be busy: the next request need not wait for it.
        this.start()
      })
      this.asking.add(work)
    }
  }

  /** Never rejects: the first failure is thrown to the caller of `next`. */
  private async answer(piece: Piece): Promise<void> {
    try {
      const answer = await this.options.ask(piece.slice, this.signal)
      const read = this.lanes.answered(piece, answer.rest, answer.rowsLeft)
      this.arrived.push({ answer, slice: piece.slice, read })
    } catch (error) {
      this.failure ??= { error }
      this.ended.abort()
    }
  }
}
