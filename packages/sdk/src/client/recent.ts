/** A small memory of answers: so many, for so long; those who ask for the same at once share one request. */
import type { Clock } from '../base/clock.ts'

export interface Recent<T> {
  /** What is remembered under the key, else what `load` gives; a failure is not remembered. */
  get(key: string, load: () => Promise<T>): Promise<T>
  clear(): void
}

/** Remembers at most `size` answers for `lifeMs`; the one unused longest goes first. */
export function createRecent<T>({
  clock,
  size,
  lifeMs,
}: {
  clock: Clock
  size: number
  lifeMs: number
}): Recent<T> {
  const kept = new Map<string, { value: Promise<T>; untilMs: number }>()
  return {
    get(key, load) {
      const known = kept.get(key)
      kept.delete(key)
      const fresh = known !== undefined && clock.now() < known.untilMs
      const entry = fresh ? known : { value: load(), untilMs: clock.now() + lifeMs }
      kept.set(key, entry)
      if (!fresh) {
        entry.value.catch(() => {
          if (kept.get(key) === entry) kept.delete(key)
        })
      }
      for (const oldest of kept.keys()) {
        if (kept.size <= size) break
        kept.delete(oldest)
      }
      return entry.value
    },
    clear: () => kept.clear(),
  }
}
