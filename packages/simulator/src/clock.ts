/** The instance's own clock lives here: it may follow another clock, stand still, or be moved by hand. */

/** A clock that tests and the control door move; stamps cut its time to whole seconds. */
export interface Clock {
  /** The instance's present time. */
  now(): Date
  /** Whether it goes by itself; one that has no `now` to follow never does. */
  readonly running: boolean
  /** Jumps to an ISO 8601 instant of the years 1 to 9999 (`2026-01-02T03:04:05Z`); throws `RangeError` for any other text and stays where it is. */
  set(iso: string): void
  /** Moves on by seconds; a negative number goes back. Throws `RangeError` for a way that leads out of the years 1 to 9999, and stays where it is. */
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

/** Stamps have four digits for the year. */
const FIRST_MS = Date.parse('0001-01-01T00:00:00Z')
const LAST_MS = Date.parse('9999-12-31T23:59:59Z')

/** How an instant is written, for whoever wrote something else. */
export const INSTANT_MEND = 'Write ISO 8601 with a zone, such as "2026-11-02T09:00:00Z".'

const ISO = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2}))?$/

/** Whether a clock can show that many milliseconds since 1970. */
function isShown(ms: number): boolean {
  return ms >= FIRST_MS && ms <= LAST_MS
}

/** Whether a value is an ISO 8601 instant that a clock can show; a date alone is its midnight in UTC. */
export function isInstant(value: unknown): value is string {
  return typeof value === 'string' && ISO.test(value) && isShown(Date.parse(value))
}

function instantOf(iso: string): number {
  if (!isInstant(iso)) throw new RangeError(`${JSON.stringify(iso)} is not an instant. ${INSTANT_MEND}`)
  return Date.parse(iso)
}

/** Where a clock is after so many seconds; throws `RangeError` where none can be. */
export function movedBy(fromMs: number, seconds: number): number {
  const ms = fromMs + seconds * 1000
  if (typeof seconds === 'number' && isShown(ms)) return ms
  throw new RangeError(
    `The clock cannot go on by ${seconds} s. Write seconds that stay in the years 1 to 9999.`,
  )
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
    get running() {
      return running
    },
    set: (iso) => jump(instantOf(iso)),
    advance: (seconds) => jump(movedBy(present(), seconds)),
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
