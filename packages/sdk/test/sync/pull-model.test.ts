/** Random worlds: whatever ties, late commits, hidden rows, faults and kills do, the mirror ends equal to what is visible. */

import { memoryStore } from '@snowline/sdk/stores/memory'
import { expect, test } from 'vitest'
import { stampFromMs } from '../../src/base/values.ts'
import { createSyncEngine, type PullEvent } from '../../src/sync/index.ts'
import { type WatchedStore, watched } from './watched-store.ts'
import { randomOf, World, type WorldOptions } from './world.ts'

const LIMIT = 5

async function pull(
  world: World,
  store: WatchedStore,
  runId: string,
  overlapMs = 60_000,
): Promise<PullEvent[]> {
  const engine = createSyncEngine({
    source: world,
    store,
    integration: 'm',
    clock: world.clock,
    pageLimit: LIMIT,
    overlapMs,
  })
  const events: PullEvent[] = []
  for await (const event of engine.pull({ runId })) events.push(event)
  return events
}

function checkEvents(events: readonly PullEvent[], seed: number): void {
  const committed = events.filter((event) => event.type === 'committed')
  let next = 1
  for (const event of committed) {
    expect(event.firstBatch, `SEED=${seed}: batches without a gap`).toBe(next)
    next += Math.ceil(event.changes.length / event.batchSize)
  }
  const complete = events.at(-1)
  if (complete?.type !== 'complete') throw new Error(`SEED=${seed}: the last event is not complete`)
  const changes = committed.reduce((sum, event) => sum + event.changes.length, 0)
  expect(complete.counts.added + complete.counts.updated, `SEED=${seed}: counts`).toBe(changes)
  expect(complete.totals.batches, `SEED=${seed}: batches`).toBe(next - 1)
}

async function runWorld(options: WorldOptions, overlapMs?: number): Promise<void> {
  const { seed } = options
  const world = new World(options)
  const random = randomOf(seed + 1)
  const store = watched(memoryStore())
  for (let run = 0; run < 8; run += 1) {
    const kill = random() < 0.4
    if (kill) store.killAfter(Math.floor(random() * 6))
    const before = await store.readState('m')
    try {
      checkEvents(await pull(world, store, `run-${run}`, overlapMs), seed)
    } catch (error) {
      if (error instanceof Error && error.name === 'AssertionError') throw error
      const after = await store.readState('m')
      expect(after?.watermark ?? null, `SEED=${seed}: the watermark stands after a failure`).toBe(
        before?.watermark ?? null,
      )
    }
    store.revive()
    world.advance(kill ? 120 : Math.floor(random() * 90))
  }
  world.quiet()
  world.advance(200)
  await pull(world, store, 'quiet-1', overlapMs)
  const last = await pull(world, store, 'quiet-2', overlapMs)
  expect(last.at(-1), `SEED=${seed}: an empty sync changes nothing`).toMatchObject({
    counts: { added: 0, updated: 0 },
    version: null,
  })
  await checkEnd(world, store, seed)
}

async function checkEnd(world: World, store: WatchedStore, seed: number): Promise<void> {
  const { records } = await store.listRecords('m', { limit: 100_000 })
  const texts = (all: readonly object[]) =>
    new Set(all.map((record) => JSON.stringify(Object.entries(record).sort())))
  const mirror = texts(records)
  const visible = texts(world.visible())
  expect([...visible.difference(mirror)].slice(0, 3), `SEED=${seed}: visible and not in the mirror`).toEqual(
    [],
  )
  expect([...mirror.difference(visible)].slice(0, 3), `SEED=${seed}: in the mirror and not visible`).toEqual(
    [],
  )
  for (const [sysId, stamps] of store.applied) {
    expect(stamps, `SEED=${seed}: ${sysId} never goes back`).toEqual([...stamps].sort())
  }
  for (const version of await store.listVersions('m', { limit: 100 })) {
    const { stored, computed } = await store.verifyVersion('m', version.number)
    expect(computed, `SEED=${seed}: hash of version ${version.number}`).toBe(stored)
  }
  const active = (await store.listVersions('m', { limit: 1 }))[0]
  expect(active?.incidentCount, `SEED=${seed}: count of the active version`).toBe(records.length)
  const state = await store.readState('m')
  expect(
    (state?.watermark ?? '') <= stampFromMs(world.clock.now() + 300_000),
    `SEED=${seed}: watermark`,
  ).toBe(true)
}

const base = Number(process.env.SEED ?? 1)
const count = process.env.SEED === undefined ? Number(process.env.SEEDS ?? 60) : 1

const worlds: [string, Omit<WorldOptions, 'seed' | 'rows'>][] = [
  ['clean', {}],
  ['late commits up to 20 s', { lateSeconds: 20 }],
  ['15 % hidden', { hidden: 0.15 }],
  ['most rows hidden', { hidden: 0.8 }],
  ['all, with faults', { hidden: 0.15, lateSeconds: 20, faults: 0.03 }],
  ['no count, only Link', { hidden: 0.15, lateSeconds: 20, linkOnly: true }],
]

test.each(worlds)('%s', { timeout: 3_600_000 }, async (_name, options) => {
  for (let seed = base; seed < base + count; seed += 1) await runWorld({ ...options, seed, rows: 40 })
})

test('SEED=4463: the newest rows of every first digit are hidden, and a visible one lies behind them', async () => {
  await runWorld({ seed: 4463, rows: 40, hidden: 0.8 })
})

test('the checker can fail: without an overlap late commits are lost, and it says so within 50 seeds', async () => {
  const failures: string[] = []
  for (let seed = 1; seed <= 50 && failures.length === 0; seed += 1) {
    await runWorld({ seed, rows: 40, lateSeconds: 20 }, 0).catch((error: Error) =>
      failures.push(error.message),
    )
  }
  expect(failures[0]).toMatch(/SEED=\d+: visible and not in the mirror/)
})

test('a window over the hold is written page by page and still ends exact', async () => {
  const world = new World({ seed: 7, rows: 10_600, churn: 1, lateSeconds: 3 })
  const store = watched(memoryStore())
  const engine = createSyncEngine({
    source: world,
    store,
    integration: 'm',
    clock: world.clock,
    overlapMs: 60_000,
  })
  const events: PullEvent[] = []
  for await (const event of engine.pull({ runId: 'big' })) events.push(event)
  checkEvents(events, 7)
  expect(events.filter((event) => event.type === 'committed').length).toBeGreaterThan(10)
  world.quiet()
  world.advance(200)
  await pull(world, store, 'after-1')
  await checkEnd(world, store, 7)
})

test('a killed large run goes on where it was: finished slices are not read again', async () => {
  const world = new World({ seed: 8, rows: 12_000, churn: 0 })
  const store = watched(memoryStore())
  const engine = createSyncEngine({
    source: world,
    store,
    integration: 'm',
    clock: world.clock,
    overlapMs: 60_000,
  })
  store.killAfter(12)
  await expect(async () => {
    for await (const _event of engine.pull({ runId: 'killed' }));
  }).rejects.toThrow('killed')
  const readBefore = world.requests
  store.revive()
  world.advance(120)
  let added = 0
  for await (const event of engine.pull({ runId: 'again' }))
    if (event.type === 'complete') added = event.counts.added
  expect(world.requests - readBefore).toBeLessThan(6)
  expect(added).toBeLessThan(2_100)
  const [version] = await store.listVersions('m', { limit: 1 })
  expect(version).toMatchObject({ incidentCount: 12_000, added: 12_000, parent: null })
  await checkEnd(world, store, 8)
})
