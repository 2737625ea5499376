/** The scheduler over a database and a clock that only tests move: each tick once, missed ones made up once, waits that can be told. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Clock } from '@snowline/sdk'
import { openSqlite, type SqliteDatabase } from '@snowline/sdk/stores/sqlite'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { migrate } from '../src/db/migrations.ts'
import type { AppTables } from '../src/db/tables.ts'
import { createScheduler, type Job, type Scheduler } from '../src/scheduler.ts'
import { type LogLine, recordingLogger } from './kit.ts'

/** Every wait is written down and over at once; the clock stands where it ends. */
class SteppingClock implements Clock {
  ms = Date.parse('2026-11-02T09:00:30Z')
  readonly waits: number[] = []
  left: number

  constructor(steps: number) {
    this.left = steps
  }

  now(): number {
    return this.ms
  }

  async sleep(ms: number, signal?: AbortSignal): Promise<void> {
    this.waits.push(ms)
    this.ms += ms
    this.left -= 1
    if (this.left > 0) return
    await new Promise<void>((_resolve, reject) => {
      const end = () => reject(signal?.reason)
      if (signal?.aborted) end()
      signal?.addEventListener('abort', end, { once: true })
    })
  }
}

let folder: string
let database: SqliteDatabase
let clock: SteppingClock
let jobs: { name: string; schedule: string }[]
let ran: string[]
let log: LogLine[]
let broken: boolean

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'snowline-scheduler-'))
  database = openSqlite({ file: join(folder, 'test.db') })
  await migrate(database.write)
  clock = new SteppingClock(1)
  jobs = []
  ran = []
  log = []
  broken = false
})

afterEach(async () => {
  await database.close()
  rmSync(folder, { recursive: true, force: true })
})

function scheduler(server = 'a'): Scheduler {
  return createScheduler({
    write: database.write.withTables<AppTables>(),
    read: database.read.withTables<AppTables>(),
    clock,
    logger: recordingLogger(log),
    jobs: async () =>
      jobs.map(
        (job): Job => ({
          ...job,
          async run() {
            if (broken) throw new Error('no')
            ran.push(`${server} ${job.name} ${new Date(clock.ms).toISOString().slice(11, 19)}`)
          },
        }),
      ),
  })
}

const at = (time: string): void => {
  clock.ms = Date.parse(`2026-11-02T${time}Z`)
}

test('a job runs at each of its times, once, however often one looks', async () => {
  jobs = [{ name: 'x', schedule: '*/15 * * * *' }]
  const one = scheduler()
  for (const time of ['09:00:30', '09:14:59', '09:15:00', '09:15:00', '09:15:07', '09:29:59', '09:30:01']) {
    at(time)
    await one.tick()
  }
  expect(ran).toEqual(['a x 09:15:00', 'a x 09:30:01'])
})

test('the wait ends at the next time, and after ten seconds at the latest, so that a new schedule is seen', async () => {
  jobs = [{ name: 'x', schedule: '* * * * *' }]
  clock = new SteppingClock(9)
  const one = scheduler()
  one.start()
  while (clock.left > 0) await new Promise((resolve) => setImmediate(resolve))
  await one.stop()
  expect(clock.waits).toEqual(Array.from({ length: 9 }, () => 10_000))
  expect(ran).toEqual(['a x 09:01:00'])
  at('09:01:57')
  expect(await scheduler().tick()).toBe(Date.parse('2026-11-02T09:02:00Z'))
})

test('two servers on one database: one of them runs, whoever comes first', async () => {
  jobs = [{ name: 'x', schedule: '0 * * * *' }]
  const [one, two] = [scheduler('a'), scheduler('b')]
  await Promise.all([one.tick(), two.tick()])
  at('10:00:00')
  await Promise.all([one.tick(), two.tick()])
  expect(ran).toHaveLength(1)
  at('11:00:00')
  await two.tick()
  at('11:00:09')
  await one.tick()
  expect(ran).toHaveLength(2)
  expect(ran[1]).toBe('b x 11:00:00')
})

test('a server that saw the schedule a moment later does not lose the tick of the other', async () => {
  jobs = [{ name: 'x', schedule: '0 * * * *' }]
  const [one, two] = [scheduler('a'), scheduler('b')]
  at('09:59:59')
  await one.tick()
  at('10:00:00')
  await two.tick()
  await one.tick()
  expect(ran).toEqual(['b x 10:00:00'])
})

test('ticks missed in sleep are made up for once, for all servers together', async () => {
  jobs = [{ name: 'x', schedule: '*/5 * * * *' }]
  const [one, two] = [scheduler('a'), scheduler('b')]
  await one.tick()
  await two.tick()
  at('11:02:10')
  await one.tick()
  at('11:03:10')
  await two.tick()
  at('11:05:00')
  await one.tick()
  expect(ran).toEqual(['a x 11:02:10', 'a x 11:05:00'])
})

test('after a restart a missed tick is made up for once; one that was taken is not taken again', async () => {
  jobs = [{ name: 'x', schedule: '0 * * * *' }]
  await scheduler('a').tick()
  at('10:30:00')
  await scheduler('b').tick()
  await scheduler('c').tick()
  expect(ran).toEqual(['b x 10:30:00'])
})

test('a new schedule, a changed one and a resumed one count from then on', async () => {
  const one = scheduler()
  await one.tick()
  jobs = [{ name: 'x', schedule: '0 9 * * *' }]
  at('12:00:00')
  await one.tick()
  jobs = [{ name: 'x', schedule: '0 11 * * *' }]
  await one.tick()
  await scheduler('b').tick()
  expect(ran).toEqual([])
  jobs = []
  await one.tick()
  clock.ms += 3 * 86_400_000
  jobs = [{ name: 'x', schedule: '0 11 * * *' }]
  await one.tick()
  expect(ran).toEqual([])
  clock.ms += 86_400_000
  await one.tick()
  expect(ran).toHaveLength(1)
})

test('a clock that was wrong by a year, ahead, holds nothing up once it is right again', async () => {
  jobs = [{ name: 'x', schedule: '0 * * * *' }]
  const one = scheduler()
  const right = clock.ms
  clock.ms += 365 * 86_400_000
  await one.tick()
  clock.ms += 3_600_000
  await one.tick()
  expect(ran).toHaveLength(1)
  clock.ms = right
  await one.tick()
  at('10:00:00')
  await one.tick()
  expect(ran).toHaveLength(2)
  await scheduler('b').tick()
  expect(ran).toHaveLength(2)
})

test('an hour that comes again by a clock set back is not run again', async () => {
  jobs = [{ name: 'x', schedule: '*/30 * * * *' }]
  const one = scheduler()
  await one.tick()
  at('10:00:00')
  await one.tick()
  at('09:10:00')
  for (const time of ['09:10:00', '09:30:00', '10:00:00', '10:30:00']) {
    at(time)
    await one.tick()
  }
  expect(ran).toEqual(['a x 10:00:00', 'a x 10:30:00'])
})

test('a job that fails is told, and neither stops the others nor is tried again before its next time', async () => {
  jobs = [
    { name: 'x', schedule: '0 * * * *' },
    { name: 'y', schedule: '0 * * * *' },
  ]
  const one = scheduler()
  await one.tick()
  at('10:00:00')
  broken = true
  await one.tick()
  broken = false
  at('10:00:10')
  await one.tick()
  expect(log.filter(({ event }) => event === 'schedule.failed').map(({ fields }) => fields.job)).toEqual([
    'x',
    'y',
  ])
  expect(ran).toEqual([])
  at('11:00:00')
  await one.tick()
  expect(ran).toHaveLength(2)
})
