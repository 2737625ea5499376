/** Finds what a create with an idempotency key made: reads only, by `correlation_id`. */
import { QueryError, UnexpectedResponseError } from '../base/errors.ts'
import type { Completed, Exchange } from '../http/exchange.ts'
import { escapeCaret } from '../query/text.ts'
import { readPage } from './page.ts'
import { checkTable, tableUrl } from './url.ts'
import type { CallOptions } from './write-options.ts'

/**
 * What became of a create.
 *
 * - `found`: the record; with several (two creates at one moment) the oldest, and `duplicates` counts the others.
 * - `hidden`: it exists and this user may not read it: the instance counts it and shows nothing.
 * - `absent`: not there at this moment. An instance may still be at work on a request whose answer was lost: ask again after its
 *   longest transaction (five minutes) before you create it anew.
 */
export type ResolvedCreate<R> =
  | { state: 'found'; record: R; duplicates: number }
  | { state: 'hidden'; count: number }
  | { state: 'absent' }

/** Longest text `correlation_id` keeps out of the box. */
const maxKeyLength = 100
const maxMatches = 10

/** Looks a key up. Throws QueryError for a key that cannot be kept, UnexpectedResponseError (`shape`) when the table has no `correlation_id`. */
export async function findByKey(
  exchange: Exchange,
  origin: string,
  table: string,
  key: string,
  { signal }: CallOptions = {},
): Promise<Completed<ResolvedCreate<Record<string, unknown>>>> {
  checkKey(key)
  const completed = await readPage(exchange, tableUrl(origin, checkTable(table)), {
    query: `correlation_id=${escapeCaret(key)}^ORDERBYsys_created_on^ORDERBYsys_id`,
    limit: maxMatches,
    ...(signal === undefined ? {} : { signal }),
  })
  const { records, total } = completed.data
  // An instance drops a condition on a field it does not know, and then shows any rows.
  const count = total ?? records.length
  if (
    records.some((record) => record.correlation_id !== key) ||
    (records.length === 0 && count > maxMatches)
  ) {
    throw new UnexpectedResponseError(
      'A look-up by correlation_id gave records with another one.',
      'shape',
      completed.call,
      {
        hint: 'The table may have no correlation_id, or this user may not read or compare it.',
      },
    )
  }
  const [record] = records
  const resolved: ResolvedCreate<Record<string, unknown>> =
    record !== undefined
      ? { state: 'found', record, duplicates: Math.max(records.length, count) - 1 }
      : count > 0
        ? { state: 'hidden', count }
        : { state: 'absent' }
  return { ...completed, data: resolved }
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
const unkeepable = /^\s|\s$|[\u0000-\u001f\u007f]/

function checkKey(key: string): void {
  if (key.length > 0 && key.length <= maxKeyLength && !unkeepable.test(key)) return
  throw new QueryError(
    `An idempotency key has 1 to ${maxKeyLength} characters, no control character and no space at its ends.`,
  )
}
