/** The control methods as JSON over HTTP under `/__sim/`: for tests in other processes and other languages. No sign-in. */
import { type Answer, json } from './answer.ts'
import type { Control } from './control.ts'
import { controlRoutes } from './control-routes.ts'

function parseBody(text: string): Readonly<Record<string, unknown>> {
  // A change stream in lines is no JSON as a whole; `play` reads it by itself.
  try {
    const parsed: unknown = text === '' ? {} : JSON.parse(text)
    return typeof parsed === 'object' && parsed !== null ? (parsed as Readonly<Record<string, unknown>>) : {}
  } catch {
    return {}
  }
}

/** Answers one control request: 200 with JSON, 404 for an unknown route, 400 with the message of what was wrong. */
export function handleControl(control: Control, method: string, url: URL, text: string): Answer {
  const [name = '', ...parts] = url.pathname.replace(/^\/__sim\/?/, '').split('/')
  const handler = controlRoutes[`${method} ${name}`]
  if (!handler) {
    const known = Object.keys(controlRoutes)
    return json(404, JSON.stringify({ error: `No control ${method} ${name}`, routes: known }))
  }
  try {
    const asked = { body: parseBody(text), rest: parts.join('/'), search: url.searchParams, text }
    return json(200, JSON.stringify(handler(control, asked)))
  } catch (error) {
    return json(400, JSON.stringify({ error: error instanceof Error ? error.message : String(error) }))
  }
}
