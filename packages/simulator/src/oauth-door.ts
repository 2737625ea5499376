/** `POST /oauth_token.do`: four grants and the one error that an instance gives for whatever is wrong (servicenow.md 5). */
import type { Principal } from './acl.ts'
import { type Answer, failures, json } from './answer.ts'
import type { Call } from './call.ts'
import { readAssertion } from './jwt.ts'
import { isOn } from './properties.ts'
import type { Given, OAuthClient } from './tokens.ts'
import type { World } from './world.ts'

/** The grants an instance knows for machines. */
export const JWT_BEARER = 'urn:ietf:params:oauth:grant-type:jwt-bearer'

/** Clocks of client and instance may differ by so much (glide property of the JWT provider). */
const SKEW_MS = 300_000

/** Not `invalid_grant`: an instance says the same for a wrong client, user, token, grant or body (content-docs#1301). */
const refused = (): Answer =>
  json(401, JSON.stringify({ error_description: 'access_denied', error: 'server_error' }))

function answerWith({ access, refresh, expiresIn }: Given): Answer {
  const token = {
    access_token: access,
    ...(refresh === undefined ? {} : { refresh_token: refresh }),
    scope: 'useraccount',
    token_type: 'Bearer',
    expires_in: expiresIn,
  }
  return json(200, JSON.stringify(token))
}

function basicOf(headers: Headers): readonly [string, string] | undefined {
  const encoded = /^Basic\s+(\S+)$/i.exec(headers.get('authorization') ?? '')?.[1]
  if (encoded === undefined) return undefined
  try {
    const [id = '', ...secret] = atob(encoded).split(':')
    return [decodeURIComponent(id), decodeURIComponent(secret.join(':'))]
  } catch {
    return undefined
  }
}

/** The client that proves its secret, in the body or as Basic auth. */
function clientOf({ tokens }: World, form: URLSearchParams, headers: Headers): OAuthClient | undefined {
  const [basicId, basicSecret] = basicOf(headers) ?? []
  const client = tokens.client(form.get('client_id') ?? basicId ?? '')
  return client && client.clientSecret === (form.get('client_secret') ?? basicSecret) ? client : undefined
}

function byCredentials(world: World, client: OAuthClient): Given | undefined {
  if (!isOn(world.database, 'glide.oauth.inbound.client.credential.grant_type.enabled')) return undefined
  const { applicationUser } = client
  const principal = applicationUser === undefined ? undefined : world.access.named(applicationUser)
  return principal && world.tokens.give(client, principal, { refreshable: false })
}

function byPassword(world: World, client: OAuthClient, form: URLSearchParams): Given | undefined {
  if (isOn(world.database, 'glide.oauth.inbound.ropc.grant_type.disabled')) return undefined
  const principal = world.access.login(form.get('username') ?? '', form.get('password') ?? '')
  return principal && world.tokens.give(client, principal, { refreshable: true })
}

function subjectOf({ access, database }: World, field: string, subject: string): Principal | undefined {
  const users = database.need('sys_user')
  for (const principal of access.principals) {
    const row = users.find(principal.id)
    if (row && users.read(row, field) === subject) return principal
  }
  return undefined
}

async function byAssertion(
  world: World,
  client: OAuthClient,
  form: URLSearchParams,
): Promise<Given | undefined> {
  const { jwt, clientId } = client
  const claims = jwt && (await readAssertion(form.get('assertion') ?? '', jwt))
  if (!claims || claims.aud !== clientId) return undefined
  if (jwt.issuer !== undefined && claims.iss !== jwt.issuer) return undefined
  const nowMs = world.clock.now().getTime()
  const { exp, nbf, jti, sub = '' } = claims
  if (exp === undefined || exp * 1000 + SKEW_MS <= nowMs) return undefined
  if (nbf !== undefined && nbf * 1000 - SKEW_MS > nowMs) return undefined
  const principal = subjectOf(world, jwt.userField ?? 'user_name', sub)
  if (!principal) return undefined
  // An assertion is a letter, not a key: its id opens once.
  if (jti !== undefined && !world.tokens.firstUse(jti, exp * 1000 + SKEW_MS)) return undefined
  return world.tokens.give(client, principal, { refreshable: true })
}

function given(world: World, client: OAuthClient, form: URLSearchParams) {
  switch (form.get('grant_type')) {
    case 'client_credentials':
      return byCredentials(world, client)
    case 'password':
      return byPassword(world, client, form)
    case 'refresh_token':
      return world.tokens.refresh(client, form.get('refresh_token') ?? '')
    case JWT_BEARER:
      return byAssertion(world, client, form)
    default:
      return undefined
  }
}

/** Answers a request for a token. Only a form body is read; a JSON body has no `grant_type` and is refused like the rest. */
export async function handleOAuth(world: World, call: Call): Promise<Answer> {
  if (call.method !== 'POST') return failures.methodNotAllowed()
  const isForm = /^application\/x-www-form-urlencoded\s*(;|$)/i.test(call.headers.get('content-type') ?? '')
  const form = new URLSearchParams(isForm ? call.text : '')
  const client = clientOf(world, form, call.headers)
  const tokens = client && (await given(world, client, form))
  return tokens ? answerWith(tokens) : refused()
}
