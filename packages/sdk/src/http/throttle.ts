/** Pace towards one instance: so many requests at once, and one pause for all of them after a 429. */
import type { Clock } from '../base/clock.ts'
import { retryCapMs } from '../base/retry.ts'

export interface Throttle {
  /**
   * Waits for the end of a pause and for a free place; the returned function gives the place back.
   * Rejects at once with the signal's reason when aborted, and calls `onLongPause` (which throws) when the pause is longer than 60 s.
   */
  enter(signal: AbortSignal | undefined, onLongPause: (remainingMs: number) => never): Promise<() => void>
  /** Nobody enters for the next `ms`; a longer pause that is already running stays. */
  pause(ms: number): void
}

/** Makes a throttle with `concurrency` places. */
export function createThrottle(concurrency: number, clock: Clock): Throttle {
  const waiting: (() => void)[] = []
  let running = 0
  let pausedUntil = 0

  function leave(): void {
    const next = waiting.shift()
    if (next === undefined) running -= 1
    else next()
  }

  async function place(signal: AbortSignal | undefined): Promise<void> {
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
  }

  return {
    async enter(signal, onLongPause) {
      await place(signal)
      try {
        for (;;) {
          const until = pausedUntil
          const remainingMs = until - clock.now()
          if (remainingMs <= 0) break
          if (remainingMs > retryCapMs) onLongPause(remainingMs)
          await clock.sleep(remainingMs, signal)
          // A pause that did not grow while we slept is over, even for a clock that stands still.
          if (pausedUntil === until) break
        }
      } catch (error) {
        leave()
        throw error
      }
      let left = false
      return () => {
        if (left) return
        left = true
        leave()
      }
    },
    pause(ms) {
      pausedUntil = Math.max(pausedUntil, clock.now() + ms)
    },
  }
}
