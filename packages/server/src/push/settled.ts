/** What a push that was written down changes on its ticket: the link, the five columns, the record both sides agree on. Pure. */
import type { FieldConflict, OutboxEntry, OutboxFault, SourceRecord } from '@snowline/sdk/sync'
import { systemActor } from '../db/audit.ts'
import { faultSentence } from '../problem/from-fault.ts'
import type { Ticket, TicketBooks, TicketChange, TicketFields, TicketLink } from '../tickets/ticket-store.ts'
import { isTicketStatus } from '../tickets/words.ts'
import { agreedOf } from './agreed.ts'
import { ticketMapper } from './mapping.ts'
import { standingOf } from './standing.ts'

export interface Settlement {
  entry: OutboxEntry
  /** The record as the instance showed it, null when it did not. */
  record: SourceRecord | null
  nowMs: number
  /** What a person gave way to: the ticket takes these values. */
  theirs: readonly FieldConflict[]
  /** Another ticket that has the incident already. */
  takenBy: string | null
}

export function settledChange(books: TicketBooks, settlement: Settlement): TicketChange {
  const { ticket, queue, agreed } = books
  const { entry, record, nowMs, theirs, takenBy } = settlement
  const made = entry.kind === 'create' && entry.result !== null && takenBy === null ? entry.result : null
  const linked = made?.sysId ?? ticket.sn_sys_id
  const proven = entry.state === 'done' || made !== null
  const link: Partial<TicketLink> = {
    ...(made === null ? {} : { sn_sys_id: made.sysId, sn_number: made.number }),
    ...(proven ? { sn_last_sync_at: syncStamp(nowMs, ticket.sn_last_sync_at) } : {}),
    ...marksOf(queue, linked !== null, entry, takenBy),
  }
  const given = Object.fromEntries(theirs.map(({ field, theirs: value }) => [field, value]))
  const fields = statusOf(given)
  const current = record !== null && entry.kind !== 'note' && entry.state === 'done' ? agreedOf(record) : null
  const taken = theirs.length > 0 ? { ...agreed, ...given } : null
  const audited = entry.state === 'pending' ? null : auditOf(ticket, entry)
  return {
    ...(differs(ticket, link) ? { link } : {}),
    ...(fields === null ? {} : { fields, link }),
    ...(current === null && taken === null ? {} : { agreed: { ...agreed, ...taken, ...current } }),
    ...(audited === null ? {} : { audit: audited }),
  }
}

/** Milliseconds, and never the same twice: a host's trigger tells our writes by the change of it. */
export function syncStamp(nowMs: number, previous: string | null): string {
  const stamp = new Date(nowMs).toISOString()
  return stamp === previous ? new Date(nowMs + 1).toISOString() : stamp
}

/** `sn_sync_status` and `sn_last_error` as the whole queue of the ticket has them. */
export function marksOf(
  queue: readonly OutboxEntry[],
  linked: boolean,
  entry: OutboxEntry | null = null,
  takenBy: string | null = null,
): Pick<TicketLink, 'sn_sync_status' | 'sn_last_error'> {
  const { waiting, failed } = standingOf(queue, linked)
  const fault = failed.at(-1)?.fault ?? droppedBy(queue)
  const conflict = waiting.at(0)
  if (entry?.kind === 'create' && takenBy !== null) {
    const error = `The incident ${entry.result?.number ?? ''} belongs to ticket ${takenBy} already. Unlink it there first.`
    return { sn_sync_status: 'failed', sn_last_error: error }
  }
  if (conflict !== undefined) {
    const names = conflict.conflicts.map(({ field }) => field).join(', ')
    const error = `Both sides changed ${names}. Decide under Problems which value counts.`
    return { sn_sync_status: 'failed', sn_last_error: error }
  }
  if (fault !== null) return { sn_sync_status: 'failed', sn_last_error: faultSentence(fault) }
  return { sn_sync_status: linked ? 'ok' : null, sn_last_error: null }
}

/** An instance can take an update and drop a field of it in silence: the last update says whether it did. */
function droppedBy(queue: readonly OutboxEntry[]): OutboxFault | null {
  return queue.findLast(({ kind, state }) => kind === 'update' && state === 'done')?.fault ?? null
}

function statusOf(given: Readonly<Record<string, string>>): Partial<TicketFields> | null {
  if (given.state === undefined) return null
  const { status } = ticketMapper.toTicket({ state: given.state }).ticket
  return isTicketStatus(status) ? { status } : null
}

function differs(ticket: Ticket, link: Partial<TicketLink>): boolean {
  return Object.entries(link).some(([column, value]) => ticket[column as keyof TicketLink] !== value)
}

function auditOf(ticket: Ticket, entry: OutboxEntry): NonNullable<TicketChange['audit']> {
  const { opId, kind, state, fault, result } = entry
  const after = { opId, kind, state, code: fault?.code ?? null, sysId: result?.sysId ?? entry.sysId }
  return { actor: systemActor, entry: { action: `push.${state}`, target: `ticket:${ticket.id}`, after } }
}
