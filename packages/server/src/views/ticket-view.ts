/** A ticket and its pushes as the API shows them: `pending` is computed from the queue, faults are words for people. */
import type { PushView, SyncProblemView, TicketView } from '@snowline/protocol'
import type { OutboxEntry } from '@snowline/sdk/sync'
import { faultWords } from '../problem/from-fault.ts'
import { standingOf } from '../push/standing.ts'
import type { Ticket } from '../tickets/ticket-store.ts'
import { choiceLabel } from './incident-view.ts'

export function ticketView(ticket: Ticket, queue: readonly OutboxEntry[]): TicketView {
  const { open, waiting } = standingOf(queue, ticket.sn_sys_id !== null)
  const status = open.length > 0 && waiting.length === 0 ? 'pending' : ticket.sn_sync_status
  return {
    id: ticket.id,
    subject: ticket.subject,
    description: ticket.description,
    status: ticket.status,
    priority: ticket.priority,
    predicted_priority: ticket.predicted_priority,
    category: ticket.category,
    predicted_category: ticket.predicted_category,
    requester_email: ticket.requester_email,
    ai_suggestions: ticket.ai_suggestions,
    created_at: ticket.created_at,
    updated_at: ticket.updated_at,
    sn_sys_id: ticket.sn_sys_id,
    sn_number: ticket.sn_number,
    sn_last_sync_at: ticket.sn_last_sync_at,
    sn_sync_status: status,
    sn_last_error: ticket.sn_last_error,
  }
}

export function pushView(entry: OutboxEntry): PushView {
  const { opId: id, kind, state, tries } = entry
  return {
    id,
    kind,
    state,
    created_at: new Date(entry.createdAt).toISOString(),
    next_at: nextAt(entry),
    tries,
    error: entry.fault === null ? null : faultWords(entry.fault),
  }
}

function nextAt({ state, notBefore, unknownUntil, claimedUntil }: OutboxEntry): string | null {
  if (state === 'pending') return new Date(Math.max(notBefore, claimedUntil)).toISOString()
  if (state === 'inflight') return new Date(Math.max(unknownUntil ?? 0, claimedUntil)).toISOString()
  return null
}

/** Something a person decides, with the choices that make sense. */
export function problemView(entry: OutboxEntry, ticket: Ticket): SyncProblemView {
  const { conflicts, state } = entry
  return {
    id: entry.opId,
    kind: state === 'waiting' ? 'conflict' : state === 'dead' ? 'dead_letter' : 'unknown_outcome',
    push: pushView(entry),
    ticket_id: ticket.id,
    ticket_subject: ticket.subject,
    sn_number: ticket.sn_number,
    conflicts: conflicts.map(({ field, base, ours, theirs }) => ({
      field,
      base,
      ours,
      theirs,
      labels: { ours: choiceLabel(field, ours), theirs: choiceLabel(field, theirs) },
    })),
    choices: state === 'waiting' ? ['ours', 'theirs', 'drop'] : state === 'dead' ? ['resend', 'drop'] : [],
  }
}
