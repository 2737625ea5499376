/** What is stored to resume a sync: the watermark, the open version with its books, and the slices still to be read. */
import type { SysId, UtcStamp } from '../base/values.ts'
import type { Slice } from './slice.ts'

/** An unfinished window. A run that takes over reads `pending`, then whatever lies beyond `readTo`, then the tail. */
export interface PullProgress {
  /** Every row with a stamp up to here is read, except in the `pending` slices. */
  readTo: UtcStamp | null
  pending: readonly Slice[]
}

/** The books of the version being written: what it will say of itself when it is sealed. */
export interface OpenBooks {
  incidentCount: number
  added: number
  updated: number
  deleted: number
  contentHash: string
}

/** The passes beside the window of a run: how far each has come. */
export interface Passes {
  /** Deletes recorded up to here (`sys_created_on` of `sys_audit_delete`) are applied; null: from the start of the next run on. */
  deletesTo: UtcStamp | null
  /** When every key of the mirror was last compared with the instance, by our clock in milliseconds since 1970; null: due. */
  reconciledAt: number | null
  /** When the long overlap was last read; null: due. */
  deepAt: number | null
}

/** Nothing done yet. */
export const noPasses: Passes = { deletesTo: null, reconciledAt: null, deepAt: null }

/** A record too large to be read: named for people, read again whenever its slice is. */
export interface SkippedRecord {
  sysId: SysId
  u: UtcStamp
}

export interface SyncState {
  integration: string
  fingerprint: string
  /** Grows when table, filter or fields change, or a full read is asked for. */
  generation: number
  /** Moves only in the transaction that seals a successful run. */
  watermark: UtcStamp | null
  /** The active sealed version; 0 while there is none. */
  head: number
  /** The number rows are written under; greater than every sealed one. */
  open: number
  progress: PullProgress | null
  books: OpenBooks
  passes: Passes
  /** Rows a request that this instance could answer in time; null: as many as the settings say. */
  pageLimit: number | null
  skipped: readonly SkippedRecord[]
}

export const emptyBooks: OpenBooks = {
  incidentCount: 0,
  added: 0,
  updated: 0,
  deleted: 0,
  contentHash: '0'.repeat(64),
}

/** The state of an integration that has never been read. */
export function initialState(integration: string, fingerprint: string): SyncState {
  return {
    integration,
    fingerprint,
    generation: 1,
    watermark: null,
    head: 0,
    open: 1,
    progress: null,
    books: emptyBooks,
    passes: noPasses,
    pageLimit: null,
    skipped: [],
  }
}

/** The same mirror under a new question: everything is read again, and what is not seen again goes with the seal. */
export function nextGeneration(state: SyncState, fingerprint: string): SyncState {
  const generation = state.generation + 1
  return { ...state, fingerprint, generation, watermark: null, progress: null, passes: noPasses, skipped: [] }
}
