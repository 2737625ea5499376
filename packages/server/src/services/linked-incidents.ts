/** The incident of a ticket: as a push has just shown it, live, from the mirror, or as it was when both sides last agreed. */
import type { IncidentView } from '@snowline/protocol'
import type { SourceRecord } from '@snowline/sdk/sync'
import type { Connection } from '../connections/connections.ts'
import { toProblem } from '../problem/from-error.ts'
import type { AgreedRecord } from '../tickets/ticket-store.ts'
import { incidentView } from '../views/incident-view.ts'
import type { Incidents } from './incidents.ts'

export interface Known {
  ticketId: string
  agreed: AgreedRecord | null
  record?: SourceRecord | null
}

export interface LinkedIncidents {
  /** Null when nobody knows it. */
  find(connection: Connection | null, sysId: string, known: Known): Promise<IncidentView | null>
  /** @throws ProblemError: why the instance could not be asked */
  demand(connection: Connection, sysId: string, known: Known): Promise<IncidentView>
}

export function createLinkedIncidents(incidents: Incidents): LinkedIncidents {
  const demand: LinkedIncidents['demand'] = async (connection, sysId, { ticketId, agreed, record }) => {
    const context = { origin: connection.client.origin, ticketId }
    if (record != null) return incidentView(record, context)
    try {
      const { journal: _, ...incident } = (await incidents.get(sysId)).incident
      return { ...incident, ticket_id: ticketId }
    } catch (error) {
      if (agreed?.sys_id === sysId) return incidentView(agreed, context)
      throw error
    }
  }
  return {
    demand,
    async find(connection, sysId, known) {
      try {
        if (connection !== null) return await demand(connection, sysId, known)
      } catch (error) {
        if (toProblem(error).code === 'internal') throw error
      }
      const { agreed, ticketId } = known
      return agreed?.sys_id === sysId ? incidentView(agreed, { origin: null, ticketId }) : null
    },
  }
}
