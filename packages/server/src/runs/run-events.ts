/** From what the engine says to what a stream shows, and from a stored row back to its events: the same numbers both times. Pure. */
import type { CompleteEvent, ErrorEvent, ProgressEvent, RunEvent, SyncPhase } from '@snowline/protocol'
import type { SysId } from '@snowline/sdk'
import { batchesOf, type CommittedEvent, type PhaseEvent } from '@snowline/sdk/sync'
import type { RunEventRow } from '../db/tables.ts'
import type { Frame } from '../http/sse.ts'
import { plural } from './run-messages.ts'

/** What a commit row keeps: enough to cut the same batches again. */
export interface StoredCommit {
  /** `[kind, number]` of each change, in order. */
  changes: readonly (readonly ['added' | 'updated', string])[]
  batchSize: number
  firstBatch: number
  before: CommittedEvent['before']
  counts: CommittedEvent['counts']
  totals: CommittedEvent['totals']
  etaMs: number | null
}

/** A row before it has its run and number. */
export type EventDraft = Pick<RunEventRow, 'span' | 'kind' | 'data'>

export function progressDraft(progress: ProgressEvent): EventDraft {
  return { span: 1, kind: 'progress', data: JSON.stringify(progress) }
}

export function completeDraft(complete: CompleteEvent): EventDraft {
  return { span: 1, kind: 'complete', data: JSON.stringify(complete) }
}

export function errorDraft(error: ErrorEvent): EventDraft {
  return { span: 1, kind: 'error', data: JSON.stringify(error) }
}

/** One row for a whole commit; as many events as it has batches. */
export function commitDraft(event: CommittedEvent): EventDraft {
  const stored: StoredCommit = {
    changes: event.changes.map((change) => [change.kind === 'added' ? 'added' : 'updated', change.label]),
    batchSize: event.batchSize,
    firstBatch: event.firstBatch,
    before: event.before,
    counts: event.counts,
    totals: event.totals,
    etaMs: event.etaMs,
  }
  const span = Math.ceil(event.changes.length / event.batchSize)
  return { span, kind: 'commit', data: JSON.stringify(stored) }
}

/** What a phase in which no batch is written has to tell. */
export interface PhaseTelling extends Pick<PhaseEvent, 'counts' | 'totals' | 'etaMs'> {
  phase: SyncPhase
  message: string
  /** Batches told so far in this run. */
  batches: number
}

/** Totals are shown from the moment they are known: not while the first rows are still being fetched. */
export function phaseProgress({
  phase,
  message,
  batches,
  counts,
  totals,
  etaMs,
}: PhaseTelling): ProgressEvent {
  const early = batches === 0 && (phase === 'validate' || phase === 'fetch')
  return {
    batch: batches,
    totalBatches: early ? 0 : totals.batches,
    totalIncidents: early ? 0 : totals.incidents,
    incidents: [],
    message,
    phase,
    processed: counts.added + counts.updated,
    ...counts,
    etaMs,
  }
}

/**
 * The events a row holds, numbered from its `first`.
 *
 * @example eventsOf(row of a commit with 7 changes in batches of 5, first 3).map((e) => e.number)  // [3, 4]
 */
export function eventsOf(row: Omit<RunEventRow, 'run_id'>): { number: number; event: RunEvent }[] {
  const data: unknown = JSON.parse(row.data)
  if (row.kind === 'commit') {
    return commitProgress(data as StoredCommit).map((progress, index) => ({
      number: row.first + index,
      event: { type: 'progress', data: progress },
    }))
  }
  // What we stored ourselves, by kind: the union's members and these words are the same.
  return [{ number: row.first, event: { type: row.kind, data } as RunEvent }]
}

function commitProgress(stored: StoredCommit): ProgressEvent[] {
  // A batch tells the numbers of its incidents only; their ids are not kept with the events.
  const changes = stored.changes.map(([kind, label]) => ({ kind, label, sysId: '' as SysId }))
  const batches = batchesOf({ ...stored, changes })
  return batches.map((batch, index) => {
    // Equal rows and deletes of a commit are told with its last batch: then the numbers never run ahead of the events.
    const sums = index === batches.length - 1 ? stored.counts : stored.before
    const total = Math.max(stored.totals.batches, batch.batch)
    return {
      batch: batch.batch,
      totalBatches: total,
      totalIncidents: Math.max(stored.totals.incidents, batch.processed),
      incidents: batch.labels,
      message: `Batch ${batch.batch} of ${total} processed (${plural(batch.labels.length, 'incident')})`,
      phase: 'ingest',
      processed: batch.processed,
      added: batch.added,
      updated: batch.updated,
      unchanged: sums.unchanged,
      deleted: sums.deleted,
      etaMs: stored.etaMs,
    }
  })
}

/** The frame of an event: its id names run and number. */
export function frameOf(runId: string, number: number, event: RunEvent): Frame {
  return { id: `${runId}:${number}`, event: event.type, data: JSON.stringify(event.data) }
}
