/** Opens the database: the file, both sets of tables brought up to date, and what works on them. */
import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { openSqlite, sqliteOutbox, sqliteStore } from '@snowline/sdk/stores/sqlite'
import type { Outbox, SyncStore } from '@snowline/sdk/sync'
import { namingProcess } from '../runs/lease-owner.ts'
import { migrate } from './migrations.ts'
import { installationId } from './settings.ts'
import type { AppTables, Executor } from './tables.ts'

export interface OpenDatabase {
  /** The only writer. */
  write: Executor
  read: Executor
  /** Its leases name this process; what a dead one held is taken at once. */
  store: SyncStore
  outbox: Outbox
  /** The id of this installation. */
  installation: string
  close(): Promise<void>
}

/** @throws StoreError when the file cannot be opened, or is of a later version */
export async function openDatabase(file: string): Promise<OpenDatabase> {
  // What people write about their troubles is for the eyes of this account only.
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
  const database = openSqlite({ file })
  try {
    await migrate(database.write)
    const store = await sqliteStore({ database })
    const outbox = await sqliteOutbox({ database })
    const write = database.write.withTables<AppTables>()
    return {
      write,
      read: database.read.withTables<AppTables>(),
      store: namingProcess(store),
      outbox,
      installation: await installationId(write),
      async close() {
        await store.close()
        await database.close()
      },
    }
  } catch (error) {
    await database.close()
    throw error
  }
}
