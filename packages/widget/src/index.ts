/** The classes and types, without side effects: `@snowline/widget/define` registers the tags. */

// What the server sends
export type {
  HealthView,
  IncidentDetailView,
  IncidentList,
  IncidentView,
  JournalEntryView,
} from '@snowline/protocol'
// What they ask with
export type { GetToken } from './api/api-client.ts'
export type { ApiErrorCode } from './api/api-error.ts'
export { SnElement, type Theme } from './elements/sn-element.ts'
// What they fire
export type { SnIncidentsEvents } from './elements/sn-incidents/events.ts'
// Elements
export { SnIncidents } from './elements/sn-incidents/sn-incidents.ts'
export type { Failure, FailureKind } from './state/failure.ts'
export type { ChoiceGroup, Filters, Sort, SortKey } from './state/filters.ts'
// What they say
export type { MessageKey, MessageOverrides, Messages } from './text/messages.ts'
