/** Windows larger than the hold: written page by page, resumed after a kill where they were, and exact at the end; idle runs ask for next to nothing. */
import { memoryStore } from '@snowline/sdk/stores/memory'
import { expect, test } from 'vitest'
import { createSyncEngine, type PullEvent, type SyncEngine } from '../../src/sync/index.ts'
import { checkBatches, checkMirror } from './invariants.ts'
import { type WatchedStore, watched } from './watched-store.ts'
import { World, type WorldOptions } from './world.ts'

function open(options: WorldOptions): { world: World; store: WatchedStore; engine: SyncEngine } {
  const world = new World(options)
  const store = watched(memoryStore())
  const { clock } = world
  const engine = createSyncEngine({ source: world, store, integration: 'm', clock, overlapMs: 60_000 })
  return { world, store, engine }
}

async function pull(engine: SyncEngine, runId: string): Promise<PullEvent[]> {
  const events: PullEvent[] = []
  for await (const event of engine.pull({ runId })) events.push(event)
  return events
}

const mirrorOf = async (store: WatchedStore) => (await store.listRecords('m', { limit: 100_000 })).records

test('a window over the hold is written page by page and still ends exact', async () => {
  const { world, store, engine } = open({ seed: 7, rows: 10_600, churn: 1, lateSeconds: 3 })
  const events = await pull(engine, 'big')
  checkBatches(7, events, store.commits)
  expect(events.filter((event) => event.type === 'committed').length).toBeGreaterThan(10)
  world.quiet()
  world.advance(200)
  await pull(engine, 'after')
  checkMirror(7, await mirrorOf(store), world.visible())
})

test('a killed large run goes on where it was: finished slices are not read again', async () => {
  const { world, store, engine } = open({ seed: 8, rows: 12_000, churn: 0 })
  store.killAfter(12)
  await expect(pull(engine, 'killed')).rejects.toThrow('killed')
  const readBefore = world.requests
  const written = store.commits.flatMap((commit) => commit.written).length
  store.revive()
  world.advance(120)
  const [complete] = (await pull(engine, 'again')).slice(-1)
  const left = Math.ceil((12_000 - written) / 1_000)
  expect(world.requests - readBefore, 'what is left, what was under way, and the ends').toBeLessThan(
    left + 10,
  )
  expect(complete).toMatchObject({ type: 'complete', counts: { added: 12_000 - written } })
  const [version] = await store.listVersions('m', { limit: 1 })
  expect(version).toMatchObject({ incidentCount: 12_000, added: 12_000, parent: null })
  checkMirror(8, await mirrorOf(store), world.visible())
})

test.each([
  ['three times', {}, 3],
  ['four times with a filter', { leaving: 0.2 }, 4],
] as const)('an idle run asks %s', async (_name, options, most) => {
  const { world, engine } = open({ seed: 9, rows: 60, churn: 0, ...options })
  world.advance(200)
  await pull(engine, 'first')
  await pull(engine, 'second')
  const before = world.requests
  const [complete] = (await pull(engine, 'idle')).slice(-1)
  expect(complete).toMatchObject({ version: null, counts: { added: 0, updated: 0, deleted: 0 } })
  expect(world.requests - before).toBeLessThanOrEqual(most)
})
