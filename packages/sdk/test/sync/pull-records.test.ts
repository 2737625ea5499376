/** Single records come home at once, in their place, and the runs around them stay exact. */
import { memoryStore } from '@snowline/sdk/stores/memory'
import { expect, test } from 'vitest'
import type { SysId } from '../../src/base/values.ts'
import { createSyncEngine } from '../../src/sync/index.ts'
import { World } from './world.ts'

async function open() {
  const world = new World({ seed: 5, rows: 30, churn: 0 })
  const store = memoryStore()
  const engine = createSyncEngine({ source: world, store, integration: 'm', clock: world.clock })
  const pull = async (runId: string) => {
    for await (const event of engine.pull({ runId })) if (event.type === 'complete') return event
    throw new Error('no complete')
  }
  return { world, store, engine, pull }
}

test('a record is in the mirror before the next run, and the run seals it', async () => {
  const { world, store, engine, pull } = await open()
  await pull('first')
  const before = await store.readState('m')
  const fresh = world.touch()
  const changes = await engine.pullRecords({ sysIds: [fresh.sys_id], runId: 'one' })
  expect(changes).toMatchObject([{ kind: 'updated', label: fresh.number }])
  expect(await store.readRecord('m', fresh.sys_id)).toEqual(fresh)
  expect((await store.readState('m'))?.watermark).toBe(before?.watermark)
  const run = await pull('second')
  expect(run.counts, 'found equal by the run').toMatchObject({ added: 0, updated: 0 })
  expect(run.version).toMatchObject({ number: 2, updated: 1 })
})

test('while a run is under way it says so and writes nothing', async () => {
  const { world, engine } = await open()
  const run = engine.pull({ runId: 'slow' })
  await run.next()
  expect(await engine.pullRecords({ sysIds: [world.visible()[0]?.sys_id as SysId], runId: 'one' })).toBeNull()
  await run.return()
})

test('a record that is not there, or hidden, changes nothing', async () => {
  const { engine } = await open()
  expect(await engine.pullRecords({ sysIds: ['f'.repeat(32) as SysId], runId: 'one' })).toEqual([])
})
