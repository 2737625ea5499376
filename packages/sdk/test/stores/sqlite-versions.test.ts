/** What only SQLite can show: that unchanged rows cost nothing, and that a large rollback runs on a thread and still is one transaction. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sqliteStore } from '@snowline/sdk/stores/sqlite'
import Database from 'better-sqlite3'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { LeaseLostError, StoreError } from '../../src/base/errors.ts'
import type { Lease } from '../../src/model/lease.ts'
import type { SyncState } from '../../src/model/sync-state.ts'
import type { SyncStore } from '../../src/ports/store.ts'
import {
  fresh,
  INTEGRATION,
  id,
  remove,
  rollback,
  seal,
  seen,
  write,
} from '../../src/testing/store-sample.ts'

let folder: string
let file: string
let store: SyncStore

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'snowline-versions-'))
  file = join(folder, 'store.db')
  store = await sqliteStore({ file })
})

afterEach(async () => {
  await store.close()
  rmSync(folder, { recursive: true })
})

function query(text: string): unknown[] {
  const database = new Database(file, { readonly: true })
  const rows = database.prepare(text).all()
  database.close()
  return rows
}

const range = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => from + index)

async function version(state: SyncState, numbers: readonly number[], second: number, text: string) {
  const rows = numbers.map((n) => seen(n, second, text))
  return (await seal(store, (await write(store, state, rows)).state)).state
}

test('a rollback writes a row for each record that differs and no byte for the others', async () => {
  const first = await version(fresh(), range(0, 1_000), 10, 'a')
  const second = await version(first, range(0, 10), 20, 'b')
  const third = (
    await seal(store, (await remove(store, second, [{ sysId: id(500), cause: 'deleted' }])).state)
  ).state
  const unchanged = `select rowid, * from sl_rows where sys_id not in
    (select sys_id from sl_changes where version > 1) order by rowid`
  const before = query(unchanged)
  expect(before).toHaveLength(989)
  const [{ rows: rowsBefore }] = query('select count(*) as rows from sl_rows') as [{ rows: number }]

  const back = await rollback(store, third, 1)
  expect(back.counts).toEqual({ added: 1, updated: 10, deleted: 0, unchanged: 989 })
  expect(query(unchanged)).toEqual(before)
  expect(query('select count(*) as rows from sl_rows')).toEqual([{ rows: rowsBefore + 11 }])
  expect(query("select kind, cause, count(*) as n from sl_changes where run = 'back' group by kind")).toEqual(
    [
      { kind: 'added', cause: null, n: 1 },
      { kind: 'updated', cause: null, n: 10 },
    ],
  )
  expect(query("select cause from sl_changes where kind = 'deleted'")).toEqual([{ cause: 'deleted' }])

  const same = await rollback(store, back.state, back.version.number)
  expect(same.counts.unchanged).toBe(1_000)
  expect(query('select count(*) as rows from sl_rows')).toEqual([{ rows: rowsBefore + 11 }])
})

test('at every version a record has at most one interval, whatever was rolled back', async () => {
  let state = await version(fresh(), range(0, 50), 10, 'a')
  for (const [target, second] of [
    [1, 20],
    [2, 30],
    [1, 40],
  ] as const) {
    state = (await write(store, state, [seen(second, second, 'b'), seen(60 + second, second, 'new')])).state
    state = (await rollback(store, state, target === 2 ? state.head : target)).state
    state = await version(state, range(0, 20), second + 5, 'c')
  }
  const overlapping = `select a.sys_id from sl_rows a join sl_rows b on a.sys_id = b.sys_id
    and a.rowid < b.rowid and a.from_version < ifnull(b.to_version, 1e9)
    and b.from_version < ifnull(a.to_version, 1e9)`
  expect(query(overlapping)).toEqual([])
  expect(query('select * from sl_rows where to_version <= from_version')).toEqual([])
})

/** Enough intervals that work on all of them leaves this thread. */
const MANY = 5_000

async function large(): Promise<{ state: SyncState; lease: Lease }> {
  const first = await version(fresh(), range(0, MANY), 10, 'a')
  const state = await version(first, range(0, MANY), 20, 'name of a person')
  return { state, lease: (await store.acquireLease(INTEGRATION, 'me', 60_000, 0)) as Lease }
}

const facts = { createdAt: '2026-01-02T00:00:00Z', createdBy: 'me', runId: 'back', notes: null }

test('a large rollback is one transaction with what its host writes, and readers see one version or the next', async () => {
  const { state, lease } = await large()
  const seenTexts = new Set<string>()
  let done = false
  const reading = (async () => {
    while (!done) {
      const { records } = await store.listRecords(INTEGRATION, { limit: 50 })
      seenTexts.add([...new Set(records.map((record) => record.text))].join('+'))
      await new Promise((resolve) => setImmediate(resolve))
    }
  })()
  const failed = store.transaction(async (tx) => {
    await tx.checkLease(lease)
    await tx.rollback(state, 'back', 1, facts)
    throw new Error('the host says no')
  })
  await expect(failed).rejects.toThrow('the host says no')
  expect(await store.readState(INTEGRATION)).toEqual(state)
  expect(seenTexts).toEqual(new Set(['name of a person']))

  const back = await store.transaction(async (tx) => {
    await tx.checkLease(lease)
    const result = await tx.rollback(state, 'back', 1, facts)
    await tx.writeState({ ...result.state, pageLimit: 7 })
    return result
  })
  await store.listRecords(INTEGRATION, { limit: 1 })
  done = true
  await reading
  expect([...seenTexts].filter((texts) => texts.includes('+'))).toEqual([])
  expect(back.counts).toEqual({ added: 0, updated: MANY, deleted: 0, unchanged: 0 })
  expect((await store.readState(INTEGRATION))?.pageLimit).toBe(7)
  const { stored, computed } = await store.verifyVersion(INTEGRATION, back.version.number)
  expect(computed).toBe(stored)
  const again = await write(store, back.state, [seen(1, 30, 'next')])
  expect(again.changes).toHaveLength(1)
})

test('a lease that is lost before a large rollback begins stops it', async () => {
  const { state, lease } = await large()
  const attempt = store.transaction(async (tx) => {
    await tx.checkLease(lease)
    // Between the two locks of a transaction that moves, another process may come: this is how it would look.
    const other = new Database(file)
    const bulk = tx.rollback(state, 'back', 1, facts)
    await new Promise((resolve) => setImmediate(resolve))
    other.pragma('busy_timeout = 5000')
    other.prepare("update sl_leases set owner = 'other', token = token + 1").run()
    other.close()
    return bulk
  })
  await expect(attempt).rejects.toSatisfy(
    (error) => error instanceof LeaseLostError || (error instanceof StoreError && error.retryable),
  )
  expect((await store.readState(INTEGRATION))?.head).toBe(2)
})

test('single rows are not written behind a rollback in its transaction', async () => {
  const { state } = await large()
  const attempt = store.transaction(async (tx) => {
    const back = await tx.rollback(state, 'back', 1, facts)
    return tx.apply(back.state, 'back', [seen(1, 30, 'next')])
  })
  await expect(attempt).rejects.toThrow(StoreError)
  expect(await store.readState(INTEGRATION)).toEqual(state)
})

test('what is erased is in no byte of the file and its log, few rows or many', async () => {
  const holds = (text: string) =>
    [file, `${file}-wal`].some((name) => readFileSync(name).includes(Buffer.from(text)))
  const { state } = await large()
  expect(holds('name of a person')).toBe(true)
  const rewritten = await store.transaction((tx) =>
    tx.erase(state, (record) => (record.text === 'a' ? null : { ...record, text: 'erased' })),
  )
  expect(rewritten).toMatchObject({ records: MANY, versions: 1 })
  expect(holds('name of a person')).toBe(false)

  const small = { ...fresh(), integration: 'small' }
  const written = await write(store, small, [seen(1, 10, 'another person')])
  expect(holds('another person')).toBe(true)
  await store.transaction((tx) => tx.erase(written.state, (record) => ({ ...record, text: 'erased' })))
  expect(holds('another person')).toBe(false)
})
