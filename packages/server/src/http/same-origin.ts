/** Whether a request that carries our cookie comes from our own page. */
import { ProblemError } from '../problem/problem-error.ts'

const safeMethods = new Set(['GET', 'HEAD', 'OPTIONS'])

export function isSafe(method: string): boolean {
  return safeMethods.has(method)
}

/**
 * Lets a same-origin caller pass. A browser names itself by `Sec-Fetch-Site` and `Origin`; whoever sends neither is no page of ours.
 *
 * @throws ProblemError `csrf`
 */
export function demandSameOrigin(request: Request, ownOrigins: readonly string[]): void {
  const site = request.headers.get('sec-fetch-site')
  const origin = request.headers.get('origin')
  const siteFits = site === null || site === 'same-origin'
  const originFits = origin === null || ownOrigins.includes(origin)
  if (siteFits && originFits && (site !== null || origin !== null)) return
  throw new ProblemError('csrf', 'A request with a session cookie must come from a page of this server.', {
    hint: 'Call from the page of this server, or use a bearer token.',
  })
}
