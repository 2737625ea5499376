/** What a run does beside its window: deletes, rows that left the filter, the reconcile and its guard, clones, page sizes that give way. */
import { memoryStore } from '@snowline/sdk/stores/memory'
import { expect, test } from 'vitest'
import { PermissionError } from '../../src/base/errors.ts'
import { createSyncEngine, type PullEvent, type SyncStore } from '../../src/sync/index.ts'
import type { PullOptions } from '../../src/sync/pull.ts'
import { idOf, quotaCut, SmallInstance, timeout } from './small-instance.ts'

const DAY = 86_400
let runs = 0

async function sync(
  instance: SmallInstance,
  store: SyncStore,
  options: Partial<PullOptions> & { pageLimit?: number } = {},
): Promise<PullEvent[]> {
  const { pageLimit = 100, ...rest } = options
  const engine = createSyncEngine({
    source: instance,
    store,
    clock: instance.clock,
    pageLimit,
    overlapMs: 60_000,
  })
  const events: PullEvent[] = []
  runs += 1
  for await (const event of engine.pull({ runId: `run-${runs}`, ...rest })) events.push(event)
  return events
}

const mirror = async (store: SyncStore) =>
  (await store.listRecords('incident', { limit: 1_000 })).records.map((record) => record.number).sort()

const removed = (events: readonly PullEvent[]) =>
  events.flatMap((event) => (event.type === 'removed' ? event.changes.map((c) => [c.label, c.cause]) : []))

const notices = (events: readonly PullEvent[]) =>
  events.flatMap((event) => (event.type === 'notice' ? [event.code] : []))

/** An instance of `count` rows, read once. */
async function read(count: number, options: { filtered?: boolean } = {}) {
  const instance = new SmallInstance(options)
  for (let n = 1; n <= count; n += 1) instance.put(n, n)
  const store = memoryStore()
  await sync(instance, store)
  instance.asked.length = 0
  return { instance, store }
}

test('an idle sync makes three requests, four with a filter', async () => {
  const plain = await read(5)
  await sync(plain.instance, plain.store)
  expect(plain.instance.asked).toEqual(['newest keys 1', 'ascending records 100', 'deletes 1000'])
  const filtered = await read(5, { filtered: true })
  await sync(filtered.instance, filtered.store)
  expect(filtered.instance.asked).toHaveLength(4)
})

test('a recorded delete is confirmed and removed; an unrecorded one stays until the reconcile', async () => {
  const { instance, store } = await read(5)
  instance.drop(2, 90)
  instance.drop(3)
  const events = await sync(instance, store)
  expect(removed(events)).toEqual([['INC2', 'deleted']])
  expect(events.at(-1)).toMatchObject({ counts: { deleted: 1, unchanged: 3 }, version: { deleted: 1 } })
  expect(removed(await sync(instance, store, { reconcile: true }))).toEqual([['INC3', 'gone_from_view']])
  expect(await mirror(store)).toEqual(['INC1', 'INC4', 'INC5'])
})

test('a delete is not believed when a record that must be there does not come back either', async () => {
  const { instance, store } = await read(5)
  instance.drop(2, 90)
  instance.before = (kind) => {
    if (kind.startsWith('ids')) for (const id of instance.rows.keys()) instance.hidden.add(id)
  }
  const events = await sync(instance, store)
  expect(notices(events)).toContain('deletes.no_verdict')
  expect(await mirror(store)).toHaveLength(5)
  instance.before = () => undefined
  instance.hidden.clear()
  expect(removed(await sync(instance, store))).toEqual([['INC2', 'deleted']])
})

test('a first run that could prove nothing leaves the beginning of the record to the next one', async () => {
  const instance = new SmallInstance()
  for (let n = 1; n <= 5; n += 1) instance.put(n, n)
  const store = memoryStore()
  instance.drop(6, 99)
  instance.before = (kind) => {
    if (kind === 'deletes') throw new PermissionError('no', { method: 'GET', url: '', status: 403 })
  }
  await sync(instance, store)
  instance.drop(2, 101)
  instance.nowMs += 3_600_000
  instance.before = () => undefined
  expect(removed(await sync(instance, store))).toEqual([['INC2', 'deleted']])
})

test('the last record of a table goes when the instance counts none', async () => {
  const { instance, store } = await read(1)
  instance.drop(1, 90)
  expect(removed(await sync(instance, store))).toEqual([['INC1', 'deleted']])
})

test('a record that came back after its delete stays', async () => {
  const { instance, store } = await read(3)
  const row = instance.rows.get(idOf(2))
  instance.drop(2, 90)
  if (row !== undefined) instance.rows.set(row.sys_id, row)
  expect(removed(await sync(instance, store))).toEqual([])
  expect(await mirror(store)).toHaveLength(3)
})

test('a record of deletes that may not be read is said, and the sync goes on', async () => {
  const { instance, store } = await read(3)
  instance.before = (kind) => {
    if (kind === 'deletes') throw new PermissionError('no', { method: 'GET', url: '', status: 403 })
  }
  const events = await sync(instance, store)
  expect(notices(events)).toEqual(['deletes.unreadable'])
  expect(events.at(-1)?.type).toBe('complete')
})

test('a row that leaves the filter is removed, and comes back with the filter', async () => {
  const { instance, store } = await read(4, { filtered: true })
  instance.put(2, 95, 'moved')
  instance.outside.add(idOf(2))
  expect(removed(await sync(instance, store))).toEqual([['INC2', 'left_scope']])
  instance.outside.delete(idOf(2))
  instance.put(2, 97, 'back')
  await sync(instance, store)
  expect(await mirror(store)).toHaveLength(4)
})

test('a reconcile brings in what is revealed and takes back what was stamped in the future', async () => {
  const { instance, store } = await read(4)
  instance.put(9, 2, 'hidden before')
  instance.put(3, 1_000_000, 'from the future')
  await sync(instance, store)
  expect((await store.readRecord('incident', idOf(3)))?.text).toBe('from the future')
  instance.put(3, 3, 'right again')
  instance.nowMs += DAY * 1_000
  const events = await sync(instance, store)
  expect(notices(events)).toContain('reconcile.done')
  expect((await store.readRecord('incident', idOf(3)))?.text).toBe('right again')
  expect(await mirror(store)).toHaveLength(5)
})

test('more missing records than the guard allows need a person; other syncs go on meanwhile', async () => {
  const { instance, store } = await read(90)
  const before = await store.readState('incident')
  for (let n = 1; n <= 60; n += 1) instance.hidden.add(idOf(n))
  instance.nowMs += DAY * 1_000
  await expect(sync(instance, store)).rejects.toMatchObject({
    code: 'sync.reconcile_needs_confirmation',
    details: { missing: 60, mirrored: 90 },
  })
  expect(await mirror(store)).toHaveLength(90)
  expect((await store.readState('incident'))?.watermark).toBe(before?.watermark)
  expect((await sync(instance, store)).at(-1)).toMatchObject({ type: 'complete', counts: { deleted: 0 } })
  expect((await sync(instance, store, { confirmDeletes: true })).at(-1)).toMatchObject({
    counts: { deleted: 60 },
  })
  instance.hidden.clear()
  await sync(instance, store, { reconcile: true })
  expect(await mirror(store)).toHaveLength(90)
})

test('a page of the reconcile that fails removes nothing', async () => {
  const { instance, store } = await read(30)
  instance.drop(5)
  instance.before = (kind) => {
    if (kind === 'by_id keys') throw timeout()
  }
  await expect(sync(instance, store, { reconcile: true })).rejects.toThrow('no answer')
  expect(await mirror(store)).toHaveLength(30)
})

test('a restored instance is known by rows that went back, and everything is read again', async () => {
  const { instance, store } = await read(6)
  const snapshot = new Map(instance.rows)
  for (let n = 2; n <= 5; n += 1) instance.put(n, 80 + n, 'later')
  instance.put(7, 90, 'created later')
  await sync(instance, store)
  instance.rows.clear()
  for (const [id, row] of snapshot) instance.rows.set(id, row)
  const events = await sync(instance, store)
  expect(events.find((event) => event.type === 'notice')).toMatchObject({
    code: 'generation.new',
    details: { reason: 'cloned_instance', generation: 2 },
  })
  expect(await mirror(store)).toEqual(['INC1', 'INC2', 'INC3', 'INC4', 'INC5', 'INC6'])
  expect((await store.readRecord('incident', idOf(4)))?.text).toBe('text')
  const [first] = (await store.listVersions('incident', { limit: 9 })).toReversed()
  expect(first?.incidentCount).toBe(6)
})

test('the newest row deleted is no clone', async () => {
  const { instance, store } = await read(6)
  instance.put(7, 90)
  await sync(instance, store)
  instance.drop(7)
  const events = await sync(instance, store)
  expect(notices(events)).toEqual([])
  expect(await mirror(store)).toHaveLength(7)
})

test('an instance that cannot answer in time is asked for less, and that is remembered until the deep pass', async () => {
  const { instance, store } = await read(120)
  instance.before = (kind, limit) => {
    if (kind === 'ascending records' && limit > 30) throw limit > 60 ? quotaCut() : timeout()
  }
  for (let n = 1; n <= 120; n += 1) instance.put(n, 100 + n, 'again')
  await sync(instance, store)
  expect((await store.readState('incident'))?.pageLimit).toBe(25)
  instance.before = () => undefined
  instance.asked.length = 0
  await sync(instance, store)
  expect(instance.asked[1]).toBe('ascending records 25')
  instance.nowMs += DAY * 1_000
  await sync(instance, store)
  expect((await store.readState('incident'))?.pageLimit).toBeNull()
})

test('below ten rows a request the instance cannot be read', async () => {
  const { instance, store } = await read(3)
  instance.before = (kind) => {
    if (kind === 'ascending records') throw timeout()
  }
  instance.put(4, 90)
  await expect(sync(instance, store)).rejects.toThrow('no answer')
  expect(instance.asked.filter((each) => each.startsWith('ascending'))).toEqual([
    'ascending records 100',
    'ascending records 50',
    'ascending records 25',
    'ascending records 12',
    'ascending records 10',
  ])
})

test('one record too large to be read is named and passed over; the others arrive, and it does when it shrinks', async () => {
  const { instance, store } = await read(40)
  for (let n = 1; n <= 40; n += 1) instance.put(n, 100 + n, 'again')
  instance.huge.add(idOf(17))
  const events = await sync(instance, store)
  expect(notices(events)).toEqual(['record.skipped'])
  const state = await store.readState('incident')
  expect(state?.skipped.map((record) => record.sysId)).toEqual([idOf(17)])
  expect(state?.pageLimit).toBeNull()
  const texts = (await store.listRecords('incident', { limit: 100 })).records.map((record) => record.text)
  expect(texts.filter((text) => text === 'again')).toHaveLength(39)
  instance.huge.clear()
  await sync(instance, store)
  expect((await store.readState('incident'))?.skipped).toEqual([])
  expect((await store.readRecord('incident', idOf(17)))?.text).toBe('again')
})

test('a row that moves past the window of a full read is not taken for gone', async () => {
  const { instance, store } = await read(6)
  let moved = false
  instance.before = (kind) => {
    if (kind !== 'ascending records' || moved) return
    moved = true
    instance.put(2, 99, 'moved while the window was read')
  }
  const events = await sync(instance, store, { fullRead: true })
  expect(events.at(-1)).toMatchObject({ counts: { deleted: 0, updated: 1 } })
  expect(await mirror(store)).toHaveLength(6)
})

test('a record too large to be read is named no longer when a reconcile does not find it any more', async () => {
  const { instance, store } = await read(20)
  for (const n of [7, 8]) {
    instance.put(n, 100 + n, 'grown')
    instance.huge.add(idOf(n))
  }
  await sync(instance, store)
  instance.drop(7)
  await sync(instance, store, { reconcile: true })
  const state = await store.readState('incident')
  expect(state?.skipped.map((record) => record.sysId)).toEqual([idOf(8)])
})
