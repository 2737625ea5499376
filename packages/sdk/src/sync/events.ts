/** What a pull says while it runs, and how a commit is cut into the batches a reader sees. */

import type { UtcStamp } from '../base/values.ts'
import type { Change, ChangeCounts } from '../model/change.ts'
import type { DatasetVersion } from '../model/dataset-version.ts'

/** `scope`: looking for what left the filter; `deletes`: reading the record of deletes; `reconcile`: comparing every key. */
export type PullPhase = 'validate' | 'fetch' | 'ingest' | 'scope' | 'deletes' | 'reconcile' | 'version'

/** Totals as far as they are known: exact when `exact`, else an estimate that grows true as fetching goes on. */
export interface PullTotals {
  incidents: number
  batches: number
  exact: boolean
}

/** Something to say, nothing written. */
export interface PhaseEvent {
  type: 'phase'
  phase: PullPhase
  /** Rows read so far in this run, changed or not. */
  read: number
  counts: ChangeCounts
  totals: PullTotals
  etaMs: number | null
}

/** One commit: its changes are in the open version, all of them, with the progress that goes with them. */
export interface CommittedEvent {
  type: 'committed'
  changes: readonly Change[]
  batchSize: number
  /** Number of the first batch of this commit; counts from 1 over the run. */
  firstBatch: number
  /** Counts of the run before this commit. */
  before: ChangeCounts
  /** Counts of the run after it. */
  counts: ChangeCounts
  totals: PullTotals
  etaMs: number | null
}

/** Records that left the mirror in one commit. They are in no batch. */
export interface RemovedEvent {
  type: 'removed'
  /** Each of kind `deleted`, with its cause. */
  changes: readonly Change[]
  /** Counts of the run after it. */
  counts: ChangeCounts
  totals: PullTotals
}

/**
 * - `generation.new`: everything is read again; told inside the transaction that begins it
 * - `reconcile.healed`: rows replaced or brought in by a reconcile; told inside the transaction that writes them
 * - `reconcile.done`: every key has been compared
 * - `record.skipped`: one record is too large to be read
 * - `deletes.unreadable`: the instance does not let us read its record of deletes
 * - `deletes.no_verdict`: a record known to be there did not come back, so nothing was believed to be gone
 * - `window.beyond_clock`: rows are stamped beyond the instance's own clock
 */
export type NoticeCode =
  | 'generation.new'
  | 'reconcile.healed'
  | 'reconcile.done'
  | 'record.skipped'
  | 'deletes.unreadable'
  | 'deletes.no_verdict'
  | 'window.beyond_clock'

/** Something a person should be able to read later. */
export interface NoticeEvent {
  type: 'notice'
  code: NoticeCode
  /** One sentence. */
  message: string
  details: Readonly<Record<string, string | number>>
}

export interface CompleteEvent {
  type: 'complete'
  counts: ChangeCounts
  totals: PullTotals
  /** Rows with this stamp or an older one are in the mirror. */
  watermark: UtcStamp | null
  /** The version sealed by this run, null when nothing changed. */
  version: DatasetVersion | null
  /** The active version after this run, null while there is none. */
  activeVersion: number | null
}

export type PullEvent = PhaseEvent | CommittedEvent | RemovedEvent | NoticeEvent | CompleteEvent

/** What is told inside the transaction it tells of. */
export type TransitionEvent = CommittedEvent | RemovedEvent | NoticeEvent | CompleteEvent

export interface Batch {
  batch: number
  labels: readonly string[]
  processed: number
  added: number
  updated: number
}

/**
 * The batches of a commit, each at most `batchSize` long; counts run on from the commit's `before`.
 *
 * @example batchesOf(commit of 7 changes, batchSize 5, firstBatch 3).map((b) => b.labels.length)  // [5, 2], numbered 3 and 4
 */
export function batchesOf(
  commit: Pick<CommittedEvent, 'changes' | 'batchSize' | 'firstBatch' | 'before'>,
): Batch[] {
  const { changes, batchSize, firstBatch, before } = commit
  const batches: Batch[] = []
  let { added, updated } = before
  for (let at = 0; at < changes.length; at += batchSize) {
    const part = changes.slice(at, at + batchSize)
    for (const change of part) {
      if (change.kind === 'added') added += 1
      else updated += 1
    }
    batches.push({
      batch: firstBatch + batches.length,
      labels: part.map((change) => change.label),
      processed: added + updated,
      added,
      updated,
    })
  }
  return batches
}
