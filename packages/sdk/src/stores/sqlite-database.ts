/** Opens a SQLite file twice, once to write and once to read, so that no reader ever queues behind a transaction. */
import Database from 'better-sqlite3'
import {
  CompiledQuery,
  type DatabaseConnection,
  Kysely,
  type QueryResult,
  SqliteAdapter,
  SqliteDialect,
  SqliteDriver,
  sql,
} from 'kysely'
import { StoreError } from '../base/errors.ts'
import { isDamage } from './sqlite-guard.ts'
import { type Outcome, openThread, type SqliteThread } from './sqlite-thread.ts'

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
  /**
   * Within a transaction of `write` that has written nothing: gives up its lock and goes on with it on a thread of its own, where every
   * statement of it runs until it ends. What was read before must be read again. The writer's handle has no part in it.
   */
  moveToThread(): Promise<SqliteThread>
  /** Cuts the log off, so that what was overwritten is gone from it as well. Readers of other processes may put it off. */
  cutLog(): Promise<void>
  close(): Promise<void>
}

export interface OpenSqliteOptions {
  /** Path of the file; made when absent. `:memory:` is refused: a second handle would open another, empty database. */
  file: string
  /** Page cache of the writer in KiB (default 16,384): large first syncs touch a random index. */
  cacheKib?: number
}

/** A busy handle blocks the event loop for its whole time-out, so it is short and waiting happens outside. */
const BUSY_TIMEOUT_MS = 5
const BUSY_PAUSE_MS = 5
/** About five seconds of both. */
const BUSY_TRIES = 500

/** At the start nobody waits for the loop, and another process may be making the same file. */
const OPEN_TIMEOUT_MS = 5_000

/** The log stays as long as its largest transaction unless it is told to shrink. */
const LOG_LIMIT_BYTES = 64 * 1024 * 1024

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
  const { writer, reader } = openHandles(file, cacheKib)
  const writing = new PatientDialect({ database: writer })
  const write = new Kysely<unknown>({ dialect: writing })
  const read = new Kysely<unknown>({ dialect: new PatientDialect({ database: reader }) })
  return {
    file,
    write,
    read,
    writeHandle: writer,
    async moveToThread() {
      const thread = openThread(file, pragmas(cacheKib))
      await writing.patient?.leave(thread)
      return thread
    },
    async cutLog() {
      await writing.patient?.ended
      await sql`pragma wal_checkpoint(truncate)`.execute(write)
    },
    async close() {
      await writing.patient?.ended
      // The writer last: only it can bring the log home, and then the file alone is the whole database.
      await read.destroy()
      reader.close()
      await write.destroy()
      writer.close()
    },
  }
}

/** What every handle that writes is set to. */
function pragmas(cacheKib: number): string[] {
  return [
    'synchronous = FULL',
    'foreign_keys = ON',
    `cache_size = -${cacheKib}`,
    `journal_size_limit = ${LOG_LIMIT_BYTES}`,
  ]
}

function openHandles(file: string, cacheKib: number) {
  try {
    const writer = new Database(file, { timeout: OPEN_TIMEOUT_MS })
    writer.pragma('journal_mode = WAL')
    for (const pragma of pragmas(cacheKib)) writer.pragma(pragma)
    const [check] = writer.pragma('quick_check(1)') as { quick_check: string }[]
    if (check?.quick_check !== 'ok') throw new DamagedFile(check?.quick_check ?? 'quick_check gave no answer')
    writer.pragma(`busy_timeout = ${BUSY_TIMEOUT_MS}`)
    return { writer, reader: new Database(file, { readonly: true, timeout: BUSY_TIMEOUT_MS }) }
  } catch (cause) {
    const damaged = cause instanceof DamagedFile || isDamage(cause)
    throw new StoreError(`SQLite: ${file} ${damaged ? 'is damaged' : 'cannot be opened'}`, {
      code: damaged ? 'store.corrupt' : 'store.failed',
      hint: damaged
        ? 'Restore a backup of the file; what the instance holds comes back with the next sync.'
        : 'Check that the folder exists, is writable and on a local disk.',
      details: { driver: 'sqlite', operation: 'open' },
      cause,
    })
  }
}

class DamagedFile extends Error {}

/** Transactions take the write lock at their beginning, and whatever finds the file locked by another process waits and tries again. */
class PatientDialect extends SqliteDialect {
  /** The one connection, from its first use on. */
  patient: PatientConnection | undefined
  private readonly options: { database: Database.Database }

  constructor(options: { database: Database.Database }) {
    super(options)
    this.options = options
  }

  override createDriver(): SqliteDriver {
    return new PatientDriver(this.options, (connection) => {
      this.patient ??= new PatientConnection(connection)
      return this.patient
    })
  }

  override createAdapter(): SqliteAdapter {
    return new TransactionalAdapter()
  }
}

/** Migrations in one transaction: two processes that start together make the tables once. */
class TransactionalAdapter extends SqliteAdapter {
  override get supportsTransactionalDdl(): boolean {
    return true
  }
}

class PatientDriver extends SqliteDriver {
  private readonly patientOf: (connection: DatabaseConnection) => PatientConnection
  private readonly database: Database.Database

  constructor(
    options: { database: Database.Database },
    patientOf: (connection: DatabaseConnection) => PatientConnection,
  ) {
    super(options)
    this.database = options.database
    this.patientOf = patientOf
  }

  override async acquireConnection(): Promise<PatientConnection> {
    return this.patientOf(await super.acquireConnection())
  }

  /** A transaction that read first and wrote later could fail in its middle. */
  override async beginTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('begin immediate'))
  }

  override async commitTransaction(connection: PatientConnection): Promise<void> {
    await super.commitTransaction(connection)
    connection.comeHome()
  }

  override async rollbackTransaction(connection: PatientConnection): Promise<void> {
    // The end of a thread rolls back whatever is open there; the lock is free when it has ended.
    const home = connection.comeHome()
    if (home !== null) await home
    // A full or broken disk makes SQLite take a transaction back by itself; a second time would hide the reason behind its own error.
    else if (this.database.inTransaction) await super.rollbackTransaction(connection)
  }
}

/** A statement that found the file locked has done nothing, so it may be tried again. */
class PatientConnection implements DatabaseConnection {
  private readonly connection: DatabaseConnection
  private thread: SqliteThread | null = null
  /** Resolves when no thread works on the file any more. */
  ended: Promise<unknown> = Promise.resolve()

  constructor(connection: DatabaseConnection) {
    this.connection = connection
  }

  /** Goes on with the transaction on a thread. */
  async leave(thread: SqliteThread): Promise<void> {
    await this.connection.executeQuery(CompiledQuery.raw('rollback'))
    this.thread = thread
    await thread.execute('begin immediate', [[]])
  }

  /** Lets the thread end by itself; null when there was none. */
  comeHome(): Promise<void> | null {
    const { thread } = this
    if (thread === null) return null
    this.thread = null
    const closing = thread.close()
    this.ended = Promise.all([this.ended, closing])
    return closing
  }

  async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    if (this.thread !== null) return resultOf<R>(await this.thread.execute(query.sql, [query.parameters]))
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.connection.executeQuery<R>(query)
      } catch (error) {
        if (!isBusy(error) || attempt >= BUSY_TRIES) throw error
        await new Promise((resolve) => setTimeout(resolve, BUSY_PAUSE_MS))
      }
    }
  }

  streamQuery<R>(query: CompiledQuery, chunkSize: number): AsyncIterableIterator<QueryResult<R>> {
    return this.connection.streamQuery<R>(query, chunkSize)
  }
}

function resultOf<R>(outcome: Outcome): QueryResult<R> {
  if (outcome.reader) return { rows: outcome.rows as R[] }
  const { changes, lastInsertRowid } = outcome
  return { insertId: BigInt(lastInsertRowid), numAffectedRows: BigInt(changes), rows: [] }
}

function isBusy(error: unknown): boolean {
  return error instanceof Error && 'code' in error && String(error.code).startsWith('SQLITE_BUSY')
}
