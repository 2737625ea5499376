/** What a sync says while it runs: exactly one terminal event (`complete` or `error`) ends every stream. */
import type { ProblemCode } from './problem.ts'
import type { IntegrationView } from './views.ts'

export type SyncPhase = 'validate' | 'fetch' | 'store' | 'ingest' | 'version' | 'update'

/** `batch` and `totalBatches` are 0 while validating and fetching. `incidents` holds the numbers of this batch. */
export interface ProgressEvent {
  batch: number
  totalBatches: number
  totalIncidents: number
  incidents: readonly string[]
  message: string
  phase: SyncPhase
  processed: number
  added: number
  updated: number
  unchanged: number
  deleted: number
  etaMs: number | null
}

/** `total` is added + updated + deleted. */
export interface SyncStats {
  added: number
  updated: number
  unchanged: number
  deleted: number
  total: number
  last_synced: string
}

export interface CompleteEvent {
  success: true
  integration: IntegrationView
  stats: SyncStats
  /** The active dataset version, null while there is none. */
  version: number | null
  runId: string
}

export interface ErrorEvent {
  success: false
  message: string
  code: ProblemCode
  hint?: string
  /** Null when the run never began. */
  runId: string | null
}

export type RunEvent =
  | { type: 'progress'; data: ProgressEvent }
  | { type: 'complete'; data: CompleteEvent }
  | { type: 'error'; data: ErrorEvent }
