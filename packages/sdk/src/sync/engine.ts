/** The door of the sync: a source, a store, and the runs between them. */
import { type Clock, systemClock } from '../base/clock.ts'
import { ConfigError } from '../base/errors.ts'
import { type Logger, silentLogger } from '../base/log.ts'
import type { Change } from '../model/change.ts'
import type { TableSource } from '../ports/source.ts'
import type { SyncStore } from '../ports/store.ts'
import type { PullEvent } from './events.ts'
import { type PullOptions, pull } from './pull.ts'
import type { PullConfig } from './pull-config.ts'
import { type PullRecordsOptions, pullRecords } from './pull-records.ts'

export interface SyncEngineOptions {
  source: TableSource
  store: SyncStore
  /** Names the mirror in the store. Default: the source's table. */
  integration?: string
  /** Time and timers; a test brings its own. */
  clock?: Clock
  logger?: Logger
  /** Rows a request, 10 to 10,000 (default 1,000: instances cancel long transactions at 60 s). */
  pageLimit?: number
  /** Requests for pages under way at once, 1 to 16 (default 4: an instance serves about that many of one integration). */
  concurrency?: number
  /** How far behind the newest row each run reads again (default 600,000 ms): late commits carry older stamps. */
  overlapMs?: number
  /** The same once in `deepEveryMs` (default 86,400,000 ms both): later commits are found within a day. */
  deepOverlapMs?: number
  deepEveryMs?: number
  /** How often every key is compared with the instance (default 86,400,000 ms): the only way to find what leaves no trace. */
  reconcileEveryMs?: number
  /** Changed rows told in one batch, 1 to 500 (default 5). */
  batchSize?: number
  /** How long a run may be silent before another may take over (default 60,000 ms). */
  leaseTtlMs?: number
}

export interface SyncEngine {
  /**
   * One run, event by event; it goes on only while it is iterated. Exactly one `complete` at its end, or a throw: SyncRunningError when
   * another run holds the lease, ReconcileNeedsConfirmationError, the source's error, StoreError, or the abort's reason. After a throw the watermark is where it was.
   *
   * @example for await (const event of engine.pull({ runId: 'r1' })) if (event.type === 'complete') console.log(event.counts)
   * // { added: 25, updated: 0, unchanged: 0, deleted: 0 }
   */
  pull(options: PullOptions): AsyncGenerator<PullEvent, void, void>
  /** These records now, without waiting for a run: what a settled push asks for. Null when a run is under way. */
  pullRecords(options: PullRecordsOptions): Promise<readonly Change[] | null>
}

/** Joins a source and a store. Throws ConfigError when a number is out of its range. */
export function createSyncEngine(options: SyncEngineOptions): SyncEngine {
  const config: PullConfig = {
    source: options.source,
    store: options.store,
    integration: options.integration ?? options.source.table,
    clock: options.clock ?? systemClock,
    logger: options.logger ?? silentLogger,
    pageLimit: options.pageLimit ?? 1_000,
    concurrency: options.concurrency ?? 4,
    overlapMs: options.overlapMs ?? 600_000,
    deepOverlapMs: options.deepOverlapMs ?? DAY_MS,
    deepEveryMs: options.deepEveryMs ?? DAY_MS,
    reconcileEveryMs: options.reconcileEveryMs ?? DAY_MS,
    batchSize: options.batchSize ?? 5,
    leaseTtlMs: options.leaseTtlMs ?? 60_000,
  }
  check(config)
  return {
    pull: (pullOptions) => pull(config, pullOptions),
    pullRecords: (recordsOptions) => pullRecords(config, recordsOptions),
  }
}

const DAY_MS = 86_400_000

const ranges = {
  pageLimit: [1, 10_000],
  concurrency: [1, 16],
  overlapMs: [0, 7 * DAY_MS],
  deepOverlapMs: [0, 366 * DAY_MS],
  deepEveryMs: [60_000, 366 * DAY_MS],
  reconcileEveryMs: [60_000, 366 * DAY_MS],
  batchSize: [1, 500],
  leaseTtlMs: [1_000, 3_600_000],
} as const

function check(config: PullConfig): void {
  const keys = Object.keys(ranges) as (keyof typeof ranges)[]
  const problems = keys
    .filter(
      (key) => !Number.isInteger(config[key]) || config[key] < ranges[key][0] || config[key] > ranges[key][1],
    )
    .map((key) => ({ key, message: `must be a whole number from ${ranges[key][0]} to ${ranges[key][1]}` }))
  if (problems.length > 0) throw new ConfigError(problems)
}
