/** The laws of versions: rollback, difference, retention and erasure. */
import assert from 'node:assert/strict'
import { StoreError } from '../base/errors.ts'
import type { VersionDifference } from '../model/dataset-version.ts'
import { nextGeneration, type SyncState } from '../model/sync-state.ts'
import type { SyncStore } from '../ports/store.ts'
import {
  type ContractCase,
  fresh,
  INTEGRATION,
  id,
  remove,
  rollback,
  seal,
  seen,
  stamp,
  textsOf,
  verified,
  write,
} from './store-sample.ts'

/** Version 1 holds a, b, c; version 2 holds a, b2 and d. */
async function twoVersions(store: SyncStore) {
  const rows = [seen(1, 10, 'a'), seen(2, 10, 'b'), seen(3, 10, 'c')]
  const written = await write(store, fresh(), rows)
  const passes = { deletesTo: stamp(90), reconciledAt: 5, deepAt: 6 }
  const first = await seal(store, { ...written.state, passes }, stamp(100))
  const changed = await write(store, first.state, [seen(2, 110, 'b2'), seen(4, 110, 'd')])
  const removed = await remove(store, changed.state, [{ sysId: id(3), cause: 'deleted' }])
  const later = { ...removed.state, passes: { deletesTo: stamp(190), reconciledAt: 7, deepAt: 8 } }
  const second = await seal(store, later, stamp(200))
  return { first: first.version, second: second.version, state: second.state }
}

async function differences(store: SyncStore, from: number, to: number) {
  const found: VersionDifference[] = []
  for await (const each of store.diff(INTEGRATION, from, to)) found.push(each)
  return found.map(({ sysId, kind, before, after }) => [sysId, kind, textOf(before), textOf(after)])
}

function textOf(body: string | null): string | null {
  return body === null ? null : (JSON.parse(body) as { text: string }).text
}

function code(wanted: string) {
  return (error: unknown) => error instanceof StoreError && error.code === wanted
}

async function drain(records: AsyncIterable<unknown>): Promise<void> {
  for await (const _ of records);
}

const erased = (store: SyncStore, state: SyncState, text: string) =>
  store.transaction((tx) =>
    tx.erase(state, (record) => (record.text?.startsWith(text) ? { ...record, text: 'erased' } : null)),
  )

export const versionContract: readonly ContractCase[] = [
  {
    name: 'a rollback appends a version equal to the one named; watermark and delete feed go back with it',
    async run(store) {
      const { first, second, state } = await twoVersions(store)
      assert.deepEqual([first.deletesTo, second.deletesTo], [stamp(90), stamp(190)])
      const back = await rollback(store, state, 1)
      assert.deepEqual(back.counts, { added: 1, updated: 1, deleted: 1, unchanged: 1 })
      assert.deepEqual(back.version, {
        ...first,
        ...{ number: 3, parent: 2, active: true, added: 1, updated: 1, deleted: 1 },
        ...{ cause: 'rollback:1', notes: 'why', runId: 'back', createdAt: '2026-01-02T00:00:00Z' },
      })
      assert.deepEqual(back.state, {
        ...state,
        ...{ head: 3, open: 4, watermark: stamp(100) },
        passes: { deletesTo: stamp(90), reconciledAt: null, deepAt: null },
        books: { ...state.books, incidentCount: 3, contentHash: first.contentHash },
      })
      assert.deepEqual(await store.readState(INTEGRATION), back.state)
      assert.deepEqual(await textsOf(store, 3), ['a', 'b', 'c'])
      assert.deepEqual(await textsOf(store, 2), ['a', 'b2', 'd'])
      assert.equal((await store.readRecord(INTEGRATION, id(2)))?.text, 'b')
      assert.equal(await store.readRecord(INTEGRATION, id(4)), null)
      for (const number of [1, 2, 3]) await verified(store, number)
      const listed = await store.listVersions(INTEGRATION, { limit: 9 })
      assert.deepEqual(
        listed.map(({ number, active }) => [number, active]),
        [
          [3, true],
          [2, false],
          [1, false],
        ],
      )
    },
  },
  {
    name: 'a rollback of a rollback comes back to the newer one, and to the head itself is an equal version',
    async run(store) {
      const { second, state } = await twoVersions(store)
      const back = await rollback(store, state, 1)
      const forth = await rollback(store, back.state, 2)
      assert.deepEqual([forth.version.number, forth.version.contentHash], [4, second.contentHash])
      assert.deepEqual(forth.counts, { added: 1, updated: 1, deleted: 1, unchanged: 1 })
      const same = await rollback(store, forth.state, 4)
      assert.deepEqual(same.counts, { added: 0, updated: 0, deleted: 0, unchanged: 3 })
      assert.deepEqual([same.version.number, same.version.contentHash], [5, second.contentHash])
      for (const number of [1, 2, 3, 4, 5]) await verified(store, number)
    },
  },
  {
    name: 'a rollback drops what an unfinished version wrote, and its number',
    async run(store) {
      const { first, state } = await twoVersions(store)
      const open = await write(store, state, [
        seen(1, 210, 'a9'),
        seen(3, 210, 'c9'),
        seen(4, 210, 'd9'),
        seen(5, 210, 'e9'),
      ])
      const emptied = await remove(store, open.state, [{ sysId: id(2), cause: 'deleted' }])
      const progress = { readTo: stamp(205), pending: [] }
      const back = await rollback(store, { ...emptied.state, progress }, 1)
      assert.deepEqual([back.version.number, back.state.open, back.state.progress], [4, 5, null])
      assert.deepEqual([back.version.contentHash, back.version.incidentCount], [first.contentHash, 3])
      assert.deepEqual(back.counts, { added: 1, updated: 1, deleted: 1, unchanged: 1 })
      assert.deepEqual(await textsOf(store, 4), ['a', 'b', 'c'])
      assert.deepEqual(await textsOf(store, 2), ['a', 'b2', 'd'])
      for (const number of [1, 2, 4]) await verified(store, number)
      const next = await write(store, back.state, [seen(1, 210, 'a9')])
      assert.equal((await seal(store, next.state)).version.parent, 4)
      assert.deepEqual(await textsOf(store, 5), ['a9', 'b', 'c'])
    },
  },
  {
    name: 'a rollback across generations asks everything anew',
    async run(store) {
      const { first, state } = await twoVersions(store)
      const asked = nextGeneration(state, 'incident|other')
      const back = await rollback(store, asked, 1)
      assert.deepEqual(
        [back.state.generation, back.state.watermark, back.state.fingerprint],
        [asked.generation + 1, null, 'incident|other'],
      )
      assert.deepEqual([back.version.contentHash, back.version.watermark], [first.contentHash, stamp(100)])
      const reread = await write(store, back.state, [seen(1, 10, 'a', { startedAt: 9_000 })])
      const dropped = await store.transaction((tx) => tx.dropUnseen(reread.state, 'run'))
      assert.equal(dropped.changes.length, 2, 'what the new reading has not seen goes')
    },
  },
  {
    name: 'after a rollback the next sights bring every record forward, also those whose stamp is older than the head held',
    async run(store) {
      const { second, state } = await twoVersions(store)
      const back = await rollback(store, state, 1)
      const again = [seen(1, 10, 'a'), seen(2, 110, 'b2'), seen(4, 110, 'd')]
      const forward = await write(store, back.state, again)
      const removed = await remove(store, forward.state, [{ sysId: id(3), cause: 'deleted' }])
      assert.equal(removed.state.books.contentHash, second.contentHash)
      assert.deepEqual((await seal(store, removed.state)).version.number, 4)
    },
  },
  {
    name: 'a version that is not there is named so, and nothing is written',
    async run(store) {
      const { state } = await twoVersions(store)
      await assert.rejects(rollback(store, state, 9), code('store.no_version'))
      await assert.rejects(drain(store.diff(INTEGRATION, 1, 9)), code('store.no_version'))
      await assert.rejects(drain(store.diff(INTEGRATION, 9, 1)), code('store.no_version'))
      assert.deepEqual(await store.readState(INTEGRATION), state)
    },
  },
  {
    name: 'a difference tells what was added, updated and deleted, both ways, by sys_id and in parts',
    async run(store) {
      await twoVersions(store)
      assert.deepEqual(await differences(store, 1, 2), [
        [id(2), 'updated', 'b', 'b2'],
        [id(3), 'deleted', 'c', null],
        [id(4), 'added', null, 'd'],
      ])
      assert.deepEqual(await differences(store, 2, 1), [
        [id(2), 'updated', 'b2', 'b'],
        [id(3), 'added', null, 'c'],
        [id(4), 'deleted', 'd', null],
      ])
      assert.deepEqual(await differences(store, 2, 2), [])
      const part: string[] = []
      for await (const { sysId } of store.diff(INTEGRATION, 1, 2, { after: id(2), limit: 1 }))
        part.push(sysId)
      assert.deepEqual(part, [id(3)])
    },
  },
  {
    name: 'retention removes whole versions from the oldest on, and what is left verifies as before',
    async run(store) {
      const { state } = await twoVersions(store)
      const back = await rollback(store, state, 1)
      await assert.rejects(
        store.transaction((tx) => tx.retain(back.state, 4)),
        code('store.bad_retention'),
      )
      const none = await store.transaction((tx) => tx.retain(back.state, 1))
      assert.deepEqual(none, { versions: 0, rows: 0 })
      const one = await store.transaction((tx) => tx.retain(back.state, 2))
      assert.deepEqual(one, { versions: 1, rows: 2 }, 'b and c of version 1 are held by nothing else')
      assert.equal(await store.readVersion(INTEGRATION, 1), null)
      const rest = await store.transaction((tx) => tx.retain(back.state, 3))
      assert.deepEqual(rest, { versions: 1, rows: 2 })
      await verified(store, 3)
      assert.deepEqual(await textsOf(store, 3), ['a', 'b', 'c'])
      assert.equal(await store.countRecords(INTEGRATION), 3)
      assert.deepEqual(await store.readState(INTEGRATION), back.state)
    },
  },
  {
    name: 'an erasure reaches every version and the mirror, and each verifies under its new hash',
    async run(store) {
      const { second, state } = await twoVersions(store)
      const open = await write(store, state, [seen(2, 300, 'b3')])
      const done = await erased(store, open.state, 'b')
      assert.deepEqual([done.records, done.versions], [3, 2])
      assert.deepEqual(await textsOf(store, 1), ['a', 'erased', 'c'])
      assert.deepEqual(await textsOf(store, 2), ['a', 'erased', 'd'])
      assert.equal((await store.readRecord(INTEGRATION, id(2)))?.text, 'erased')
      assert.notEqual((await store.readVersion(INTEGRATION, 2))?.contentHash, second.contentHash)
      assert.deepEqual(await store.readState(INTEGRATION), done.state)
      const third = await seal(store, done.state)
      for (const number of [1, 2, third.version.number]) await verified(store, number)
      assert.equal((await erased(store, third.state, 'nobody')).records, 0)
    },
  },
  {
    name: 'what the open version changed and an erasure makes alike again counts as unchanged',
    async run(store) {
      const first = await seal(store, (await write(store, fresh(), [seen(1, 10, 'name one')])).state)
      const reread = seen(1, 10, 'name two', { startedAt: 500 })
      const open = await write(store, first.state, [reread])
      assert.equal(open.state.books.updated, 1)
      const done = await erased(store, open.state, 'name')
      assert.equal(done.state.books.updated, 0)
      const next = await write(store, done.state, [seen(1, 20, 'c')])
      assert.equal(next.state.books.updated, 1)
      assert.deepEqual(await textsOf(store, 1), ['erased'])
      await seal(store, next.state)
      await verified(store, 1)
      await verified(store, 2)
    },
  },
  {
    name: 'an erasure that would change an id or a stamp writes nothing',
    async run(store) {
      const { first, state } = await twoVersions(store)
      const moved = store.transaction((tx) =>
        tx.erase(state, (record) => ({ ...record, text: 'x', sys_updated_on: stamp(1) })),
      )
      await assert.rejects(moved, code('store.bad_rewrite'))
      assert.deepEqual((await store.readVersion(INTEGRATION, 1))?.contentHash, first.contentHash)
      assert.deepEqual(await textsOf(store, 1), ['a', 'b', 'c'])
      assert.deepEqual(await store.readState(INTEGRATION), state)
    },
  },
]
