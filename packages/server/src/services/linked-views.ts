/** Records as views, each with the ticket it is linked to. */
import type { IncidentView } from '@snowline/protocol'
import type { Connection } from '../connections/connections.ts'
import { standingOf } from '../push/standing.ts'
import type { TicketStore } from '../tickets/ticket-store.ts'
import { incidentView, rawText } from '../views/incident-view.ts'

/** All that incidents ask of tickets. */
export type TicketLinks = Pick<TicketStore, 'findLinks' | 'outbox'>

/** One question to the tickets for all records, and one to the queue for each that is linked. */
export async function linkedViews(
  tickets: TicketLinks,
  connection: Pick<Connection, 'client'>,
  records: readonly Readonly<Record<string, unknown>>[],
): Promise<IncidentView[]> {
  const links = await tickets.findLinks(records.map((record) => rawText(record, 'sys_id')))
  const { origin } = connection.client
  return Promise.all(
    records.map(async (record) => {
      const ticketId = links.get(rawText(record, 'sys_id')) ?? null
      const view = incidentView(record, { origin, ticketId })
      return ticketId === null ? view : { ...view, pending: await hasOpenPush(tickets, ticketId) }
    }),
  )
}

async function hasOpenPush({ outbox }: TicketLinks, ticketId: string): Promise<boolean> {
  return standingOf(await outbox.ofTicket(ticketId), true).open.length > 0
}
