/** Gives `<sn-incidents>` its name, once, and only where there are elements at all. */
import { SnIncidents } from './elements/sn-incidents/sn-incidents.ts'

if (typeof customElements !== 'undefined' && customElements.get('sn-incidents') === undefined) {
  customElements.define('sn-incidents', SnIncidents)
}
