/** Opens a SQLite file twice, once to write and once to read, so that no reader ever queues behind a transaction. */
import Database from 'better-sqlite3'
import { Kysely, sql } from 'kysely'
import { StoreError } from '../base/errors.ts'
import { isDamage } from './sqlite-guard.ts'
import { PatientDialect } from './sqlite-patient.ts'
import { openThread, type SqliteThread } from './sqlite-thread.ts'

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
  let writer: Database.Database | undefined
  try {
    writer = new Database(file, { timeout: OPEN_TIMEOUT_MS })
    writer.pragma('journal_mode = WAL')
    for (const pragma of pragmas(cacheKib)) writer.pragma(pragma)
    const [check] = writer.pragma('quick_check(1)') as { quick_check: string }[]
    if (check?.quick_check !== 'ok') throw new DamagedFile(check?.quick_check ?? 'quick_check gave no answer')
    writer.pragma(`busy_timeout = ${BUSY_TIMEOUT_MS}`)
    return { writer, reader: new Database(file, { readonly: true, timeout: BUSY_TIMEOUT_MS }) }
  } catch (cause) {
    writer?.close()
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
