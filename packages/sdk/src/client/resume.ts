/** Reads a cursor back; loaded when a list is given one. */
import { QueryError } from '../base/errors.ts'
import { markOf } from './cursor.ts'
import type { ReadingState } from './keyset.ts'

/** The state of a cursor. Throws QueryError when the text is no cursor, or one of another instance, table or query. */
export function decodeCursor(cursor: string, query: string): ReadingState {
  const [version, of, stamp, id, offset, total] = readParts(cursor)
  const valid =
    version === 1 &&
    (id === null || (typeof id === 'string' && /^[0-9a-z]{1,32}$/i.test(id))) &&
    (stamp === null || (typeof stamp === 'string' && /^[0-9: -]{19}$/.test(stamp))) &&
    isCount(offset) &&
    (total === null || isCount(total))
  if (!valid) {
    throw new QueryError('This is no cursor of a list.', {
      hint: 'Give page.cursor as it was, or leave cursor out to begin anew.',
    })
  }
  if (of !== markOf(query)) {
    throw new QueryError('The cursor belongs to another query, table or instance.', {
      hint: 'Give the same instance, table, where, order and fields as before, or leave cursor out to begin anew.',
    })
  }
  return { after: id === null ? null : { stamp, id }, offset, total }
}

function readParts(cursor: string): unknown[] {
  try {
    const parts: unknown = JSON.parse(atob(cursor.replaceAll('-', '+').replaceAll('_', '/')))
    return Array.isArray(parts) ? parts : []
  } catch {
    return []
  }
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0
}
