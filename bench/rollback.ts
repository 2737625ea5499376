/**
 * A rollback in SQLite between two versions that differ in every row, while a reader on the read handle asks again and again; then one
 * where 1 % differs, to see what the other 99 % cost. Prints seconds, the reader's longest wait, and bytes and rows added.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openSqlite, type SqliteDatabase, sqliteStore } from '@snowline/sdk/stores/sqlite'
import type { Observation, SyncState, SyncStore } from '@snowline/sdk/sync'
import Database from 'better-sqlite3'

const ROWS = Number(process.env.ROWS ?? 100_000)
const PAGE = 1_000
const LIMIT_S = 5
const LIMIT_WAIT_MS = 50
const INTEGRATION = 'bench'

/** A record of the size real ones have, about 1.5 KB as JSON. */
function seen(n: number, second: number): Observation {
  const sysId = (n * 2_654_435_761).toString(16).padStart(32, '0') as Observation['sysId']
  const u = new Date(second * 1_000).toISOString().slice(0, 19).replace('T', ' ') as Observation['u']
  const fields: Record<string, string> = { number: `INC${n}`, sys_id: sysId, sys_updated_on: u }
  for (let field = 0; field < 40; field += 1)
    fields[`u_field_${field}`] = `value ${n % (field + 7)} ${second}`
  const body = JSON.stringify(fields, Object.keys(fields).sort())
  const hash = `${second.toString(16)}${n.toString(16)}`.padStart(64, '0')
  return { sysId, u, mod: 0, startedAt: second, endedAt: second, hash, body, label: `INC${n}` }
}

const facts = { createdAt: '2026-01-01T00:00:00Z', createdBy: 'bench', runId: 'bench', notes: null }

/** Writes these rows as they are at that second, and seals. */
async function version(store: SyncStore, state: SyncState, rows: number, second: number): Promise<SyncState> {
  let current = state
  for (let at = 0; at < rows; at += PAGE) {
    const page = Array.from({ length: Math.min(PAGE, rows - at) }, (_, index) => seen(at + index, second))
    current = await store.transaction(async (tx) => {
      const applied = await tx.apply(current, 'bench', page)
      await tx.writeState(applied.state)
      return applied.state
    })
  }
  const seal = { ...facts, cause: 'sync', watermark: null }
  return (await store.transaction((tx) => tx.seal(current, seal))).state
}

interface Watched {
  longestMs: number
  reads: number
}

/** Reads once a millisecond until told to stop; a wait lasts from the moment a read was due until its answer, whoever held the thread. */
async function reader(store: SyncStore, stopped: () => boolean): Promise<Watched> {
  const watched = { longestMs: 0, reads: 0 }
  while (!stopped()) {
    const dueMs = performance.now() + 1
    await new Promise((resolve) => setTimeout(resolve, 1))
    await store.listRecords(INTEGRATION, { limit: 25 })
    watched.longestMs = Math.max(watched.longestMs, performance.now() - dueMs)
    watched.reads += 1
  }
  return watched
}

interface Size {
  rows: number
  bytes: number
}

/** Intervals and the bytes their table and index use, free pages left out. */
function sizeOf(file: string): Size {
  const database = new Database(file, { readonly: true })
  const { rows } = database.prepare('select count(*) as rows from sl_rows').get() as { rows: number }
  const { bytes } = database
    .prepare("select coalesce(sum(pgsize - unused), 0) as bytes from dbstat where name like 'sl_rows%'")
    .get() as { bytes: number }
  database.close()
  return { rows, bytes }
}

async function rollBack(store: SyncStore, state: SyncState, number: number) {
  let done = false
  const reading = reader(store, () => done)
  const startedMs = performance.now()
  const result = await store.transaction((tx) => tx.rollback(state, 'bench', number, facts))
  const seconds = (performance.now() - startedMs) / 1_000
  // What the commit leaves to be moved into the file is still ahead of the reader.
  for (let turn = 0; turn < 200; turn += 1) await new Promise((resolve) => setTimeout(resolve, 5))
  done = true
  return { ...result, seconds, ...(await reading) }
}

async function measure(database: SqliteDatabase, store: SyncStore): Promise<boolean> {
  const fingerprint = 'bench'
  const books = { incidentCount: 0, added: 0, updated: 0, deleted: 0, contentHash: '0'.repeat(64) }
  const passes = { deletesTo: null, reconciledAt: null, deepAt: null }
  const begin = { integration: INTEGRATION, fingerprint, generation: 1, watermark: null, head: 0, open: 1 }
  const empty: SyncState = { ...begin, progress: null, books, passes, pageLimit: null, skipped: [] }
  const first = await version(store, empty, ROWS, 1_000)
  const second = await version(store, first, ROWS, 2_000)

  console.log(`rollback: ${ROWS} rows, two versions that differ in all of them`)
  const all = await rollBack(store, second, 1)
  console.log(`  ${all.seconds.toFixed(2)} s (limit ${LIMIT_S} s), updated ${all.counts.updated}`)
  console.log(
    `  longest wait of a reader: ${all.longestMs.toFixed(0)} ms of ${all.reads} reads (limit ${LIMIT_WAIT_MS} ms)`,
  )

  const third = await version(store, all.state, ROWS / 100, 3_000)
  const before = sizeOf(database.file)
  const few = await rollBack(store, third, all.version.number)
  const after = sizeOf(database.file)
  const [rows, bytes] = [after.rows - before.rows, after.bytes - before.bytes]
  const perRow = before.bytes / before.rows
  console.log(`rollback: ${ROWS} rows, ${ROWS / 100} of them differ`)
  console.log(`  ${few.seconds.toFixed(2)} s, longest wait ${few.longestMs.toFixed(0)} ms`)
  console.log(
    `  added ${rows} rows and ${bytes} bytes, ${(bytes / few.counts.updated).toFixed(0)} a changed row (a row has ${perRow.toFixed(0)}); unchanged: ${few.counts.unchanged}, which added ${rows - few.counts.updated} rows`,
  )
  const { stored, computed } = await store.verifyVersion(INTEGRATION, few.version.number)
  const longestMs = Math.max(all.longestMs, few.longestMs)
  return (
    all.seconds <= LIMIT_S && longestMs <= LIMIT_WAIT_MS && rows === few.counts.updated && stored === computed
  )
}

const folder = mkdtempSync(join(tmpdir(), 'snowline-bench-'))
const database = openSqlite({ file: join(folder, 'rollback.db') })
try {
  if (!(await measure(database, await sqliteStore({ database })))) process.exitCode = 1
} finally {
  await database.close()
  rmSync(folder, { recursive: true, force: true })
}
