/** The link of a ticket: look at it, see what would be sent, make it, undo it, try again what failed. */
import type { IncidentView, MappingNote, PushPreview, TicketLinkView, TicketView } from '@snowline/protocol'
import { isSysId } from '@snowline/sdk'
import type { MappedRecord } from '@snowline/sdk/mapper'
import { may } from '../auth/permissions.ts'
import type { Clock } from '../clock.ts'
import type { Connection, Connections } from '../connections/connections.ts'
import { ProblemError } from '../problem/problem-error.ts'
import { agreedOf } from '../push/agreed.ts'
import type { Mapping } from '../push/mapping.ts'
import { bodyOf, expectedRecord, mapCreate, mapStatus } from '../push/owed.ts'
import type { Push } from '../push/push.ts'
import { syncStamp } from '../push/settled.ts'
import { openCreate, standingOf } from '../push/standing.ts'
import type { AgreedRecord, TicketBooks, TicketStore } from '../tickets/ticket-store.ts'
import { incidentView } from '../views/incident-view.ts'
import { pushView, ticketView } from '../views/ticket-view.ts'
import { demandConnection } from './incidents.ts'
import type { LinkedIncidents } from './linked-incidents.ts'
import { type By, demandBooks } from './tickets.ts'

/** Which incident, by one of the two. */
export interface LinkTarget {
  sys_id?: string | undefined
  number?: string | undefined
}

export interface TicketLinks {
  /** @throws ProblemError `not_found` */
  show(id: string, by: By): Promise<TicketLinkView>
  /** @throws ProblemError `not_found`, `sn_not_configured`, `mapping_failed` */
  preview(id: string, by: By): Promise<PushPreview>
  /** @throws ProblemError `not_found`, `already_linked`, `conflict` while a create is under way, `sn_*` */
  link(id: string, target: LinkTarget, by: By): Promise<{ ticket: TicketView; incident: IncidentView }>
  /** Asks nothing of the instance. @throws ProblemError `not_found`, `not_linked`, `conflict` while a push is under way */
  unlink(id: string, by: By): Promise<TicketView>
  /** Sends again what was given up. @throws ProblemError `not_found`, `conflict` when there is nothing to send */
  retry(id: string, by: By): Promise<TicketLinkView>
}

export interface TicketLinksOptions {
  tickets: TicketStore
  connections: Connections
  incidents: LinkedIncidents
  mapping: Mapping
  push: Push
  clock: Clock
}

const unlinked = {
  sn_sys_id: null,
  sn_number: null,
  sn_sync_status: null,
  sn_last_error: null,
}

export function createTicketLinks(options: TicketLinksOptions): TicketLinks {
  const { tickets, connections, incidents, clock } = options
  const show: TicketLinks['show'] = async (id, by) => {
    const books = await demandBooks(tickets, id, by.principal)
    const { ticket, queue, agreed } = books
    const resolution = await connections.resolve()
    const sees = may(by.principal, 'incident.view') && ticket.sn_sys_id !== null
    const connection = resolution.ready ? resolution.connection : null
    const known = { ticketId: ticket.id, agreed }
    const incident = sees ? await incidents.find(connection, ticket.sn_sys_id ?? '', known) : null
    return {
      success: true,
      ticket: ticketView(ticket, queue),
      incident,
      queue: queue.map(pushView),
      open_url: incident?.open_url ?? null,
    }
  }
  return {
    show,
    async preview(id, by) {
      const connection = demandConnection(await connections.resolve())
      const books = await demandBooks(tickets, id, by.principal)
      return books.ticket.sn_sys_id === null
        ? previewCreate(options, connection, books)
        : previewUpdate(options, connection, books)
    },
    async link(id, target, by) {
      const connection = demandConnection(await connections.resolve())
      await demandBooks(tickets, id, by.principal)
      const record = await readTarget(connection, target)
      const { sys_id: sysId = '', number = '' } = record
      const ticket = await tickets.change(id, (books) => {
        demandFree(books, sysId)
        const stamp = syncStamp(clock.now(), books.ticket.sn_last_sync_at)
        const link = { sn_sys_id: sysId, sn_number: number, sn_last_sync_at: stamp }
        const entry = { action: 'ticket.link', target: `ticket:${id}`, after: { sysId, number } }
        return {
          link: { ...link, sn_sync_status: 'ok', sn_last_error: null },
          agreed: agreedOf(record),
          audit: { actor: by.actor, entry },
        }
      })
      const view = incidentView(record, { origin: connection.client.origin, ticketId: id })
      return { ticket: ticketView(ticket, await tickets.outbox.ofTicket(id)), incident: view }
    },
    async unlink(id, by) {
      await demandBooks(tickets, id, by.principal)
      const ticket = await tickets.change(id, ({ ticket: now, queue }) => {
        if (now.sn_sys_id === null)
          throw new ProblemError('not_linked', 'This ticket is not linked to an incident.')
        if (queue.some(({ state }) => state === 'inflight')) throw underWay()
        const { sn_sys_id: sysId, sn_number: number } = now
        const entry = { action: 'ticket.unlink', target: `ticket:${id}`, before: { sysId, number } }
        const drops = queue
          .filter(({ state }) => state === 'pending' || state === 'waiting')
          .map(({ opId }) => opId)
        const stamp = syncStamp(clock.now(), now.sn_last_sync_at)
        return {
          link: { ...unlinked, sn_last_sync_at: stamp },
          agreed: null,
          drops,
          audit: { actor: by.actor, entry },
        }
      })
      return ticketView(ticket, await tickets.outbox.ofTicket(id))
    },
    async retry(id, by) {
      await retryFailed(options, id, by)
      return show(id, by)
    },
  }
}

async function retryFailed(options: TicketLinksOptions, id: string, by: By): Promise<void> {
  const { tickets, connections, push } = options
  const connection = demandConnection(await connections.resolve())
  const { ticket, queue } = await demandBooks(tickets, id, by.principal)
  const { failed, open } = standingOf(queue, ticket.sn_sys_id !== null)
  const again = failed.filter(
    ({ result, connection: mirror }) => result === null && mirror === connection.mirror,
  )
  if (again.length === 0 && open.length === 0) {
    throw new ProblemError('conflict', 'Nothing of this ticket waits or has failed.', {
      hint: 'Create an incident, or sync the status.',
    })
  }
  const entry = { action: 'ticket.retry', target: `ticket:${id}`, after: again.map(({ opId }) => opId) }
  await tickets.change(id, () => ({ audit: { actor: by.actor, entry } }))
  for (const each of again) await push.resolve(connection, each, 'resend')
  const last = again.at(-1) ?? open.at(-1)
  if (last !== undefined) await push.firstTry(connection, last.opId)
}

async function previewCreate(
  { mapping }: TicketLinksOptions,
  connection: Connection,
  books: TicketBooks,
): Promise<PushPreview> {
  const mapped = mapCreate(books, await mapping.fullContext(connection, books.ticket))
  return { success: true, action: 'create', fields: bodyOf(mapped), ...notesOf(mapped) }
}

/** The status as a patch of the incident as it is now, as far as it can be asked. */
async function previewUpdate(
  { mapping }: TicketLinksOptions,
  connection: Connection,
  books: TicketBooks,
): Promise<PushPreview> {
  const now = await currentRecord(connection, books)
  const mapped = mapStatus(books.ticket, now, await mapping.context(connection))
  return { success: true, action: 'update', fields: mapped.fields, ...notesOf(mapped) }
}

function notesOf(mapped: MappedRecord): Pick<PushPreview, 'unmapped' | 'warnings' | 'missing'> {
  return {
    unmapped: mapped.unmapped.map(({ field, reason }): MappingNote => ({ field, message: reason })),
    warnings: mapped.warnings,
    missing: mapped.missing.map(
      ({ field, label, why }): MappingNote => ({ field, message: `${label}: ${why}` }),
    ),
  }
}

async function currentRecord({ client, table }: Connection, books: TicketBooks): Promise<AgreedRecord> {
  try {
    return agreedOf(await client.table(table).get(books.ticket.sn_sys_id ?? ''))
  } catch {
    return expectedRecord(books)
  }
}

/** @throws ProblemError `not_found`, `sn_*` */
async function readTarget(
  connection: Connection,
  target: LinkTarget,
): Promise<Readonly<Record<string, string>>> {
  const { client, table } = connection
  const condition =
    target.sys_id === undefined
      ? ({ field: 'number', value: target.number ?? '' } as const)
      : ({ field: 'sys_id', value: target.sys_id } as const)
  const where = { [condition.field]: condition.value }
  const found = await client.table(table).list({ where, pageLimit: 2 })
  const rows: readonly Readonly<Record<string, unknown>>[] = found.records
  // A row that does not carry what was asked for is an instance dropping the condition.
  const row = rows.find((each) => each[condition.field] === condition.value)
  if (row !== undefined && isSysId(row.sys_id)) return texts(row)
  throw new ProblemError('not_found', 'No incident has this number or id, or it is not visible.', {
    hint: 'Check it, and whether the integration user may read the incident.',
  })
}

function texts(row: Readonly<Record<string, unknown>>): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(row).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  )
}

function demandFree({ ticket, queue }: TicketBooks, sysId: string): void {
  if (ticket.sn_sys_id !== null && ticket.sn_sys_id !== sysId) {
    throw new ProblemError(
      'already_linked',
      `This ticket is linked to ${ticket.sn_number ?? 'an incident'}.`,
      {
        hint: 'Unlink it first.',
      },
    )
  }
  if (openCreate(queue) !== null) throw underWay()
}

function underWay(): ProblemError {
  return new ProblemError('conflict', 'A push of this ticket is under way.', {
    hint: 'Wait until it has ended; its queue shows how it stands.',
  })
}
