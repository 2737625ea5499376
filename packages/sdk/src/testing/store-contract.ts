/** What every sync store must do, as named cases that any test runner can loop over. */
import assert from 'node:assert/strict'
import { LeaseLostError } from '../base/errors.ts'
import type { Lease } from '../model/lease.ts'
import { nextGeneration } from '../model/sync-state.ts'
import {
  type ContractCase,
  fresh,
  INTEGRATION,
  id,
  remove,
  seal,
  seen,
  textsOf,
  verified,
  write,
} from './store-sample.ts'
import { versionContract } from './version-contract.ts'

export type { ContractCase } from './store-sample.ts'

/** The laws of rows, mirror, transactions and leases. */
const rowContract: readonly ContractCase[] = [
  {
    name: 'a new record is added, an equal one unchanged, a newer one updated',
    async run(store) {
      const first = await write(store, fresh(), [seen(1, 10, 'a'), seen(2, 10, 'b')])
      assert.deepEqual(
        first.changes.map((change) => change.kind),
        ['added', 'added'],
      )
      const second = await write(store, first.state, [seen(1, 10, 'a'), seen(2, 11, 'b2')])
      assert.deepEqual(
        second.changes.map((change) => [change.kind, change.label]),
        [['updated', 'INC2']],
      )
      assert.equal(second.unchanged, 1)
      assert.equal((await store.readRecord(INTEGRATION, id(2)))?.text, 'b2')
      assert.equal(await store.countRecords(INTEGRATION), 2)
    },
  },
  {
    name: 'an older sight never replaces a newer one',
    async run(store) {
      const { state } = await write(store, fresh(), [seen(1, 20, 'new')])
      const { unchanged } = await write(store, state, [seen(1, 19, 'old', { startedAt: 900 })])
      assert.equal(unchanged, 1)
      assert.equal((await store.readRecord(INTEGRATION, id(1)))?.text, 'new')
    },
  },
  {
    name: 'at equal stamps a request that started after the stored answer wins, an overlapping one only by sys_mod_count',
    async run(store) {
      const { state } = await write(store, fresh(), [
        seen(1, 20, 'a', { startedAt: 100, endedAt: 110, mod: 3 }),
      ])
      const overlapping = await write(store, state, [
        seen(1, 20, 'b', { startedAt: 105, endedAt: 120, mod: 3 }),
      ])
      assert.equal(overlapping.unchanged, 1)
      const higher = await write(store, state, [seen(1, 20, 'c', { startedAt: 105, endedAt: 120, mod: 4 })])
      assert.equal(higher.changes.length, 1)
      const later = await write(store, higher.state, [
        seen(1, 20, 'd', { startedAt: 121, endedAt: 130, mod: 1 }),
      ])
      assert.equal(later.changes.length, 1)
      assert.equal((await store.readRecord(INTEGRATION, id(1)))?.text, 'd')
    },
  },
  {
    name: 'compare says what apply would do and writes nothing',
    async run(store) {
      assert.deepEqual(await store.compare(INTEGRATION, [seen(1, 10, 'a')]), ['added'])
      await write(store, fresh(), [seen(1, 10, 'a'), seen(2, 10, 'b')])
      const verdicts = await store.compare(INTEGRATION, [
        seen(2, 11, 'b2'),
        seen(3, 10, 'c'),
        seen(1, 10, 'a'),
      ])
      assert.deepEqual(verdicts, ['updated', 'added', 'unchanged'])
      assert.equal(await store.countRecords(INTEGRATION), 2)
    },
  },
  {
    name: 'a sealed version stays as it is while the mirror moves on',
    async run(store) {
      const first = await write(store, fresh(), [seen(1, 10, 'a'), seen(2, 10, 'b')])
      const sealed = await seal(store, first.state)
      assert.equal(sealed.version.number, 1)
      assert.deepEqual(
        [sealed.version.added, sealed.version.updated, sealed.version.incidentCount],
        [2, 0, 2],
      )
      const second = await write(store, sealed.state, [seen(2, 11, 'b2'), seen(3, 11, 'c')])
      assert.deepEqual(await textsOf(store, 1), ['a', 'b'])
      const next = await seal(store, second.state)
      assert.deepEqual([next.version.added, next.version.updated, next.version.parent], [1, 1, 1])
      assert.deepEqual(await textsOf(store, 1), ['a', 'b'])
      assert.deepEqual(await textsOf(store, 2), ['a', 'b2', 'c'])
      await verified(store, 1)
      await verified(store, 2)
      const versions = await store.listVersions(INTEGRATION, { limit: 10 })
      assert.deepEqual(
        versions.map((version) => [version.number, version.active]),
        [
          [2, true],
          [1, false],
        ],
      )
    },
  },
  {
    name: 'a change and its way back inside one open version leave the sealed row and no count',
    async run(store) {
      const first = await seal(store, (await write(store, fresh(), [seen(1, 10, 'a')])).state)
      const away = await write(store, first.state, [seen(1, 11, 'x')])
      assert.equal(away.state.books.updated, 1)
      const back = { ...seen(1, 10, 'a'), startedAt: 9_000, endedAt: 9_001 }
      // The same content under an older stamp only comes back in a new generation.
      const reread = await write(store, nextGeneration(away.state, 'incident'), [back])
      assert.deepEqual(
        [reread.state.books.updated, reread.state.books.contentHash],
        [0, first.state.books.contentHash],
      )
    },
  },
  {
    name: 'what a new generation has not seen is dropped, and the old version still holds it',
    async run(store) {
      const first = await seal(
        store,
        (await write(store, fresh(), [seen(1, 10, 'a'), seen(2, 10, 'b')])).state,
      )
      const second = nextGeneration(first.state, 'incident|other')
      const applied = await write(store, second, [seen(1, 10, 'a')])
      assert.equal(applied.unchanged, 1)
      const dropped = await store.transaction(async (tx) => {
        const result = await tx.dropUnseen(applied.state, 'run')
        await tx.writeState(result.state)
        return result
      })
      assert.deepEqual(
        dropped.changes.map((change) => [change.kind, change.label]),
        [['deleted', 'INC2']],
      )
      assert.equal(dropped.changes[0]?.cause, 'not_seen')
      const sealed = await seal(store, dropped.state)
      assert.deepEqual([sealed.version.deleted, sealed.version.incidentCount], [1, 1])
      assert.deepEqual(await textsOf(store, 1), ['a', 'b'])
      assert.deepEqual(await textsOf(store, 2), ['a'])
      await verified(store, 2)
      assert.equal(await store.readRecord(INTEGRATION, id(2)), null)
    },
  },
  {
    name: 'a forced sight replaces the stored row whatever its stamp, when it was asked for after the stored one was complete',
    async run(store) {
      const { state } = await write(store, fresh(), [seen(1, 50, 'future', { startedAt: 100, endedAt: 110 })])
      const healed = seen(1, 20, 'healed', { startedAt: 111, endedAt: 120 })
      assert.equal((await write(store, state, [healed])).unchanged, 1, 'not forced: the larger stamp stays')
      const overlapping = { ...healed, startedAt: 110 }
      assert.equal((await write(store, state, [overlapping], { force: true })).unchanged, 1)
      const forced = await write(store, state, [healed], { force: true })
      assert.deepEqual(
        forced.changes.map((change) => change.kind),
        ['updated'],
      )
      assert.equal((await store.readRecord(INTEGRATION, id(1)))?.text, 'healed')
      const again = { ...healed, startedAt: 130, endedAt: 140 }
      assert.equal((await write(store, forced.state, [again], { force: true })).unchanged, 1)
    },
  },
  {
    name: 'what is removed leaves the mirror with its cause, stays in its version, and comes back as it was or as it is',
    async run(store) {
      const rows = [seen(1, 10, 'a'), seen(2, 10, 'b'), seen(3, 10, 'c')]
      const first = await seal(store, (await write(store, fresh(), rows)).state)
      const removals = [
        { sysId: id(1), cause: 'deleted' as const },
        { sysId: id(2), cause: 'left_scope' as const },
        { sysId: id(9), cause: 'deleted' as const },
      ]
      const removed = await remove(store, first.state, removals)
      assert.deepEqual(removed.changes, [
        { sysId: id(1), kind: 'deleted', cause: 'deleted', label: 'INC1' },
        { sysId: id(2), kind: 'deleted', cause: 'left_scope', label: 'INC2' },
      ])
      assert.deepEqual((await remove(store, removed.state, removals)).changes, [], 'gone is gone')
      assert.equal(await store.countRecords(INTEGRATION), 1)
      const back = await write(store, removed.state, [
        seen(1, 10, 'a', { startedAt: 900 }),
        seen(2, 20, 'b2'),
      ])
      assert.deepEqual(
        back.changes.map((change) => change.kind),
        ['added', 'added'],
      )
      assert.deepEqual([back.state.books.updated, back.state.books.deleted], [1, 0])
      const second = await seal(store, back.state)
      assert.deepEqual(await textsOf(store, 1), ['a', 'b', 'c'])
      assert.deepEqual(await textsOf(store, second.version.number), ['a', 'b2', 'c'])
      await verified(store, 1)
      await verified(store, 2)
    },
  },
  {
    name: 'a record of the unfinished version is removed without a trace',
    async run(store) {
      const first = await seal(store, (await write(store, fresh(), [seen(1, 10, 'a')])).state)
      const added = await write(store, first.state, [seen(2, 20, 'b')])
      const removed = await remove(store, added.state, [{ sysId: id(2), cause: 'deleted' }])
      assert.deepEqual(removed.state.books, first.state.books)
    },
  },
  {
    name: 'keys of the live mirror are listed by id within a range, and read by any number of ids',
    async run(store) {
      const rows = [1, 2, 3, 4, 5].map((n) => seen(n, n, 'x', { mod: n }))
      const { state } = await write(store, fresh(), rows)
      await remove(store, state, [{ sysId: id(3), cause: 'deleted' }])
      const key = (n: number) => ({ sysId: id(n), u: seen(n, n, 'x').u, mod: n, generation: 1 })
      assert.deepEqual(await store.listKeys(INTEGRATION, { limit: 2 }), [key(1), key(2)])
      assert.deepEqual(await store.listKeys(INTEGRATION, { after: id(2), limit: 9 }), [key(4), key(5)])
      assert.deepEqual(await store.listKeys(INTEGRATION, { after: id(1), upTo: id(4), limit: 9 }), [
        key(2),
        key(4),
      ])
      const many = Array.from({ length: 1_201 }, (_, n) => id(n))
      const read = await store.readKeys(INTEGRATION, many)
      assert.deepEqual(
        [...read].sort((a, b) => a.mod - b.mod),
        [1, 2, 4, 5].map(key),
      )
      assert.deepEqual(await store.listKeys('unknown', { limit: 9 }), [])
      assert.deepEqual(await store.readKeys('unknown', [id(1)]), [])
    },
  },
  {
    name: 'a transaction that throws leaves nothing behind',
    async run(store) {
      const { state } = await write(store, fresh(), [seen(1, 10, 'a')])
      const attempt = store.transaction(async (tx) => {
        await tx.writeState((await tx.apply(state, 'run', [seen(1, 11, 'x'), seen(2, 11, 'y')])).state)
        throw new Error('stop')
      })
      await assert.rejects(attempt, /stop/)
      assert.equal((await store.readRecord(INTEGRATION, id(1)))?.text, 'a')
      assert.equal(await store.readRecord(INTEGRATION, id(2)), null)
      assert.deepEqual(await store.readState(INTEGRATION), state)
    },
  },
  {
    name: 'one lease at a time, tokens only grow, and an old token writes nothing',
    async run(store) {
      const first = await store.acquireLease(INTEGRATION, 'one', 1_000, 0)
      assert.ok('token' in first)
      assert.deepEqual(await store.acquireLease(INTEGRATION, 'two', 1_000, 999), {
        heldBy: 'one',
        expiresAt: 1_000,
      })
      const second = (await store.acquireLease(INTEGRATION, 'two', 1_000, 1_000)) as Lease
      assert.ok(second.token > first.token)
      await assert.rejects(store.renewLease(first, 1_000, 1_001), LeaseLostError)
      await assert.rejects(
        store.transaction((tx) => tx.checkLease(first)),
        LeaseLostError,
      )
      await store.releaseLease(first)
      await store.transaction((tx) => tx.checkLease(second))
      await store.releaseLease(second)
      const third = (await store.acquireLease(INTEGRATION, 'three', 1_000, 1_001)) as Lease
      assert.ok(third.token > second.token)
    },
  },
  {
    name: 'the lease of a dead holder can be ended by name, and only its own',
    async run(store) {
      const dead = (await store.acquireLease(INTEGRATION, 'dead', 1_000, 0)) as Lease
      assert.equal(await store.endLease(INTEGRATION, 'somebody else'), false)
      assert.equal(await store.endLease(INTEGRATION, 'dead'), true)
      const next = (await store.acquireLease(INTEGRATION, 'next', 1_000, 1)) as Lease
      assert.ok(next.token > dead.token)
      await assert.rejects(
        store.transaction((tx) => tx.checkLease(dead)),
        LeaseLostError,
      )
      assert.equal(await store.endLease(INTEGRATION, 'dead'), false)
    },
  },
  {
    name: 'the mirror lists newest first and goes on after a key, with and without a filter',
    async run(store) {
      await write(
        store,
        fresh(),
        [1, 2, 3, 4, 5].map((n) => seen(n, n < 4 ? 10 : 20, n % 2 === 0 ? 'even' : 'odd')),
      )
      const first = await store.listRecords(INTEGRATION, { limit: 2 })
      assert.deepEqual(
        first.records.map((record) => record.number),
        ['INC5', 'INC4'],
      )
      assert.ok(first.next)
      const rest = await store.listRecords(INTEGRATION, { limit: 5, after: first.next })
      assert.deepEqual(
        rest.records.map((record) => record.number),
        ['INC3', 'INC2', 'INC1'],
      )
      assert.equal(rest.next, null)
      const odd = await store.listRecords(INTEGRATION, {
        limit: 2,
        matches: (record) => record.text === 'odd',
      })
      assert.deepEqual(
        odd.records.map((record) => record.number),
        ['INC5', 'INC3'],
      )
      assert.ok(odd.next)
    },
  },
  {
    name: 'text of every kind comes back as it went in',
    async run(store) {
      const strange =
        'caret ^ quote " backslash \\ newline \n emoji \u{1F9CA} lone \ud83e tail javascript: \u2028'
      await write(store, fresh(), [seen(1, 10, strange)])
      assert.equal((await store.readRecord(INTEGRATION, id(1)))?.text, strange)
    },
  },
]

/** The laws, each in a case of its own; loop over them with a fresh store for each. */
export const storeContract: readonly ContractCase[] = [...rowContract, ...versionContract]
