/** Our own half of the application's tickets: pushes, agreed records and audit entries, each operation of theirs taken over exactly once. */
import { outboxWithin } from '@snowline/sdk/stores/sqlite'
import type { Outbox, OutboxTransaction } from '@snowline/sdk/sync'
import type { Transaction } from 'kysely'
import type { Clock } from '../clock.ts'
import { appendAudit } from '../db/audit.ts'
import type { AppTables, Executor } from '../db/tables.ts'
import { readAgreed, writeAgreed } from '../db/tickets.ts'
import type { HostEffects } from './host-queue.ts'
import type { Ticket, TicketBooks } from './ticket-store.ts'
import { dropPush, writePush } from './write-push.ts'

export type OwnTransaction = Transaction<AppTables>

/** True the first time: whoever comes second with the same operation has nothing to do. */
export async function takeOver(tx: Executor, opId: string, nowMs: number): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await tx
    .insertInto('app_host_operations')
    .values({ op_id: opId, at: new Date(nowMs).toISOString() })
    .onConflict((conflict) => conflict.column('op_id').doNothing())
    .executeTakeFirstOrThrow()
  return (numInsertedOrUpdatedRows ?? 0n) > 0n
}

export function queueOf(tx: OwnTransaction): OutboxTransaction {
  return outboxWithin(tx as unknown as Transaction<unknown>)
}

/** The books of a ticket, read while the lock of our own writer is held: nobody else can change them. */
export async function booksOf(tx: Executor, outbox: Outbox, ticket: Ticket): Promise<TicketBooks> {
  return { ticket, queue: await outbox.ofTicket(ticket.id), agreed: await readAgreed(tx, ticket.id) }
}

export async function writeEffects(
  tx: Executor,
  queue: OutboxTransaction,
  ticket: string,
  { pushes = [], drops = [], agreed, audit }: HostEffects,
  clock: Clock,
): Promise<void> {
  for (const push of pushes) await writePush(queue, push)
  for (const opId of drops) await dropPush(queue, opId)
  if (agreed !== undefined) await writeAgreed(tx, ticket, agreed)
  if (audit !== undefined) await appendAudit(tx, audit.actor, clock.now(), audit.entry)
}
