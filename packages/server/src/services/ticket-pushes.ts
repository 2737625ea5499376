/** What a person sends from a ticket to ServiceNow: a new incident, the status, a note; each answers after its first try. */
import type { CreateAnswer, FieldChange, PushAnswer } from '@snowline/protocol'
import type { OutboxEntry } from '@snowline/sdk/sync'
import type { Connection } from '../connections/connections.ts'
import { faultProblem } from '../problem/from-fault.ts'
import { ProblemError, validationFailed } from '../problem/problem-error.ts'
import type { TicketMappingContext } from '../push/mapping.ts'
import { demandNothingMissing, type Note, notePush, statusPush } from '../push/owed.ts'
import type { OwedPush, Ticket, TicketBooks } from '../tickets/ticket-store.ts'
import { ticketView } from '../views/ticket-view.ts'
import { createOnce, type FieldOverrides } from './incident-creation.ts'
import { demandConnection } from './incidents.ts'
import {
  incidentOf,
  isOpen,
  operationId,
  type RepeatableBy,
  type TicketPushesOptions,
  tryFirst,
} from './push-outcome.ts'
import { demandBooks } from './tickets.ts'

export interface StatusRequest {
  work_note?: string | undefined
  comment?: string | undefined
  include_ai_suggestions?: boolean | undefined
  fields?: FieldOverrides | undefined
}

export interface TicketPushes {
  /**
   * One incident for one ticket, however often and from however many places it is asked for.
   *
   * @throws ProblemError `not_found`, `sn_not_configured`, `mapping_failed`, or what the instance said when it refused (`sn_*`)
   */
  create(ticketId: string, fields: FieldOverrides | undefined, by: RepeatableBy): Promise<CreateAnswer>
  /** @throws ProblemError `not_found`, `link_mismatch`, `mapping_failed`, `conflict`, `sn_*` */
  syncStatus(sysId: string, ticketId: string, request: StatusRequest, by: RepeatableBy): Promise<PushAnswer>
  /** @throws ProblemError `not_found`, `link_mismatch`, `validation_failed` when there is no text, `sn_*` */
  addNote(sysId: string, ticketId: string, text: string | undefined, by: RepeatableBy): Promise<PushAnswer>
}

export function createTicketPushes(options: TicketPushesOptions): TicketPushes {
  const preparing = new Map<string, Promise<TicketMappingContext>>()
  return {
    create: (ticketId, fields, by) => createOnce(options, preparing, { ticketId, fields, by }),
    async syncStatus(sysId, ticketId, request, by) {
      const connection = demandConnection(await options.connections.resolve())
      const { ticket } = demandLinked(await demandBooks(options.tickets, ticketId, by.principal), sysId)
      const notes = notesOf(request, ticket)
      const context = await options.mapping.context(connection)
      const overrides = request.fields === undefined ? {} : { overrides: request.fields }
      return send(options, connection, { sysId, ticketId, by, action: 'ticket.push' }, (books, owed) => {
        const { push, patch } = statusPush(
          books,
          books.ticket,
          { ...owed(0), context: { ...context, ...overrides } },
          true,
        )
        if (push?.refused !== undefined) demandNothingMissing(patch)
        const sent = push === null ? [] : [push]
        return [...sent, ...notes.map((note, index) => notePush(books.ticket, note, owed(index + 1)))]
      })
    },
    async addNote(sysId, ticketId, text, by) {
      const connection = demandConnection(await options.connections.resolve())
      const { ticket } = demandLinked(await demandBooks(options.tickets, ticketId, by.principal), sysId)
      const note: Note = { element: 'work_notes', text: text ?? suggestionsOf(ticket) }
      return send(options, connection, { sysId, ticketId, by, action: 'ticket.note' }, (books, owed) => [
        notePush(books.ticket, note, owed(0)),
      ])
    },
  }
}

/** @throws ProblemError `link_mismatch` */
function demandLinked(books: TicketBooks, sysId: string): TicketBooks {
  if (books.ticket.sn_sys_id === sysId) return books
  throw new ProblemError('link_mismatch', 'This ticket is not linked to this incident.', {
    hint: 'Reload the ticket: its link may have changed, or it has none.',
  })
}

function notesOf(request: StatusRequest, ticket: Ticket): Note[] {
  const notes: Note[] = []
  if (request.include_ai_suggestions === true)
    notes.push({ element: 'work_notes', text: suggestionsOf(ticket) })
  if (request.work_note !== undefined) notes.push({ element: 'work_notes', text: request.work_note })
  if (request.comment !== undefined) notes.push({ element: 'comments', text: request.comment })
  return notes
}

/** @throws ProblemError `validation_failed` when the ticket has none */
function suggestionsOf({ ai_suggestions: text }: Ticket): string {
  if (text !== null && text.trim() !== '') return `AI Suggestions\n\n${text}`
  throw validationFailed(
    [{ path: 'text', message: 'is needed: the ticket has no AI suggestions' }],
    'Give the text of the note.',
  )
}

interface SendRequest {
  sysId: string
  ticketId: string
  by: RepeatableBy
  action: string
}

type Owed = (index: number) => { opId: string; connection: string; nowMs: number }

/** Queues what `make` says in one transaction, waits for the first try of the last one, and tells how all of them stand. */
async function send(
  options: TicketPushesOptions,
  connection: Connection,
  { sysId, ticketId, by, action }: SendRequest,
  make: (books: TicketBooks, owed: Owed) => OwedPush[],
): Promise<PushAnswer> {
  const { tickets, clock } = options
  const ids = new Map<number, string>()
  const owed: Owed = (index) => {
    const opId = ids.get(index) ?? operationId(options, by, `${action} ${ticketId} ${index}`)
    ids.set(index, opId)
    return { opId, connection: connection.mirror, nowMs: clock.now() }
  }
  let pushes: OwedPush[] = []
  await tickets.change(ticketId, (books) => {
    demandLinked(books, sysId)
    pushes = make(books, owed)
    const opIds = pushes.map(({ opId }) => opId)
    const known = opIds.length > 0 && opIds.every((opId) => books.queue.some((entry) => entry.opId === opId))
    if (known) return {}
    return {
      pushes,
      audit: { actor: by.actor, entry: { action, target: `ticket:${ticketId}`, after: { opIds } } },
    }
  })
  const last = pushes.at(-1)
  const tried = last === undefined ? null : await tryFirst(options, connection, last.opId)
  const books = await demandBooks(tickets, ticketId, by.principal)
  const entries = books.queue.filter(({ opId }) => pushes.some((push) => push.opId === opId))
  demandSettled(entries)
  const ticket = ticketView(books.ticket, books.queue)
  if (entries.some(isOpen)) return { success: true, pending: true, ticket }
  const incident = await incidentOf(options, connection, books, tried)
  return { success: true, incident, ticket, changed: entries.flatMap((entry) => changesOf(entry, books)) }
}

/** @throws ProblemError `conflict` for one that waits for a person, else what the first refused one was refused for */
function demandSettled(entries: readonly OutboxEntry[]): void {
  for (const { state, fault, conflicts } of entries) {
    if (state === 'waiting') {
      const names = conflicts.map(({ field }) => field).join(', ')
      throw new ProblemError('conflict', `Both sides changed ${names}.`, {
        hint: 'Decide under Problems which value counts.',
        errors: conflicts.map(({ field, ours, theirs }) => ({
          path: field,
          message: `is ${theirs} in ServiceNow and ${ours} here`,
        })),
      })
    }
    if (state === 'dead' && fault !== null) throw faultProblem(fault)
  }
}

/** What the instance shows now against what both sides had agreed on; a field it dropped in silence does not appear. */
function changesOf({ kind, payload, base }: OutboxEntry, { agreed }: TicketBooks): FieldChange[] {
  if (kind !== 'update') return []
  return Object.keys(payload).flatMap((field) => {
    const [from, to] = [base[field] ?? '', agreed?.[field] ?? payload[field] ?? '']
    return from === to ? [] : [{ field, from, to }]
  })
}
