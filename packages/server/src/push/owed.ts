/** What a change of a ticket owes the instance: the create, the status, the note, ready for the outbox. Pure. */
import { createHash } from 'node:crypto'
import { isSnowlineError, isSysId } from '@snowline/sdk'
import type { MappedRecord, RecordPatch } from '@snowline/sdk/mapper'
import { ProblemError } from '../problem/problem-error.ts'
import type { AgreedRecord, OwedPush, Ticket, TicketBooks } from '../tickets/ticket-store.ts'
import { mappable, statusRules, type TicketMappingContext, ticketMapper } from './mapping.ts'
import { linkGeneration } from './standing.ts'

export interface OwedContext {
  opId: string
  /** Name of the connection's mirror. */
  connection: string
  nowMs: number
  context: TicketMappingContext
}

/** The incident as it will be when everything that waits has arrived. */
export function expectedRecord({ agreed, queue }: Pick<TicketBooks, 'agreed' | 'queue'>): AgreedRecord {
  const coming = queue.filter(({ kind, state }) => kind !== 'note' && state !== 'done' && state !== 'dead')
  return Object.assign({}, agreed, ...coming.map(({ payload }) => payload))
}

/** @throws ProblemError `mapping_failed` naming what the instance demands and the ticket does not say */
export function createPush(books: TicketBooks, owed: OwedContext): { push: OwedPush; mapped: MappedRecord } {
  const { ticket, queue } = books
  const mapped = mapCreate(books, owed.context)
  demandNothingMissing(mapped)
  const key = mapped.fields.correlation_id ?? ''
  // What was given up made no link: sent again, it keeps its key and its place.
  const before = queue.find((entry) => entry.kind === 'create' && entry.state === 'dead' && entry.key === key)
  const push: OwedPush = {
    opId: before?.opId ?? owed.opId,
    connection: owed.connection,
    ticket: ticket.id,
    kind: 'create',
    key,
    sysId: null,
    payload: bodyOf(mapped),
    base: {},
    createdAt: owed.nowMs,
  }
  return { push, mapped }
}

export function mapCreate({ ticket, queue }: TicketBooks, context: TicketMappingContext): MappedRecord {
  const settings = { ...context.settings, linkGeneration: linkGeneration(queue) }
  return mapping(() => ticketMapper.toRecord(mappable(ticket), { ...context, settings }))
}

/** Everything a POST carries: fields, and the first entries of the journal. */
export function bodyOf({
  fields,
  journal,
}: Pick<MappedRecord, 'fields' | 'journal'>): Record<string, string> {
  const entries = Object.entries(journal).filter((entry): entry is [string, string] => entry[1] !== undefined)
  return { ...fields, ...Object.fromEntries(entries) }
}

/**
 * The status of a ticket as a patch of its incident.
 *
 * @param after the ticket as it will be
 * @param insist sends the status even where the incident should have it: a person asked for exactly that
 */
export function statusPush(
  books: TicketBooks,
  after: Ticket,
  owed: OwedContext,
  insist: boolean,
): { push: OwedPush | null; patch: RecordPatch } {
  const expected = expectedRecord(books)
  const patch = mapStatus(after, expected, owed.context)
  const agreed = insist && patch.fields.state === undefined ? stateOf(expected) : {}
  const payload = { ...agreed, ...patch.fields }
  if (Object.keys(payload).length === 0) return { push: null, patch }
  const base = Object.fromEntries(Object.entries(expected).filter(([field]) => Object.hasOwn(payload, field)))
  const refused = patch.missing.length === 0 ? {} : { refused: missingFault(patch) }
  const { opId, connection, nowMs } = owed
  const push: OwedPush = {
    opId,
    connection,
    ticket: after.id,
    kind: 'update',
    key: opId,
    sysId: isSysId(after.sn_sys_id) ? after.sn_sys_id : null,
    payload,
    base,
    createdAt: nowMs,
    ...refused,
  }
  return { push, patch }
}

export function mapStatus(ticket: Ticket, base: AgreedRecord, context: TicketMappingContext): RecordPatch {
  return mapping(() => ticketMapper.patch(mappable(ticket), base, context, { rules: statusRules }))
}

function stateOf({ state }: AgreedRecord): Record<string, string> {
  return state === undefined ? {} : { state }
}

export interface Note {
  element: 'work_notes' | 'comments'
  text: string
}

/** The text ends with a reference of the operation, by which it is found again when an answer is lost. */
export function notePush(
  ticket: Ticket,
  { element, text }: Note,
  owed: Omit<OwedContext, 'context'>,
): OwedPush {
  const { opId, connection, nowMs } = owed
  const key = `[ref:${createHash('sha256').update(opId).digest('hex').slice(0, 8)}]`
  return {
    opId,
    connection,
    ticket: ticket.id,
    kind: 'note',
    key,
    sysId: isSysId(ticket.sn_sys_id) ? ticket.sn_sys_id : null,
    payload: { element, text: `${text}\n\n${key}` },
    base: {},
    createdAt: nowMs,
  }
}

/** @throws ProblemError `mapping_failed` */
export function demandNothingMissing({ missing }: Pick<MappedRecord, 'missing'>): void {
  if (missing.length === 0) return
  const names = missing.map(({ field }) => field).join(', ')
  throw new ProblemError(
    'mapping_failed',
    `ServiceNow demands ${labelsOf(missing)}, which the ticket does not say.`,
    {
      hint: `Send ${names} in the member fields of the body.`,
      errors: missing.map(({ field, label, why }) => ({
        path: `fields.${field}`,
        message: `${label}: ${why}`,
      })),
    },
  )
}

function missingFault({ missing }: Pick<MappedRecord, 'missing'>) {
  const message = `ServiceNow demands ${labelsOf(missing)} with this status`
  return { code: 'push.missing', message, hint: 'Sync the status to ServiceNow and give them there.' }
}

function labelsOf(missing: MappedRecord['missing']): string {
  return missing.map(({ label }) => label).join(', ')
}

/** The mapper's own refusals, as an answer: they name fields, never values of a ticket. */
function mapping<T>(work: () => T): T {
  try {
    return work()
  } catch (error) {
    if (!isSnowlineError(error) || error.name !== 'MappingError') throw error
    const field = error.details.field
    throw new ProblemError('mapping_failed', error.message, {
      ...(error.hint === undefined ? {} : { hint: error.hint }),
      ...(typeof field === 'string' ? { errors: [{ path: `fields.${field}`, message: error.message }] } : {}),
      cause: error,
    })
  }
}
