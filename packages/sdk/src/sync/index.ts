/** `@snowline/sdk/sync`: the engine, what it says, and the ports it works on. */

export type { Change, ChangeCounts, ChangeKind, RemovalCause } from '../model/change.ts'
export type { DatasetVersion, RollbackSeal, Seal, VersionDifference } from '../model/dataset-version.ts'
export type { Lease } from '../model/lease.ts'
export type { Observation } from '../model/observation.ts'
export type {
  FieldConflict,
  OutboxEntry,
  OutboxFault,
  OutboxKind,
  OutboxState,
} from '../model/outbox-entry.ts'
export type { Slice } from '../model/slice.ts'
export type { SourceRecord } from '../model/source-record.ts'
export type { OpenBooks, Passes, PullProgress, SkippedRecord, SyncState } from '../model/sync-state.ts'
export type { NewEntry, Outbox, OutboxTransaction } from '../ports/outbox.ts'
export type { SinkAnswer, SinkCall, SinkReading, TableSink } from '../ports/sink.ts'
// Ports and what travels through them
export type { PageRequest, SourcePage, SourceView, TableSource } from '../ports/source.ts'
export type {
  Applied,
  ApplyOptions,
  KeyRange,
  MirrorKey,
  RecordPage,
  RecordQuery,
  Removal,
  StoreTransaction,
  SyncStore,
  Verdict,
} from '../ports/store.ts'
// The engine
export { createSyncEngine, type SyncEngine, type SyncEngineOptions } from './engine.ts'
// What a run says
export {
  type Batch,
  batchesOf,
  type CommittedEvent,
  type CompleteEvent,
  type NoticeCode,
  type NoticeEvent,
  type PhaseEvent,
  type PullEvent,
  type PullPhase,
  type PullTotals,
  type RemovedEvent,
  type TransitionEvent,
} from './events.ts'
export { SyncRunningError } from './lease-keeper.ts'
export type { FieldPolicy } from './plan-update.ts'
export { probeSource, type SourceVisibility } from './probe-source.ts'
export type { PullOptions } from './pull.ts'
export type { OnPage } from './pull-config.ts'
export type { PullRecordsOptions } from './pull-records.ts'
export type { OnPushed, PushStep } from './push.ts'
// The push
export { createPushEngine, type PushEngine, type PushEngineOptions } from './push-engine.ts'
export { ReconcileNeedsConfirmationError } from './reconcile.ts'
export type { OnTransition } from './run-writer.ts'
// What people do to versions
export {
  type EraseOptions,
  eraseRecords,
  type PruneOptions,
  pruneVersions,
  type RollbackOptions,
  rollbackVersion,
  type VersionDesk,
} from './versions.ts'
