/** The SQLite driver of the sync store: one writer, one reader, one file, everything of a commit in one transaction. */
import type { Kysely } from 'kysely'
import { DigestSum } from '../base/digest.ts'
import type { SysId } from '../base/values.ts'
import type { Observation } from '../model/observation.ts'
import type { SyncState } from '../model/sync-state.ts'
import type { StoreTransaction, SyncStore, Verdict } from '../ports/store.ts'
import { breath } from './breath.ts'
import { decide, rowDigest } from './interval.ts'
import { noVersion } from './losses.ts'
import { type DifferencePage, differencesOf } from './sql/difference-rows.ts'
import * as leases from './sql/lease-rows.ts'
import { migrate } from './sql/migrations.ts'
import * as mirror from './sql/mirror-rows.ts'
import { readState } from './sql/state-rows.ts'
import type { SnowlineTables } from './sql/tables.ts'
import { listVersions } from './sql/version-rows.ts'
import { type OpenSqliteOptions, openSqlite, type SqliteDatabase } from './sqlite-database.ts'
import { guard } from './sqlite-guard.ts'
import { readStandings, SqliteRows } from './sqlite-rows.ts'
import { SqliteTransaction } from './sqlite-transaction.ts'

export { type OpenSqliteOptions, openSqlite, type SqliteDatabase } from './sqlite-database.ts'
export { outboxWithin, sqliteOutbox } from './sqlite-outbox.ts'

/** Either a file of the store's own, or a database that a host shares with it (and closes itself). */
export type SqliteStoreOptions = OpenSqliteOptions | { database: SqliteDatabase }

/** Rows of a sealed version read at once. */
const VERSION_PAGE = 500

/**
 * A store in one SQLite file. Brings its own tables (`sl_*`) up to date first. Throws StoreError when the file cannot be opened.
 *
 * @example const store = await sqliteStore({ file: 'data.db' })
 */
export async function sqliteStore(options: SqliteStoreOptions): Promise<SyncStore> {
  const shared = 'database' in options
  const database = shared ? options.database : openSqlite(options)
  await guard('migrate', () => migrate(database.write))
  return new SqliteStore(database, shared)
}

class SqliteStore implements SyncStore {
  private readonly database: SqliteDatabase
  private readonly shared: boolean
  private readonly write: Kysely<SnowlineTables>
  private readonly read: Kysely<SnowlineTables>
  private readonly rows: SqliteRows

  constructor(database: SqliteDatabase, shared: boolean) {
    this.database = database
    this.shared = shared
    this.write = database.write.withTables<SnowlineTables>()
    this.read = database.read.withTables<SnowlineTables>()
    this.rows = new SqliteRows(database.writeHandle)
  }

  transaction<T>(fn: (tx: StoreTransaction) => Promise<T>): Promise<T> {
    return guard('transaction', async () => {
      let forgets = false
      const value = await this.write.transaction().execute(async (trx) => {
        const tx = new SqliteTransaction(trx, this.rows, this.database)
        const answer = await fn(tx)
        forgets = tx.forgets
        return answer
      })
      if (forgets) await this.database.cutLog()
      return value
    })
  }

  acquireLease(name: string, owner: string, ttlMs: number, nowMs: number): Promise<leases.LeaseAnswer> {
    return guard('acquireLease', () =>
      this.write.transaction().execute((trx) => leases.acquire(trx, { name, owner, ttlMs, nowMs })),
    )
  }

  renewLease(
    ...[lease, ttlMs, nowMs]: Parameters<SyncStore['renewLease']>
  ): ReturnType<SyncStore['renewLease']> {
    return guard('renewLease', () =>
      this.write.transaction().execute((trx) => leases.renew(trx, lease, ttlMs, nowMs)),
    )
  }

  releaseLease(...[lease]: Parameters<SyncStore['releaseLease']>): Promise<void> {
    return guard('releaseLease', () => this.write.transaction().execute((trx) => leases.release(trx, lease)))
  }

  endLease(name: string, owner: string): Promise<boolean> {
    return guard('endLease', () => this.write.transaction().execute((trx) => leases.end(trx, name, owner)))
  }

  readState(integration: string): Promise<SyncState | null> {
    return guard('readState', async () => (await readState(this.read, integration))?.state ?? null)
  }

  compare(integration: string, observations: readonly Observation[]): Promise<readonly Verdict[]> {
    return guard('compare', async () => {
      const stored = await readState(this.read, integration)
      if (stored === null) return observations.map(() => 'added' as const)
      const standings = await readStandings(this.read, stored, observations)
      return observations.map((seen, index) => {
        const standing = standings[index] ?? { live: null, closedHash: null }
        const action = decide(stored.state, standing, seen)
        if (action === 'keep' || action === 'mark') return 'unchanged'
        return standing.live === null ? 'added' : 'updated'
      })
    })
  }

  readRecord(integration: string, sysId: SysId): ReturnType<SyncStore['readRecord']> {
    return guard('readRecord', () => mirror.readRecord(this.read, integration, sysId))
  }

  listRecords(
    ...[integration, query]: Parameters<SyncStore['listRecords']>
  ): ReturnType<SyncStore['listRecords']> {
    return guard('listRecords', () => mirror.listRecords(this.read, integration, query))
  }

  countRecords(integration: string): Promise<number> {
    return guard('countRecords', () => mirror.countRecords(this.read, integration))
  }

  listKeys(...[integration, range]: Parameters<SyncStore['listKeys']>): ReturnType<SyncStore['listKeys']> {
    return guard('listKeys', () => mirror.listKeys(this.read, integration, range))
  }

  readKeys(...[integration, sysIds]: Parameters<SyncStore['readKeys']>): ReturnType<SyncStore['readKeys']> {
    return guard('readKeys', () => mirror.readKeys(this.read, integration, sysIds))
  }

  listVersions(
    ...[integration, options]: Parameters<SyncStore['listVersions']>
  ): ReturnType<SyncStore['listVersions']> {
    return guard('listVersions', () => listVersions(this.read, integration, options))
  }

  readVersion(integration: string, number: number): ReturnType<SyncStore['readVersion']> {
    return guard('readVersion', async () => {
      const [version] = await listVersions(this.read, integration, { limit: 1, number })
      return version ?? null
    })
  }

  async *versionRecords(
    ...[integration, number, options = {}]: Parameters<SyncStore['versionRecords']>
  ): ReturnType<SyncStore['versionRecords']> {
    let left = options.limit ?? Number.POSITIVE_INFINITY
    let after = options.after ?? null
    while (left > 0) {
      const limit = Math.min(VERSION_PAGE, left)
      const page = await guard('versionRecords', () =>
        mirror.versionPage(this.read, { integration, number, after, limit }),
      )
      yield* page
      if (page.length < limit) return
      await breath()
      left -= page.length
      after = page.at(-1)?.sysId ?? null
    }
  }

  async *diff(
    ...[integration, from, to, options = {}]: Parameters<SyncStore['diff']>
  ): ReturnType<SyncStore['diff']> {
    for (const number of [from, to]) {
      if ((await this.readVersion(integration, number)) === null) throw noVersion(integration, number)
    }
    let left = options.limit ?? Number.POSITIVE_INFINITY
    let after: string | null = options.after ?? ''
    while (left > 0 && after !== null) {
      const begin: string = after
      const page: DifferencePage = await guard('diff', () =>
        differencesOf(this.read, integration, { from, to, after: begin }),
      )
      for (const each of page.differences.slice(0, left)) yield each
      left -= page.differences.length
      after = page.next
      await breath()
    }
  }

  async verifyVersion(integration: string, number: number): Promise<{ stored: string; computed: string }> {
    const version = await this.readVersion(integration, number)
    if (version === null) {
      throw noVersion(integration, number)
    }
    const sum = new DigestSum('0')
    for (let after: SysId | null = null; ; ) {
      const page: Awaited<ReturnType<typeof mirror.versionPage>> = await guard('verifyVersion', () =>
        mirror.versionPage(this.read, { integration, number, after, limit: VERSION_PAGE }),
      )
      for (const row of page) sum.add(rowDigest(row.sysId, row.hash))
      if (page.length < VERSION_PAGE) return { stored: version.contentHash, computed: sum.toHex() }
      await breath()
      after = page.at(-1)?.sysId ?? null
    }
  }

  async close(): Promise<void> {
    if (!this.shared) await this.database.close()
  }
}
