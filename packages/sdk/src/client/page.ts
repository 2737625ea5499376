/** The low-level door: one page of a table as the instance sent it, with what its headers say about the rest. */
import type { CallContext } from '../base/errors.ts'
import { QueryError } from '../base/errors.ts'
import type { UtcStamp } from '../base/values.ts'
import { stampFromMs } from '../base/values.ts'
import { readResult } from '../http/envelope.ts'
import type { Accepted, Completed, Exchange } from '../http/exchange.ts'
import { checkField } from '../query/text.ts'
import type { DisplayValue } from './selection.ts'

/** What one page asks for. Throws QueryError for a limit or offset out of range. Example: `{ query: 'active=true^ORDERBYsys_id', limit: 100 }`. */
export interface PageOptions {
  /** Encoded query, order included; `''` for every row in no order. Sent as it is. */
  query: string
  /** 1 to 10,000; the instance applies it before its ACLs, so a page may come short or empty. */
  limit: number
  /** Rows to skip; default 0. */
  offset?: number
  /** Only these fields; all when left out or empty. */
  fields?: readonly string[]
  /** Default false: raw values. */
  displayValue?: DisplayValue
  /** Default true: references are texts, not `{ link, value }`. */
  excludeReferenceLink?: boolean
  /** Default false. True spares the instance a count, and then `total` is null. */
  noCount?: boolean
  /** Default false. True: a time-out, a cut answer or one over the body limit is thrown at once, for a caller that asks for less then. */
  shrinks?: boolean
  /** Ends the call at once; its own reason is thrown. */
  signal?: AbortSignal
}

/** One page as it came, unverified; references are texts unless their links were asked for. */
export interface TablePage {
  records: Record<string, unknown>[]
  /** Rows of the query blind to ACLs (`X-Total-Count`), null when the instance did not count. */
  total: number | null
  /** `next`: there are more rows; `last`: a Link header without rel=next; `absent`: no Link header. */
  link: 'next' | 'last' | 'absent'
  /** The instance's clock when it answered (`Date`), UTC; null when it did not say. */
  servedAt: UtcStamp | null
  /** `X-Transaction-ID`: finds the request in the logs of the instance. */
  transactionId: string | null
  /** The decoded body as it came. */
  text: string
}

/** Reads one page. Throws QueryError for a limit or offset that is no such number, else the error family. */
export async function readPage(
  exchange: Exchange,
  url: URL,
  options: PageOptions,
): Promise<Completed<TablePage>> {
  for (const [name, value] of Object.entries(pageParameters(options))) url.searchParams.set(name, value)
  const call = {
    method: 'GET',
    url,
    idempotent: true,
    ...(options.shrinks === undefined ? {} : { shrinks: options.shrinks }),
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  }
  return exchange.run(call, toPage)
}

function pageParameters(options: PageOptions): Record<string, string> {
  const { limit, offset = 0, fields, displayValue = false } = options
  demandWhole('limit', limit, 1, 10_000)
  demandWhole('offset', offset, 0, Number.MAX_SAFE_INTEGER)
  return {
    ...(options.query === '' ? {} : { sysparm_query: options.query }),
    sysparm_limit: String(limit),
    ...(offset === 0 ? {} : { sysparm_offset: String(offset) }),
    ...(fields === undefined || fields.length === 0
      ? {}
      : { sysparm_fields: fields.map(checkField).join(',') }),
    sysparm_display_value: String(displayValue),
    sysparm_exclude_reference_link: String(options.excludeReferenceLink ?? true),
    ...(options.noCount ? { sysparm_no_count: 'true' } : {}),
  }
}

function demandWhole(name: string, value: number, least: number, most: number): void {
  if (Number.isInteger(value) && value >= least && value <= most) return
  throw new QueryError(`The ${name} must be a whole number from ${least} to ${most}.`, {
    hint: `Correct ${name}; a list reads page after page by itself.`,
    details: { [name]: value },
  })
}

/** An accepted answer as a page. */
export function toPage({ answer, body, call }: Accepted): TablePage {
  const served = Date.parse(answer.headers.get('date') ?? '')
  return {
    records: readResult('list', body, call),
    total: readTotal(answer.headers.get('x-total-count')),
    link: readLink(answer.headers.get('link')),
    servedAt: Number.isNaN(served) ? null : stampFromMs(served),
    transactionId: transactionOf(call),
    text: answer.text,
  }
}

function transactionOf(call: CallContext): string | null {
  return call.transactionId ?? null
}

function readTotal(header: string | null): number | null {
  return header !== null && /^\d+$/.test(header.trim()) ? Number(header) : null
}

/** Only `next` is looked at: real instances send a `prev` with a negative offset on the first page. */
function readLink(header: string | null): TablePage['link'] {
  if (header === null || header.trim() === '') return 'absent'
  return /;\s*rel="?next"?/i.test(header) ? 'next' : 'last'
}
