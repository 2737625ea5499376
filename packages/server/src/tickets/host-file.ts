/** The application's SQLite file, opened once to write and once to read. Every write is one short transaction that waits for nothing. */
import { ConfigError, isSnowlineError, StoreError } from '@snowline/sdk'
import Database from 'better-sqlite3'

/** Somebody else holds the write lock. Nothing was written; try again when the event loop has had its turn. */
export class HostBusyError extends StoreError {
  constructor(cause: unknown) {
    super("The application's file is being written by somebody else", {
      code: 'store.busy',
      retryable: true,
      hint: 'Try again; nothing was written.',
      details: { driver: 'sqlite', operation: 'tickets.write' },
      cause,
    })
  }
}

export interface HostFile {
  readonly path: string
  readonly reader: Database.Database
  readonly writer: Database.Database
  /**
   * Runs `work` inside BEGIN IMMEDIATE ... COMMIT, without a pause in which the lock would be held for nothing.
   *
   * @throws HostBusyError when the lock is not free within 20 ms
   */
  writeNow<T>(work: (db: Database.Database) => T): T
  /** Resolves when it is our turn to write: turns are far enough apart that a waiting application gets in between. */
  turn(): Promise<void>
  /** Changes whenever anybody else than the reader commits; costs less than a query. */
  dataVersion(): number
  close(): void
}

/** A busy handle blocks the event loop for its whole time-out: short, and the waiting happens outside. */
const BUSY_MS = 20
const READ_BUSY_MS = 100
/** SQLite's own waiting looks again after at most 25 ms for its first quarter of a second; a write of ours takes a few. */
const TURN_MS = 40

/** @throws ConfigError when there is no file, or it is no SQLite database, or it cannot be written */
export function openHostFile(path: string): HostFile {
  const writer = openHandle(path)
  const reader = new Database(path, { readonly: true, timeout: READ_BUSY_MS })
  return {
    path,
    reader,
    writer,
    writeNow: (work) => writeNow(writer, work),
    turn: turns(),
    dataVersion: () => Number(reader.pragma('data_version', { simple: true })),
    close() {
      reader.close()
      writer.close()
    },
  }
}

function openHandle(path: string): Database.Database {
  let writer: Database.Database | null = null
  try {
    writer = new Database(path, { fileMustExist: true, timeout: BUSY_MS })
    // Its journal mode is the application's own affair; ours is only that a commit of ours is on the disk.
    writer.pragma('synchronous = FULL')
    writer.prepare('select count(*) from sqlite_master').get()
    writer.exec('begin immediate; rollback')
    return writer
  } catch (cause) {
    if (writer !== null && isBusy(cause)) return writer
    writer?.close()
    throw new ConfigError([
      {
        key: 'TICKETS_DATABASE_URL',
        message: "must lead to the application's SQLite file, which this account can read and write",
        hint: 'Check the path, and who may write the file and its folder.',
      },
    ])
  }
}

function turns(): () => Promise<void> {
  let next = 0
  return () => {
    const now = performance.now()
    const at = Math.max(now, next)
    next = at + TURN_MS
    return at === now ? Promise.resolve() : new Promise((resolve) => setTimeout(resolve, at - now))
  }
}

function writeNow<T>(db: Database.Database, work: (db: Database.Database) => T): T {
  try {
    db.exec('begin immediate')
    const result = work(db)
    db.exec('commit')
    return result
  } catch (error) {
    if (db.inTransaction) db.exec('rollback')
    throw isBusy(error) ? new HostBusyError(error) : error
  }
}

export function isBusy(error: unknown): boolean {
  return (
    error instanceof Error &&
    !isSnowlineError(error) &&
    'code' in error &&
    /^SQLITE_(BUSY|LOCKED)/.test(String(error.code))
  )
}

/** Whatever the driver says about a value that a table does not take, as its short name; null for every other error. */
export function constraintOf(error: unknown): string | null {
  if (!(error instanceof Error) || !('code' in error)) return null
  return /^SQLITE_CONSTRAINT_?(.*)$/.exec(String(error.code))?.[1]?.toLowerCase() ?? null
}
