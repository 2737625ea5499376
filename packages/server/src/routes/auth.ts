/** Sign-in, sign-out, who am I, and short tokens for a widget. */
import { loginBody } from '@snowline/protocol/schemas'
import { readSessionCookie, sessionCookie } from '../auth/authenticate.ts'
import { type Principal, userView } from '../auth/principal.ts'
import { sessionPrefix } from '../auth/tokens.ts'
import { isoSeconds } from '../clock.ts'
import { json } from '../http/json.ts'
import { ProblemError } from '../problem/problem-error.ts'
import { SESSION_SECONDS } from '../services/sign-in.ts'
import { defineRoute, type Route } from './route.ts'

const login = defineRoute({
  method: 'POST',
  path: '/api/auth/login',
  permission: 'anonymous',
  summary: 'Sign in; the token also works as a bearer token',
  body: loginBody,
  async handler({ body, address, actor, url, request }, { signIn, config }) {
    const { principal, token, expiresAtMs } = await signIn.signIn(body, { address, actor })
    const answer = { success: true, token, expiresAt: isoSeconds(expiresAtMs), user: userView(principal) }
    const forwarded = config.trustProxy ? request.headers.get('x-forwarded-proto') : null
    const secure = (config.publicUrl ?? (forwarded === null ? url.href : `${forwarded}:`)).startsWith(
      'https:',
    )
    const path = config.basePath === '' ? '/' : config.basePath
    return json(answer, {
      headers: { 'set-cookie': cookie(token, { maxAge: SESSION_SECONDS, path, secure }) },
    })
  },
})

const logout = defineRoute({
  method: 'POST',
  path: '/api/auth/logout',
  permission: 'signed-in',
  summary: 'Sign out',
  async handler({ request }, { signIn, config }) {
    const bearer = /^Bearer +(\S+)$/i.exec(request.headers.get('authorization') ?? '')?.[1]
    const token = bearer ?? readSessionCookie(request)
    if (token?.startsWith(sessionPrefix)) await signIn.signOut(token)
    const path = config.basePath === '' ? '/' : config.basePath
    return json(
      { success: true },
      { headers: { 'set-cookie': cookie('', { maxAge: 0, path, secure: false }) } },
    )
  },
})

const me = defineRoute({
  method: 'GET',
  path: '/api/auth/me',
  permission: 'signed-in',
  summary: 'Who is signed in',
  handler: ({ principal }) => json({ success: true, user: userView(principal) }),
})

const widgetToken = defineRoute({
  method: 'POST',
  path: '/api/widget-token',
  permission: 'signed-in',
  summary: "A token of at most ten minutes with the caller's view and push permissions",
  async handler({ principal }, { widgetTokens }) {
    const { token, expiresAt } = await widgetTokens.issue(demandRenewable(principal))
    return json({ success: true, token, expiresAt: isoSeconds(expiresAt) })
  },
})

/** A widget token cannot give birth to another: it would live for ever. */
function demandRenewable(principal: Principal): Principal {
  if (principal.kind !== 'widget_token') return principal
  throw new ProblemError('forbidden', 'A widget token cannot be exchanged for another one.', {
    hint: 'Ask with the session or token of the person.',
  })
}

function cookie(
  value: string,
  { maxAge, path, secure }: { maxAge: number; path: string; secure: boolean },
): string {
  const parts = [`${sessionCookie}=${value}`, `Path=${path}`, `Max-Age=${maxAge}`, 'HttpOnly', 'SameSite=Lax']
  return [...parts, ...(secure ? ['Secure'] : [])].join('; ')
}

export const authRoutes: readonly Route[] = [login, logout, me, widgetToken]
