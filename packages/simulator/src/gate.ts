/** The queues before the work: the semaphore set of the API, and the lock of a session that several requests share. */
import { type Answer, failure, html } from './answer.ts'
import type { Clock } from './clock.ts'

/** The semaphore set `API_INT` of a node (servicenow.md 4). */
export interface Semaphore {
  /** How many requests work at once; default 4. */
  readonly concurrent?: number
  /** How many more may wait; default 50. The next one is answered 429 at once, without Retry-After. */
  readonly queue?: number
  /** The body of that 429, of which no capture is known: default `empty`. */
  readonly body?: 'empty' | 'html' | 'json'
}

/** One transaction at a time for each session (servicenow.md 4); requests without a `JSESSIONID` cookie share none. */
export interface SessionLock {
  /** How many requests may wait for the session; default 10. The next one is answered 202: dropped, not executed. */
  readonly waiting?: number
  /** How long a transaction may hold the session before those behind it are dropped; default 30, by the instance's clock. */
  readonly seconds?: number
}

/** The way in: `refused` is the answer of a request that may not work at all. */
export interface Pass {
  readonly refused?: Answer
  /** How long it waited, in milliseconds of the instance's clock. */
  readonly waits?: { readonly semaphoreMs: number; readonly sessionMs: number }
  leave(): void
}

/** The queues of an instance. */
export interface Gate {
  semaphore(options: Semaphore | undefined): void
  sessionLock(options: SessionLock | undefined): void
  /** Waits for the session, then for the semaphore; rejects with the signal's reason when the caller gives up. */
  enter(cookie: string | null, signal: AbortSignal): Promise<Pass>
}

/** First come, first served: `width` at once, the others wait. */
interface Line {
  readonly busy: number
  readonly waiting: number
  enter(signal: AbortSignal): Promise<void>
  leave(): void
  /** Lets in whoever has room now. */
  pump(): void
}

function createLine(width: () => number): Line {
  const queue: (() => void)[] = []
  let busy = 0
  const pump = (): void => {
    while (busy < width()) {
      const next = queue.shift()
      if (!next) return
      busy++
      next()
    }
  }
  return {
    get busy() {
      return busy
    },
    get waiting() {
      return queue.length
    },
    enter: (signal) =>
      new Promise((resolve, reject) => {
        const give = (): void => {
          queue.splice(queue.indexOf(go), 1)
          reject(signal.reason as Error)
        }
        const go = (): void => {
          signal.removeEventListener('abort', give)
          resolve()
        }
        signal.addEventListener('abort', give, { once: true })
        queue.push(go)
        pump()
      }),
    leave() {
      busy--
      pump()
    },
    pump,
  }
}

const BUSY_PAGE =
  '<!doctype html><html><body><h1>HTTP Status 429</h1><p>Too many requests: the semaphore queue is full.</p></body></html>'

function fullQueue(body: Semaphore['body']): Answer {
  if (body === 'html') return html(429, BUSY_PAGE)
  if (body === 'json') return failure(429, 'Request rejected', 'Semaphore queue is full')
  return { status: 429, headers: {}, body: '' }
}

const dropped: Answer = { status: 202, headers: {}, body: '' }
const nothing = (): void => undefined

function sessionOf(cookie: string | null): string | undefined {
  return /(?:^|;\s*)JSESSIONID=([^;\s]+)/.exec(cookie ?? '')?.[1]
}

interface Session {
  readonly line: Line
  /** When the transaction at work began. */
  since: number
}

interface Entered {
  readonly refused?: Answer
  readonly waitedMs: number
  leave(): void
}

/** The locks of all sessions. */
function createSessions(clock: Clock) {
  const sessions = new Map<string, Session>()
  const nowMs = (): number => clock.now().getTime()
  return async (id: string, lock: SessionLock, signal: AbortSignal): Promise<Entered> => {
    const session = sessions.get(id) ?? { line: createLine(() => 1), since: nowMs() }
    sessions.set(id, session)
    const { line } = session
    const came = nowMs()
    const longest = (lock.seconds ?? 30) * 1000
    const stuck = line.busy > 0 && came - session.since > longest
    if (stuck || (line.busy > 0 && line.waiting >= (lock.waiting ?? 10)))
      return { refused: dropped, waitedMs: 0, leave: nothing }
    await line.enter(signal)
    const waitedMs = nowMs() - came
    session.since = nowMs()
    const leave = (): void => {
      line.leave()
      if (line.busy === 0 && line.waiting === 0) sessions.delete(id)
    }
    if (waitedMs <= longest) return { waitedMs, leave }
    leave()
    return { refused: dropped, waitedMs, leave: nothing }
  }
}

/** Creates open gates. */
export function createGate(clock: Clock): Gate {
  let semaphore: Semaphore | undefined
  let lock: SessionLock | undefined
  const line = createLine(() => (semaphore ? (semaphore.concurrent ?? 4) : Number.POSITIVE_INFINITY))
  const enterSession = createSessions(clock)
  return {
    semaphore(options) {
      semaphore = options
      line.pump()
    },
    sessionLock(options) {
      lock = options
    },
    async enter(cookie, signal) {
      const id = lock && sessionOf(cookie)
      const session: Entered =
        lock && id !== undefined ? await enterSession(id, lock, signal) : { waitedMs: 0, leave: nothing }
      if (session.refused) return { refused: session.refused, leave: nothing }
      const { concurrent = 4, queue = 50, body } = semaphore ?? {}
      if (semaphore && line.busy >= concurrent && line.waiting >= queue) {
        session.leave()
        return { refused: fullQueue(body), leave: nothing }
      }
      const came = clock.now().getTime()
      try {
        await line.enter(signal)
      } catch (error) {
        session.leave()
        throw error
      }
      return {
        waits: { semaphoreMs: clock.now().getTime() - came, sessionMs: session.waitedMs },
        leave() {
          line.leave()
          session.leave()
        },
      }
    },
  }
}
