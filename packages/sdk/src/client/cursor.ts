/** The cursor of a list: an opaque text that resumes the same query where it stood. */
import { QueryError } from '../base/errors.ts'
import type { ReadingState } from './keyset.ts'

/** Writes a state; `query` is what the cursor belongs to. */
export function encodeCursor(state: ReadingState, query: string): string {
  const parts = [
    1,
    mark(query),
    state.after?.stamp ?? null,
    state.after?.id ?? null,
    state.offset,
    state.total,
  ]
  return btoa(JSON.stringify(parts)).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
}

/** Reads a state back. Throws QueryError when the text is no cursor, or one of another query. */
export function decodeCursor(cursor: string, query: string): ReadingState {
  const [version, of, stamp, id, offset, total] = readParts(cursor)
  const valid =
    version === 1 &&
    (id === null || (typeof id === 'string' && /^[0-9a-z]{1,32}$/i.test(id))) &&
    (stamp === null || (typeof stamp === 'string' && /^[0-9: -]{19}$/.test(stamp))) &&
    isCount(offset) &&
    (total === null || isCount(total))
  if (!valid) throw new QueryError('This is no cursor of a list.')
  if (of !== mark(query)) {
    throw new QueryError('The cursor belongs to another query.', {
      hint: 'Give the same where, order and fields as before.',
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

/** FNV-1a over 32 bits: enough to notice a mix-up, no protection against intent. */
function mark(text: string): number {
  let hash = 0x811c9dc5
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193)
  return hash >>> 0
}
