/**
 * Random worlds: whatever ties, late commits, hidden rows, deletes, clones, faults, kills and leaping clocks do, every law holds after
 * each step, and at rest the mirror equals what is visible. `SEEDS=10000` is the long run, `SEED=` replays one life.
 */
import { setImmediate } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { type LifeOptions, live } from './life.ts'
import { World, type WorldOptions } from './world.ts'

type WorldLife = LifeOptions & WorldOptions

const lifeIn = (options: WorldLife) => live(new World(options), options)

const base = Number(process.env.SEED ?? 1)
const count = process.env.SEED === undefined ? Number(process.env.SEEDS ?? 60) : 1

const faults = { faults: 0.03, oddFaults: true, turns: 12 }
const deletes = { deletes: 0.1, audited: 0.8, lateSeconds: 20 }

const worlds: [string, Omit<WorldLife, 'seed' | 'rows'> & { rows?: number }][] = [
  ['clean', {}],
  ['late commits up to 20 s', { lateSeconds: 20 }],
  ['15 % hidden', { hidden: 0.15 }],
  ['most rows hidden', { hidden: 0.8 }],
  ['hidden, late, faults', { hidden: 0.15, lateSeconds: 20, faults: 0.03 }],
  ['no count, only Link', { hidden: 0.15, lateSeconds: 20, linkOnly: true }],
  ['concurrent answers in any order', { lateSeconds: 20, hidden: 0.15, ...faults }],
  ['counts far above the truth, written page by page', { overcounts: true, lateSeconds: 20, ...faults }],
  ['deletes, all of them recorded', { ...deletes, audited: 1, ...faults }],
  ['deletes, some recorded, some brought back', { ...deletes, undeletes: 0.2, ...faults }],
  ['deletes, and the feed forbidden', { ...deletes, feed: 'forbidden', ...faults }],
  ['deletes, and no feed', { ...deletes, feed: 'absent', ...faults }],
  ['rows hidden and shown again', { aclChanges: 0.1, hidden: 0.15, lateSeconds: 20, ...faults }],
  ['rows that leave the filter and come back', { leaving: 0.3, lateSeconds: 20, hidden: 0.15, ...faults }],
  ['clones and restores', { clones: 0.4, ...deletes, ...faults }],
  ['stamps from the future', { future: 0.05, lateSeconds: 20, ...faults }],
  ['modification counts that go back', { modBack: 0.2, turns: 12 }],
  ['our clock leaps', { leaps: 0.5, ...deletes, ...faults }],
  ['an instance that answers few rows in time', { pageLimit: 40, inTime: 12, hidden: 0.3, ...faults }],
  ['records too large to be read', { huge: 0.05, lateSeconds: 20, hidden: 0.15, ...faults }],
  ['runs that freeze and are taken over', { freezes: 0.4, ...deletes, ...faults }],
  ['versions rolled back', { rollbacks: 0.3, ...deletes, ...faults }],
  ['full reads', { fullReads: 0.4, overcounts: true, ...deletes, ...faults }],
  ['everything hidden for a while', { blackouts: 0.3, rows: 120, reconcileEveryMs: 60_000, ...faults }],
  [
    'everything at once',
    {
      ...{
        ...deletes,
        ...faults,
        hidden: 0.15,
        undeletes: 0.1,
        aclChanges: 0.05,
        leaving: 0.2,
        overcounts: true,
      },
      ...{
        future: 0.02,
        modBack: 0.1,
        clones: 0.1,
        leaps: 0.3,
        freezes: 0.2,
        rollbacks: 0.1,
        fullReads: 0.1,
      },
      ...{ huge: 0.02, pageLimit: 24, inTime: 11 },
    },
  ],
]

test.each(worlds)('%s', { timeout: 36_000_000 }, async (_name, options) => {
  for (let seed = base; seed < base + count; seed += 1) {
    await lifeIn({ rows: 32, steps: 7, ...options, seed })
    // What a run leaves to the collector is held until the turn ends.
    await setImmediate()
  }
})

test('SEED=4463: the newest rows of every first digit are hidden, and a visible one lies behind them', async () => {
  await lifeIn({ seed: 4463, rows: 40, hidden: 0.8 })
})

test('the checker can fail: without an overlap late commits are lost, and it says so within 50 seeds', async () => {
  const failures: string[] = []
  for (let seed = 1; seed <= 50 && failures.length === 0; seed += 1) {
    const life = lifeIn({ seed, rows: 40, lateSeconds: 20, overlapSeconds: 0 })
    await life.catch((error: Error) => failures.push(error.message))
  }
  expect(failures[0]).toMatch(/^I4 SEED=\d+: /)
})

test('a seed replays: two lives of one seed tell and write the same, byte by byte', async () => {
  const [, everything] = worlds.at(-1) ?? []
  const options = { rows: 40, ...everything, seed: base }
  const [first, second] = [await lifeIn(options), await lifeIn(options)]
  expect(first.length).toBeGreaterThan(50)
  expect(second.join('\n')).toBe(first.join('\n'))
})
