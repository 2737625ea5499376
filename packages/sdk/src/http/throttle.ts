/** Pace towards one instance: so many requests at once, one pause for all of them after a 429, and a slower step near the end of a rate rule. */
import type { Clock } from '../base/clock.ts'
import { waitCapMs } from '../base/clock.ts'

export interface Throttle {
  /**
   * Waits for the end of a pause and for a free place; the returned function gives the place back.
   * Rejects at once with the signal's reason when aborted, and calls `onLongPause` (which throws) when the pause is longer than 60 s.
   */
  enter(
    signal: AbortSignal | undefined,
    onLongPause: (remainingMs: number) => Promise<never> | never,
  ): Promise<() => void>
  /** Nobody enters for the next `ms`; a longer pause that is already running stays. */
  pause(ms: number): void
  /** Learns of a rate rule from an answer (`X-RateLimit-Limit`, `-Reset`, `-Rule`), and spreads the last fifth of its window. */
  learn(headers: Headers): void
}

/** Nobody waits longer than this for the sake of a rule: what others use up of it is not known here. */
const maxSpreadMs = 5000

/** Makes a throttle with `concurrency` places. */
export function createThrottle(concurrency: number, clock: Clock): Throttle {
  const places = createPlaces(concurrency)
  const spread = createSpread(clock)
  let pausedUntil = 0

  function pause(ms: number): void {
    pausedUntil = Math.max(pausedUntil, clock.now() + ms)
  }

  return {
    async enter(signal, onLongPause) {
      await places.take(signal)
      try {
        for (;;) {
          const until = pausedUntil
          const remainingMs = until - clock.now()
          if (remainingMs <= 0) break
          if (remainingMs > waitCapMs) await onLongPause(remainingMs)
          await clock.sleep(remainingMs, signal)
          // A pause that did not grow while we slept is over, even for a clock that stands still.
          if (pausedUntil === until) break
        }
      } catch (error) {
        places.give()
        throw error
      }
      let left = false
      return () => {
        if (left) return
        left = true
        places.give()
      }
    },
    pause,
    learn(headers) {
      const waitMs = spread(headers)
      if (waitMs > 0) pause(waitMs)
    },
  }
}

/** Places taken in the order they were asked for; an abort leaves the queue and takes none. */
function createPlaces(concurrency: number) {
  const waiting: (() => void)[] = []
  let running = 0
  return {
    async take(signal: AbortSignal | undefined): Promise<void> {
      signal?.throwIfAborted()
      if (running < concurrency) {
        running += 1
        return
      }
      await new Promise<void>((resolve, reject) => {
        const onAbort = () => {
          waiting.splice(waiting.indexOf(proceed), 1)
          reject(signal?.reason)
        }
        const proceed = () => {
          signal?.removeEventListener('abort', onAbort)
          resolve()
        }
        waiting.push(proceed)
        signal?.addEventListener('abort', onAbort, { once: true })
      })
    },
    give(): void {
      const next = waiting.shift()
      if (next === undefined) running -= 1
      else next()
    },
  }
}

/** Counts our own requests in the window of a rule; gives how long to wait after an answer, 0 while four fifths are not used up. */
function createSpread(clock: Clock): (headers: Headers) => number {
  let window = { rule: '', resetMs: 0, used: 0 }
  return (headers) => {
    const limit = Number(headers.get('x-ratelimit-limit'))
    const resetMs = Number(headers.get('x-ratelimit-reset')) * 1000
    if (!(limit > 0 && resetMs > 0)) return 0
    const rule = headers.get('x-ratelimit-rule') ?? ''
    if (window.rule !== rule || window.resetMs !== resetMs) window = { rule, resetMs, used: 0 }
    window.used += 1
    const left = limit - window.used
    const served = Date.parse(headers.get('date') ?? '')
    const remainingMs = resetMs - (Number.isNaN(served) ? clock.now() : served)
    return left > limit / 5 ? 0 : Math.min(maxSpreadMs, remainingMs / Math.max(1, left))
  }
}
