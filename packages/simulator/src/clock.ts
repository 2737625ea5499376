/** The instance's own clock lives here: it may follow another clock, stand still, or be moved by hand. */

/** A clock that tests and the control door move; stamps cut its time to whole seconds. */
export interface Clock {
  /** The instance's present time. */
  now(): Date
  /** Jumps to an ISO 8601 instant (`2026-01-02T03:04:05Z`); throws `RangeError` for a text that is no date. */
  set(iso: string): void
  /** Moves on by seconds; a negative number goes back. */
  advance(seconds: number): void
  /** Stops the clock where it is; `set` and `advance` still move it. */
  freeze(): void
  /** Lets a stopped clock run again from where it stands. Without a `now` to follow it stays where it is. */
  run(): void
  /** Goes back to how the clock was created. */
  reset(): void
}

/** How a clock starts. */
export interface ClockOptions {
  /** First instant, ISO 8601; default 2026-11-02T09:00:00Z, or the present of `now` when that is given. */
  readonly start?: string
  /** A clock to follow, in milliseconds (`Date.now`); without it the clock stands still until it is moved. */
  readonly now?: () => number
}

/** Where a clock stands when nobody says otherwise: a fixed instant, so that equal seeds give equal stamps. */
export const DEFAULT_START = '2026-11-02T09:00:00Z'

function instantOf(iso: string): number {
  const ms = Date.parse(iso)
  if (Number.isNaN(ms)) throw new RangeError(`Not an ISO 8601 instant: ${iso}`)
  return ms
}

/**
 * Creates a clock. It throws `RangeError` when `start` is no date.
 *
 * @example const clock = createClock({ start: '2026-01-01T00:00:00Z' }); clock.advance(90); clock.now() // 00:01:30
 */
export function createClock(options: ClockOptions = {}): Clock {
  const follow = options.now
  const first = (): number =>
    options.start !== undefined || !follow ? instantOf(options.start ?? DEFAULT_START) : follow()
  let running = follow !== undefined
  let base = first()
  let anchor = follow?.() ?? 0
  const present = (): number => (running && follow ? base + (follow() - anchor) : base)
  const jump = (ms: number): void => {
    base = ms
    anchor = follow?.() ?? 0
  }
  return {
    now: () => new Date(present()),
    set: (iso) => jump(instantOf(iso)),
    advance: (seconds) => jump(present() + seconds * 1000),
    freeze() {
      jump(present())
      running = false
    },
    run() {
      jump(present())
      running = follow !== undefined
    },
    reset() {
      jump(first())
      running = follow !== undefined
    },
  }
}
