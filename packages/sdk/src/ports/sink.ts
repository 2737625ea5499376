/** Where a push writes to: each call ends in what is proven about it, never in an error the caller would have to read. */
import type { SysId } from '../base/values.ts'
import type { OutboxFault } from '../model/outbox-entry.ts'
import type { SourceRecord } from '../model/source-record.ts'

/**
 * What an answer proves.
 *
 * - `accepted`: carried out, and this is the record now
 * - `notSent`: no byte left, or the instance threw it away unread (429, 202): surely not carried out
 * - `refused`: a final no about this record
 * - `forbidden`: 403 whose reason does not say whether the row was made first: look before believing it
 * - `unauthorised`: the instance does not know our credentials: nothing more goes out until they change
 * - `unknown`: it may have been carried out, now or within minutes
 */
export type SinkAnswer =
  | { type: 'accepted'; record: SourceRecord }
  | { type: 'notSent'; retryAfterMs: number | null; fault: OutboxFault }
  | { type: 'refused'; fault: OutboxFault }
  | { type: 'forbidden'; fault: OutboxFault }
  | { type: 'unauthorised'; fault: OutboxFault }
  | { type: 'unknown'; fault: OutboxFault }

/** What a reading call gives. `failed`: no answer about this record; try later. */
export type SinkReading<T> =
  | { type: 'read'; value: T }
  | { type: 'gone'; fault: OutboxFault }
  | { type: 'unauthorised'; fault: OutboxFault }
  | { type: 'failed'; retryAfterMs: number | null; fault: OutboxFault }

export interface SinkCall {
  /** The answer must be there within this time, or it counts as unknown. */
  timeoutMs: number
  signal?: AbortSignal
}

/** Laws: a write is sent at most once a call (no retry inside); a reading call may repeat itself. */
export interface TableSink {
  create(fields: Readonly<Record<string, string>>, call: SinkCall): Promise<SinkAnswer>
  update(sysId: SysId, fields: Readonly<Record<string, string>>, call: SinkCall): Promise<SinkAnswer>
  read(sysId: SysId, call: SinkCall): Promise<SinkReading<SourceRecord>>
  /** Records whose `correlation_id` is exactly this, oldest first; rows that do not carry it are an instance dropping the condition: `failed`. */
  findByKey(key: string, call: SinkCall): Promise<SinkReading<readonly SourceRecord[]>>
  /** True when a journal entry of the record holds this reference. */
  hasNote(sysId: SysId, reference: string, call: SinkCall): Promise<SinkReading<boolean>>
}
