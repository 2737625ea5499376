/**
 * The real engine, client and stores against the simulator: every seed draws what goes wrong, every law holds after each run, and at rest
 * the mirror equals what the user sees. `SEEDS=1000` is the long run, `SEED=` replays one life.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { memoryStore } from '@snowline/sdk/stores/memory'
import { sqliteStore } from '@snowline/sdk/stores/sqlite'
import { afterAll, expect, test } from 'vitest'
import { checkPace } from '../sync/invariants.ts'
import { type LifeOptions, live } from '../sync/life.ts'
import { randomOf } from '../sync/world-options.ts'
import { InstanceWorld, type InstanceWorldOptions } from './instance-world.ts'

const folder = mkdtempSync(join(tmpdir(), 'snowline-worlds-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const base = Number(process.env.SEED ?? 1)
const count = process.env.SEED === undefined ? Number(process.env.SEEDS ?? 25) : 1

/** What this seed is about: each trouble comes in about a third of the lives. */
function drawn(seed: number): LifeOptions & InstanceWorldOptions {
  const random = randomOf(seed ^ 0xd7a3)
  const some = <T>(value: T, otherwise: T, share = 0.35): T => (random() < share ? value : otherwise)
  return {
    seed,
    incidents: 30 + Math.floor(random() * 40),
    steps: 6,
    pageLimit: some(20, 10, 0.5),
    concurrency: 1 + Math.floor(random() * 4),
    hidden: some(0.2, 0),
    lateSeconds: some(20, 0),
    deletes: some(0.15, 0, 0.6),
    audited: some(0.7, 1),
    undeletes: some(0.1, 0),
    aclChanges: some(0.1, 0),
    faults: some(0.01, 0, 0.6),
    filtered: some(true, false),
    clones: some(0.3, 0, 0.2),
    kills: some(0.4, 0, 0.6),
    freezes: some(0.3, 0, 0.2),
    leaps: some(0.4, 0),
    rollbacks: some(0.3, 0, 0.2),
    fullReads: some(0.2, 0, 0.2),
    blackouts: some(0.2, 0, 0.2),
    ...some({ quotaRows: 14 }, {}, 0.2),
    ...some({ semaphore: 2 }, {}, 0.2),
    ...some({ rate: 40 }, {}, 0.2),
  }
}

test(`${count} lives of the real engine`, { timeout: 36_000_000 }, async () => {
  let requests = 0
  for (let seed = base; seed < base + count; seed += 1) {
    const options = drawn(seed)
    const world = new InstanceWorld(options)
    const store = seed % 4 === 0 ? await sqliteStore({ file: join(folder, `${seed}.db`) }) : memoryStore()
    try {
      await live(world, options, { store })
    } finally {
      await store.close()
    }
    // What a run leaves to the collector is held until the turn ends.
    await setImmediate()
    checkPace(seed, world.calls)
    requests += world.requests
  }
  expect(requests).toBeGreaterThan(count * 20)
})
