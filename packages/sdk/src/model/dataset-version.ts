/** A sealed state of the mirror: never changed again, readable for ever. */
import type { SysId, UtcStamp } from '../base/values.ts'
import type { ChangeKind } from './change.ts'

export interface DatasetVersion {
  integration: string
  number: number
  /** The version this one follows, null for the first. */
  parent: number | null
  active: boolean
  incidentCount: number
  /** Counts of this version minus its parent. */
  added: number
  updated: number
  deleted: number
  watermark: UtcStamp | null
  /** Deletes recorded by the instance up to here are in it; null when the feed had not been read. */
  deletesTo: UtcStamp | null
  generation: number
  /** ISO 8601, UTC. */
  createdAt: string
  createdBy: string
  runId: string | null
  /** `sync`, or `rollback:{number}`. */
  cause: string
  notes: string | null
  /** Sum modulo 2^256 of sha256(sys_id, row hash), 64 hexadecimal characters: independent of order. */
  contentHash: string
}

/** What the caller of a rollback knows; cause, watermark and generation follow from the version it goes back to. */
export type RollbackSeal = Omit<Seal, 'cause' | 'watermark'>

/** How one record differs between two versions. */
export interface VersionDifference {
  sysId: SysId
  kind: ChangeKind
  /** Canonical JSON of the record in the first version; null when it is not there. */
  before: string | null
  after: string | null
}

/** What the caller knows when a version is sealed; the store adds counts and hash from its own books. */
export interface Seal {
  createdAt: string
  createdBy: string
  runId: string | null
  cause: string
  notes: string | null
  watermark: UtcStamp | null
}
