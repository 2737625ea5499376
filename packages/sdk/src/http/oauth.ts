/** OAuth 2.0 against an instance: one token for all callers, renewed before it ends and after a 401. */
import type { ConfigProblem } from '../base/errors.ts'
import {
  AuthenticationError,
  ConfigError,
  InvalidRequestError,
  UnexpectedResponseError,
} from '../base/errors.ts'
import type { Auth, AuthContext, HeaderMap } from './auth.ts'
import { openEnvelope } from './envelope.ts'

export interface OAuthOptions {
  clientId: string
  clientSecret: string
  /** A refresh token got before; kept and used again and again, as ServiceNow gives the same one back. */
  refreshToken?: string
  /** With `password`: the password grant, used when there is no refresh token or it is refused. */
  username?: string
  password?: string
  /** Default `{instance}/oauth_token.do`. Must lie on the instance or on an allowed origin. */
  tokenUrl?: string
  scope?: string
}

/** Where the life of a token counts as over: early enough that no request carries one that ends on the way. */
const usableShare = 0.8
/** ServiceNow's default life of an access token, for an answer that names none. */
const defaultLifeSeconds = 1800

interface Token {
  value: string
  /** From here on a new one is fetched. */
  renewAtMs: number
  endsAtMs: number
}

/**
 * OAuth with a refresh token, user name and password, or, with neither, client credentials.
 *
 * A token is fetched at the first call and again at 80 % of its life; many callers share one request. After a 401 it is renewed once and
 * the call repeated with the new header. Throws ConfigError for missing or contradictory options; calls throw AuthenticationError with
 * the code `oauth.refused` when the token endpoint says no.
 */
export function oauth(options: OAuthOptions): Auth {
  checkOptions(options)
  let token: Token | null = null
  let refreshToken = options.refreshToken
  let pending: Promise<Token> | null = null

  async function fetchToken(context: AuthContext): Promise<Token> {
    const answer = await requestToken(options, refreshToken, context)
    refreshToken = answer.refreshToken ?? refreshToken
    token = answer.token
    return answer.token
  }

  /** One request at a time, whoever asks for it. */
  function renewed(context: AuthContext): Promise<Token> {
    pending ??= fetchToken(context).finally(() => {
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
    secrets: () => secretsIn(options, refreshToken, token),
  }
}

function headerOf(token: Token): { authorization: string } {
  return { authorization: `Bearer ${token.value}` }
}

function secretsIn(options: OAuthOptions, refreshToken: string | undefined, token: Token | null): string[] {
  const texts = [options.clientSecret, options.password, options.refreshToken, refreshToken, token?.value]
  return texts.filter((text) => text !== undefined)
}

function checkOptions(options: OAuthOptions): void {
  const problems: ConfigProblem[] = []
  const given = Object.entries(options).filter(([, value]) => value !== undefined)
  for (const [key, value] of given) {
    if (typeof value !== 'string' || value === '')
      problems.push({ key, message: 'must be a text that is not empty' })
  }
  for (const key of ['clientId', 'clientSecret'] as const) {
    if (options[key] === undefined) problems.push({ key, message: 'is missing' })
  }
  if ((options.username === undefined) !== (options.password === undefined)) {
    problems.push({ key: 'username', message: 'and password belong together' })
  }
  if (options.tokenUrl !== undefined && !URL.canParse(options.tokenUrl)) {
    problems.push({ key: 'tokenUrl', message: 'is not a URL', code: 'url_not_allowed' })
  }
  if (problems.length > 0) throw new ConfigError(problems)
}

interface TokenAnswer {
  token: Token
  refreshToken: string | undefined
}

async function requestToken(
  options: OAuthOptions,
  refreshToken: string | undefined,
  context: AuthContext,
): Promise<TokenAnswer> {
  const withPassword = passwordGrant(options)
  if (refreshToken === undefined) {
    return postGrant(options, withPassword ?? { grant_type: 'client_credentials' }, context)
  }
  const withRefresh = { grant_type: 'refresh_token', refresh_token: refreshToken }
  try {
    return await postGrant(options, withRefresh, context)
  } catch (error) {
    if (withPassword === null || !(error instanceof AuthenticationError)) throw error
    return postGrant(options, withPassword, context)
  }
}

function passwordGrant({ username, password }: OAuthOptions): HeaderMap | null {
  return username === undefined || password === undefined
    ? null
    : { grant_type: 'password', username, password }
}

async function postGrant(
  options: OAuthOptions,
  grant: HeaderMap,
  context: AuthContext,
): Promise<TokenAnswer> {
  const url = new URL(options.tokenUrl ?? '/oauth_token.do', context.origin)
  const call = { method: 'POST', url: `${url.origin}${url.pathname}` }
  const form = {
    ...grant,
    client_id: options.clientId,
    client_secret: options.clientSecret,
    ...(options.scope === undefined ? {} : { scope: options.scope }),
  }
  const answer = await context.postForm(url.href, form)
  const secrets = [...secretsIn(options, grant.refresh_token, null)]
  try {
    return readToken(openEnvelope(answer, { call, nowMs: context.now(), secrets }), context.now(), call)
  } catch (error) {
    throw toRefusal(error)
  }
}

/** The endpoint says "no" with 400 or 401, and in words of its own (`server_error` for wrong credentials). */
function toRefusal(error: unknown): unknown {
  const refused = error instanceof AuthenticationError || error instanceof InvalidRequestError
  if (!refused) return error
  return new AuthenticationError(
    `The instance gives no token: ${error.message}`,
    { ...error.call, status: error.status, detail: error.detail },
    {
      code: 'oauth.refused',
      hint: 'Check client id, client secret, the grant the OAuth application allows, and that a refresh token has not ended.',
      cause: error,
    },
  )
}

function readToken(body: unknown, nowMs: number, call: { method: string; url: string }): TokenAnswer {
  const fields: Readonly<Record<string, unknown>> =
    typeof body === 'object' && body !== null ? { ...body } : {}
  const { access_token: value, expires_in: life, refresh_token: refreshToken } = fields
  if (typeof value !== 'string' || !/^[\x21-\x7e]+$/.test(value)) {
    throw new UnexpectedResponseError('The token endpoint gave no access token.', 'shape', call)
  }
  const seconds = Number(life)
  const lifeMs = (Number.isFinite(seconds) && seconds > 0 ? seconds : defaultLifeSeconds) * 1000
  return {
    token: { value, renewAtMs: nowMs + lifeMs * usableShare, endsAtMs: nowMs + lifeMs },
    refreshToken: typeof refreshToken === 'string' && refreshToken !== '' ? refreshToken : undefined,
  }
}
