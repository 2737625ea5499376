/** The time limit of one attempt, joined with the caller's signal. */

export interface Deadline {
  readonly signal: AbortSignal
  readonly expired: boolean
  race<T>(work: Promise<T>): Promise<T>
  /** Begins the time limit anew. */
  touch(): void
  /** Stops the time limit until the next touch. */
  rest(): void
  close(): void
}

/** Joins the caller's signal and the time limit, and ends a wait at once even when the fetch below does not listen. */
export function openDeadline({ timeoutMs, signal }: { timeoutMs: number; signal?: AbortSignal }): Deadline {
  const controller = new AbortController()
  const state = { expired: false }
  const expire = () => {
    state.expired = true
    controller.abort(new DOMException('The attempt took too long.', 'TimeoutError'))
  }
  let timer = setTimeout(expire, timeoutMs)
  const onAbort = () => controller.abort(signal?.reason)
  signal?.addEventListener('abort', onAbort, { once: true })
  // A signal that is aborted already tells nobody any more.
  if (signal?.aborted) onAbort()
  // Not Promise.race() with one long promise: that would hold every chunk of a body until the attempt ends.
  const waiting = new Set<(reason: unknown) => void>()
  const end = () => {
    for (const giveUp of waiting) giveUp(controller.signal.reason)
  }
  controller.signal.addEventListener('abort', end, { once: true })
  return {
    signal: controller.signal,
    get expired() {
      return state.expired
    },
    race(work) {
      return new Promise((resolve, reject) => {
        // First the end: work that is given up may seem to have come to a good one.
        if (controller.signal.aborted) reject(controller.signal.reason)
        waiting.add(reject)
        const done = () => waiting.delete(reject)
        work.then(resolve, reject).finally(done)
      })
    },
    touch() {
      clearTimeout(timer)
      timer = setTimeout(expire, timeoutMs)
    },
    rest: () => clearTimeout(timer),
    close() {
      clearTimeout(timer)
      signal?.removeEventListener('abort', onAbort)
    },
  }
}
