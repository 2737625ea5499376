/** The cursor of a list: an opaque text that resumes the same query where it stood. */
import type { ReadingState } from './keyset.ts'

/** Writes a state; `query` is what the cursor belongs to. */
export function encodeCursor(state: ReadingState, query: string): string {
  const parts = [
    1,
    markOf(query),
    state.after?.stamp ?? null,
    state.after?.id ?? null,
    state.offset,
    state.total,
  ]
  return btoa(JSON.stringify(parts)).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
}

/** FNV-1a over 32 bits: enough to notice a mix-up, no protection against intent. */
export function markOf(text: string): number {
  let hash = 0x811c9dc5
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193)
  return hash >>> 0
}
