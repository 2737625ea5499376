/** Which address credentials may be sent to: an instance name, host or URL becomes an origin, or is refused by name. */
import { ConfigError } from '../base/errors.ts'

/**
 * Why an address is refused, as the `code` of a ConfigProblem: `url_not_allowed` for its form (not https, user info, another port, no URL),
 * `destination_blocked` for a host that is neither ServiceNow's nor allowed.
 */
export type AddressFault = 'url_not_allowed' | 'destination_blocked'

const instanceName = /^[a-z0-9][a-z0-9-]{0,62}$/i
const serviceNowHost = /^([a-z0-9_-]+\.)+service-now\.com$/

/**
 * The origin of an instance. Takes `dev12345`, a host, or a URL whose path is cut off.
 *
 * Allowed are https on `*.service-now.com` (port 443) and the exact members of `allowedOrigins`. Throws ConfigError naming
 * `instanceUrl`, with the problem code `url_not_allowed` (wrong scheme, user info or port) or `destination_blocked` (any other host or
 * address, also one that only looks like ServiceNow's). Example: `parseInstanceUrl('dev12345')` is `'https://dev12345.service-now.com'`.
 */
export function parseInstanceUrl(input: string, allowedOrigins: readonly string[] = []): string {
  const url = toUrl(input)
  if (url.username !== '' || url.password !== '') throw refusal('url_not_allowed', 'must not carry user info')
  if (allowedOrigins.some((allowed) => originOf(allowed) === url.origin && url.origin !== 'null'))
    return url.origin
  if (url.protocol !== 'https:') throw refusal('url_not_allowed', 'must begin with https://')
  if (!serviceNowHost.test(url.hostname)) {
    throw refusal('destination_blocked', 'is neither a host of service-now.com nor an allowed origin')
  }
  if (url.port !== '') throw refusal('url_not_allowed', 'must use port 443')
  return url.origin
}

function toUrl(input: string): URL {
  const text = input.trim()
  if (text === '') throw refusal('url_not_allowed', 'is empty')
  if (instanceName.test(text) && !/^\d+$/.test(text) && text.toLowerCase() !== 'localhost') {
    return new URL(`https://${text}.service-now.com`)
  }
  const withScheme =
    /^[a-z][a-z0-9+.-]*:/i.test(text) && !/^[^/:]+:\d+(\/|$)/.test(text) ? text : `https://${text}`
  if (!URL.canParse(withScheme)) throw refusal('url_not_allowed', 'is not a URL')
  return new URL(withScheme)
}

/** The origin of an allowed entry, null when it is not a URL: a broken entry allows nothing. */
function originOf(allowed: string): string | null {
  return URL.canParse(allowed) ? new URL(allowed).origin : null
}

function refusal(code: AddressFault, message: string): ConfigError {
  return new ConfigError([
    {
      key: 'instanceUrl',
      message,
      code,
      hint: 'Give an instance name (dev12345) or https://<instance>.service-now.com, or add the exact origin to allowedOrigins.',
    },
  ])
}
