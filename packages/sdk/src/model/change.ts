/** What one observation did to the mirror. */
import type { SysId } from '../base/values.ts'

export type ChangeKind = 'added' | 'updated' | 'deleted'

export interface Change {
  sysId: SysId
  kind: ChangeKind
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
