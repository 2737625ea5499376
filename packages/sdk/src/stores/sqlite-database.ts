/** Opens a SQLite file twice, once to write and once to read, so that no reader ever queues behind a transaction. */
import Database from 'better-sqlite3'
import { CompiledQuery, type DatabaseConnection, Kysely, SqliteDialect, SqliteDriver } from 'kysely'
import { StoreError } from '../base/errors.ts'

/** The slice of a better-sqlite3 statement the stores use; their own types stay out of our declarations. */
export interface PreparedStatement {
  run(...values: unknown[]): { changes: number; lastInsertRowid: number | bigint }
  get(...values: unknown[]): unknown
  all(...values: unknown[]): unknown[]
}

export interface PreparingHandle {
  prepare(sql: string): PreparedStatement
}

/** One file, one writer, one reader. `write` runs one transaction at a time; `read` cannot write. */
export interface SqliteDatabase {
  readonly file: string
  readonly write: Kysely<unknown>
  readonly read: Kysely<unknown>
  /** The writer's handle: for prepared statements inside a transaction of `write`, and only there. */
  readonly writeHandle: PreparingHandle
  close(): Promise<void>
}

export interface OpenSqliteOptions {
  /** Path of the file; made when absent. `:memory:` is refused: a second handle would open another, empty database. */
  file: string
  /** Page cache of the writer in KiB (default 16,384): large first syncs touch a random index. */
  cacheKib?: number
}

/** A busy handle blocks the event loop for its whole time-out, so it is short and waiting happens outside. */
const BUSY_TIMEOUT_MS = 50
const BUSY_RETRIES = 100

/**
 * Opens `file` with WAL, `synchronous=FULL` and foreign keys. Throws StoreError when the file cannot be opened or fails `quick_check`.
 *
 * @example const database = openSqlite({ file: 'data/snowline.db' })
 */
export function openSqlite(options: OpenSqliteOptions): SqliteDatabase {
  const { file, cacheKib = 16_384 } = options
  if (file === ':memory:' || file === '') {
    throw new StoreError('SQLite: a file is needed, not memory', {
      hint: 'Use memoryStore() or a temporary file.',
    })
  }
  const writer = openWriter(file, cacheKib)
  const reader = new Database(file, { readonly: true, timeout: BUSY_TIMEOUT_MS })
  const write = new Kysely<unknown>({ dialect: new ImmediateDialect({ database: writer }) })
  const read = new Kysely<unknown>({ dialect: new SqliteDialect({ database: reader }) })
  return {
    file,
    write,
    read,
    writeHandle: writer,
    async close() {
      await Promise.all([write.destroy(), read.destroy()])
      reader.close()
      writer.close()
    },
  }
}

function openWriter(file: string, cacheKib: number): Database.Database {
  try {
    const writer = new Database(file, { timeout: BUSY_TIMEOUT_MS })
    writer.pragma('journal_mode = WAL')
    writer.pragma('synchronous = FULL')
    writer.pragma('foreign_keys = ON')
    writer.pragma(`cache_size = -${cacheKib}`)
    const [check] = writer.pragma('quick_check(1)') as { quick_check: string }[]
    if (check?.quick_check !== 'ok') throw new Error(check?.quick_check ?? 'quick_check gave no answer')
    return writer
  } catch (cause) {
    throw new StoreError(`SQLite: ${file} cannot be opened`, {
      hint: 'Check that the folder exists, is writable and on a local disk; restore a backup when the file is damaged.',
      details: { driver: 'sqlite', operation: 'open' },
      cause,
    })
  }
}

class ImmediateDialect extends SqliteDialect {
  private readonly options: { database: Database.Database }

  constructor(options: { database: Database.Database }) {
    super(options)
    this.options = options
  }

  override createDriver(): SqliteDriver {
    return new ImmediateDriver(this.options)
  }
}

/** Takes the write lock at the beginning: a transaction that read first and wrote later could fail in its middle. */
class ImmediateDriver extends SqliteDriver {
  private readonly database: Database.Database

  constructor(options: { database: Database.Database }) {
    super(options)
    this.database = options.database
  }

  override async beginTransaction(connection: DatabaseConnection): Promise<void> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        await connection.executeQuery(CompiledQuery.raw('begin immediate'))
        return
      } catch (error) {
        if (!isBusy(error) || attempt >= BUSY_RETRIES) throw error
        await new Promise((resolve) => setImmediate(resolve))
      }
    }
  }

  /** SQLite takes a transaction back by itself when the disk is full or broken; a second time would hide the reason behind its own error. */
  override async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    if (this.database.inTransaction) await super.rollbackTransaction(connection)
  }
}

function isBusy(error: unknown): boolean {
  return error instanceof Error && 'code' in error && String(error.code).startsWith('SQLITE_BUSY')
}
