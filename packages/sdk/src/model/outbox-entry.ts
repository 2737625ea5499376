/** One write that a ticket owes the instance: durable before any byte leaves, and kept until its fate is proven. */
import type { SysId } from '../base/values.ts'

export type OutboxKind = 'create' | 'update' | 'note'

/**
 * - `pending`: nothing of it can be at the instance; may be sent from `notBefore` on
 * - `inflight`: it may be at the instance; nobody touches it before `unknownUntil`, then it is looked up
 * - `waiting`: a conflict that a person decides
 * - `done`: proven to be there
 * - `dead`: given up, with a reason; a person may send it again or drop it
 */
export type OutboxState = 'pending' | 'inflight' | 'waiting' | 'done' | 'dead'

/** What happened last, for people: no secret, no record body. */
export interface OutboxFault {
  code: string
  message: string
  hint?: string
  status?: number
  transactionId?: string | null
}

/** A field that both sides changed to different values. */
export interface FieldConflict {
  field: string
  base: string
  ours: string
  theirs: string
}

export interface OutboxEntry {
  /** Id of the operation; unique for ever. */
  opId: string
  /** Which instance it is for. */
  connection: string
  ticket: string
  kind: OutboxKind
  /** What a look-up asks for: `correlation_id` of a create, the reference at the end of a note. */
  key: string
  /** Target of an update or a note; null while the create before it has not settled. */
  sysId: SysId | null
  /** Fields as they are sent; a note has `element` (`work_notes` or `comments`) and `text`. */
  payload: Readonly<Record<string, string>>
  /** What the fields of an update were when the ticket last agreed with the instance. */
  base: Readonly<Record<string, string>>
  state: OutboxState
  /** Order within the ticket: first in, first out. */
  seq: number
  /** Milliseconds since 1970. */
  createdAt: number
  notBefore: number
  /** Until then an inflight entry is left alone: its last request may still be carried out. */
  unknownUntil: number | null
  /** Answers about this record that were no answer; the pauses of a connection do not count. */
  tries: number
  /** Grows with every claim; a settle with an older one is refused. */
  token: number
  /** A worker holds it until then. */
  claimedUntil: number
  /** Sent again by a person: looked up before it is sent. */
  lookFirst: boolean
  conflicts: readonly FieldConflict[]
  /** A person has decided for our values. */
  force: boolean
  fault: OutboxFault | null
  result: { sysId: SysId; number: string } | null
}
