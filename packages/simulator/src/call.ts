/** One request as plain data, and what the API makes of it once nothing stands in its way. */
import { type Answer, failures, html } from './answer.ts'
import { LOGIN_PAGE } from './faults.ts'
import { handleTable } from './table-api.ts'
import type { World } from './world.ts'

const TABLE_PATH = /^\/api\/now(?:\/(v\d+))?\/table\/([^/]+)(?:\/([^/]+))?\/?$/
const WRITES = new Set(['POST', 'PUT', 'PATCH'])
const DEFAULT_MAX_BODY = 10_485_760
const DEFAULT_MAX_URL = 16_384

/** A request read once, so that each step asks plain data. */
export interface Call {
  readonly method: string
  readonly url: URL
  readonly headers: Headers
  readonly signal: AbortSignal
  readonly text: string
  readonly table: RegExpExecArray | null
}

/** Reads a request and its body. */
export async function readCall(request: Request): Promise<Call> {
  const url = new URL(request.url)
  const override = request.headers.get('x-http-method-override')
  const method = (override && request.method === 'POST' ? override : request.method).toUpperCase()
  const text = request.body ? await request.text() : ''
  return {
    method,
    url,
    headers: request.headers,
    signal: request.signal,
    text,
    table: TABLE_PATH.exec(url.pathname),
  }
}

/** Path and query as people write them. */
export function decoded(url: URL): string {
  const text = url.pathname + url.search
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    return text
  }
}

/** What is wrong with the media types, if anything; only JSON is spoken here. */
function refuseMedia({ headers, method }: Call): Answer | undefined {
  const accept = headers.get('accept') ?? '*/*'
  if (!/application\/json|application\/\*|\*\/\*/i.test(accept)) return failures.notAcceptable()
  if (!WRITES.has(method)) return undefined
  return /^application\/json\b/i.test(headers.get('content-type') ?? '')
    ? undefined
    : failures.unsupportedType()
}

function refuseSize({ method, text }: Call, { options }: World): Answer | undefined {
  const most = options.maxBodyBytes ?? DEFAULT_MAX_BODY
  if (!WRITES.has(method) || text.length * 3 <= most) return undefined
  const bytes = new TextEncoder().encode(text).length
  return bytes > most ? failures.tooLarge(bytes, most) : undefined
}

function answerTable(world: World, call: Call, table: RegExpExecArray): Answer {
  const principal = world.access.authenticate(call.headers.get('authorization'))
  if (!principal) return failures.notAuthenticated()
  const refused = refuseMedia(call) ?? refuseSize(call, world)
  if (refused) return refused
  const answer = handleTable(world, {
    method: call.method === 'HEAD' ? 'GET' : call.method,
    url: call.url,
    version: table[1],
    table: decodeURIComponent(table[2] ?? ''),
    id: table[3] === undefined ? undefined : decodeURIComponent(table[3]),
    principal,
    withoutBody: call.headers.get('x-no-response-body') === 'true',
    body: call.text,
  })
  return call.method === 'HEAD' ? { ...answer, body: '' } : answer
}

/** The answer of the API, or of what stands beside it. */
export function answerCall(world: World, call: Call): Answer {
  if (call.url.href.length > (world.options.maxUrlLength ?? DEFAULT_MAX_URL)) {
    return html(
      400,
      '<!doctype html><html><body><h1>HTTP Status 400</h1><p>Request header is too large</p></body></html>',
    )
  }
  if (call.table) return answerTable(world, call, call.table)
  return call.url.pathname.startsWith('/api/') ? failures.unknownPath() : html(200, LOGIN_PAGE)
}
