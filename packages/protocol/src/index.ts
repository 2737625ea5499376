/** The words of the wire. Types and constants only: no page ever downloads a validator through this entry. */

// What a run says
export type { CompleteEvent, ErrorEvent, ProgressEvent, RunEvent, SyncPhase, SyncStats } from './events.ts'
// Where
export { paths } from './paths.ts'
// Who may do what
export {
  isPermission,
  type Permission,
  permissions,
  type Role,
  rolePermissions,
  roles,
  toRole,
} from './permissions.ts'
// What went wrong
export { type Problem, type ProblemCode, type ProblemDetail, problemStatuses } from './problem.ts'
// The local help desk
export {
  type ConflictView,
  type CreateAnswer,
  type FieldChange,
  type MappingNote,
  type ProblemChoice,
  type PullAnswer,
  type PullItem,
  type PushAnswer,
  type PushPreview,
  type PushView,
  type SkippedRecordView,
  type SyncProblemList,
  type SyncProblemView,
  type TicketLinkView,
  type TicketList,
  type TicketPriority,
  type TicketStatus,
  type TicketSyncStatus,
  type TicketView,
  ticketPriorities,
  ticketStatuses,
} from './tickets.ts'
// What is served
export type {
  AuthType,
  ChoiceCount,
  ChoiceView,
  DatasetDifference,
  DatasetVersionView,
  FieldDifference,
  HealthCheck,
  HealthStatus,
  HealthView,
  IncidentDetailView,
  IncidentDifference,
  IncidentList,
  IncidentStats,
  IncidentView,
  IntegrationConfig,
  IntegrationTest,
  IntegrationView,
  JournalEntryView,
  LoginAnswer,
  ReferenceView,
  RunCounts,
  RunList,
  RunState,
  RunView,
  UserView,
} from './views.ts'
