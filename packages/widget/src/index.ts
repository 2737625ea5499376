/** The classes and types, without side effects: `@snowline/widget/define` registers the tags. */

// What the server sends
export type {
  DatasetVersionView,
  HealthView,
  IncidentDetailView,
  IncidentList,
  IncidentView,
  IntegrationView,
  JournalEntryView,
  ProgressEvent,
  PullAnswer,
  PullItem,
  SyncStats,
  TicketLinkView,
  TicketView,
} from '@snowline/protocol'
// What they ask with
export type { ApiErrorCode } from './api/api-error.ts'
export type { GetToken } from './api/request.ts'
export { SnDatasets } from './elements/sn-datasets/sn-datasets.ts'
export { SnElement, type Theme } from './elements/sn-element.ts'
// What they fire
export type { SnIncidentsEvents } from './elements/sn-incidents/events.ts'
// Elements
export { SnIncidents } from './elements/sn-incidents/sn-incidents.ts'
export type { SnIntegrationsEvents } from './elements/sn-integrations/events.ts'
export { SnIntegrations } from './elements/sn-integrations/sn-integrations.ts'
export type { SnTicketEvents } from './elements/sn-ticket/events.ts'
export { SnTicket } from './elements/sn-ticket/sn-ticket.ts'
export type { Failure, FailureKind } from './state/failure.ts'
export type { ChoiceGroup, Filters, Sort, SortKey } from './state/filters.ts'
// What they say
export type { MessageKey, MessageOverrides, Messages } from './text/messages.ts'
