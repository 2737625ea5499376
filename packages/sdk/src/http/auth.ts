/** How a request proves who it is: each way gives headers anew for every attempt. */
import { ConfigError } from '../base/errors.ts'

/** Headers by name, in any case; each value one line of Latin-1 characters. Example: `{ authorization: 'Bearer t-1' }`. */
export type HeaderMap = Readonly<Record<string, string>>

/** What a token endpoint answered, whatever its status. */
export interface FormAnswer {
  status: number
  headers: Headers
  text: string
}

/** What an auth may use of the client it belongs to. */
export interface AuthContext {
  /** The instance's origin; credentials go nowhere else. */
  readonly origin: string
  /** Milliseconds since 1970. */
  now(): number
  /** Posts a form to the instance or an allowed origin; throws ConfigError for any other, TransportError when there is no answer. */
  postForm(url: string, form: Readonly<Record<string, string>>): Promise<FormAnswer>
}

/**
 * A way to prove who is asking. Make one with `basicAuth`, `apiKey`, `bearer` or `oauth`, or write one.
 *
 * Example: `const auth: Auth = { headers: async () => ({ authorization: `Bearer ${await vault.token()}` }) }`.
 */
export interface Auth {
  /**
   * The headers of one attempt; asked again for each, and once more after a 401: when it gives others then, the call is repeated once.
   * Has `timeoutMs` to settle (TransportError `timeout`, not sent). Headers that cannot be sent are a ConfigError naming the header.
   */
  headers(context: AuthContext): HeaderMap | Promise<HeaderMap>
  /** In place of asking `headers` again: gets fresh credentials after a 401 to the `rejected` headers; the call is then repeated once. */
  renew?(context: AuthContext, rejected: HeaderMap): Promise<void>
  /** Texts that must never show in an error, besides the header values. */
  secrets?(): readonly string[]
}

/** An auth, or simply a function giving headers. */
export type AuthOption = Auth | (() => HeaderMap | Promise<HeaderMap>)

/** The auth behind an option. */
export function toAuth(option: AuthOption): Auth {
  return typeof option === 'function' ? { headers: option } : option
}

/**
 * User name and password as HTTP Basic (UTF-8). Single sign-on users have no password to give, and new instances restrict Basic
 * authentication to the role `snc_basic_auth_api_access`: prefer `oauth` for integrations.
 *
 * Throws ConfigError when one is empty or has a line break.
 * Example: `basicAuth({ username: 'a', password: 'b' })` sends `Authorization: Basic YTpi`.
 */
export function basicAuth(credentials: { username: string; password: string }): Auth {
  const { username, password } = credentials
  demand({ username, password })
  const encoded = toBase64(`${username}:${password}`)
  return { headers: () => ({ authorization: `Basic ${encoded}` }), secrets: () => [password, encoded] }
}

/**
 * An inbound API key in `x-sn-apikey`; the instance needs the plugin for token-based authentication (`com.glide.tokenbased_auth`), an
 * inbound authentication profile and an API access policy for each API.
 *
 * Throws ConfigError when it is empty or has a line break. Example: `apiKey('now_123')` sends `x-sn-apikey: now_123`.
 */
export function apiKey(key: string): Auth {
  demand({ apiKey: key })
  return { headers: () => ({ 'x-sn-apikey': key }), secrets: () => [key] }
}

/**
 * A bearer token, or a function giving the current one, which is asked for each attempt and once more after a 401: when it gives another
 * token then, the call is repeated once.
 *
 * Throws ConfigError for a text that is empty or has a line break; a call throws it when the function gives no token or one that cannot be
 * sent. Example: `bearer(() => vault.token())` sends `Authorization: Bearer <token>`.
 */
export function bearer(token: string | (() => string | Promise<string>)): Auth {
  if (typeof token === 'string') demand({ token })
  let last = ''
  return {
    async headers() {
      const given = typeof token === 'function' ? await token() : token
      if (typeof given !== 'string' || given === '')
        throw new ConfigError([{ key: 'token', message: 'is no text, or an empty one' }])
      last = given
      return { authorization: `Bearer ${last}` }
    },
    secrets: () => [last],
  }
}

function demand(values: Readonly<Record<string, string>>): void {
  const problems = Object.entries(values)
    .filter(([, value]) => typeof value !== 'string' || value === '' || /[\r\n]/.test(value))
    .map(([key]) => ({ key, message: 'must be a text of one line that is not empty' }))
  if (problems.length > 0) throw new ConfigError(problems)
}

function toBase64(text: string): string {
  return btoa(String.fromCharCode(...new TextEncoder().encode(text)))
}
