/** What runs by itself: each job when its schedule says so, once over all servers of one database. Time and waiting come in as a clock. */
import type { Logger } from '@snowline/sdk'
import type { Clock } from './clock.ts'
import { lastDue, nextDue } from './cron.ts'
import type { Executor } from './db/tables.ts'
import { beginTicks, claimTick, readTick } from './db/ticks.ts'

export interface Job {
  /** Names its ticks in the database: an integration's id, `env`, or a chore. */
  name: string
  /** Cron, UTC; vetted when it was saved. */
  schedule: string
  /** Begins the work; resolves when it has begun. What it throws is logged. */
  run(): Promise<void>
}

export interface SchedulerOptions {
  write: Executor
  read: Executor
  clock: Clock
  logger: Logger
  /** Asked at each look, so that a schedule changed here or by another server counts from then on. */
  jobs: () => Promise<readonly Job[]>
}

export interface Scheduler {
  start(): void
  /** Begins nothing any more. What has begun is not waited for. */
  stop(): Promise<void>
  /** One look: begins what is due, and says when to look again (milliseconds since 1970). */
  tick(): Promise<number>
}

/** A schedule that was changed counts after this time at the latest. */
const LOOK_MS = 10_000
/** A clock that went back further than it ever drifts was set: what was reckoned with it does not count. */
const SET_BACK_MS = 60_000

/**
 * A job is due once at each time its schedule names. Ticks missed while the machine slept or no server ran are made up for by one run, not
 * by many; those of before a schedule was saved or resumed never.
 */
export function createScheduler(options: SchedulerOptions): Scheduler {
  const { clock, logger } = options
  const plans = new Plans(options)
  let ending = new AbortController()
  let looping: Promise<void> = Promise.resolve()
  const tick = async (): Promise<number> => {
    const now = clock.now()
    let next = now + LOOK_MS
    for (const { job, due } of await plans.look(now)) {
      try {
        if (due.now && (await plans.take(job, now))) await job.run()
      } catch (error) {
        logger.warn('schedule.failed', { job: job.name, reason: reasonOf(error) })
      }
      next = Math.min(next, due.next)
    }
    return next
  }
  const loop = async (signal: AbortSignal): Promise<void> => {
    while (!signal.aborted) {
      const next = await tick().catch((error: unknown) => {
        logger.warn('schedule.failed', { reason: reasonOf(error) })
        return clock.now() + LOOK_MS
      })
      await clock.sleep(Math.max(1, next - clock.now()), signal).catch(() => undefined)
    }
  }
  return {
    start() {
      ending.abort()
      ending = new AbortController()
      looping = loop(ending.signal)
    },
    async stop() {
      ending.abort()
      await looping
    },
    tick,
  }
}

interface Due {
  now: boolean
  next: number
}

/** Which job is due next when; what the database knows counts once, at the first look of a process. */
class Plans {
  private readonly options: SchedulerOptions
  private plans = new Map<string, { schedule: string; next: number }>()
  private first = true
  private lookedAt = 0

  constructor(options: SchedulerOptions) {
    this.options = options
  }

  async look(now: number): Promise<{ job: Job; due: Due }[]> {
    if (now < this.lookedAt - SET_BACK_MS) this.plans.clear()
    this.lookedAt = now
    const jobs = await this.options.jobs()
    const plans: typeof this.plans = new Map()
    const found: { job: Job; due: Due }[] = []
    for (const job of jobs) {
      const known = this.plans.get(job.name)
      const next = known?.schedule === job.schedule ? known.next : await this.begin(job, now)
      const due = next <= now
      const following = due ? after(job.schedule, now) : next
      plans.set(job.name, { schedule: job.schedule, next: following })
      found.push({ job, due: { now: due, next: following } })
    }
    this.plans = plans
    this.first = false
    return found
  }

  /** False when another server has taken this tick. */
  take({ name, schedule }: Job, now: number): Promise<boolean> {
    // The last of several missed ones: the same for every server, whenever it woke up.
    const due = lastDue(schedule, now) ?? now
    return this.options.write.transaction().execute((tx) => claimTick(tx, { name, schedule, due }, now))
  }

  /** When a job that is new to this process is due: after the tick taken last, or, where nobody counts yet, after now. */
  private async begin({ name, schedule }: Job, now: number): Promise<number> {
    const { read, write } = this.options
    const stored = await readTick(read, name)
    if (stored?.schedule !== schedule) {
      await write.transaction().execute((tx) => beginTicks(tx, { name, schedule, due: now }))
      return after(schedule, now)
    }
    return after(schedule, this.first ? Math.min(stored.due, now) : now)
  }
}

/** Never again is after everything. */
function after(schedule: string, ms: number): number {
  return nextDue(schedule, ms) ?? Number.POSITIVE_INFINITY
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : 'unknown'
}
