/** Entry of `@snowline/simulator`: a pretend ServiceNow instance; the HTTP door is `@snowline/simulator/serve`. */

export type { Operation, UserOptions } from './acl.ts'
export type { ApiKey } from './api-keys.ts'
export type { AttachedFile } from './attached.ts'
// Control
export type { Browsed, BrowsedEntry, BrowsedField, BrowseOptions } from './browse.ts'
export type { ApiName } from './call.ts'
export { type Clock, type ClockOptions, createClock, DEFAULT_START } from './clock.ts'
export type { LateCommits, PendingCommit, Writer } from './commits.ts'
export type { Control, RecordsOptions } from './control.ts'
export { ControlError } from './control-error.ts'
// Data
export {
  baseTables,
  type Choice,
  CLOSE_CODES,
  type FieldDefinition,
  type TableDefinition,
} from './dictionary.ts'
export { FAULT_KINDS, type Fault, type FaultKind, type FaultState } from './faults.ts'
export type { Semaphore, SessionLock } from './gate.ts'
export type { Version, VersionOp } from './history.ts'
export type { ImportMap } from './import-set.ts'
// The instance
export { createInstance, type Instance, type InstanceOptions } from './instance.ts'
export type { MutateOptions, Mutation } from './mutate.ts'
export type { Overview } from './overview.ts'
export type { PlayLine } from './play.ts'
export type { BusinessRule, DataPolicy, WriteKind } from './policies.ts'
export { PROPERTY_DEFAULTS, type PropertyName } from './properties.ts'
export type { Quota } from './quota.ts'
export type { RateRule } from './rate.ts'
export type { LogPart, RequestEntry } from './requests.ts'
export type { QueryAcl, TableAcl } from './rights.ts'
export type { BulkSeed } from './seed/bulk.ts'
export type { IncidentSeed } from './seed/incidents.ts'
export { type SeedData, seedIncidents, seedPeople } from './seed/index.ts'
export type { CloneSource } from './snapshot.ts'
export type { LogEntry, Stats } from './statistics.ts'
export type { RawRecord } from './table-store.ts'
export type { Jwk, JwtKey, OAuthClient, TokenLives } from './tokens.ts'
export type { WorkOptions } from './work.ts'
