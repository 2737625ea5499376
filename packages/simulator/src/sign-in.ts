/** Who sends a request: by Basic auth, a Bearer token or an API key, and what an instance says to everybody else. */
import type { Principal } from './acl.ts'
import { type Answer, failures } from './answer.ts'
import { showsKey } from './api-keys.ts'
import type { Call, Who } from './call.ts'
import { isOn, propertyOf } from './properties.ts'
import type { World } from './world.ts'

const BEARER = /^Bearer\s+(\S+)\s*$/i

function listOf(text: string): string[] {
  return text
    .split(',')
    .map((part) => part.trim())
    .filter(Boolean)
}

/** Whether Basic auth is closed to a user, as new instances of 2026 begin to have it. */
function basicClosed({ database }: World, { userName, roles }: Principal): boolean {
  const on = (name: 'active' | 'enforce'): boolean =>
    isOn(database, `glide.authenticate.basic_auth.restriction.${name}`)
  if (!on('active') || !on('enforce')) return false
  const allowed = (name: 'roles' | 'users'): string[] =>
    listOf(propertyOf(database, `glide.authenticate.basic_auth.restriction.allowed_${name}`))
  return !allowed('users').includes(userName) && !allowed('roles').some((role) => roles.includes(role))
}

function refusalFor(world: World, call: Call): Answer {
  // The Attachment API of Australia does not ask for credentials that were not sent (KB3054410).
  const silent = world.options.attachmentsAskNoCredentials && call.route?.api === 'attachment'
  return silent && !call.headers.has('authorization') ? failures.closedTable() : failures.notAuthenticated()
}

function principalOf(world: World, call: Call): Principal | undefined {
  const { access, tokens, apiKeys } = world
  const authorization = call.headers.get('authorization')
  if (authorization === null) {
    if (!showsKey(call.headers, call.url)) return undefined
    const user = apiKeys.user(call.route?.api, call.headers, call.url)
    return user === undefined ? undefined : access.named(user)
  }
  const bearer = BEARER.exec(authorization)?.[1]
  if (bearer !== undefined) return tokens.user(bearer)
  const principal = access.authenticate(authorization)
  return principal && !basicClosed(world, principal) ? principal : undefined
}

/** Finds out who sends a request. A dead token is answered like a wrong password: 401, with the same words. */
export function signIn(world: World, call: Call): Who {
  const principal = principalOf(world, call)
  if (principal) return { principal }
  if (world.access.lacksCode(call.headers.get('authorization'))) return { refused: failures.missingCode() }
  return { refused: refusalFor(world, call) }
}
