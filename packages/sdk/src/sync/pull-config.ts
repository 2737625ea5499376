/** What every run of an engine is given: the ports it works on, and how much it asks for at once. */
import type { Clock } from '../base/clock.ts'
import type { Logger } from '../base/log.ts'
import type { Slice } from '../model/slice.ts'
import type { TableSource } from '../ports/source.ts'
import type { SyncStore } from '../ports/store.ts'

export interface PullConfig {
  source: TableSource
  store: SyncStore
  integration: string
  clock: Clock
  logger: Logger
  pageLimit: number
  concurrency: number
  overlapMs: number
  deepOverlapMs: number
  deepEveryMs: number
  reconcileEveryMs: number
  batchSize: number
  leaseTtlMs: number
}

/** Told each answer of records as it came. */
export type OnPage = (text: string, facts: { slice: Slice; rows: number }) => void | Promise<void>
