/** A list that comes in pages. */
import type { Json } from './answer.ts'

/** A page of a list; `nextCursor` null on the last one. */
export interface Page<T> {
  items: readonly T[]
  nextCursor: string | null
}

export function cursorOf(body: Json): string | null {
  return typeof body.nextCursor === 'string' ? body.nextCursor : null
}

/** The query of a page; what is null is left out. Example: `toSearch({ limit: 25, cursor: null })` is `limit=25`. */
export function toSearch(members: Readonly<Record<string, string | number | null>>): URLSearchParams {
  const given = Object.entries(members).filter(([, value]) => value !== null)
  return new URLSearchParams(given.map(([name, value]) => [name, String(value)]))
}
