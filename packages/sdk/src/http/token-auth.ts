/** Bearer tokens of an OAuth endpoint: one token for all callers, renewed at 80 % of its life and after a 401. */
import {
  AuthenticationError,
  InstanceError,
  isSnowlineError,
  UnexpectedResponseError,
} from '../base/errors.ts'
import type { Auth, AuthContext, HeaderMap } from './auth.ts'
import { openEnvelope } from './envelope.ts'

/** Where the life of a token counts as over: early enough that no request carries one that ends on the way. */
const usableShare = 0.8
/** ServiceNow's default life of an access token, for an answer that names none. */
const defaultLifeSeconds = 1800

export interface Token {
  value: string
  /** From here on a new one is fetched. */
  renewAtMs: number
  endsAtMs: number
}

/** What a token endpoint gave. */
export interface TokenAnswer {
  token: Token
  refreshToken: string | undefined
}

/** How a token is asked for; the form goes to `tokenUrl`, or to `/oauth_token.do` of the instance. */
export interface Grant {
  tokenUrl: string | undefined
  form: HeaderMap
  /** Texts that must never show in an error. */
  secrets: readonly string[]
}

/** An auth over tokens: `fetchToken` is called by one caller at a time, and all others wait for what it brings. */
export function tokenAuth(
  fetchToken: (context: AuthContext) => Promise<Token>,
  secrets: () => readonly (string | undefined)[],
): Auth {
  let token: Token | null = null
  let pending: Promise<Token> | null = null

  function renewed(context: AuthContext): Promise<Token> {
    pending ??= fetchToken(context)
      .then((fresh) => {
        // ServiceNow gives the same token again while it lives (KB0778194): asking for it before its end would bring nothing.
        const same = fresh.value === token?.value
        token = same ? { ...fresh, renewAtMs: fresh.endsAtMs } : fresh
        return token
      })
      .finally(() => {
        pending = null
      })
    return pending
  }

  async function current(context: AuthContext): Promise<Token> {
    const held = token
    if (held !== null && context.now() < held.renewAtMs) return held
    try {
      return await renewed(context)
    } catch (error) {
      // A token that still lives is better than none while the endpoint has a bad moment.
      if (held !== null && context.now() < held.endsAtMs) return held
      throw error
    }
  }

  return {
    headers: async (context) => headerOf(await current(context)),
    async renew(context, rejected) {
      if (token !== null && rejected.authorization !== headerOf(token).authorization) return
      await renewed(context)
    },
    secrets: () => [...secrets(), token?.value].filter((text) => text !== undefined),
  }
}

function headerOf(token: Token): { authorization: string } {
  return { authorization: `Bearer ${token.value}` }
}

/** Asks for a token. Throws AuthenticationError (`oauth.refused`) when the endpoint says no, else the error family. */
export async function requestToken(grant: Grant, context: AuthContext): Promise<TokenAnswer> {
  const url = new URL(grant.tokenUrl ?? '/oauth_token.do', context.origin)
  const call = { method: 'POST', url: `${url.origin}${url.pathname}` }
  const answer = await context.postForm(url.href, grant.form)
  try {
    const secrets = { auth: { secrets: () => grant.secrets }, credentials: {}, headers: {} }
    const body = await openEnvelope(answer, { call, nowMs: context.now(), secrets })
    return readToken(body, context.now(), call)
  } catch (error) {
    throw toRefusal(error)
  }
}

const endpointHint =
  'This is the token endpoint: check tokenUrl, and that the OAuth plugin is active and nothing stands in between.'

/**
 * The endpoint says "no" with 400 or 401 and words of its own (`server_error` for wrong credentials), some gateways with another status
 * or inside a 200; none of it is about a record. Whatever may pass stays as it is, and is asked for again.
 */
function toRefusal(error: unknown): unknown {
  if (!isSnowlineError(error) || error.retryable) return error
  const cause = error
  if (error instanceof UnexpectedResponseError && error.kind !== 'error_in_body') {
    const { message, kind, call, details } = error
    const hint = error.kind === 'hibernating' ? error.hint : endpointHint
    return new UnexpectedResponseError(message, kind, call, {
      ...(hint === undefined ? {} : { hint }),
      details,
      cause,
    })
  }
  if (!(error instanceof InstanceError || error instanceof UnexpectedResponseError)) return error
  const { call } = error
  const { status = 200 } = call
  const detail = error instanceof InstanceError ? error.detail : null
  return new AuthenticationError(
    `The instance gives no token: ${error.message}`,
    { ...call, status, detail },
    {
      code: 'oauth.refused',
      hint:
        status === 404
          ? endpointHint
          : 'Check client id, client secret, the grant the OAuth application allows, and that a refresh token has not ended.',
      cause,
    },
  )
}

function readToken(body: unknown, nowMs: number, call: { method: string; url: string }): TokenAnswer {
  const fields: Readonly<Record<string, unknown>> =
    typeof body === 'object' && body !== null ? { ...body } : {}
  const { access_token: value, expires_in: life, refresh_token: refreshToken } = fields
  if (typeof value !== 'string' || !/^[\x21-\x7e]+$/.test(value)) {
    throw new UnexpectedResponseError('The token endpoint gave no access token.', 'shape', call, {
      hint: endpointHint,
    })
  }
  const seconds = life === undefined || life === null ? Number.NaN : Number(life)
  const lifeMs = (Number.isFinite(seconds) && seconds >= 0 ? seconds : defaultLifeSeconds) * 1000
  return {
    token: { value, renewAtMs: nowMs + lifeMs * usableShare, endsAtMs: nowMs + lifeMs },
    refreshToken: typeof refreshToken === 'string' && refreshToken !== '' ? refreshToken : undefined,
  }
}
