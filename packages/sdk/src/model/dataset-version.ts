/** A sealed state of the mirror: never changed again, readable for ever. */
import type { UtcStamp } from '../base/values.ts'

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

/** What the caller knows when a version is sealed; the store adds counts and hash from its own books. */
export interface Seal {
  createdAt: string
  createdBy: string
  runId: string | null
  cause: string
  notes: string | null
  watermark: UtcStamp | null
}
