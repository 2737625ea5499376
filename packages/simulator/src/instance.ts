/** The instance itself: `(Request) => Response`, with faults on the way in and out, and the control methods beside it. */
import { type Answer, bodiless, failures, lengthOf } from './answer.ts'
import { API_KEY_NAME, showsKey } from './api-keys.ts'
import { type ApiName, type Call, readCall, type SignedCall } from './call.ts'
import { createClock } from './clock.ts'
import { type Control, createControl } from './control.ts'
import { handleControl } from './control-door.ts'
import { guardControl } from './control-guard.ts'
import { serveCall, strikeOf } from './dispatch.ts'
import { BrokenConnectionError, type Strike } from './faults.ts'
import type { Pass } from './gate.ts'
import { mutate } from './mutate.ts'
import type { Charge } from './rate.ts'
import { headersFor, type Outgoing, toResponse } from './response.ts'
import { signIn } from './sign-in.ts'
import { createWorld, type World, type WorldOptions } from './world.ts'

/** What a new instance is made of, and what is done to it before anybody asks. */
export interface InstanceOptions extends WorldOptions {
  /** Runs on the fresh instance and after each reset: faults, limits and work to begin with. */
  readonly begin?: (control: Control) => void
}

/** A pretend ServiceNow instance. */
export interface Instance {
  /**
   * Answers one request, with the signature of the global `fetch`. It rejects with `TypeError` where a network would
   * break (`fetch failed`), and with the signal's reason when the caller gives up; a body cut on its way errors while
   * it is read. Whatever else fails in the instance itself is a 500 that says so. Paths under `/__sim/` reach the
   * control door.
   */
  fetch(input: Request | string | URL, init?: RequestInit): Promise<Response>
  /** Everything that no client can do: faults, limits, rights, the clock, data as it is, and a look at what happened. */
  readonly control: Control
}

/** What came of a request, and how long it waited for its turn. */
interface Served {
  readonly answer: Answer
  readonly waits?: Pass['waits']
}

const API_LABELS: Readonly<Record<ApiName, string>> = {
  table: 'Table API',
  stats: 'Aggregate API',
  attachment: 'Attachment API',
  batch: 'Batch API',
  import: 'Import Set API',
  tinyurl: 'Tiny URL API',
  oauth: 'OAuth',
}

function chargeFor({ rates, clock }: World, { route, table, who }: SignedCall): Charge | undefined {
  if (!who.principal || !route) return undefined
  return rates.charge(who.principal, { table, api: API_LABELS[route.api] }, clock.now().getTime())
}

/** Takes a request through the rate rules and the queues to its work. */
async function admit(world: World, call: SignedCall, strike: Strike): Promise<Served> {
  // A connection that breaks on its way never stood in a queue.
  if (strike.fault?.kind === 'refuse') return { answer: await serveCall(world, call, strike) }
  const { gate } = world
  const charge = chargeFor(world, call)
  const limited = (answer: Answer): Answer =>
    charge ? { ...answer, headers: { ...charge.headers, ...answer.headers } } : answer
  if (charge?.refused) return { answer: limited(charge.refused) }
  const pass = await gate.enter(call.headers.get('cookie'), call.signal)
  try {
    const answer = pass.refused ?? (await serveCall(world, call, strike))
    return { answer: limited(answer), waits: pass.waits }
  } finally {
    pass.leave()
  }
}

/** The books never hold a key, wherever a client put it. */
function withoutKey(url: URL): URL {
  if (!url.searchParams.has(API_KEY_NAME)) return url
  const clean = new URL(url)
  clean.searchParams.set(API_KEY_NAME, '***')
  return clean
}

/** Writes a request down; the returned function writes what became of it. */
function book(world: World, call: SignedCall, strike: Strike) {
  const { statistics, requests } = world
  const { method, url, table, who } = call
  const user = who.principal?.userName
  const since = performance.now()
  const authorization = call.headers.has('authorization') || showsKey(call.headers, url)
  const fault = strike.fault?.kind ?? (strike.delayMs > 0 ? 'slow' : undefined)
  const more = { ...(user === undefined ? {} : { user }), ...(fault === undefined ? {} : { fault }) }
  const named = table === undefined ? {} : { table }
  statistics.begin()
  const end = requests.begin({
    method,
    path: url.pathname,
    query: withoutKey(url).search.slice(1),
    authorization,
    ...named,
    ...more,
  })
  return (status: number, bytes: number): void => {
    const ms = performance.now() - since
    end(status, ms, bytes)
    statistics.end(
      { method, url: withoutKey(url).href, status, ms, credentials: authorization, ...more },
      bytes,
    )
  }
}

/** An answer in place of an error: what fails in here is 500 and can be seen. Throws where a network breaks or the caller gave up. */
function insteadOf(error: unknown, { signal }: Call): Answer {
  if (error instanceof BrokenConnectionError || signal.aborted) throw error
  return failures.internal(error)
}

async function admitSafely(world: World, call: SignedCall, strike: Strike): Promise<Served> {
  try {
    const { answer, waits } = await admit(world, call, strike)
    return { answer: call.method === 'HEAD' ? bodiless(answer) : answer, ...(waits ? { waits } : {}) }
  } catch (error) {
    return { answer: insteadOf(error, call) }
  }
}

async function answerRequest(world: World, asked: Call): Promise<Outgoing> {
  const call: SignedCall = { ...asked, who: signIn(world, asked) }
  const strike = strikeOf(world, call)
  const finish = book(world, call, strike)
  try {
    const { answer, waits } = await admitSafely(world, call, strike)
    finish(answer.status, lengthOf(answer))
    return { answer, headers: headersFor(world, call, answer, waits) }
  } catch (error) {
    finish(0, 0)
    throw error
  }
}

/** An answer with no more headers than its own. */
const plain = (answer: Answer): Outgoing => ({ answer, headers: answer.headers })

/** Does the work that was due since somebody last asked, each change with the stamp of its own moment. */
function goOn(world: World): void {
  for (const { seed, count, at } of world.work.due())
    mutate({ ...world, clock: { ...world.clock, now: () => at } }, { seed, count })
}

/**
 * Creates an instance in memory, deterministic for a seed; nothing is shared between two instances.
 *
 * Throws `RangeError` for a number that cannot be (`bulkIncidents`, the life of a token), a start of the clock that is
 * no date, and records or an import map of a table that is not there; `TypeError` for a record without a `sys_id` and
 * an API key without a policy. What `begin` throws comes through.
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
  const present = (): World => {
    goOn(world)
    return world
  }
  const restart = (): void => {
    world = createWorld(options, clock)
    options.begin?.(control)
  }
  const control: Control = guardControl(createControl(clock, present, restart), present)
  options.begin?.(control)
  const answerDoor = async (request: Request): Promise<Outgoing> => {
    request.signal.throwIfAborted()
    const call = await readCall(request)
    if (call.url.pathname.startsWith('/__sim/'))
      return plain(handleControl(control, { ...call, method: request.method }))
    try {
      return await answerRequest(present(), call)
    } catch (error) {
      return plain(insteadOf(error, call))
    }
  }
  // A Request follows its caller's signal by a weak link only: one that hangs and that nobody holds would be collected,
  // and its caller would never hear of its own abort.
  const underWay = new Set<Request>()
  const door = (request: Request): Promise<Outgoing> => {
    underWay.add(request)
    return answerDoor(request).finally(() => underWay.delete(request))
  }
  const instance: Instance = {
    control,
    async fetch(input, init) {
      const outgoing = await door(input instanceof Request && !init ? input : new Request(input, init))
      try {
        return toResponse(outgoing)
      } catch (error) {
        return toResponse(plain(failures.internal(error)))
      }
    },
  }
  doors.set(instance, door)
  return instance
}

const doors = new WeakMap<Instance, (request: Request) => Promise<Outgoing>>()

/** The way to an instance for a door of our own, which sends a lent buffer without a copy; `undefined` for one that only looks like ours. */
export function doorOf(instance: Instance): ((request: Request) => Promise<Outgoing>) | undefined {
  return doors.get(instance)
}
