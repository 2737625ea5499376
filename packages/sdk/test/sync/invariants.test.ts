/** Each law can be broken, and its checker says so: runs and stores that break one law each, over a watched store. */
import { memoryStore } from '@snowline/sdk/stores/memory'
import { beforeEach, describe, expect, test } from 'vitest'
import type { SysId, UtcStamp } from '../../src/base/values.ts'
import type { Lease } from '../../src/model/lease.ts'
import type { Observation } from '../../src/model/observation.ts'
import type { SourceRecord } from '../../src/model/source-record.ts'
import { initialState, type SyncState } from '../../src/model/sync-state.ts'
import type { StoreTransaction, SyncStore } from '../../src/ports/store.ts'
import type { CommittedEvent, CompleteEvent } from '../../src/sync/index.ts'
import * as laws from './invariants.ts'
import { type WatchedStore, watched } from './watched-store.ts'

const SEED = 7
const id = (n: number) => n.toString(16).padStart(32, '0') as SysId
const at = (time: string) => `2026-03-01 ${time}` as UtcStamp
const row = (n: number, time: string, text = 'text'): SourceRecord => ({
  sys_id: id(n),
  sys_updated_on: at(time),
  sys_mod_count: '0',
  short_description: text,
})

function sight(record: SourceRecord, startedAt = 1): Observation {
  const { sys_id: sysId, sys_updated_on: u } = record
  const body = JSON.stringify(record)
  return { sysId, u, mod: 0, startedAt, endedAt: startedAt + 1, hash: body, body, label: sysId }
}

let store: WatchedStore
let lease: Lease
let state: SyncState

/** One transaction of a run that may break any law; what it returns is the state that follows. */
function write(
  work: (tx: StoreTransaction) => Promise<SyncState>,
  holder: Lease | null = lease,
): Promise<void> {
  return store.transaction(async (tx) => {
    if (holder !== null) await tx.checkLease(holder)
    state = await work(tx)
    await tx.writeState(state)
  })
}

const apply = (record: SourceRecord, startedAt?: number) =>
  write(async (tx) => (await tx.apply(state, 'run', [sight(record, startedAt)])).state)
const remove = (sysId: SysId) =>
  write(async (tx) => (await tx.remove(state, 'run', [{ sysId, cause: 'gone_from_view' }])).state)
const seal = (watermark: UtcStamp) =>
  store.transaction(async (tx) => {
    await tx.checkLease(lease)
    const facts = {
      createdAt: '2026-03-01T09:00:00Z',
      createdBy: 'test',
      runId: 'run',
      cause: 'sync',
      notes: null,
    }
    state = (await tx.seal(state, { ...facts, watermark })).state
  })
const mirror = async () => (await store.listRecords('m', { limit: 100 })).records
const complete = (given: Partial<CompleteEvent> = {}): CompleteEvent => ({
  type: 'complete',
  counts: { added: 0, updated: 0, unchanged: 0, deleted: 0 },
  totals: { incidents: 0, batches: 0, exact: true },
  watermark: null,
  version: null,
  activeVersion: null,
  ...given,
})

beforeEach(async () => {
  store = watched(memoryStore())
  const granted = await store.acquireLease('m', 'run', 60_000, 0)
  if ('heldBy' in granted) throw new Error('not granted')
  lease = granted
  state = initialState('m', 'incident')
})

describe('rows', () => {
  test('I1: a store that lists a row twice', async () => {
    await apply(row(1, '08:00:00'))
    laws.checkUnique(SEED, await mirror())
    const twice = [...(await mirror()), ...(await mirror())]
    expect(() => laws.checkUnique(SEED, twice)).toThrow(/^I1 SEED=7: 0+1 is in the mirror twice/)
  })

  test('I2: a row mixed of two versions', async () => {
    const versions = new Map([
      [
        id(1),
        [row(1, '08:00:00', 'first'), row(1, '08:00:01', 'second')].map((record) => ({
          record,
          visibleAt: 0,
        })),
      ],
    ])
    const history = (sysId: SysId) => versions.get(sysId) ?? []
    await apply(row(1, '08:00:00', 'first'))
    laws.checkNoPhantom(SEED, await mirror(), history)
    await apply(row(1, '08:00:01', 'first'))
    const mixed = await mirror()
    expect(() => laws.checkNoPhantom(SEED, mixed, history)).toThrow(/^I2 SEED=7: never was so/)
  })

  test('I3: an older sight is written over a newer one', async () => {
    await apply(row(1, '08:00:05'))
    await remove(id(1))
    await apply(row(1, '08:00:01'))
    laws.checkNeverBack(SEED, store.commits)
    await apply(row(1, '08:00:07'))
    const [commit] = store.commits.slice(-1)
    const older = { sysId: id(1), kind: 'updated' as const, u: at('08:00:02'), forced: false }
    const goesBack = commit === undefined ? [] : [...store.commits, { ...commit, written: [older] }]
    expect(() => laws.checkNeverBack(SEED, goesBack)).toThrow(/^I3 SEED=7: 0+1 went back from/)
    const forced = goesBack.map((each) => ({
      ...each,
      written: each.written.map((one) => ({ ...one, forced: true })),
    }))
    laws.checkNeverBack(SEED, forced)
  })
})

describe('I4', () => {
  const seen = [row(1, '08:00:00'), row(2, '08:00:01')]

  test('a visible row is missing, and one is left over', async () => {
    await apply(row(1, '08:00:00'))
    const held = await mirror()
    expect(() => laws.checkMirror(SEED, held, seen)).toThrow(/^I4 SEED=7: visible and not in the mirror/)
    expect(() => laws.checkMirror(SEED, held, [])).toThrow(/^I4 SEED=7: in the mirror and not visible/)
    laws.checkMirror(SEED, held, seen.slice(0, 1))
  })

  test('a run completes without a row that was visible when it started, or with an older one', async () => {
    const versions = new Map([
      [id(1), [row(1, '07:59:00'), row(1, '08:00:00')].map((record) => ({ record, visibleAt: 0 }))],
      [id(2), [{ record: row(2, '08:00:01'), visibleAt: 0 }]],
    ])
    const history = (sysId: SysId) => versions.get(sysId) ?? []
    await apply(row(1, '08:00:00'))
    const facts = {
      atStart: seen,
      atEnd: seen,
      mirror: await mirror(),
      watermark: at('08:00:00'),
      history,
      steady: () => true,
      irregular: new Set<SysId>(),
    }
    laws.checkWindow(SEED, facts)
    expect(() => laws.checkWindow(SEED, { ...facts, watermark: at('08:00:01') })).toThrow(
      /^I4 SEED=7: not in the mirror after a run/,
    )
    laws.checkWindow(SEED, { ...facts, watermark: at('08:00:01'), steady: () => false })
    const stale = { ...facts, mirror: [row(1, '07:59:00')] }
    expect(() => laws.checkWindow(SEED, stale)).toThrow(/^I4 SEED=7: older than before the run/)
    laws.checkWindow(SEED, { ...stale, steady: () => false })
    laws.checkWindow(SEED, { ...stale, atEnd: [row(1, '08:00:09')] })
    laws.checkWindow(SEED, { ...stale, irregular: new Set([id(1)]) })
  })

  test('a row whose delete was recorded before the run is still mirrored after it', async () => {
    await apply(row(1, '08:00:00'))
    const held = await mirror()
    laws.checkGone(SEED, held, () => false)
    expect(() => laws.checkGone(SEED, held, (sysId) => sysId === id(1))).toThrow(
      /^I4 SEED=7: gone before the run/,
    )
  })

  test('a tombstone for what was there all along; more of them than the guard allows', async () => {
    await apply(row(1, '08:00:00'))
    await remove(id(1))
    laws.checkTombstones(SEED, store.commits, () => false)
    expect(() => laws.checkTombstones(SEED, store.commits, () => true)).toThrow(
      /^I4 SEED=7: 0+1 was taken away \(gone_from_view\)/,
    )
    laws.checkGuard(SEED, 10_000, 200)
    expect(() => laws.checkGuard(SEED, 10_000, 201)).toThrow(/^GUARD SEED=7: 201 of 10000/)
    expect(() => laws.checkGuard(SEED, 60, 51)).toThrow(/^GUARD/)
  })
})

describe('I5', () => {
  const run = { completed: true, latest: at('09:00:00') }
  const moved = (watermark: UtcStamp) => write(async () => ({ ...state, watermark }))

  test('before the run is complete', async () => {
    await moved(at('08:00:00'))
    laws.checkWatermark(SEED, store.commits, run)
    expect(() => laws.checkWatermark(SEED, store.commits, { ...run, completed: false })).toThrow(/^I5 SEED=7/)
    await apply(row(1, '08:00:00'))
    expect(() => laws.checkWatermark(SEED, store.commits, run)).toThrow(
      /^I5 SEED=7: .* before the run was complete/,
    )
  })

  test.each([
    ['back', ['08:00:05', '08:00:04'], /^I5 SEED=7: the watermark went back/],
    ['past the instance', ['09:00:01'], /^I5 SEED=7: the watermark .* is past/],
  ])('%s', async (_name, times, law) => {
    for (const time of times) await moved(at(time))
    expect(() => laws.checkWatermark(SEED, store.commits.slice(-1), run)).toThrow(law)
  })

  test('with changes left unsealed', async () => {
    await write(async (tx) => {
      const { state: applied } = await tx.apply(state, 'run', [sight(row(1, '08:00:00'))])
      return { ...applied, watermark: at('08:00:00') }
    })
    expect(() => laws.checkWatermark(SEED, store.commits, run)).toThrow(/^I5 SEED=7: .* not sealed/)
  })

  test('the feed of deletes goes back; a new generation may begin anew', async () => {
    const fed = (deletesTo: UtcStamp | null, generation = 1) =>
      write(async () => ({ ...state, generation, passes: { ...state.passes, deletesTo } }))
    await fed(at('08:00:05'))
    await fed(at('08:00:04'))
    expect(() => laws.checkWatermark(SEED, store.commits, run)).toThrow(/^I5 SEED=7: the feed's watermark/)
    await fed(null, 2)
    laws.checkWatermark(SEED, store.commits.slice(2), run)
  })
})

describe('versions and events', () => {
  const committed = (given: Partial<CommittedEvent>): CommittedEvent => ({
    type: 'committed',
    changes: [{ sysId: id(1), kind: 'added', label: 'one' }],
    batchSize: 5,
    firstBatch: 1,
    before: complete().counts,
    counts: { ...complete().counts, added: 1 },
    totals: complete().totals,
    etaMs: null,
    ...given,
  })
  const ended = complete({
    counts: { ...complete().counts, added: 1 },
    totals: { incidents: 1, batches: 1, exact: true },
  })

  test('I6: what is told is what was written', async () => {
    await apply(row(1, '08:00:00'))
    const check =
      (...events: Parameters<typeof laws.checkBatches>[1]) =>
      () =>
        laws.checkBatches(SEED, events, store.commits)
    check(committed({}), ended)()
    expect(check(committed({ firstBatch: 2 }), ended)).toThrow(/^I6 SEED=7: batch 2 follows 0/)
    expect(check(committed({ changes: [{ sysId: id(2), kind: 'added', label: 'two' }] }), ended)).toThrow(
      /^I6 SEED=7: told and not written/,
    )
    expect(check(committed({}))).toThrow(/^I6 SEED=7: the last event is not complete/)
    expect(check(committed({}), complete())).toThrow(/^I6 SEED=7: complete tells 0 added, 1 were written/)
    expect(check(committed({}), { ...ended, totals: { ...ended.totals, batches: 2 } })).toThrow(
      /^I6 SEED=7: totals/,
    )
  })

  test('I6: a version that counts wrong', async () => {
    await apply(row(1, '08:00:00'))
    state = { ...state, books: { ...state.books, added: 2 } }
    await seal(at('08:00:00'))
    await expect(laws.checkVersionCounts(SEED, store, 'm')).rejects.toThrow(/^I6 SEED=7: version 1 tells/)
  })

  test('I13: a version whose rows, hash or existence change', async () => {
    await apply(row(1, '08:00:00'))
    await seal(at('08:00:00'))
    const known = new Map<number, string>()
    await laws.checkSealed(SEED, store, 'm', known)
    expect(known.size).toBe(1)
    const but = (own: Partial<SyncStore>): SyncStore => Object.assign(Object.create(store), own)
    const [stored = ''] = known.values()
    await expect(
      laws.checkSealed(SEED, but({ verifyVersion: async () => ({ stored, computed: 'f' }) }), 'm', known),
    ).rejects.toThrow(/^I13 SEED=7: version 1 does not match/)
    await expect(
      laws.checkSealed(
        SEED,
        but({ verifyVersion: async () => ({ stored: 'f', computed: 'f' }) }),
        'm',
        known,
      ),
    ).rejects.toThrow(/^I13 SEED=7: the hash of version 1 has changed/)
    await expect(laws.checkSealed(SEED, but({ listVersions: async () => [] }), 'm', known)).rejects.toThrow(
      /^I13 SEED=7: version 1 is not there/,
    )
  })

  test('I14: a rollback that holds something else, loses a version, or leaves the watermark', async () => {
    await apply(row(1, '08:00:00'))
    await seal(at('08:00:00'))
    await apply(row(2, '08:00:05'))
    await seal(at('08:00:05'))
    const list = () => store.listVersions('m', { limit: 10 })
    const before = await list()
    const facts = { createdAt: '2026-03-01T09:00:00Z', createdBy: 'test', runId: 'back', notes: null }
    await store.transaction(async (tx) => {
      await tx.checkLease(lease)
      state = (await tx.rollback(state, 'back', 1, facts)).state
    })
    const [head, ...rest] = await list()
    if (head === undefined) throw new Error('no head')
    const check = (after: typeof before, given: Partial<SyncState> = {}) => {
      laws.checkRollback(SEED, { before, after }, { number: 1, state: { ...state, ...given } })
    }
    check([head, ...rest])
    laws.checkNeverBack(SEED, store.commits)
    expect(() => check([{ ...head, contentHash: 'f' }, ...rest])).toThrow(
      /^I14 SEED=7: .* holds something else/,
    )
    expect(() => check([{ ...head, parent: 1 }, ...rest])).toThrow(/^I14 SEED=7: .* has parent 1/)
    expect(() => check([head, ...rest.slice(1)])).toThrow(/^I14 SEED=7: .* came or went/)
    expect(() => check([head, ...rest], { watermark: at('08:00:05') })).toThrow(
      /^I14 SEED=7: .* the watermark is/,
    )
    expect(() => check([])).toThrow(/^I14 SEED=7: .* no version/)
  })

  test('I15: a run without changes seals or writes', async () => {
    await apply(row(1, '08:00:00'))
    expect(() => laws.checkEmpty(SEED, complete(), store.commits)).toThrow(/^I15 SEED=7: .* wrote rows/)
    await seal(at('08:00:00'))
    await seal(at('08:00:01'))
    const [version = null] = await store.listVersions('m', { limit: 1 })
    expect(() => laws.checkEmpty(SEED, complete({ version }), [])).toThrow(
      /^I15 SEED=7: version 2 was sealed/,
    )
    const [, first = null] = await store.listVersions('m', { limit: 2 })
    expect(() => laws.checkEmpty(SEED, complete({ version: first }), store.commits.slice(2))).toThrow(
      /^I15 SEED=7: a run that changed nothing sealed/,
    )
  })
})

describe('leases and load', () => {
  test('I16: a write without the newest token', async () => {
    await apply(row(1, '08:00:00'))
    laws.checkFencing(SEED, store.commits, store.grants)
    await write(async () => state, null)
    expect(() => laws.checkFencing(SEED, store.commits, store.grants)).toThrow(
      /^I16 SEED=7: .* without checking/,
    )
  })

  test('I16: a store that lets an old token write, and one whose tokens do not grow', async () => {
    const commit = { token: 1, newestToken: 2, before: null, after: null, written: [], version: null }
    expect(() => laws.checkFencing(SEED, [commit], [])).toThrow(/^I16 SEED=7: token 1 wrote/)
    const grant = { lease, over: null }
    expect(() => laws.checkFencing(SEED, [], [grant, grant])).toThrow(/^I16 SEED=7: token 1 follows 1/)
  })

  test('I17: a store that grants a lease twice', async () => {
    const generous = memoryStore()
    generous.acquireLease = async (name, owner, ttlMs, nowMs) => ({
      name,
      owner,
      token: 1,
      expiresAt: nowMs + ttlMs,
    })
    const seen = watched(generous)
    await seen.acquireLease('m', 'first', 60_000, 0)
    laws.checkOneHolder(SEED, seen.grants)
    await seen.acquireLease('m', 'second', 60_000, 1_000)
    expect(() => laws.checkOneHolder(SEED, seen.grants)).toThrow(/^I17 SEED=7: second was let in while first/)
  })

  test('I23: too many requests', () => {
    const facts = { requests: 30, rows: 50, limit: 5 }
    laws.checkLoad(SEED, facts)
    expect(() => laws.checkLoad(SEED, { ...facts, requests: 31 })).toThrow(
      /^I23 SEED=7: 31 requests for 50 rows/,
    )
  })

  test('I23: a request before the instance wants to hear again', () => {
    const refused = { startedAt: 0, endedAt: 100, retryAfterMs: 3_000 }
    const call = (startedAt: number) => ({ startedAt, endedAt: startedAt, retryAfterMs: null })
    laws.checkPace(SEED, [refused, call(50), call(100), call(3_100)])
    expect(() => laws.checkPace(SEED, [refused, call(3_099)])).toThrow(/^I23 SEED=7: a request 2999 ms after/)
  })

  test('I24: a run that fails or stops short although nothing does', () => {
    laws.checkEnds(SEED, { events: [complete()], error: null })
    expect(() => laws.checkEnds(SEED, { events: [], error: new Error('no') })).toThrow(
      /^I24 SEED=7: .* failed/,
    )
    expect(() => laws.checkEnds(SEED, { events: [], error: null })).toThrow(
      /^I24 SEED=7: .* did not complete/,
    )
  })
})
