/** The id of a request: the caller's when it is harmless, else one of ours. */
import { randomUUID } from 'node:crypto'

/** Example: `requestIdOf('build-42')` is `'build-42'`; anything with other characters gives a new UUID. */
export function requestIdOf(given: string | null): string {
  return given !== null && /^[A-Za-z0-9_-]{1,64}$/.test(given) ? given : randomUUID()
}
