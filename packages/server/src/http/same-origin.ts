/** Whether a request that carries our cookie comes from our own page. */
import { ProblemError } from '../problem/problem-error.ts'

const safeMethods = new Set(['GET', 'HEAD', 'OPTIONS'])

export function isSafe(method: string): boolean {
  return safeMethods.has(method)
}

/**
 * Lets a same-origin caller pass. A browser names itself by `Sec-Fetch-Site` and `Origin`; whoever sends neither is no page of ours. Where
 * the browser itself says `same-origin` the scheme of `Origin` is left out: behind a proxy that ends TLS we see http, the page https.
 *
 * @throws ProblemError `csrf`
 */
export function demandSameOrigin(request: Request, ownOrigins: readonly string[]): void {
  const site = request.headers.get('sec-fetch-site')
  const origin = request.headers.get('origin')
  if (site === 'same-origin' && (origin === null || hasHostOf(origin, ownOrigins))) return
  if (site === null && origin !== null && ownOrigins.includes(origin)) return
  throw new ProblemError('csrf', 'A request with a session cookie must come from a page of this server.', {
    hint: 'Call from the page of this server, or use a bearer token; behind a proxy set PUBLIC_URL.',
  })
}

function hasHostOf(origin: string, ownOrigins: readonly string[]): boolean {
  return URL.canParse(origin) && ownOrigins.some((own) => new URL(own).host === new URL(origin).host)
}
