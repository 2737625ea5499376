/** Gives the elements their names, once, and only where there are elements at all: importing this in Node does nothing. */
import './define-incidents.ts'
import { SnTicket } from './elements/sn-ticket/sn-ticket.ts'

/** With it come the types of `document.createElement('sn-ticket')` and of the events. */
export type { SnIncidents, SnIncidentsEvents, SnTicket, SnTicketEvents } from './index.ts'

if (typeof customElements !== 'undefined' && customElements.get('sn-ticket') === undefined) {
  customElements.define('sn-ticket', SnTicket)
}
