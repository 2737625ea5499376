/** Pace towards one instance: so many requests at once, one pause for all of them after a 429, and a slower step near the end of a rate rule. */
import type { Clock } from '../base/clock.ts'
import { retryCapMs } from '../base/retry.ts'

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
  const waiting: (() => void)[] = []
  let running = 0
  let pausedUntil = 0
  let window = { rule: '', resetMs: 0, used: 0 }

  function leave(): void {
    const next = waiting.shift()
    if (next === undefined) running -= 1
    else next()
  }

  function pause(ms: number): void {
    pausedUntil = Math.max(pausedUntil, clock.now() + ms)
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
          if (remainingMs > retryCapMs) await onLongPause(remainingMs)
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
    pause,
    learn(headers) {
      const limit = Number(headers.get('x-ratelimit-limit'))
      const resetMs = Number(headers.get('x-ratelimit-reset')) * 1000
      if (!(limit > 0 && resetMs > 0)) return
      const rule = headers.get('x-ratelimit-rule') ?? ''
      if (window.rule !== rule || window.resetMs !== resetMs) window = { rule, resetMs, used: 0 }
      window.used += 1
      const left = limit - window.used
      const served = Date.parse(headers.get('date') ?? '')
      const remainingMs = resetMs - (Number.isNaN(served) ? clock.now() : served)
      if (left > limit / 5 || remainingMs <= 0) return
      pause(Math.min(maxSpreadMs, remainingMs / Math.max(1, left)))
    },
  }
}
