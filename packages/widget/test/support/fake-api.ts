/** A `fetch` that answers like the server, from a small table of routes, and remembers what it was asked. */
import {
  type HealthView,
  type IncidentList,
  type IncidentView,
  type Problem,
  type ProblemCode,
  type PullAnswer,
  paths,
  problemStatuses,
} from '@snowline/protocol'
import { detail, health, incidents, page } from './incidents.ts'

export interface Asked {
  url: URL
  headers: Headers
  method: string
  /** What was sent as JSON, null without a body. */
  body: unknown
}

export interface FakeApi {
  fetch: typeof globalThis.fetch
  asked: Asked[]
  /** Only the requests for the list. */
  lists(): Asked[]
}

/** A body, a problem, or a Response made by hand. */
type Answer<T> = T | Response

export interface FakeRoutes {
  health?: () => Answer<HealthView>
  incidents?: (
    query: URLSearchParams,
    headers: Headers,
  ) => Answer<IncidentList> | Promise<Answer<IncidentList>>
  incident?: (sysId: string) => Answer<object>
  /** What the signed-in person may do; without it nobody knows. */
  permissions?: () => readonly string[]
  pull?: (body: unknown) => Answer<PullAnswer> | Promise<Answer<PullAnswer>>
  /** Seen before any route: an answer here ends it. */
  gate?: (asked: Asked) => Response | null
}

export function problem(
  code: ProblemCode,
  over: Partial<Problem> = {},
  headers: Record<string, string> = {},
): Response {
  const status = problemStatuses[code]
  const detailText = over.detail ?? `It was ${code}`
  const body: Problem = {
    type: `/docs/errors#${code}`,
    title: code,
    status,
    detail: detailText,
    instance: '/api/sn/incidents',
    success: false,
    error: detailText,
    message: detailText,
    code,
    requestId: '01KTEST',
    ...over,
  }
  return Response.json(body, { status, headers: { 'content-type': 'application/problem+json', ...headers } })
}

const rows: readonly IncidentView[] = incidents(60)

/** 60 incidents in pages of `limit`, the cursor being the offset. */
export function pages(query: URLSearchParams): IncidentList {
  const limit = Number(query.get('limit'))
  const start = Number(query.get('cursor') ?? 0)
  const end = start + limit
  return page(rows.slice(start, end), {
    total: rows.length,
    nextCursor: end < rows.length ? String(end) : null,
  })
}

export function fakeApi(routes: FakeRoutes = {}): FakeApi {
  const asked: Asked[] = []
  const fetch: typeof globalThis.fetch = async (input, init) => {
    const url = new URL(String(input), 'http://page.test/')
    const request: Asked = {
      url,
      headers: new Headers(init?.headers),
      method: init?.method ?? 'GET',
      body: typeof init?.body === 'string' ? JSON.parse(init.body) : null,
    }
    asked.push(request)
    await Promise.resolve()
    init?.signal?.throwIfAborted()
    const gate = routes.gate?.(request)
    if (gate) return gate
    const answer = await route(request, routes)
    init?.signal?.throwIfAborted()
    return answer instanceof Response ? answer : Response.json(answer)
  }
  return { fetch, asked, lists: () => asked.filter(({ url }) => url.pathname === paths.incidents) }
}

async function route({ url, headers, body }: Asked, routes: FakeRoutes): Promise<Response | object> {
  if (url.pathname === paths.me && routes.permissions !== undefined) {
    return { success: true, user: { permissions: routes.permissions() } }
  }
  if (url.pathname === paths.pull && routes.pull !== undefined) return routes.pull(body)
  if (url.pathname === paths.health) return (routes.health ?? health)()
  if (url.pathname === paths.incidents) return (routes.incidents ?? pages)(url.searchParams, headers)
  const sysId = decodeURIComponent(url.pathname.slice(paths.incident('').length))
  if (routes.incident !== undefined) return routes.incident(sysId)
  const found = rows.find((row) => row.sys_id === sysId)
  return found === undefined ? problem('not_found') : { success: true, incident: detail(found) }
}
