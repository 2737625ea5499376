/** The events of `<sn-ticket>`, typed for `addEventListener`. All bubble and cross shadow roots. */
import type { IncidentView, TicketView } from '@snowline/protocol'

export interface SnTicketEvents {
  /** The ticket was linked, created an incident, or was unlinked (`incident` and `ticket.sn_sys_id` are null then). */
  'sn-ticket-link': { ticket: TicketView; incident: IncidentView | null }
}

declare global {
  interface HTMLElementEventMap {
    'sn-ticket-link': CustomEvent<SnTicketEvents['sn-ticket-link']>
  }
}
