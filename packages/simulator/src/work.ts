/** Work that goes on by the instance's clock: which changes have become due since somebody last asked. No timer runs. */
import type { Clock } from './clock.ts'

/** How busy the people of the instance are. */
export interface WorkOptions {
  /** Seconds of the instance's clock between two turns. */
  readonly everySeconds: number
  /** Changes a turn; default 1. */
  readonly count?: number
  /** Which changes; default 1. Each turn has a seed of its own, counted up from this one. */
  readonly seed?: number
}

/** One turn that is due. */
export interface Turn {
  readonly seed: number
  readonly count: number
  readonly at: Date
}

/** The work of an instance. */
export interface Work {
  /** Begins, or ends without options. Throws `RangeError` for a pace that cannot be. */
  set(options: WorkOptions | undefined): void
  /** What was set; `undefined` when nobody works. */
  read(): WorkOptions | undefined
  /** The turns since the last call, oldest first. */
  due(): readonly Turn[]
}

/** A clock that jumps by weeks would else make a million changes at once; the last ones are those that count. */
const MOST_TURNS = 1_000

function checkWork({ everySeconds, count = 1 }: WorkOptions): void {
  if (!(everySeconds > 0)) throw new RangeError(`"everySeconds" is a number above 0, not ${everySeconds}`)
  if (!Number.isInteger(count) || count < 1)
    throw new RangeError(`"count" is a whole number from 1, not ${count}`)
}

/** Creates the work of an instance in which nobody works yet. */
export function createWork(clock: Clock): Work {
  let options: WorkOptions | undefined
  let since = 0
  let turn = 0
  return {
    set(wanted) {
      if (wanted) checkWork(wanted)
      options = wanted
      since = clock.now().getTime()
      turn = 0
    },
    read: () => options,
    due() {
      if (!options) return []
      const { everySeconds, count = 1, seed = 1 } = options
      const step = everySeconds * 1000
      // A clock that was put back has no past to catch up with.
      const passed = Math.floor((clock.now().getTime() - since) / step)
      if (passed < 0) since = clock.now().getTime()
      if (passed <= 0) return []
      const from = Math.max(0, passed - MOST_TURNS)
      const turns = Array.from({ length: passed - from }, (_, index) => ({
        seed: seed + turn + from + index,
        count,
        at: new Date(since + (from + index + 1) * step),
      }))
      since += passed * step
      turn += passed
      return turns
    },
  }
}
