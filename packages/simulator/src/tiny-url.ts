/** Long addresses made short: `POST /api/now/tinyurl`, and `sysparm_tiny` in their place (servicenow.md 2.4). */
import { type Answer, failures, json } from './answer.ts'
import type { SignedCall } from './call.ts'
import { bodyOf, type TableRequest } from './table-call.ts'
import type { World } from './world.ts'

const TINY = 'sysparm_tiny'

/** Keeps a URL and answers the short one, as the platform's own pages use it: `{"result":"incident_list.do?sysparm_tiny=<id>"}`. */
export function handleTiny(world: World, request: TableRequest): Answer {
  if (request.method !== 'POST') return failures.methodNotAllowed()
  const url = bodyOf(request.body)?.url
  if (typeof url !== 'string' || url === '') return failures.unreadableBody()
  const [page = ''] = url.split('?')
  const known = [...world.tiny].find(([, held]) => held === url)?.[0]
  const id = known ?? world.random.hex(32)
  world.tiny.set(id, url)
  return json(200, JSON.stringify({ result: `${page}?${TINY}=${id}` }))
}

/** A call with the parameters that its `sysparm_tiny` stands for; those in the address itself go before them. */
export function widen<C extends SignedCall>(world: World, call: C): C {
  const id = call.url.searchParams.get(TINY)
  const long = id === null ? undefined : world.tiny.get(id)
  if (long === undefined) return call
  const url = new URL(call.url)
  url.searchParams.delete(TINY)
  const [, query = ''] = long.split('?')
  for (const [name, value] of new URLSearchParams(query))
    if (!url.searchParams.has(name)) url.searchParams.set(name, value)
  return { ...call, url }
}
