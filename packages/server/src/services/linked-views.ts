/** Records as views, each with the ticket it is linked to. */
import type { IncidentView } from '@snowline/protocol'
import type { Connection } from '../connections/connections.ts'
import type { TicketStore } from '../tickets/ticket-store.ts'
import { incidentView, rawText } from '../views/incident-view.ts'

/** All that incidents ask of tickets. */
export type TicketLinks = Pick<TicketStore, 'findLinks'>

/** One question to the tickets for all records. */
export async function linkedViews(
  tickets: TicketLinks,
  connection: Pick<Connection, 'client'>,
  records: readonly Readonly<Record<string, unknown>>[],
): Promise<IncidentView[]> {
  const links = await tickets.findLinks(records.map((record) => rawText(record, 'sys_id')))
  const { origin } = connection.client
  return records.map((record) =>
    incidentView(record, { origin, ticketId: links.get(rawText(record, 'sys_id')) ?? null }),
  )
}
