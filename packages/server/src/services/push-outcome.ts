/** How a push that a person asked for has turned out: its first try, the incident after it, and the id it is known by. */
import { createHash } from 'node:crypto'
import type { IncidentView } from '@snowline/protocol'
import type { OutboxEntry } from '@snowline/sdk/sync'
import type { Clock } from '../clock.ts'
import type { Connection, Connections } from '../connections/connections.ts'
import type { Mapping } from '../push/mapping.ts'
import type { Push } from '../push/push.ts'
import type { Tried } from '../push/push-lane.ts'
import type { TicketBooks, TicketStore } from '../tickets/ticket-store.ts'
import type { LinkedIncidents } from './linked-incidents.ts'
import type { By } from './tickets.ts'

/** A call that may be repeated: the same key gives the same operation. */
export interface RepeatableBy extends By {
  idempotencyKey: string | null
}

export interface TicketPushesOptions {
  tickets: TicketStore
  connections: Connections
  incidents: LinkedIncidents
  mapping: Mapping
  push: Push
  clock: Clock
  newId: () => string
}

/** Null when the operation is not known at all. */
export async function tryFirst(
  { push, tickets }: TicketPushesOptions,
  connection: Connection,
  opId: string,
): Promise<Tried | null> {
  const tried = await push.firstTry(connection, opId)
  if (tried !== null) return tried
  const entry = await tickets.outbox.read(opId)
  return entry === null ? null : { entry, record: null }
}

export function isOpen({ state }: OutboxEntry): boolean {
  return state === 'pending' || state === 'inflight'
}

export function incidentOf(
  { incidents }: TicketPushesOptions,
  connection: Connection,
  { ticket, agreed }: TicketBooks,
  tried: Tried | null,
): Promise<IncidentView> {
  const sysId = tried?.entry.result?.sysId ?? ticket.sn_sys_id ?? ''
  return incidents.demand(connection, sysId, { ticketId: ticket.id, agreed, record: tried?.record ?? null })
}

/** At random, or made from the key that the caller gave: the same call gives the same operation. */
export function operationId({ newId }: TicketPushesOptions, by: RepeatableBy, what: string): string {
  if (by.idempotencyKey === null) return newId()
  const text = JSON.stringify([by.principal.userId, by.idempotencyKey, what])
  return `key-${createHash('sha256').update(text).digest('hex').slice(0, 32)}`
}
