/** The outbox in memory: for tests and models; nothing survives the process. */
import type { OutboxEntry } from '../model/outbox-entry.ts'
import type { NewEntry, Outbox, OutboxTransaction } from '../ports/outbox.ts'
import { claimLost } from './losses.ts'
import { dueAt, isProblem, newEntry } from './outbox-rules.ts'

/** An outbox that lives as long as the process. */
export function memoryOutbox(): Outbox {
  return new MemoryOutbox()
}

class MemoryOutbox implements Outbox {
  private readonly entries = new Map<string, OutboxEntry>()
  private queue: Promise<unknown> = Promise.resolve()

  transaction<T>(fn: (tx: OutboxTransaction) => Promise<T>): Promise<T> {
    const result = this.queue.then(async () => {
      const writes = new Map<string, OutboxEntry>()
      const read = (opId: string) => writes.get(opId) ?? this.entries.get(opId) ?? null
      const value = await fn({
        db: undefined,
        insert: async (given: NewEntry) => {
          const entry = newEntry(given, this.entries.size + writes.size + 1)
          writes.set(entry.opId, entry)
          return entry
        },
        save: async (entry) => {
          if (read(entry.opId)?.token !== entry.token) throw claimLost(entry)
          writes.set(entry.opId, entry)
        },
        read: async (opId) => read(opId),
      })
      for (const [opId, entry] of writes) this.entries.set(opId, entry)
      return value
    })
    this.queue = result.catch(() => undefined)
    return result
  }

  async claim(
    connection: string,
    nowMs: number,
    transition: (entry: OutboxEntry) => OutboxEntry,
  ): Promise<OutboxEntry | null> {
    return this.transaction(async () => {
      const [due] = this.heads(connection).filter(
        (entry) => (dueAt(entry) ?? Number.POSITIVE_INFINITY) <= nowMs,
      )
      if (due === undefined) return null
      const claimed = { ...transition(due), token: due.token + 1 }
      this.entries.set(claimed.opId, claimed)
      return claimed
    })
  }

  async nextDue(connection: string): Promise<number | null> {
    const times = this.heads(connection)
      .map(dueAt)
      .filter((time) => time !== null)
    return times.length === 0 ? null : Math.min(...times)
  }

  async read(opId: string): Promise<OutboxEntry | null> {
    return this.entries.get(opId) ?? null
  }

  async ofTicket(ticket: string): Promise<readonly OutboxEntry[]> {
    return this.inOrder().filter((entry) => entry.ticket === ticket)
  }

  async problems(connection: string, nowMs: number): Promise<readonly OutboxEntry[]> {
    return this.inOrder().filter((entry) => entry.connection === connection && isProblem(entry, nowMs))
  }

  private inOrder(): OutboxEntry[] {
    return [...this.entries.values()].sort((a, b) => a.seq - b.seq)
  }

  /** The first entry of each ticket that has not ended: nothing behind it may go. */
  private heads(connection: string): OutboxEntry[] {
    const heads = new Map<string, OutboxEntry>()
    for (const entry of this.inOrder()) {
      if (entry.connection !== connection || entry.state === 'done' || entry.state === 'dead') continue
      if (!heads.has(entry.ticket)) heads.set(entry.ticket, entry)
    }
    return [...heads.values()]
  }
}
