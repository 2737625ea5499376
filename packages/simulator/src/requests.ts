/** The log of requests in the order in which they came and went, for checkers that ask what a client did and when. */
import type { Clock } from './clock.ts'

/** One request. Times are those of the instance's clock. */
export interface RequestEntry {
  /** 1, 2, 3 ... in the order in which they came. */
  readonly seq: number
  readonly method: string
  readonly path: string
  /** As sent, without the question mark. */
  readonly query: string
  readonly table?: string
  /** `null` while it is under way; 0 when no answer was given. */
  readonly status: number | null
  /** ISO 8601. */
  readonly startedAt: string
  readonly endedAt: string | null
  /** Time taken inside the simulator, in real milliseconds; `null` while it is under way. */
  readonly ms: number | null
  /** Length of the body that was sent, as far as it is known without making it: bytes, or characters of a text. */
  readonly bytes: number | null
  /**
   * Places among all beginnings and ends: a request began after another had its answer when its `began` is greater than
   * the other's `ended`, also within one second or a clock that stands still.
   */
  readonly began: number
  readonly ended: number | null
  /** Whether it carried an `Authorization` header; never which. */
  readonly authorization: boolean
  /** The signed-in user, when there was one. */
  readonly user?: string
  /** The kind of fault that struck it. */
  readonly fault?: string
}

/** What is known when a request comes. */
export type Arrival = Pick<
  RequestEntry,
  'method' | 'path' | 'query' | 'table' | 'authorization' | 'user' | 'fault'
>

/** Which entries to give. */
export interface LogPart {
  /** Only those with a greater `seq`; default 0. */
  readonly after?: number
  /** Only the last so many of them; default all. */
  readonly limit?: number
}

/** Keeps the log. */
export interface RequestLog {
  /** Writes a request down; the returned function writes its end. */
  begin(arrival: Arrival): (status: number, ms: number, bytes: number) => void
  read(part?: LogPart): RequestEntry[]
  /** How many requests came since the beginning. */
  count(): number
  /** How many of the last requests are kept; 0 for none. Throws `RangeError` for a number that cannot be. */
  keep(count: number): void
}

/** An entry takes about half a kilobyte beside its query. */
const KEPT = 10_000

type Open = { -readonly [Name in keyof RequestEntry]: RequestEntry[Name] }

/** Creates an empty log. */
export function createRequestLog(clock: Clock): RequestLog {
  let entries: Open[] = []
  let most = KEPT
  let seq = 0
  let order = 0
  const now = (): string => clock.now().toISOString()
  return {
    begin(arrival) {
      const entry: Open = {
        seq: ++seq,
        ...arrival,
        status: null,
        startedAt: now(),
        endedAt: null,
        ms: null,
        bytes: null,
        began: ++order,
        ended: null,
      }
      if (most > 0) entries.push(entry)
      // Twice as many are let in before the older half goes, so that each is moved once at most.
      if (entries.length > most * 2) entries = entries.slice(-most)
      return (status, ms, bytes) => {
        entry.status = status
        entry.ms = ms
        entry.bytes = bytes
        entry.endedAt = now()
        entry.ended = ++order
      }
    },
    read({ after = 0, limit = most } = {}) {
      const wanted = Math.min(most, limit, seq - after)
      return wanted <= 0 ? [] : entries.slice(-wanted).map((entry) => ({ ...entry }))
    },
    count: () => seq,
    keep(count) {
      if (!Number.isInteger(count) || count < 0) throw new RangeError(`Not a number of requests: ${count}`)
      most = count
      entries = count === 0 ? [] : entries.slice(-count)
    },
  }
}
