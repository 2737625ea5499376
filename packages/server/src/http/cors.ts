/** Which foreign pages may call: exact origins, bearer tokens only, never the cookie. */

const allowedHeaders = 'Authorization, Content-Type, If-Match, Idempotency-Key, Last-Event-ID'
const exposedHeaders = 'Location, ETag, Retry-After'
const allowedMethods = 'GET, HEAD, POST, PUT, PATCH, DELETE'
const PREFLIGHT_SECONDS = '600'

/** Adds the headers for a caller from an allowed origin. */
export function setCorsHeaders(headers: Headers, origin: string | null, allowed: readonly string[]): void {
  if (allowed.length === 0) return
  headers.append('vary', 'Origin')
  if (origin === null || !allowed.includes(origin)) return
  headers.set('access-control-allow-origin', origin)
  headers.set('access-control-expose-headers', exposedHeaders)
}

/** The answer to a preflight, null when the request is none. A foreign origin gets the answer without permission. */
export function preflight(request: Request, allowed: readonly string[]): Response | null {
  if (request.method !== 'OPTIONS' || !request.headers.has('access-control-request-method')) return null
  const headers = new Headers()
  const origin = request.headers.get('origin')
  if (origin !== null && allowed.includes(origin)) {
    headers.set('access-control-allow-methods', allowedMethods)
    headers.set('access-control-allow-headers', allowedHeaders)
    headers.set('access-control-max-age', PREFLIGHT_SECONDS)
  }
  return new Response(null, { status: 204, headers })
}
