/** OAuth 2.0 against an instance: refresh token, user name and password, or client credentials. */
import type { ConfigProblem } from '../base/errors.ts'
import { AuthenticationError, ConfigError } from '../base/errors.ts'
import type { Auth, AuthContext, HeaderMap } from './auth.ts'
import type { TokenAnswer } from './token-auth.ts'
import { requestToken, tokenAuth } from './token-auth.ts'

/** What OAuth needs; which grant is used follows from what is given. */
export interface OAuthOptions {
  /** Of the OAuth application on the instance (Application Registry). */
  clientId: string
  clientSecret: string
  /** A refresh token got before; kept and used again and again, as ServiceNow gives the same one back. */
  refreshToken?: string
  /** With `password`: the password grant, used when there is no refresh token or it is refused. */
  username?: string
  /** Belongs to `username`; an instance may have this grant switched off. */
  password?: string
  /** Default `{instance}/oauth_token.do`. Must lie on the instance or on an allowed origin. */
  tokenUrl?: string
  /** Sent as it is; ServiceNow's own scope is `useraccount`. Default: none is asked for. */
  scope?: string
}

/**
 * OAuth with a refresh token, user name and password, or, with neither, client credentials.
 *
 * A token is fetched at the first call and again at 80 % of its life; many callers share one request. After a 401 it is renewed once and
 * the call repeated with the new header; what fails meanwhile is repeated, also for a create, which was not carried out. Client
 * credentials need an "OAuth Application User" on the instance, and `glide.oauth.inbound.client.credential.grant_type.enabled`.
 *
 * Throws ConfigError for missing or contradictory options; calls throw AuthenticationError with the code `oauth.refused` when the token
 * endpoint says no, whatever its status, and UnexpectedResponseError when a page answers in its place.
 *
 * Example: `createClient({ instanceUrl: 'dev12345', auth: oauth({ clientId, clientSecret }) })` posts
 * `grant_type=client_credentials&client_id=...` to `https://dev12345.service-now.com/oauth_token.do` before its first call.
 */
export function oauth(options: OAuthOptions): Auth {
  checkOptions(options)
  const secrets = [options.clientSecret, options.password, options.refreshToken]
  let refreshToken = options.refreshToken
  const fetchToken = async (context: AuthContext) => {
    const answer = await chooseGrant(options, refreshToken, context)
    refreshToken = answer.refreshToken ?? refreshToken
    return answer.token
  }
  return tokenAuth(fetchToken, () => [...secrets, refreshToken])
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

async function chooseGrant(
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

function postGrant(options: OAuthOptions, grant: HeaderMap, context: AuthContext): Promise<TokenAnswer> {
  const { clientId, clientSecret, password, refreshToken, scope, tokenUrl } = options
  const secrets = [clientSecret, password, refreshToken, grant.refresh_token].filter(
    (text) => text !== undefined,
  )
  const form = {
    ...grant,
    client_id: clientId,
    client_secret: clientSecret,
    ...(scope === undefined ? {} : { scope }),
  }
  return requestToken({ tokenUrl, form, secrets }, context)
}
