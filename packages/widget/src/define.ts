/** Gives the elements their names, once, and only where there are elements at all: importing this in Node does nothing. */
import './define-incidents.ts'
import { SnDatasets } from './elements/sn-datasets/sn-datasets.ts'
import { SnIntegrations } from './elements/sn-integrations/sn-integrations.ts'
import { SnTicket } from './elements/sn-ticket/sn-ticket.ts'

/** With it come the types of `document.createElement('sn-ticket')` and of the events. */
export type {
  SnDatasets,
  SnIncidents,
  SnIncidentsEvents,
  SnIntegrations,
  SnIntegrationsEvents,
  SnTicket,
  SnTicketEvents,
} from './index.ts'

define('sn-ticket', SnTicket)
define('sn-integrations', SnIntegrations)
define('sn-datasets', SnDatasets)

function define(tag: string, element: CustomElementConstructor): void {
  if (typeof customElements !== 'undefined' && customElements.get(tag) === undefined) {
    customElements.define(tag, element)
  }
}
