/** What one observation did to the mirror. */
import type { SysId } from '../base/values.ts'

export type ChangeKind = 'added' | 'updated' | 'deleted'

/**
 * Why a record left the mirror.
 *
 * - `deleted`: the instance recorded its delete, and it does not come back when asked for
 * - `left_scope`: it is there, and our filter does not hold it any more
 * - `gone_from_view`: a reconcile did not find it: deleted without a trace, archived, or hidden from us; it comes back on sight
 * - `not_seen`: a new generation read everything and did not meet it
 */
export type RemovalCause = 'deleted' | 'left_scope' | 'gone_from_view' | 'not_seen'

export interface Change {
  sysId: SysId
  kind: ChangeKind
  /** Only of a deleted one. */
  cause?: RemovalCause
  /** What people call the record: its number. */
  label: string
}

export interface ChangeCounts {
  added: number
  updated: number
  unchanged: number
  deleted: number
}

export const noChanges: ChangeCounts = { added: 0, updated: 0, unchanged: 0, deleted: 0 }

export function addCounts(a: ChangeCounts, b: ChangeCounts): ChangeCounts {
  return {
    added: a.added + b.added,
    updated: a.updated + b.updated,
    unchanged: a.unchanged + b.unchanged,
    deleted: a.deleted + b.deleted,
  }
}
