/** The key of a create, kept in `correlation_id`: which texts may be one, how it is asked for, and which rows are its own. */
import { QueryError } from '../base/errors.ts'
import { collate } from '../query/collation.ts'
import { encodeQuery } from '../query/encode.ts'

/** Longest text `correlation_id` keeps out of the box. */
const maxKeyLength = 100

/**
 * The query that finds a key, the oldest record first. Throws QueryError for a text that cannot be kept, or that an instance would not
 * compare as it stands: one that begins with `javascript:` is run there.
 * Example: `keyQuery('copilot:17')` is `'correlation_id=copilot:17^ORDERBYsys_created_on^ORDERBYsys_id'`.
 */
export function keyQuery(key: string): string {
  const keepable = typeof key === 'string' && key.length > 0 && key.length <= maxKeyLength
  if (!keepable || key !== key.trim()) {
    throw new QueryError(`An idempotency key has 1 to ${maxKeyLength} characters and no space at its ends.`, {
      hint: 'Name the thing the record is made of, for example copilot:17.',
    })
  }
  const where = { kind: 'condition', field: 'correlation_id', operator: '=', value: key } as const
  const order = ['sys_created_on', 'sys_id'].map((field) => ({ field, direction: 'asc' as const }))
  try {
    return encodeQuery({ where, order })
  } catch (error) {
    if (!(error instanceof QueryError)) throw error
    throw new QueryError('An idempotency key must be plain text: an instance could not look this one up.', {
      hint: 'Take a key without control characters that does not begin with javascript:, for example copilot:17.',
      cause: error,
    })
  }
}

/**
 * The rows that carry exactly this key. Those that are equal only to the database (in case or accents) belong to another key; null when
 * a row carries anything else: then the instance has dropped the condition, and the rows prove nothing.
 */
export function rowsOfKey<R extends Readonly<Record<string, unknown>>>(
  rows: readonly R[],
  key: string,
): R[] | null {
  const folded = collate(key)
  const strange = rows.some((row) => collate(String(row.correlation_id ?? '')) !== folded)
  return strange ? null : rows.filter((row) => row.correlation_id === key)
}
