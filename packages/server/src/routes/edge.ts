/** What happens to every request before and after its route: who calls, may they, is it one of our pages, how the answer is dressed. */
import type { H3Event } from 'h3'
import type { Attempts } from '../auth/attempts.ts'
import { demand } from '../auth/permissions.ts'
import type { Principal } from '../auth/principal.ts'
import type { Actor } from '../db/audit.ts'
import { readJsonBody } from '../http/body.ts'
import { problemResponse } from '../http/problem-response.ts'
import { requestIdOf } from '../http/request-id.ts'
import { demandSameOrigin, isSafe } from '../http/same-origin.ts'
import { toProblem } from '../problem/from-error.ts'
import { ProblemError } from '../problem/problem-error.ts'
import type { Services } from '../services/services.ts'
import type { Route } from './route.ts'

/** Writes of one principal within a minute: above it a client is looping. */
const MAX_WRITES = 600

export interface Edge {
  services: Services
  writes: Attempts
}

/** What is known of a request for its whole life; kept on the event. */
interface Known {
  requestId: string
  startedAtMs: number
  principal: Principal | null
}

const known = new WeakMap<object, Known>()

/** The request's id and begin; made at the first question. */
export function knownOf(event: H3Event, { clock }: Services): Known {
  const present = known.get(event)
  if (present !== undefined) return present
  const requestId = requestIdOf(event.req.headers.get('x-request-id'))
  const made = { requestId, startedAtMs: clock.now(), principal: null }
  known.set(event, made)
  return made
}

/** Runs a route: authentication, same origin, permission, pace, body, handler. */
export async function handleRoute(event: H3Event, route: Route, edge: Edge): Promise<Response> {
  const { services } = edge
  const facts = knownOf(event, services)
  const request: Request = event.req
  const principal = route.permission === 'anonymous' ? null : await services.authenticate(request)
  facts.principal = principal
  const actor: Actor = { id: principal?.userId ?? 'anonymous', requestId: facts.requestId }
  await demandAudited(services, route, principal, actor)
  if (!isSafe(request.method)) {
    if (principal?.viaCookie) demandSameOrigin(request, ownOrigins(event, services))
    if (principal !== null) demandPace(edge, principal, services.clock.now())
  }
  const body = isSafe(request.method) ? undefined : await readJsonBody(event)
  return route.handle(
    {
      request,
      url: event.url,
      params: decodeParams(event.context.params ?? {}),
      body,
      principal,
      actor,
      requestId: facts.requestId,
      address: addressOf(event, services.config.trustProxy),
    },
    services,
  )
}

async function demandAudited(
  services: Services,
  route: Route,
  principal: Principal | null,
  actor: Actor,
): Promise<void> {
  try {
    demand(principal, route.permission)
  } catch (error) {
    // Anonymous callers must not be able to fill the disk: only a known one leaves a line.
    if (principal !== null) {
      await services.audit(actor, { action: 'authz.denied', target: `${route.method} ${route.path}` })
    }
    throw error
  }
}

function demandPace({ writes }: Edge, principal: Principal, now: number): void {
  const window = writes.add(principal.userId)
  if (window.count <= MAX_WRITES) return
  throw new ProblemError('rate_limited', 'More than 600 changes within a minute.', {
    retryAfterSeconds: Math.max(1, Math.ceil((window.resetsAt - now) / 1000)),
  })
}

/** The count of a principal's writes, for the headers of the answer. */
export function rateLimitHeaders(event: H3Event, { writes, services }: Edge): Record<string, string> {
  const principal = known.get(event)?.principal ?? null
  if (principal === null || isSafe(event.req.method)) return {}
  const window = writes.read(principal.userId)
  return {
    'ratelimit-limit': String(MAX_WRITES),
    'ratelimit-remaining': String(Math.max(0, MAX_WRITES - window.count)),
    'ratelimit-reset': String(Math.max(0, Math.ceil((window.resetsAt - services.clock.now()) / 1000))),
  }
}

function ownOrigins(event: H3Event, { config }: Services): string[] {
  return [event.url.origin, ...(config.publicUrl === null ? [] : [new URL(config.publicUrl).origin])]
}

/** Without a trusted proxy the forwarded header is anybody's word. The last hop is the one our proxy wrote. */
function addressOf(event: H3Event, trustProxy: boolean): string {
  const forwarded = trustProxy ? event.req.headers.get('x-forwarded-for') : null
  const last = forwarded?.split(',').at(-1)?.trim()
  return last || event.req.ip || 'unknown'
}

/** Parameters as text; what cannot be decoded stays as it is and fits no schema. */
function decodeParams(params: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(params).map(([name, value]) => {
      try {
        return [name, decodeURIComponent(value)]
      } catch {
        return [name, value]
      }
    }),
  )
}

/** The answer for whatever was thrown; unknown errors go to the log and show a request id only. */
export function failed(event: H3Event, error: unknown, services: Services): Response {
  const { requestId } = knownOf(event, services)
  const problem = toProblem(error)
  if (problem.code === 'internal') {
    services.logger.error('http.error', { requestId, path: event.url.pathname, error: stackOf(error) })
  }
  const { basePath } = services.config
  return problemResponse(problem, { instance: event.url.pathname, requestId, basePath })
}

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}

/** What an address without a route answers: nobody is told what exists before they have signed in. */
export async function answerUnrouted(
  event: H3Event,
  routes: readonly { method: string; matches: (path: string) => boolean }[],
  services: Services,
): Promise<Response> {
  const { pathname } = event.url
  const path = pathname.slice(services.config.basePath.length)
  const principal = await services.authenticate(event.req)
  const guarded = /^\/(api|integrations)(\/|$)/.test(path)
  if (guarded && principal === null) {
    return failed(event, new ProblemError('unauthenticated', 'Sign in to do this.'), services)
  }
  const allowed = [...new Set(routes.filter((route) => route.matches(pathname)).map((route) => route.method))]
  // An address whose escapes cannot be read fits a pattern and still names nothing.
  if (allowed.length === 0 || allowed.includes(event.req.method === 'HEAD' ? 'GET' : event.req.method)) {
    return failed(event, new ProblemError('not_found', 'Nothing is at this address.'), services)
  }
  const methods = allowed.includes('GET') ? [...allowed, 'HEAD'] : allowed
  const response = failed(
    event,
    new ProblemError('method_not_allowed', `This address takes ${methods.join(', ')}.`),
    services,
  )
  response.headers.set('allow', methods.join(', '))
  return response
}
