/** The dialect of kysely that shares a file with others: it begins with the write lock, waits its turn, and may go on in a thread. */
import type Database from 'better-sqlite3'
import {
  CompiledQuery,
  type DatabaseConnection,
  type QueryResult,
  SqliteAdapter,
  SqliteDialect,
  SqliteDriver,
} from 'kysely'
import type { Outcome, SqliteThread } from './sqlite-thread.ts'

const BUSY_PAUSE_MS = 5
/** About five seconds of both. */
const BUSY_TRIES = 500

/** Transactions take the write lock at their beginning, and whatever finds the file locked by another process waits and tries again. */
export class PatientDialect extends SqliteDialect {
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
export class PatientConnection implements DatabaseConnection {
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
