/** Finds what a create with an idempotency key made: reads only, by `correlation_id`. */
import { UnexpectedResponseError } from '../base/errors.ts'
import type { Completed, Exchange } from '../http/exchange.ts'
import { keyQuery, rowsOfKey } from './create-key.ts'
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

const maxMatches = 10

/** Looks a key up. Throws QueryError for a key that cannot be kept, UnexpectedResponseError (`shape`) when the table has no `correlation_id`. */
export async function findByKey(
  exchange: Exchange,
  origin: string,
  table: string,
  key: string,
  { signal }: CallOptions = {},
): Promise<Completed<ResolvedCreate<Record<string, unknown>>>> {
  const completed = await readPage(exchange, tableUrl(origin, checkTable(table)), {
    query: keyQuery(key),
    limit: maxMatches,
    ...(signal === undefined ? {} : { signal }),
  })
  const { records, total } = completed.data
  const own = rowsOfKey(records, key)
  const unseen = Math.max(0, (total ?? records.length) - records.length)
  // An instance drops a condition on a field it does not know, and then shows or counts any rows.
  if (own === null || (own.length === 0 && records.length + unseen > maxMatches)) {
    throw new UnexpectedResponseError(
      'A look-up by correlation_id gave records with another one.',
      'shape',
      completed.call,
      {
        hint: 'The table may have no correlation_id, or this user may not read or compare it.',
      },
    )
  }
  return { ...completed, data: resolved(own, unseen) }
}

function resolved(
  own: readonly Record<string, unknown>[],
  unseen: number,
): ResolvedCreate<Record<string, unknown>> {
  const [record] = own
  if (record !== undefined) return { state: 'found', record, duplicates: own.length + unseen - 1 }
  return unseen > 0 ? { state: 'hidden', count: unseen } : { state: 'absent' }
}
