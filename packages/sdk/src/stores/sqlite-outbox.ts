/** The outbox in SQLite: beside the host's tickets when both live in one database, so that one transaction writes both. */
import type { Kysely, Transaction } from 'kysely'
import type { OutboxEntry } from '../model/outbox-entry.ts'
import type { NewEntry, Outbox, OutboxTransaction } from '../ports/outbox.ts'
import { isProblem } from './outbox-rules.ts'
import { migrate } from './sql/migrations.ts'
import * as rows from './sql/outbox-rows.ts'
import type { SnowlineTables } from './sql/tables.ts'
import type { SqliteDatabase } from './sqlite-database.ts'
import { guard } from './sqlite-guard.ts'

/** An outbox over a shared database; brings the SDK's tables up to date first. Throws StoreError. */
export async function sqliteOutbox({ database }: { database: SqliteDatabase }): Promise<Outbox> {
  await guard('migrate', () => migrate(database.write))
  return new SqliteOutbox(database)
}

/** The outbox's part of a transaction that the host has begun on the same database. */
export function outboxWithin(trx: Transaction<unknown>): OutboxTransaction {
  return new SqliteOutboxTransaction(trx.withTables<SnowlineTables>() as Transaction<SnowlineTables>)
}

class SqliteOutbox implements Outbox {
  private readonly write: Kysely<SnowlineTables>
  private readonly readHandle: Kysely<SnowlineTables>

  constructor(database: SqliteDatabase) {
    this.write = database.write.withTables<SnowlineTables>()
    this.readHandle = database.read.withTables<SnowlineTables>()
  }

  transaction<T>(fn: (tx: OutboxTransaction) => Promise<T>): Promise<T> {
    return guard('outbox.transaction', () =>
      this.write.transaction().execute((trx) => fn(new SqliteOutboxTransaction(trx))),
    )
  }

  claim(
    connection: string,
    nowMs: number,
    transition: (entry: OutboxEntry) => OutboxEntry,
  ): Promise<OutboxEntry | null> {
    return guard('outbox.claim', () =>
      this.write.transaction().execute(async (trx) => {
        const entry = await rows.dueEntry(trx, connection, nowMs)
        return entry === null ? null : rows.claimEntry(trx, transition(entry))
      }),
    )
  }

  nextDue(connection: string): Promise<number | null> {
    return guard('outbox.nextDue', () => rows.nextDue(this.readHandle, connection))
  }

  read(opId: string): Promise<OutboxEntry | null> {
    return guard('outbox.read', () => rows.readEntry(this.readHandle, opId))
  }

  ofTicket(ticket: string): Promise<readonly OutboxEntry[]> {
    return guard('outbox.ofTicket', () => rows.entriesOf(this.readHandle, ticket))
  }

  problems(connection: string, nowMs: number): Promise<readonly OutboxEntry[]> {
    return guard('outbox.problems', async () => {
      const candidates = await rows.problemCandidates(this.readHandle, connection)
      return candidates.filter((entry) => isProblem(entry, nowMs))
    })
  }
}

class SqliteOutboxTransaction implements OutboxTransaction {
  readonly db: Transaction<SnowlineTables>

  constructor(db: Transaction<SnowlineTables>) {
    this.db = db
  }

  insert(entry: NewEntry): Promise<OutboxEntry> {
    return rows.insertEntry(this.db, entry)
  }

  save(entry: OutboxEntry): Promise<void> {
    return rows.saveEntry(this.db, entry)
  }

  read(opId: string): Promise<OutboxEntry | null> {
    return rows.readEntry(this.db, opId)
  }
}
