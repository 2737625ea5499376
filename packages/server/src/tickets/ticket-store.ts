/**
 * The port to the tickets: kept in our own database, or in the SQLite file of an application that was there before us. Both keep the
 * pushes of a ticket in the same database as the ticket, so that one transaction writes both.
 */
import type { TicketPriority, TicketStatus } from '@snowline/protocol'
import type { NewEntry, Outbox, OutboxEntry, OutboxFault, OutboxTransaction } from '@snowline/sdk/sync'
import type { Actor, AuditEntry } from '../db/audit.ts'

/** What the help desk itself writes of a ticket. */
export interface TicketFields {
  subject: string
  description: string
  status: TicketStatus
  priority: TicketPriority | null
  predicted_priority: TicketPriority | null
  category: string | null
  predicted_category: string | null
  requester_email: string | null
  ai_suggestions: string | null
}

/** The five columns of the link. Written by pushes, links, imports and what is brought back, never by the help desk. */
export interface TicketLink {
  sn_sys_id: string | null
  sn_number: string | null
  /** ISO 8601 in UTC with milliseconds; each write of it differs from the one before. */
  sn_last_sync_at: string | null
  sn_sync_status: 'ok' | 'failed' | null
  /** For people: code's sentence and what to do. */
  sn_last_error: string | null
}

/** A ticket as it is stored. Instants are ISO 8601 in UTC. */
export interface Ticket extends TicketFields, TicketLink {
  id: string
  created_at: string
  updated_at: string
}

/** A new ticket; an import brings its link and its time of creation. */
export interface TicketDraft extends TicketFields, Partial<TicketLink> {
  created_at?: string
}

export interface TicketQuery {
  limit: number
  /** From an earlier page. */
  cursor?: string
  status?: readonly TicketStatus[]
  /** Free text in subject, description, category and the incident's number. */
  q?: string
  linked?: boolean
  /** Only tickets of this person, compared without case. */
  requester?: string
}

export interface TicketPage {
  tickets: readonly Ticket[]
  nextCursor: string | null
}

/** Fields of the incident at the moment when ticket and incident last agreed: the base of the next push. */
export type AgreedRecord = Readonly<Record<string, string>>

/** A write that the change owes the instance. An `opId` that is known already is left alone, unless that push is dead: then it is sent again. */
export interface OwedPush extends NewEntry {
  /** Given when it is known beforehand that the instance would refuse it: it is kept as a dead letter and nothing is sent. */
  refused?: OutboxFault
  /** True when an earlier send may have arrived: looked up before it is sent. */
  lookFirst?: boolean
}

export interface TicketChange {
  fields?: Partial<TicketFields>
  /** A write of the link is marked: a host's trigger must not take it for a change of a person. */
  link?: Partial<TicketLink>
  pushes?: readonly OwedPush[]
  /** Ids of pushes that are not sent any more: what is pending or waits for a person is given up, anything else left alone. */
  drops?: readonly string[]
  /** Null forgets it (unlinked). */
  agreed?: AgreedRecord | null
  audit?: { actor: Actor; entry: AuditEntry }
}

/** What a decision about a ticket may look at, read in the transaction that will write the change. */
export interface TicketBooks {
  ticket: Ticket
  /** Every push of the ticket, oldest first. */
  queue: readonly OutboxEntry[]
  agreed: AgreedRecord | null
}

/**
 * Laws:
 * - at most one ticket carries an `sn_sys_id`; a second is refused with ProblemError `already_linked`
 * - `change` reads and writes in one transaction on the only writer, so that of a hundred presses at once each sees the one before it
 * - a change, its pushes and its audit entry stand or fall together
 *
 * A store over a host's file differs in three points and in no other:
 * - a change of `fields.status` alone is written unmarked and WITHOUT its pushes of kind `update`: the trigger in the file queues them,
 *   as it does for the host's own code. Pushes that come without a change of status (a note, a create, a status sent again) are inserted
 * - a write that carries `link` sets `sn_last_sync_at` in the same statement, to a value that differs: the mark that the trigger skips
 * - audit entries and agreed records stay in our own database and follow from the outbox row, its id unique, at least once
 */
export interface TicketStore {
  /** The outbox beside the tickets. Its transactions are what {@link settle} takes. */
  readonly outbox: Outbox
  /** The tickets linked to these incidents; an incident without a ticket is not in the map. */
  findLinks(sysIds: readonly string[]): Promise<ReadonlyMap<string, string>>
  /** Newest first. @throws ProblemError `validation_failed` for a cursor that is none */
  list(query: TicketQuery): Promise<TicketPage>
  read(id: string): Promise<Ticket | null>
  /** A ticket with its queue, read together. */
  readBooks(id: string): Promise<TicketBooks | null>
  /** @throws ProblemError `already_linked` when another ticket has this incident, `mapping_failed` when a host's column cannot be filled */
  create(draft: TicketDraft, change?: Pick<TicketChange, 'agreed' | 'audit'>): Promise<Ticket>
  /**
   * Writes what `decide` says, in one transaction; `decide` is pure and may throw to refuse. Gives the ticket as it is afterwards.
   *
   * @throws ProblemError `not_found`, `already_linked`, and what `decide` throws
   */
  change(id: string, decide: (books: TicketBooks) => TicketChange): Promise<Ticket>
  /** Within a transaction of {@link outbox}: what a settled push changes. Nothing happens when the ticket is gone. */
  settle(tx: OutboxTransaction, id: string, decide: (books: TicketBooks) => TicketChange): Promise<void>
}
