/** The instance itself: `(Request) => Response`, with faults on the way in and out, and the control methods beside it. */
import { type Answer, failures, html } from './answer.ts'
import { createClock } from './clock.ts'
import { type Control, createControl } from './control.ts'
import { handleControl } from './control-door.ts'
import { answerInstead, type Fault, LOGIN_PAGE, type Strike, spoil } from './faults.ts'
import { headersFor, toResponse } from './response.ts'
import type { LogEntry } from './statistics.ts'
import { handleTable } from './table-api.ts'
import { createWorld, type InstanceOptions, type World } from './world.ts'

export type { InstanceOptions } from './world.ts'

/** A pretend ServiceNow instance. */
export interface Instance {
  /**
   * Answers one request, with the signature of the global `fetch`. It rejects with `TypeError` where a network would
   * break (`fetch failed`), and with the signal's reason when the caller gives up; a body cut on its way errors while
   * it is read. Paths under `/__sim/` reach the control door.
   */
  fetch(input: Request | string | URL, init?: RequestInit): Promise<Response>
  readonly control: Control
}

const TABLE_PATH = /^\/api\/now(?:\/(v\d+))?\/table\/([^/]+)(?:\/([^/]+))?\/?$/
const WRITES = new Set(['POST', 'PUT', 'PATCH'])
const DEFAULT_MAX_BODY = 10_485_760
const DEFAULT_MAX_URL = 16_384

/** A request read once, so that each step asks plain data. */
interface Call {
  readonly method: string
  readonly url: URL
  readonly headers: Headers
  readonly signal: AbortSignal
  readonly text: string
  readonly table: RegExpExecArray | null
}

async function readCall(request: Request): Promise<Call> {
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

function decoded(url: URL): string {
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

function answerCall(world: World, call: Call): Answer {
  if (call.url.href.length > (world.options.maxUrlLength ?? DEFAULT_MAX_URL)) {
    return html(
      400,
      '<!doctype html><html><body><h1>HTTP Status 400</h1><p>Request header is too large</p></body></html>',
    )
  }
  if (call.table) return answerTable(world, call, call.table)
  return call.url.pathname.startsWith('/api/') ? failures.unknownPath() : html(200, LOGIN_PAGE)
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

const LATE_COMMIT_MS = 5_000

/** The instance goes on although nobody waits any more: its wait knows nothing of the caller's signal. */
function commitLater(world: World, call: Call, delayMs: number): Promise<never> {
  const nobody = new AbortController().signal
  const wait = world.options.sleep ?? sleepByTimer
  wait(delayMs, nobody).then(
    () => void answerCall(world, call),
    () => undefined,
  )
  return forever(call.signal)
}

/** Lets the API work under a fault. It rejects where no answer comes, before or after the work. */
async function answerUnder(world: World, call: Call, fault: Fault): Promise<Answer> {
  if (fault.kind === 'refuse') throw new TypeError('fetch failed')
  if (fault.kind === 'hang') return forever(call.signal)
  if (fault.kind === 'late-commit') return commitLater(world, call, fault.delayMs ?? LATE_COMMIT_MS)
  const instead = answerInstead(fault, world.clock.now().getTime())
  if (instead) return instead
  const answer = answerCall(world, call)
  if (fault.kind === 'lost-answer') throw new TypeError('fetch failed')
  if (fault.kind === 'lost-answer-hang') return forever(call.signal)
  return spoil(fault, answer)
}

async function serveCall(world: World, call: Call, { delayMs, fault }: Strike): Promise<Answer> {
  const wait = (world.options.latencyMs ?? 0) + delayMs
  if (wait > 0) await (world.options.sleep ?? sleepByTimer)(wait, call.signal)
  return fault ? answerUnder(world, call, fault) : answerCall(world, call)
}

function logEntry(world: World, call: Call, strike: Strike, status: number, began: number): LogEntry {
  const authorization = call.headers.get('authorization')
  const user = authorization === null ? undefined : world.access.authenticate(authorization)?.userName
  const fault = strike.fault?.kind ?? (strike.delayMs > 0 ? 'slow' : undefined)
  return {
    method: call.method,
    url: call.url.href,
    status,
    ms: performance.now() - began,
    credentials: authorization !== null,
    ...(user === undefined ? {} : { user }),
    ...(fault === undefined ? {} : { fault }),
  }
}

async function answerRequest(world: World, call: Call): Promise<Response> {
  const began = performance.now()
  const { statistics, faults } = world
  const table = call.table?.[2]
  statistics.begin()
  const strike = faults.strike({ method: call.method, table, path: decoded(call.url) })
  try {
    const answer = await serveCall(world, call, strike)
    statistics.end(logEntry(world, call, strike, answer.status, began), answer.body.length)
    return toResponse(answer, headersFor(world, call.headers, answer))
  } catch (error) {
    statistics.end(logEntry(world, call, strike, 0, began), 0)
    throw error
  }
}

/**
 * Creates an instance in memory, deterministic for a seed; nothing is shared between two instances.
 *
 * @example
 * const sn = createInstance({ seed: 1, incidents: 25 })
 * await sn.fetch('https://dev00000.service-now.com/api/now/table/incident?sysparm_limit=1', {
 *   headers: { authorization: `Basic ${btoa('admin:admin')}` },
 * }) // 200 {"result":[{...}]}, X-Total-Count: 25
 */
export function createInstance(options: InstanceOptions = {}): Instance {
  const clock = createClock(options.clock)
  let world = createWorld(options, clock)
  const control = createControl(
    clock,
    () => world,
    () => {
      world = createWorld(options, clock)
    },
  )
  return {
    control,
    async fetch(input, init) {
      const request = input instanceof Request && !init ? input : new Request(input, init)
      request.signal.throwIfAborted()
      const call = await readCall(request)
      if (call.url.pathname.startsWith('/__sim/')) {
        const answer = handleControl(control, request.method, call.url, call.text)
        return toResponse(answer, answer.headers)
      }
      return answerRequest(world, call)
    },
  }
}
