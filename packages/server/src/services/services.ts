/** Everything a route may ask for, in one object: what the composition makes once and hands to each handler. */
import type { Logger } from '@snowline/sdk'
import type { Authenticate } from '../auth/authenticate.ts'
import type { WidgetTokens } from '../auth/jwt.ts'
import type { Clock } from '../clock.ts'
import type { ServerConfig } from '../config.ts'
import type { Connections } from '../connections/connections.ts'
import type { Actor, AuditEntry } from '../db/audit.ts'
import type { OpenStreams } from '../http/open-streams.ts'
import type { Push } from '../push/push.ts'
import type { Scheduler } from '../scheduler.ts'
import type { HostTickets } from '../tickets/host-tickets.ts'
import type { ApiTokens } from './api-tokens.ts'
import type { Datasets } from './datasets.ts'
import type { Incidents } from './incidents.ts'
import type { IntegrationTests } from './integration-tests.ts'
import type { Integrations } from './integrations.ts'
import type { SignIn } from './sign-in.ts'
import type { SnHealth } from './sn-health.ts'
import type { SyncProblems } from './sync-problems.ts'
import type { SyncRuns } from './sync-runs.ts'
import type { TicketImports } from './ticket-imports.ts'
import type { TicketLinks } from './ticket-links.ts'
import type { TicketPushes } from './ticket-pushes.ts'
import type { Tickets } from './tickets.ts'

/** What only a demonstration offers: its accounts, and the switches of its pretend instance. */
export interface Demo {
  accounts: readonly { email: string; password: string; role: string }[]
  simulatorUrl: string
  faults: readonly string[]
  current(): string
  /** @throws ProblemError `validation_failed` for a fault that is none of `faults` */
  setFault(fault: string): Promise<void>
  /** Makes something happen on the instance; returns how many records changed. */
  mutate(): Promise<number>
}

export interface Readiness {
  ready: boolean
  checks: Readonly<Record<string, 'ok' | 'fail'>>
}

export interface Services {
  config: ServerConfig
  clock: Clock
  logger: Logger
  authenticate: Authenticate
  signIn: SignIn
  apiTokens: ApiTokens
  widgetTokens: WidgetTokens
  integrations: Integrations
  integrationTests: IntegrationTests
  connections: Connections
  syncRuns: SyncRuns
  /** What runs by itself while the server is started. */
  scheduler: Scheduler
  datasets: Datasets
  incidents: Incidents
  snHealth: SnHealth
  tickets: Tickets
  /** The file of an existing application that holds the tickets; null: they are in our own database. */
  hostTickets: HostTickets | null
  ticketPushes: TicketPushes
  ticketLinks: TicketLinks
  syncProblems: SyncProblems
  ticketImports: TicketImports
  push: Push
  streams: OpenStreams
  /** Writes an entry that belongs to no other change. */
  audit(actor: Actor, entry: AuditEntry): Promise<void>
  readiness(): Promise<Readiness>
  demo: Demo | null
}
