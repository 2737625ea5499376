/** Puts together what has to do with tickets: the mapping, the push, and the services that routes ask. */
import type { Logger } from '@snowline/sdk'
import type { SyncStore } from '@snowline/sdk/sync'
import type { Clock } from './clock.ts'
import type { SyncServices } from './compose-syncs.ts'
import type { ServerConfig } from './config.ts'
import type { Connections } from './connections/connections.ts'
import { createMapping } from './push/mapping.ts'
import { createPush } from './push/push.ts'
import type { Incidents } from './services/incidents.ts'
import { createLinkedIncidents } from './services/linked-incidents.ts'
import type { Services } from './services/services.ts'
import { createSyncProblems } from './services/sync-problems.ts'
import { createTicketImports } from './services/ticket-imports.ts'
import { createTicketLinks } from './services/ticket-links.ts'
import { createTicketPushes } from './services/ticket-pushes.ts'
import { createTickets, pushTarget } from './services/tickets.ts'
import { planStatus } from './tickets/host-status.ts'
import type { HostTickets } from './tickets/host-tickets.ts'
import type { TicketStore } from './tickets/ticket-store.ts'

export interface TicketServicesOptions
  extends Pick<SyncServices, 'homecoming' | 'mirrorPull' | 'statusBack'> {
  config: ServerConfig
  store: SyncStore
  tickets: TicketStore
  /** The same, when they live in the file of an existing application. */
  host: HostTickets | null
  connections: Connections
  incidents: Incidents
  installationId: string
  queryFields: ReadonlySet<string>
  clock: Clock
  logger: Logger
  newId: () => string
}

export type TicketServices = Pick<
  Services,
  'tickets' | 'ticketPushes' | 'ticketLinks' | 'syncProblems' | 'ticketImports' | 'push'
>

export function createTicketServices(options: TicketServicesOptions): TicketServices {
  const { config, store, tickets, connections, installationId, queryFields } = options
  const { clock, logger, newId, homecoming, mirrorPull, statusBack } = options
  const { sn } = config
  const push = createPush({ connections, tickets, clock, logger, sn, homecoming })
  const mapping = createMapping({ clock, installationId, sn })
  options.host?.collector.use(planStatus({ target: () => pushTarget(connections), mapping }))
  const incidents = createLinkedIncidents(options.incidents)
  const shared = { tickets, connections, incidents, mapping, push, clock, newId }
  return {
    push,
    tickets: createTickets(shared),
    ticketPushes: createTicketPushes(shared),
    ticketLinks: createTicketLinks(shared),
    syncProblems: createSyncProblems({ ...shared, store }),
    ticketImports: createTicketImports({
      tickets,
      connections,
      store,
      mirrorPull,
      statusBack,
      clock,
      installationId,
      queryFields,
    }),
  }
}
