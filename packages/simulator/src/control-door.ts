/** The control methods as JSON over HTTP under `/__sim/`: for tests in other processes and other languages. No sign-in, so no page but its own gets in. */
import { type Answer, json } from './answer.ts'
import { type Asked, bodyOf, streamOf } from './asked.ts'
import type { Call } from './call.ts'
import type { Control } from './control.ts'
import { ControlError } from './control-error.ts'
import { controlRoutes } from './control-routes.ts'

/** What of a request the door looks at. */
export type Knock = Pick<Call, 'method' | 'url' | 'headers' | 'text'>

/** Media types that a foreign page cannot send without asking first: a form and a plain text need no leave of the door. */
const JSON_TYPES = /^application\/(?:[\w.+-]+\+)?(?:json|x-ndjson|ndjson|jsonl)\s*(?:;|$)/i

function refusal(status: number, path: string, message: string, mend: string): Answer {
  return json(
    status,
    JSON.stringify({ error: `${path}: ${message} ${mend}`, problems: [{ path, message, mend }] }),
  )
}

/** A browser names the page that asks, in every request that changes something; other clients name none. */
function refuseStranger({ method, headers, url }: Knock): Answer | undefined {
  const origin = headers.get('origin')
  if (origin !== null && origin !== url.origin)
    return refusal(
      403,
      'Origin',
      `Pages of ${origin} are not let in.`,
      `Ask from ${url.origin}, or from no page.`,
    )
  const type = headers.get('content-type')
  if (method !== 'POST' || type === null || JSON_TYPES.test(type)) return undefined
  const mend = 'Send application/json (curl -H "content-type: application/json").'
  return refusal(415, 'Content-Type', `${type} is not taken.`, mend)
}

function askedBy({ method, url, text }: Knock, name: string, rest: string): Asked {
  const body = method !== 'POST' ? {} : name === 'play' ? streamOf(text) : bodyOf(text)
  return { body, rest, search: url.searchParams }
}

/**
 * Answers one control request: 200 with JSON, 404 for an unknown route, 403 and 415 for pages of others and what they
 * can send, 400 with every fault, its place and its mend; nothing has changed then.
 */
export function handleControl(control: Control, knock: Knock): Answer {
  const stranger = refuseStranger(knock)
  if (stranger) return stranger
  const [name = '', ...parts] = knock.url.pathname.replace(/^\/__sim\/?/, '').split('/')
  const route = `${knock.method} ${name}`
  const handler = Object.hasOwn(controlRoutes, route) ? controlRoutes[route] : undefined
  if (!handler) {
    const known = Object.keys(controlRoutes)
    return json(404, JSON.stringify({ error: `No control ${route}`, routes: known }))
  }
  try {
    return json(200, JSON.stringify(handler(control, askedBy(knock, name, parts.join('/')))))
  } catch (error) {
    const problems = error instanceof ControlError ? { problems: error.problems } : {}
    const message = error instanceof Error ? error.message : String(error)
    return json(400, JSON.stringify({ error: message, ...problems }))
  }
}
