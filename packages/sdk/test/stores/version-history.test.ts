/** Random histories: both drivers hold what a plain model holds after each step, and tell it in the same words. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { memoryStore } from '@snowline/sdk/stores/memory'
import { openSqlite, type SqliteDatabase, sqliteStore } from '@snowline/sdk/stores/sqlite'
import { versionHistory } from '@snowline/sdk/testing'
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { SyncStore } from '../../src/ports/store.ts'

const one = process.env.SEED === undefined ? null : Number(process.env.SEED)
const count = Number(process.env.SEEDS ?? 300)
const seeds = one === null ? Array.from({ length: count }, (_, index) => index + 1) : [one]

let folder: string
let database: SqliteDatabase
let sqlite: SyncStore

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'snowline-history-'))
  database = openSqlite({ file: join(folder, 'store.db') })
  sqlite = await sqliteStore({ database })
  // Nobody pulls the plug here, and waiting for the disk would be most of the time.
  await sql`pragma synchronous = off`.execute(database.write)
})

afterAll(async () => {
  await database.close()
  rmSync(folder, { recursive: true })
})

test(`seeds ${seeds[0]} to ${seeds.at(-1)}: memory and SQLite hold what the model holds`, async () => {
  for (const seed of seeds) {
    const memory = await versionHistory(memoryStore(), { seed })
    expect(await versionHistory(sqlite, { seed }), `SEED=${seed}: both drivers say the same`).toEqual(memory)
  }
}, 600_000)
