/** The events of `<sn-incidents>`, typed for `addEventListener`. All bubble and cross shadow roots. */
import type { HealthView, IncidentView } from '@snowline/protocol'
import type { Failure } from '../../state/failure.ts'
import type { Filters } from '../../state/filters.ts'

export interface SnIncidentsEvents {
  /** The first answer about the connection is here; null when it could not be had. */
  'sn-ready': { health: HealthView | null }
  /** Rows arrived. `incidents` are all that are shown now, `added` those of the last answer. */
  'sn-load': {
    incidents: readonly IncidentView[]
    added: number
    total: number | null
    source: 'live' | 'mirror' | null
    stale: boolean
  }
  'sn-error': Failure
  /** Cancelable: a host that calls `preventDefault()` shows the incident its own way. */
  'sn-incident-open': { incident: IncidentView }
  'sn-incident-close': { incident: IncidentView }
  'sn-filter-change': { filters: Filters }
  /** No token, or one that was refused twice. Setting `getToken` again, or `refresh()`, tries anew. */
  'sn-auth-required': { message: string | null }
}

declare global {
  interface HTMLElementEventMap {
    'sn-ready': CustomEvent<SnIncidentsEvents['sn-ready']>
    'sn-load': CustomEvent<SnIncidentsEvents['sn-load']>
    'sn-error': CustomEvent<SnIncidentsEvents['sn-error']>
    'sn-incident-open': CustomEvent<SnIncidentsEvents['sn-incident-open']>
    'sn-incident-close': CustomEvent<SnIncidentsEvents['sn-incident-close']>
    'sn-filter-change': CustomEvent<SnIncidentsEvents['sn-filter-change']>
    'sn-auth-required': CustomEvent<SnIncidentsEvents['sn-auth-required']>
  }
}
