/** What the instance does with a request that was let in: finds its API, under a fault or not. */
import { aggregate } from './aggregate-api.ts'
import { type Answer, bodiless, failures, html } from './answer.ts'
import { handleAttachment } from './attachment-api.ts'
import { handleBatch } from './batch-api.ts'
import { type ApiName, decoded, type SignedCall } from './call.ts'
import { answerInstead, BrokenConnectionError, type Fault, LOGIN_PAGE, type Strike, spoil } from './faults.ts'
import { handleImport } from './import-api.ts'
import { handleOAuth } from './oauth-door.ts'
import { largestBody } from './properties.ts'
import { handleTable } from './table-api.ts'
import type { TableRequest } from './table-call.ts'
import { handleTiny, widen } from './tiny-url.ts'
import type { World } from './world.ts'

const WRITES = new Set(['POST', 'PUT', 'PATCH'])
/** The APIs whose writes are records. */
const OF_RECORDS: ReadonlySet<ApiName | undefined> = new Set<ApiName>(['table', 'attachment', 'import'])
/** Apache Tomcat's usual limit of a request line and its headers together (KB0826932). */
const DEFAULT_MAX_URL = 8192
const LATE_COMMIT_MS = 5_000

/** What is wrong with the media types, if anything; only JSON is spoken here. */
function refuseMedia({ headers, method }: SignedCall): Answer | undefined {
  const accept = headers.get('accept') ?? '*/*'
  if (!/(^|,)\s*(application\/json|application\/\*|\*\/\*)\s*(;|,|$)/i.test(accept))
    return failures.notAcceptable()
  if (!WRITES.has(method)) return undefined
  return /^application\/json\s*(;|$)/i.test(headers.get('content-type') ?? '')
    ? undefined
    : failures.unsupportedType()
}

function refuseSize(world: World, { method, text }: SignedCall): Answer | undefined {
  if (!WRITES.has(method)) return undefined
  const most = largestBody(world.database)
  if (text.length * 3 <= most) return undefined
  const bytes = new TextEncoder().encode(text).length
  return bytes > most ? failures.tooLarge(bytes, most) : undefined
}

/** The request as the APIs of tables read it. */
function tableRequest(call: SignedCall, principal: TableRequest['principal']): TableRequest {
  return {
    method: call.method === 'HEAD' ? 'GET' : call.method,
    url: call.url,
    version: call.route?.version,
    table: call.route?.parts[0] ?? '',
    id: call.route?.parts[1],
    principal,
    withoutBody: WRITES.has(call.method) && call.headers.get('x-no-response-body') === 'true',
    body: call.text,
  }
}

/** How many pieces a path may have behind the name of its API, at least and at most. */
const DEPTH = {
  table: [1, 2],
  stats: [1, 1],
  attachment: [0, 2],
  batch: [0, 0],
  import: [1, 2],
  tinyurl: [0, 0],
} as const

function answerSigned(
  world: World,
  call: SignedCall,
  principal: TableRequest['principal'],
): Answer | Promise<Answer> {
  const { route } = call
  if (!route || route.api === 'oauth') return failures.unknownPath()
  const [least, most] = DEPTH[route.api]
  if (route.parts.length < least || route.parts.length > most) return failures.unknownPath()
  // Attachments take every media type: what is sent is the file itself.
  if (route.api === 'attachment')
    return handleAttachment(world, { ...call, ...tableRequest(call, principal) }, route.parts)
  const refused = refuseMedia(call) ?? refuseSize(world, call)
  if (refused) return refused
  const request = tableRequest(call, principal)
  switch (route.api) {
    case 'table':
      return handleTable(world, request)
    case 'stats':
      return aggregate(world, request)
    case 'import':
      return handleImport(world, request)
    case 'tinyurl':
      return handleTiny(world, request)
    case 'batch':
      return handleBatch(world, call, (item) => answerItem(world, item))
  }
}

/** The answer of the API, or of what stands beside it. */
function answerCall(world: World, given: SignedCall): Answer | Promise<Answer> {
  const call = widen(world, given)
  const { route, who } = call
  if (!route) return call.url.pathname.startsWith('/api/') ? failures.unknownPath() : html(200, LOGIN_PAGE)
  if (route.api === 'oauth') return handleOAuth(world, call)
  return who.principal ? answerSigned(world, call, who.principal) : who.refused
}

/** The answer of Tomcat, which has not read the request when it refuses it. */
function refuseLine(world: World, { method, url }: SignedCall): Answer | undefined {
  const line = method.length + url.href.length - url.origin.length + ' HTTP/1.1'.length + 1
  if (line <= (world.options.maxUrlLength ?? DEFAULT_MAX_URL)) return undefined
  const page =
    '<!doctype html><html><body><h1>HTTP Status 400</h1><p>Request header is too large</p></body></html>'
  return html(400, page)
}

function forever(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const give = (): void => reject(signal.reason as Error)
    if (signal.aborted) give()
    else signal.addEventListener('abort', give, { once: true })
  })
}

function sleepByTimer(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const give = (): void => {
      clearTimeout(timer)
      reject(signal.reason as Error)
    }
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', give)
      resolve()
    }, ms)
    signal.addEventListener('abort', give, { once: true })
  })
}

/** The instance goes on although nobody waits any more: its wait knows nothing of the caller's signal. */
function commitLater(world: World, call: SignedCall, delayMs: number): Promise<never> {
  const nobody = new AbortController().signal
  const wait = world.options.sleep ?? sleepByTimer
  wait(delayMs, nobody)
    .then(() => answerCall(world, call))
    .catch(() => undefined)
  return forever(call.signal)
}

/** Lets the API work under a fault. It rejects where no answer comes, before or after the work. */
async function answerUnder(world: World, call: SignedCall, fault: Fault): Promise<Answer> {
  if (fault.kind === 'refuse') throw new BrokenConnectionError()
  if (fault.kind === 'hang') return forever(call.signal)
  if (fault.kind === 'late-commit') return commitLater(world, call, fault.delayMs ?? LATE_COMMIT_MS)
  const instead = answerInstead(fault, world.clock.now().getTime())
  if (instead) return instead
  const answer = await answerCall(world, call)
  if (fault.kind === 'lost-answer') throw new BrokenConnectionError()
  if (fault.kind === 'lost-answer-hang') return forever(call.signal)
  return spoil(fault, answer, call.method)
}

async function serve(
  world: World,
  call: SignedCall,
  { delayMs, fault }: Strike,
  latencyMs: number,
): Promise<Answer> {
  const wait = latencyMs + delayMs
  if (wait > 0) await (world.options.sleep ?? sleepByTimer)(wait, call.signal)
  return fault ? answerUnder(world, call, fault) : answerCall(world, call)
}

/** Serves one item of a batch: inside the instance there is no way to travel and no request line, but faults strike here too. */
async function answerItem(world: World, item: SignedCall): Promise<Answer> {
  const answer = await serve(world, item, strikeOf(world, item), 0)
  return item.method === 'HEAD' ? bodiless(answer) : answer
}

/** The faults that hit a call. */
export function strikeOf({ faults }: World, { method, table, url, route }: SignedCall): Strike {
  const writes = (WRITES.has(method) || method === 'DELETE') && OF_RECORDS.has(route?.api)
  return faults.strike({ method, table, path: decoded(url), writes })
}

/** Serves a call under what strikes it, after the way it has to travel. It rejects where no answer comes. */
export function serveCall(world: World, call: SignedCall, strike: Strike): Promise<Answer> {
  const refused = strike.fault ? undefined : refuseLine(world, call)
  if (refused) return Promise.resolve(refused)
  return serve(world, call, strike, world.options.latencyMs ?? 0)
}
