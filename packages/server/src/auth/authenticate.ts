/** The port that tells who is calling, and the one we bring: session cookie, session or API token, widget token, JWT of the host. */
import type { Clock } from '../clock.ts'
import { findApiToken } from '../db/api-tokens.ts'
import type { Executor } from '../db/tables.ts'
import { findSessionUser } from '../db/users.ts'
import type { HostJwt, WidgetTokens } from './jwt.ts'
import { type Principal, principalOf } from './principal.ts'
import { apiTokenPrefix, sessionPrefix, tokenHash } from './tokens.ts'

/**
 * Who sent this request: null when nobody can be told. Asked for every request, and again while a stream is open.
 * A host replaces it to bring its own sign-in.
 */
export type Authenticate = (request: Request) => Promise<Principal | null>

export const sessionCookie = 'snowline_session'

export interface AuthenticateOptions {
  db: Executor
  clock: Clock
  widgetTokens: WidgetTokens
  hostJwt: HostJwt | null
}

/** A bearer token counts before a cookie; a bad one is not mended by a good cookie. Nothing is ever read from the query string. */
export function createAuthenticate(options: AuthenticateOptions): Authenticate {
  return async (request) => {
    const header = request.headers.get('authorization')
    if (header !== null) {
      const token = /^Bearer +([A-Za-z0-9._~+/=-]{1,8192})$/i.exec(header)?.[1]
      return token === undefined ? null : byToken(options, token)
    }
    const cookie = readSessionCookie(request)
    return cookie === null ? null : bySession(options, cookie, true)
  }
}

/** The session token a cookie carries. */
export function readSessionCookie(request: Request): string | null {
  const cookies = request.headers.get('cookie') ?? ''
  return new RegExp(`(?:^|;)\\s*${sessionCookie}=([A-Za-z0-9_-]{1,200})(?:;|$)`).exec(cookies)?.[1] ?? null
}

async function byToken(options: AuthenticateOptions, token: string): Promise<Principal | null> {
  if (token.startsWith(sessionPrefix)) return bySession(options, token, false)
  if (token.startsWith(apiTokenPrefix)) {
    const row = await findApiToken(options.db, tokenHash(token), options.clock.now())
    if (row === undefined) return null
    return principalOf('api_token', { id: row.user_id, email: `token:${row.name}`, role: row.role })
  }
  return (await options.widgetTokens.verify(token)) ?? (await options.hostJwt?.(token)) ?? null
}

async function bySession(
  options: AuthenticateOptions,
  token: string,
  viaCookie: boolean,
): Promise<Principal | null> {
  if (!token.startsWith(sessionPrefix)) return null
  const user = await findSessionUser(options.db, tokenHash(token), options.clock.now())
  return user === undefined ? null : principalOf('session', user, viaCookie)
}
