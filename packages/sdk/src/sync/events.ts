/** What a pull says while it runs, and how a commit is cut into the batches a reader sees. */

import type { UtcStamp } from '../base/values.ts'
import type { Change, ChangeCounts } from '../model/change.ts'
import type { DatasetVersion } from '../model/dataset-version.ts'

export type PullPhase = 'validate' | 'fetch' | 'ingest' | 'version'

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

export type PullEvent = PhaseEvent | CommittedEvent | CompleteEvent

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
