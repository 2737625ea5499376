/** What may be asked of a single call and of a write. */
import type { SnowlineError } from '../base/errors.ts'

/** What may be said about any call. Example: `{ signal: AbortSignal.timeout(20_000) }`. */
export interface CallOptions {
  /** Ends the call at once, in a wait between attempts too; the signal's own reason is thrown. */
  signal?: AbortSignal
}

/** How a record is created. Example: `{ idempotencyKey: 'copilot:17' }`. */
export interface CreateOptions extends CallOptions {
  /**
   * Names the record you mean to create; 1 to 100 characters of plain text that do not begin with `javascript:`, compared exactly (case
   * counts), kept in `correlation_id`. The instance is asked for it first: a record that
   * carries it is given in place of a second one. When the fate of the POST stays unknown, OutcomeUnknownError carries the key
   * (`details.idempotencyKey`) for `client.resolveCreate(key)`. Two processes that begin with one key at the same moment may still
   * make two records: ServiceNow has no unique index on it.
   */
  idempotencyKey?: string
}

/** How a record is updated. Example: `{ readBack: true }`. */
export interface UpdateOptions extends CallOptions {
  /** True when repeating the update changes nothing more; default: true unless a journal field (`work_notes`, `comments`) is written. */
  idempotent?: boolean
  /** Default false: what was dropped is seen from the answer of the PATCH. True reads the record anew, after rules that run later; when
   * that reading fails, the update resolves all the same and `.withResponse()` tells `readBackError`. */
  readBack?: boolean
}

/** A field that does not show what was sent: dropped by an ACL, unknown to the table, refused as a choice, cut, or set by a rule. */
export interface DroppedField {
  field: string
  sent: string
  /** The value the record shows, null when the answer does not hold the field at all. */
  shown: string | null
}

/** What a write tells beside the record. */
export interface WriteReport {
  /** Empty when the record shows everything that was sent; journal fields cannot be compared. Example: `[{ field: 'priority', sent: '1', shown: '5' }]`. */
  dropped: readonly DroppedField[]
  /**
   * Only with `readBack`, when the write was carried out and the reading after it failed: why. The record and `dropped` are then those of
   * the write's own answer; do not write again because of it.
   */
  readBackError?: SnowlineError
}
