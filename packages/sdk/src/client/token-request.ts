/** A request for a token: a form, sent to the instance or to an origin its owner has named; loaded with the first. */
import { ConfigError } from '../base/errors.ts'
import type { HeaderMap } from '../http/auth.ts'
import type { Attempt } from '../http/transport.ts'

/** Where tokens may be asked for. */
interface Destinations {
  origin: string
  allowedOrigins: readonly string[]
}

/** The request. Throws ConfigError (`tokenUrl`, `destination_blocked`) for an address that lies elsewhere. */
export function toTokenRequest(
  address: string,
  form: HeaderMap,
  destinations: Destinations,
): Pick<Attempt, 'method' | 'url' | 'headers' | 'body'> {
  return {
    method: 'POST',
    url: tokenUrl(address, destinations),
    headers: { accept: 'application/json', 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams(form).toString(),
  }
}

/** Credentials go to the instance, or to an origin its owner has named. */
function tokenUrl(address: string, { origin, allowedOrigins }: Destinations): URL {
  const url = new URL(address)
  const allowed = [
    origin,
    ...allowedOrigins.filter((entry) => URL.canParse(entry)).map((entry) => new URL(entry).origin),
  ]
  if (allowed.includes(url.origin) && url.username === '') return url
  const hint = 'Use {instance}/oauth_token.do, or add the exact origin to allowedOrigins.'
  const message = 'lies neither on the instance nor on an allowed origin'
  throw new ConfigError([{ key: 'tokenUrl', message, code: 'destination_blocked', hint }])
}
