/** The local help desk as the API serves it: tickets, their link to an incident, what waits for a person. */
import type { IncidentView } from './views.ts'

export const ticketStatuses = ['open', 'in_progress', 'pending', 'resolved', 'closed'] as const
export const ticketPriorities = ['low', 'medium', 'high', 'urgent'] as const

export type TicketStatus = (typeof ticketStatuses)[number]
export type TicketPriority = (typeof ticketPriorities)[number]

/** `pending` is computed from the queue; the column holds only `ok` and `failed`. */
export type TicketSyncStatus = 'ok' | 'failed' | 'pending'

export interface TicketView {
  id: string
  subject: string
  description: string
  status: TicketStatus
  priority: TicketPriority | null
  predicted_priority: TicketPriority | null
  category: string | null
  predicted_category: string | null
  requester_email: string | null
  ai_suggestions: string | null
  created_at: string
  updated_at: string
  sn_sys_id: string | null
  sn_number: string | null
  sn_last_sync_at: string | null
  sn_sync_status: TicketSyncStatus | null
  sn_last_error: string | null
}

export interface TicketList {
  success: true
  tickets: readonly TicketView[]
  nextCursor: string | null
}

/** One write that waits, or waited, for the instance. */
export interface PushView {
  id: string
  kind: 'create' | 'update' | 'note'
  state: 'pending' | 'inflight' | 'waiting' | 'done' | 'dead'
  created_at: string
  /** When it is tried or looked up next, null when it has ended. */
  next_at: string | null
  tries: number
  error: { code: string; message: string; hint?: string } | null
}

/** `GET /api/tickets/{id}/sn` */
export interface TicketLinkView {
  success: true
  ticket: TicketView
  /** The incident as the mirror or the instance shows it, null when not linked or not known yet. */
  incident: IncidentView | null
  queue: readonly PushView[]
  open_url: string | null
}

/** A field that is not sent as it stands in the ticket, and why. */
export interface MappingNote {
  field: string
  message: string
}

/** `GET /api/tickets/{id}/sn/preview`: the exact body a create (or an update of a linked ticket) would send. */
export interface PushPreview {
  success: true
  action: 'create' | 'update'
  fields: Readonly<Record<string, string>>
  unmapped: readonly MappingNote[]
  warnings: readonly MappingNote[]
  /** What the instance demands and the ticket does not say: nothing can be sent before it is given. */
  missing: readonly MappingNote[]
}

export interface FieldChange {
  field: string
  from: string
  to: string
}

/** 201 or 200 of create-from-ticket; `pending` with 202, when the outcome is not known yet and settles by itself. */
export type CreateAnswer =
  | {
      success: true
      created: boolean
      incident: IncidentView
      ticket: TicketView
      warnings?: readonly MappingNote[]
    }
  | { success: true; pending: true; ticket: TicketView; warnings?: readonly MappingNote[] }

export type PushAnswer =
  | { success: true; incident: IncidentView; ticket: TicketView; changed: readonly FieldChange[] }
  | { success: true; pending: true; ticket: TicketView }

/** Raw values, and how people read them where the field is a choice. */
export interface ConflictView {
  field: string
  base: string
  ours: string
  theirs: string
  labels?: { ours: string; theirs: string }
}

export type ProblemChoice = 'ours' | 'theirs' | 'resend' | 'drop'

/** Something a person decides: a conflict, a dead letter, an outcome nobody knows. */
export interface SyncProblemView {
  id: string
  kind: 'conflict' | 'dead_letter' | 'unknown_outcome'
  push: PushView
  ticket_id: string
  ticket_subject: string
  sn_number: string | null
  conflicts: readonly ConflictView[]
  choices: readonly ProblemChoice[]
}

/** A record that a sync passed over because it is too large to be read; it is tried again whenever it changes. */
export interface SkippedRecordView {
  sys_id: string
  /** ISO 8601, UTC. */
  updated_on: string
  /** Null when the instance is not asked over https. */
  open_url: string | null
}

export interface SyncProblemList {
  success: true
  problems: readonly SyncProblemView[]
  skipped: readonly SkippedRecordView[]
}

export interface PullItem {
  number: string
  sys_id: string
  ticket_id: string | null
  action: 'import' | 'update' | 'skip'
  reason: string | null
}

/** `POST /api/sn/sync/pull` */
export interface PullAnswer {
  success: true
  fetched: number
  imported: number
  updated: number
  skipped: number
  items: readonly PullItem[]
}
