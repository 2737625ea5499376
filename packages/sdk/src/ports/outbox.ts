/** Where writes wait until their fate is proven: claims make several workers safe, tokens make late ones harmless. */
import type { OutboxEntry, OutboxKind } from '../model/outbox-entry.ts'

/** What a host hands in; the store adds the rest. */
export interface NewEntry {
  opId: string
  connection: string
  ticket: string
  kind: OutboxKind
  key: string
  sysId: OutboxEntry['sysId']
  payload: OutboxEntry['payload']
  base: OutboxEntry['base']
  createdAt: number
}

export interface OutboxTransaction {
  /** The driver's own transaction, undefined in memory. */
  readonly db: unknown
  insert(entry: NewEntry): Promise<OutboxEntry>
  /** Writes the entry if its token is still the newest; throws LeaseLostError otherwise. */
  save(entry: OutboxEntry): Promise<void>
  read(opId: string): Promise<OutboxEntry | null>
}

export interface Outbox {
  transaction<T>(fn: (tx: OutboxTransaction) => Promise<T>): Promise<T>
  /**
   * The next entry that is due: pending from `notBefore` on or inflight past `unknownUntil`, not held by a worker, and the first of its
   * ticket that has not ended. `transition` is applied and saved, with a new token, in the same transaction. Null when nothing is due.
   */
  claim(
    connection: string,
    nowMs: number,
    transition: (entry: OutboxEntry) => OutboxEntry,
  ): Promise<OutboxEntry | null>
  /** When the next entry falls due (milliseconds since 1970), null when none waits. */
  nextDue(connection: string): Promise<number | null>
  read(opId: string): Promise<OutboxEntry | null>
  /** Everything of a ticket, oldest first. */
  ofTicket(ticket: string): Promise<readonly OutboxEntry[]>
  /** What a person should see: waiting, dead, and inflight past its wait. */
  problems(connection: string, nowMs: number): Promise<readonly OutboxEntry[]>
}
