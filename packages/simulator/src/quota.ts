/** The transaction quota: a list that reads too many rows is cancelled, often after its 200 has gone out (servicenow.md 1.5 and 4). */
import { type Answer, failure, json } from './answer.ts'

/** How dear a list may be. An instance as delivered allows a Table API call 60 s. */
export interface Quota {
  readonly seconds: number
  /** What one row costs that is read before access rules drop it. */
  readonly msPerRow: number
  /**
   * What the caller sees: `partial` (default) 200 with the rows so far, then an error member; `cut` 200 with JSON that
   * breaks off; `queued` 500, since the transaction was cancelled before it sent anything.
   */
  readonly answer?: 'partial' | 'cut' | 'queued'
  /** Only lists of this table; default all. */
  readonly table?: string
}

/** The words of a cancelled transaction (KB1297438). */
const CANCELLED = 'Transaction cancelled: maximum execution time exceeded'
const DETAIL = `${CANCELLED} Check logs for error trace or enable glide.rest.debug property to verify REST request processing`

/** A page that breaks its quota, and how many of its rows were read before that. */
export interface Overrun {
  readonly quota: Quota
  readonly rows: number
}

/** Says whether a page of a table breaks the quota. */
export function overrun(quota: Quota | undefined, table: string, rows: number): Overrun | undefined {
  if (!quota || (quota.table !== undefined && quota.table !== table)) return undefined
  if (rows * quota.msPerRow <= quota.seconds * 1000) return undefined
  return { quota, rows: Math.floor((quota.seconds * 1000) / quota.msPerRow) }
}

/** The body of a list that was cancelled after some records. */
export function cancelledBody(records: readonly string[]): string {
  const error = JSON.stringify({ message: CANCELLED, detail: DETAIL })
  return `{"result":[${records.join(',')}],"error":${error},"status":"failure"}`
}

/** The answer of a cancelled list; `records` are those written before the quota was spent. */
export function cancelledList(
  { quota: { answer = 'partial' } }: Overrun,
  records: readonly string[],
  headers: Readonly<Record<string, string>>,
): Answer {
  if (answer === 'queued') return failure(500, CANCELLED, DETAIL)
  if (answer === 'partial') return json(200, cancelledBody(records), headers)
  const text = `{"result":[${records.join(',')}`
  return json(200, text.slice(0, Math.max(11, text.length - 20)), headers)
}
