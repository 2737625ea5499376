/** The core of the SDK: every public name, by section. Sync, stores, schemas and the test kit have subpaths of their own. */

// --- Client ---

export type {
  Aggregate,
  AggregateFields,
  AggregateOptions,
  GroupMeasures,
  HavingOperator,
  Measures,
} from './client/aggregate.ts'
export type { ApiCall, ExtendedCall, WithResponse } from './client/api-call.ts'
export type { AttachmentRecord, Download, TransferOptions, Upload } from './client/attachments.ts'
export type { BatchAnswer, BatchOptions, BatchRequest } from './client/batch.ts'
export type { ChoiceEntry, ChoiceOptions } from './client/choices.ts'
export type { Client, IncidentClient, RecordOf } from './client/client.ts'
export { createClient } from './client/client.ts'
export type { GroupKey, LookUp, UserKey } from './client/directory.ts'
export { clientOptionsFromEnv, type Environment } from './client/env.ts'
export type { JournalEntry, JournalField, JournalOptions, JournalReading } from './client/journal.ts'
export { TableList } from './client/list.ts'
export type { ListPage } from './client/list-plan.ts'
export type { NoteOptions } from './client/notes.ts'
export type { ClientOptions } from './client/options.ts'
export type { PageOptions, TablePage } from './client/page.ts'
export type { RawResponse, RequestOptions } from './client/raw-request.ts'
export type { ResolvedCreate } from './client/resolve-create.ts'
export type { Cell, DisplayValue, ReadOptions, Row, SelectableField, ValuePair } from './client/selection.ts'
export type {
  AttachmentClient,
  AttachmentListOptions,
  GroupDirectory,
  NoteWriter,
  UserDirectory,
} from './client/sub-clients.ts'
export type { ListOptions, TableClient, WriteFields } from './client/table-client.ts'
export type { Validation } from './client/validate.ts'
export type {
  CallOptions,
  CreateOptions,
  DroppedField,
  UpdateOptions,
  WriteReport,
} from './client/write-options.ts'

// --- Doctor ---

export type { CheckName, CheckStatus, DoctorCheck, DoctorReport } from './doctor/check.ts'
export type { DoctorOptions } from './doctor/doctor.ts'

// --- Auth, addresses, transport, hooks ---

export type { Auth, AuthContext, AuthOption, FormAnswer, HeaderMap } from './http/auth.ts'
export { apiKey, basicAuth, bearer } from './http/auth.ts'
export type { Body, StreamedBody } from './http/body.ts'
export { type AddressFault, parseInstanceUrl } from './http/guard.ts'
export { type OAuthOptions, oauth } from './http/oauth.ts'
export type {
  ErrorNotice,
  Hooks,
  RequestNotice,
  RequestSent,
  ResponseNotice,
  RetryNotice,
} from './http/observe.ts'
export type { FetchLike } from './http/transport.ts'

// --- Query ---

export type {
  And,
  Condition,
  NewQuery,
  Operator,
  Or,
  QueryNode,
  QueryOrder,
  QueryTree,
} from './query/conditions.ts'
export { allOf, anyOf, conditionsOf, hasNewQuery } from './query/conditions.ts'
export { encodeQuery } from './query/encode.ts'
export { type ParsedQuery, parseQuery } from './query/parse.ts'
export type {
  CustomField,
  DatePart,
  FieldConditions,
  QueryField,
  QueryValue,
  SpanUnit,
  Where,
  WhereBuilder,
  WhereObject,
} from './query/query.ts'
export { Query, query, rawQuery } from './query/query.ts'
export { agoHelper, type DateHelper, isDateHelper, periodHelper } from './query/scripts.ts'

// --- Tables ---

export type { Choice, openColumns, Reference, SystemFields, TableDefinition } from './tables/define-table.ts'
export { defineTable } from './tables/define-table.ts'
export type { FieldCodec, FieldInput, FieldKind } from './tables/fields.ts'
export { encodeField, fieldCodecs } from './tables/fields.ts'
export { type GroupRecord, groupTable } from './tables/group.ts'
export type {
  IncidentCloseCode,
  IncidentHoldReason,
  IncidentLevel,
  IncidentPriority,
  IncidentRecord,
  IncidentState,
} from './tables/incident.ts'
export {
  finishedIncidentStates,
  incidentCloseCodes,
  incidentHoldReasons,
  incidentLevels,
  incidentPriorities,
  incidentStates,
  incidentTable,
  legacyIncidentCloseCodes,
  lookUpPriority,
} from './tables/incident.ts'
export { type GenericRecord, type KindOf, kindsOf, type Tables } from './tables/tables.ts'
export { type UserRecord, userTable } from './tables/user.ts'

// --- Adapters ---

export { type RecordWriter, tableSink } from './adapters/table-sink.ts'
export { type PageReader, type TableSourceOptions, tableSource } from './adapters/table-source.ts'

// --- Values ---

export type { SysId, UtcStamp } from './base/values.ts'
export {
  addSeconds,
  isSysId,
  isUtcStamp,
  laterStamp,
  stampFromMs,
  stampToIso,
  stampToMs,
} from './base/values.ts'

// --- Errors ---

export type {
  CallContext,
  ConfigProblem,
  ErrorFields,
  MappingPlace,
  TransportFault,
  UnexpectedKind,
} from './base/errors.ts'
export {
  AuthenticationError,
  ConfigError,
  DataPolicyError,
  InstanceError,
  InstanceUnavailableError,
  InvalidRequestError,
  isSnowlineError,
  LeaseLostError,
  MappingError,
  NotFoundError,
  OutcomeUnknownError,
  PermissionError,
  QueryError,
  RateLimitError,
  SnowlineError,
  StoreError,
  TransportError,
  UnexpectedResponseError,
} from './base/errors.ts'

// --- Clock, log, retries ---

export { type Clock, systemClock } from './base/clock.ts'
export { type Logger, silentLogger } from './base/log.ts'
export type { FailureFate, RetryDecision, RetryQuestion, RetryReason } from './base/retry.ts'
export { decideRetry, fateOf } from './base/retry.ts'
