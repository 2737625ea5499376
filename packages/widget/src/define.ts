/** Gives the elements their names, once, and only where there are elements at all: importing this in Node does nothing. */
import { SnIncidents } from './elements/sn-incidents/sn-incidents.ts'

/** With it come the types of `document.createElement('sn-incidents')` and of the events. */
export type { SnIncidents, SnIncidentsEvents } from './index.ts'

if (typeof customElements !== 'undefined' && customElements.get('sn-incidents') === undefined) {
  customElements.define('sn-incidents', SnIncidents)
}
