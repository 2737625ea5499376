/** The instance itself: `(Request) => Response`, with faults on the way in and out, and the control methods beside it. */
import type { Principal } from './acl.ts'
import type { Answer } from './answer.ts'
import { answerCall, type Call, decoded, readCall } from './call.ts'
import { createClock } from './clock.ts'
import { type Control, createControl } from './control.ts'
import { handleControl } from './control-door.ts'
import { answerInstead, type Fault, type Strike, spoil } from './faults.ts'
import type { Pass } from './gate.ts'
import { mutate } from './mutate.ts'
import { headersFor, type Outgoing, toResponse } from './response.ts'
import { createWorld, type World, type InstanceOptions as WorldOptions } from './world.ts'

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
   * it is read. Paths under `/__sim/` reach the control door.
   */
  fetch(input: Request | string | URL, init?: RequestInit): Promise<Response>
  readonly control: Control
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

/** What came of a request, and how long it waited for its turn. */
interface Served {
  readonly answer: Answer
  readonly waits?: Pass['waits']
}

/** Takes a request through the rate rules and the queues to its work. */
async function admit(
  world: World,
  call: Call,
  strike: Strike,
  principal: Principal | undefined,
): Promise<Served> {
  // A connection that breaks on its way never stood in a queue.
  if (strike.fault?.kind === 'refuse') return { answer: await serveCall(world, call, strike) }
  const { rates, gate, clock } = world
  const table = call.table?.[2]
  const charge = principal && table ? rates.charge(principal, table, clock.now().getTime()) : undefined
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

/** Writes a request down; the returned function writes what became of it. */
function book(world: World, call: Call, strike: Strike, user: string | undefined) {
  const { statistics, requests } = world
  const { method, url, table } = call
  const since = performance.now()
  const authorization = call.headers.has('authorization')
  const fault = strike.fault?.kind ?? (strike.delayMs > 0 ? 'slow' : undefined)
  const more = { ...(user === undefined ? {} : { user }), ...(fault === undefined ? {} : { fault }) }
  const named = table?.[2] === undefined ? {} : { table: table[2] }
  statistics.begin()
  const end = requests.begin({
    method,
    path: url.pathname,
    query: url.search.slice(1),
    authorization,
    ...named,
    ...more,
  })
  return (status: number, bytes: number): void => {
    const ms = performance.now() - since
    end(status)
    statistics.end({ method, url: url.href, status, ms, credentials: authorization, ...more }, bytes)
  }
}

async function answerRequest(world: World, call: Call): Promise<Outgoing> {
  const { access, faults } = world
  const strike = faults.strike({ method: call.method, table: call.table?.[2], path: decoded(call.url) })
  const principal = access.authenticate(call.headers.get('authorization'))
  const finish = book(world, call, strike, principal?.userName)
  try {
    const { answer, waits } = await admit(world, call, strike, principal)
    finish(answer.status, answer.body.length)
    return { answer, headers: headersFor(world, call.headers, answer, waits) }
  } catch (error) {
    finish(0, 0)
    throw error
  }
}

/** Does the work that was due since somebody last asked, each change with the stamp of its own moment. */
function goOn(world: World): void {
  for (const { seed, count, at } of world.work.due())
    mutate({ ...world, clock: { ...world.clock, now: () => at } }, { seed, count })
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
  const present = (): World => {
    goOn(world)
    return world
  }
  const control = createControl(clock, present, () => {
    world = createWorld(options, clock)
    options.begin?.(control)
  })
  options.begin?.(control)
  const door = async (request: Request): Promise<Outgoing> => {
    request.signal.throwIfAborted()
    const call = await readCall(request)
    if (!call.url.pathname.startsWith('/__sim/')) return answerRequest(present(), call)
    const answer = handleControl(control, request.method, call.url, call.text)
    return { answer, headers: answer.headers }
  }
  const instance: Instance = {
    control,
    fetch: async (input, init) =>
      toResponse(await door(input instanceof Request && !init ? input : new Request(input, init))),
  }
  doors.set(instance, door)
  return instance
}

const doors = new WeakMap<Instance, (request: Request) => Promise<Outgoing>>()

/** The way to an instance for a door of our own, which sends a lent buffer without a copy; `undefined` for one that only looks like ours. */
export function doorOf(instance: Instance): ((request: Request) => Promise<Outgoing>) | undefined {
  return doors.get(instance)
}
