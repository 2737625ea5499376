/** A damaged file says so in words, at the start and in the middle of a read. */
import { closeSync, mkdtempSync, openSync, rmSync, statSync, writeFileSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sqliteStore } from '@snowline/sdk/stores/sqlite'
import Database from 'better-sqlite3'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { fresh, INTEGRATION, seal, seen, write } from '../../src/testing/store-sample.ts'

const PAGE = 4_096
const ROWS = 500

let folder: string
let file: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'snowline-damage-'))
  file = join(folder, 'store.db')
})

afterEach(() => rmSync(folder, { recursive: true }))

async function filled(): Promise<void> {
  const store = await sqliteStore({ file })
  const rows = Array.from({ length: ROWS }, (_, n) => seen(n, 10, `text ${n} `.repeat(100)))
  await seal(store, (await write(store, fresh(), rows)).state)
  await store.close()
}

/** Overwrites pages from the middle of the file on. */
function damage(pages: number): void {
  const middle = Math.floor(statSync(file).size / PAGE / 2) * PAGE
  const handle = openSync(file, 'r+')
  writeSync(handle, Buffer.alloc(pages * PAGE, 0xa5), 0, pages * PAGE, middle)
  closeSync(handle)
}

test('a file with an overwritten page is not opened, and the hint says what to do', async () => {
  await filled()
  damage(1)
  await expect(sqliteStore({ file })).rejects.toMatchObject({
    name: 'StoreError',
    code: 'store.corrupt',
    retryable: false,
    hint: expect.stringContaining('backup'),
  })
})

test('a file that is no database is not opened', async () => {
  writeFileSync(file, 'This is a letter, not a database. '.repeat(400))
  await expect(sqliteStore({ file })).rejects.toMatchObject({ code: 'store.corrupt' })
})

test('a page overwritten while the store is open gives no wrong answer but an error', async () => {
  await filled()
  const store = await sqliteStore({ file })
  try {
    damage(20)
    const read = store.verifyVersion(INTEGRATION, 1)
    await expect(read).rejects.toMatchObject({
      code: 'store.corrupt',
      details: { operation: 'verifyVersion' },
    })
    const records = async () => {
      for await (const _ of store.versionRecords(INTEGRATION, 1));
    }
    await expect(records()).rejects.toMatchObject({ code: 'store.corrupt' })
    expect(await store.countRecords(INTEGRATION), 'what lies elsewhere is read').toBe(ROWS)
  } finally {
    await store.close()
  }
})

test('a full disk says that nothing was lost', async () => {
  await filled()
  const store = await sqliteStore({ file })
  const state = await store.readState(INTEGRATION)
  if (state === null) throw new Error('there is no state')
  const { page_count: pages } = new Database(file).prepare('pragma page_count').get() as {
    page_count: number
  }
  const rows = Array.from({ length: ROWS }, (_, n) => seen(n, 20, `more ${n} `.repeat(100)))
  const attempt = store.transaction(async (tx) => {
    const limit = tx.db as { executeQuery(query: unknown): Promise<unknown> }
    const { CompiledQuery } = await import('kysely')
    await limit.executeQuery(CompiledQuery.raw(`pragma max_page_count = ${pages}`))
    return tx.apply(state, 'run', rows)
  })
  await expect(attempt).rejects.toMatchObject({ code: 'store.full', hint: expect.stringContaining('space') })
  expect(await store.readState(INTEGRATION)).toEqual(state)
  await store.close()
})
