/** How often somebody failed or acted within a minute: counted in memory, bounded, by the clock that is handed in. */
import type { Clock } from '../clock.ts'

export interface Window {
  count: number
  /** Milliseconds since 1970 at which the count begins anew. */
  resetsAt: number
}

export interface Attempts {
  /** The present count of a key. */
  read(key: string): Window
  /** Adds one and gives the new count. */
  add(key: string): Window
  /** Forgets a key. */
  clear(key: string): void
}

const WINDOW_MS = 60_000
/** Above this many keys the expired ones are swept, then the oldest go: nobody fills the memory. */
const MAX_KEYS = 50_000

export function createAttempts(clock: Clock): Attempts {
  const windows = new Map<string, Window>()
  const read = (key: string): Window => {
    const window = windows.get(key)
    const now = clock.now()
    return window !== undefined && window.resetsAt > now ? window : { count: 0, resetsAt: now + WINDOW_MS }
  }
  return {
    read,
    add(key) {
      if (windows.size >= MAX_KEYS && !windows.has(key)) sweep(windows, clock.now())
      const window = read(key)
      const next = { count: window.count + 1, resetsAt: window.resetsAt }
      windows.set(key, next)
      return next
    },
    clear(key) {
      windows.delete(key)
    },
  }
}

function sweep(windows: Map<string, Window>, now: number): void {
  for (const [key, window] of windows) if (window.resetsAt <= now) windows.delete(key)
  for (const key of windows.keys()) {
    if (windows.size < MAX_KEYS) break
    windows.delete(key)
  }
}
