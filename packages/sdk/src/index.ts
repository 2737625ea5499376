/** The core of the SDK: every public name, by section. Sync, stores, schemas and the test kit have subpaths of their own. */

export type { PageReader, TableSourceOptions } from './adapters/table-source.ts'
// Adapters
export { tableSource } from './adapters/table-source.ts'
export type { Clock } from './base/clock.ts'
// Clock, log, retries
export { systemClock } from './base/clock.ts'
export type {
  CallContext,
  ConfigProblem,
  ErrorFields,
  TransportFault,
  UnexpectedKind,
} from './base/errors.ts'
// Errors
export {
  AuthenticationError,
  ConfigError,
  DataPolicyError,
  InstanceError,
  InstanceUnavailableError,
  InvalidRequestError,
  isSnowlineError,
  LeaseLostError,
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
export type { Logger } from './base/log.ts'
export { silentLogger } from './base/log.ts'
export type { FailureFate, RetryDecision, RetryQuestion, RetryReason } from './base/retry.ts'
export { decideRetry, fateOf } from './base/retry.ts'
export type { SysId, UtcStamp } from './base/values.ts'
// Values
export {
  addSeconds,
  isSysId,
  isUtcStamp,
  laterStamp,
  stampFromMs,
  stampToIso,
  stampToMs,
} from './base/values.ts'
export type { Client, RawResponse, RecordOf, RequestOptions } from './client/client.ts'
// Client
export { createClient } from './client/client.ts'
export { clientOptionsFromEnv } from './client/env.ts'
export type { ListPage } from './client/list.ts'
export { TableList } from './client/list.ts'
export type { ClientOptions } from './client/options.ts'
export type { PageOptions, TablePage } from './client/page.ts'
export type { Cell, DisplayValue, Row, SelectableField, ValuePair } from './client/selection.ts'
export type {
  CallOptions,
  CreateOptions,
  ListOptions,
  ReadOptions,
  TableClient,
  UpdateOptions,
  WriteFields,
} from './client/table-client.ts'
export type { Auth, AuthContext, AuthOption, HeaderMap } from './http/auth.ts'
// Auth and addresses
export { apiKey, basicAuth, bearer } from './http/auth.ts'
export type { RetryNotice } from './http/exchange.ts'
export type { AddressFault } from './http/guard.ts'
export { parseInstanceUrl } from './http/guard.ts'
export type { FetchLike } from './http/transport.ts'
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
export type { EvaluateOptions, RawRecord } from './query/evaluate.ts'
export { compareRecords, matches } from './query/evaluate.ts'
export type { ParsedQuery } from './query/parse.ts'
export { parseQuery } from './query/parse.ts'
export type {
  FieldConditions,
  QueryField,
  QueryValue,
  Where,
  WhereBuilder,
  WhereObject,
} from './query/query.ts'
// Query
export { Query, query, rawQuery } from './query/query.ts'
export type { DateHelper } from './query/scripts.ts'
export { agoHelper, evaluateHelper, isDateHelper, periodHelper } from './query/scripts.ts'
export type { Choice, Reference, SystemFields, TableDefinition } from './tables/define-table.ts'
// Tables
export { defineTable } from './tables/define-table.ts'
export type { FieldCodec, FieldInput, FieldKind } from './tables/fields.ts'
export { encodeField, fieldCodecs } from './tables/fields.ts'
export type { GroupRecord } from './tables/group.ts'
export { groupTable } from './tables/group.ts'
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
export type { GenericRecord, KindOf, Tables } from './tables/tables.ts'
export { kindsOf } from './tables/tables.ts'
export type { UserRecord } from './tables/user.ts'
export { userTable } from './tables/user.ts'
