/** Time, ids and the names of instants: taken as arguments everywhere, so that a test holds the clock. */

export { type Clock, systemClock } from '@snowline/sdk'

/**
 * ISO 8601 in UTC with whole seconds: what the API shows.
 *
 * @example isoSeconds(Date.UTC(2026, 0, 2, 3, 4, 5, 678))  // '2026-01-02T03:04:05Z'
 */
export function isoSeconds(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`
}
