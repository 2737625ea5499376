/** What is stored to resume a sync: the watermark, the open version with its books, and the slices still to be read. */
import type { UtcStamp } from '../base/values.ts'
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
  }
}

/** The same mirror under a new question: everything is read again, and what is not seen again goes with the seal. */
export function nextGeneration(state: SyncState, fingerprint: string): SyncState {
  return { ...state, fingerprint, generation: state.generation + 1, watermark: null, progress: null }
}
