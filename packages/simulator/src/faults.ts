/** Faults on demand: which request they hit, how often, and what they do to its answer. */
import { type Answer, bytesOf, failure, failures, html, json, textOf, withoutBody } from './answer.ts'
import { parseJson } from './json-body.ts'
import { cancelledBody } from './quota.ts'
import { createRandom, mixSeed, type Random } from './random.ts'

/** What goes wrong. The first group answers instead of the API, the second lets the API work and spoils the answer. */
export type FaultKind = (typeof FAULT_KINDS)[number]

/** Every kind, for the control door and for tests that walk them all. */
export const FAULT_KINDS = [
  /** 429 of a rate rule, with `Retry-After` and `X-RateLimit-*`. */
  'rate-limit',
  /** 429 of a full semaphore queue: no header, no body worth reading. */
  'semaphore',
  /** Any status (default 503), with `message`, `body` or `retryAfter`. */
  'status',
  /** The page of a sleeping developer instance: HTML at 200. */
  'hibernating',
  /** A login page: HTML at 200. */
  'login',
  /** The page of an upgrade: HTML at 503. */
  'maintenance',
  /** 401 as for wrong credentials. */
  'wrong-credential',
  /** 401 without a body. */
  'wrong-credential-empty',
  /** 202: more than ten transactions wait on the session; dropped, not executed. */
  'dropped',
  /** The connection breaks before the request is executed. */
  'refuse',
  /** No answer at all, nothing executed; ends when the caller gives up. */
  'hang',
  /** Executed, and answered `delayMs` later. */
  'slow',
  /** The connection breaks in the middle of the body. */
  'cut',
  /** Half of the JSON, properly ended, at 200. */
  'cut-json',
  /** A quota cancels the transaction: a list or record of 200 with a part of the result, then an error. */
  'error-in-result',
  /** Executed, then the connection breaks before any answer. */
  'lost-answer',
  /** Executed, and no answer ever comes. */
  'lost-answer-hang',
  /** Executed `delayMs` later (default 5,000), also when the caller has given up long before; no answer ever comes. */
  'late-commit',
  /** A write of a record: executed, and answered 403 because the writer may not read it back (KB2697679). */
  'forbidden-after-write',
  /** Executed, and the body is empty (KB3047115). */
  'empty-answer',
] as const

/** One fault to set. Without `match` it hits every call of the API. */
export interface Fault {
  readonly kind: FaultKind
  readonly match?: {
    readonly method?: string
    readonly table?: string
    /** A regular expression over the decoded path and query. */
    readonly path?: string
  }
  /** How many times it strikes; until cleared when left out. */
  readonly count?: number
  /** 0 to 1, default 1; drawn from `seed`. */
  readonly probability?: number
  readonly seed?: number
  /** Lets this many matching calls pass first. */
  readonly skip?: number
  readonly delayMs?: number
  readonly status?: number
  readonly retryAfter?: number
  readonly message?: string
  readonly body?: string
  readonly contentType?: string
  /** For `login`, `hibernating` and `maintenance`: a 302 to this address instead of a page, as with single sign-on. */
  readonly location?: string
}

/** A fault that is set, with its history. */
export interface FaultState extends Fault {
  readonly id: string
  readonly matched: number
  readonly fired: number
}

/** What faults look at. */
export interface FaultTarget {
  readonly method: string
  readonly table: string | undefined
  /** Decoded path and query. */
  readonly path: string
  /** Whether it is to write a record. */
  readonly writes: boolean
}

/** What strikes one call: a delay, a fault, both or nothing. */
export interface Strike {
  readonly delayMs: number
  readonly fault: Fault | undefined
}

/** The faults of an instance. */
export interface Faults {
  /** Sets a fault and gives its id; the control method has looked at it. */
  set(fault: Fault): string
  clear(id?: string): void
  list(): FaultState[]
  /** Finds what strikes a call and counts it. `slow` joins with another fault; else the first one set wins. */
  strike(target: FaultTarget): Strike
}

/** A network that breaks: what `fetch` rejects with, and never a fault of the instance itself. */
export class BrokenConnectionError extends TypeError {
  override readonly name = 'TypeError'

  constructor() {
    super('fetch failed')
  }
}

interface Held {
  readonly fault: Fault
  readonly path: RegExp | undefined
  readonly random: Random
  matched: number
  fired: number
}

function matches({ fault, path }: Held, target: FaultTarget): boolean {
  const { method, table } = fault.match ?? {}
  // Nobody has heard of this one but behind a write.
  if (fault.kind === 'forbidden-after-write' && !target.writes) return false
  if (method !== undefined && method.toUpperCase() !== target.method) return false
  if (table !== undefined && table !== target.table) return false
  return path === undefined || path.test(target.path)
}

function fires(held: Held): boolean {
  held.matched++
  if (held.matched <= (held.fault.skip ?? 0)) return false
  if (held.fault.count !== undefined && held.fired >= held.fault.count) return false
  if (!held.random.chance(held.fault.probability ?? 1)) return false
  held.fired++
  return true
}

/** Creates the (empty) list of faults; `seed` decides the draws of faults that bring no seed of their own. */
export function createFaults(seed: number): Faults {
  const held = new Map<string, Held>()
  let last = 0
  return {
    set(fault) {
      const path = fault.match?.path === undefined ? undefined : new RegExp(fault.match.path)
      const id = `fault-${++last}`
      const random = createRandom(fault.seed ?? mixSeed(seed, id))
      held.set(id, { fault, path, random, matched: 0, fired: 0 })
      return id
    },
    clear(id) {
      if (id === undefined) held.clear()
      else held.delete(id)
    },
    list: () => [...held].map(([id, { fault, matched, fired }]) => ({ ...fault, id, matched, fired })),
    strike(target) {
      let delayMs = 0
      for (const each of held.values()) {
        if (!matches(each, target) || !fires(each)) continue
        if (each.fault.kind !== 'slow') {
          // A late commit waits by itself: the wait of an answer ends with its caller.
          const own = each.fault.kind === 'late-commit' ? 0 : (each.fault.delayMs ?? 0)
          return { delayMs: delayMs + own, fault: each.fault }
        }
        delayMs += each.fault.delayMs ?? 1000
      }
      return { delayMs, fault: undefined }
    },
  }
}

const HIBERNATING =
  '<!DOCTYPE html><html><head><title>Instance Hibernating page</title></head><body class="instance-hibernating-page">' +
  '<h1>Your instance is hibernating</h1><p>Sign in to the developer site to wake it.</p></body></html>'

/** The login page, also shown for every path that is not part of the API. */
export const LOGIN_PAGE =
  '<!DOCTYPE html><html><head><title>Log in | ServiceNow</title></head><body><form id="loginPage" action="login.do" method="post">' +
  '<input id="user_name" name="user_name"><input id="user_password" name="user_password" type="password"></form></body></html>'

const MAINTENANCE =
  '<!DOCTYPE html><html><head><title>Maintenance</title></head><body><h1>Instance under maintenance</h1>' +
  '<p>This instance is being upgraded and will be back soon.</p></body></html>'

function rateLimited(fault: Fault, nowMs: number): Answer {
  const wait = fault.retryAfter ?? 30
  return failure(429, 'Rate limit exceeded', 'Rate limit of 100 requests per hour for Table API exceeded', {
    'Retry-After': String(wait),
    'X-RateLimit-Limit': '100',
    'X-RateLimit-Reset': String(Math.floor(nowMs / 1000) + wait),
    'X-RateLimit-Rule': 'b3b6d8a1c0a8011600f5a4d3e2c1b0a9',
  })
}

function statusAnswer(fault: Fault): Answer {
  const status = fault.status ?? 503
  const headers: Record<string, string> = {}
  if (fault.retryAfter !== undefined) headers['Retry-After'] = String(fault.retryAfter)
  if (fault.contentType !== undefined) headers['Content-Type'] = fault.contentType
  if (fault.body !== undefined) return json(status, fault.body, headers)
  return failure(status, fault.message ?? 'Service unavailable', null, headers)
}

/** A page in place of the API, or the way to one: clients have seen all of these as 200, 503 and 302 (servicenow.md 9). */
function page({ status, location }: Fault, usual: number, body: string): Answer {
  if (location !== undefined) return { status: status ?? 302, headers: { Location: location }, body: '' }
  return html(status ?? usual, body)
}

/** The answer of a fault that stands in for the API; `undefined` for those that let the API work first. */
export function answerInstead(fault: Fault, nowMs: number): Answer | undefined {
  switch (fault.kind) {
    case 'rate-limit':
      return rateLimited(fault, nowMs)
    case 'semaphore':
      return { status: 429, headers: {}, body: '' }
    case 'status':
      return statusAnswer(fault)
    case 'hibernating':
      return page(fault, 200, HIBERNATING)
    case 'login':
      return page(fault, 200, LOGIN_PAGE)
    case 'maintenance':
      return page(fault, 503, MAINTENANCE)
    case 'wrong-credential':
      return failures.notAuthenticated()
    case 'wrong-credential-empty':
      return { status: 401, headers: { 'WWW-Authenticate': 'Basic realm="Service-now"' }, body: '' }
    case 'dropped':
      return { status: 202, headers: {}, body: '' }
    default:
      return undefined
  }
}

/** Half of a list, whole records only, and nothing of a single record; `undefined` for an answer that has no result. */
function partOf(body: string): string[] | undefined {
  const parsed = parseJson(body)
  if (typeof parsed !== 'object' || parsed === null || !('result' in parsed)) return undefined
  if (!Array.isArray(parsed.result)) return []
  const records: readonly unknown[] = parsed.result
  return records.slice(0, Math.floor(records.length / 2)).map((record) => JSON.stringify(record))
}

/** A transaction that is cancelled while it answers; one that was refused has nothing left to cancel. */
function cancelled(answer: Answer): Answer {
  const part = answer.status === 200 && !answer.pieces ? partOf(textOf(answer)) : undefined
  return part ? { ...withoutBody(answer), body: cancelledBody(part) } : answer
}

const DENIED: Readonly<Record<string, 'Insert' | 'Update' | 'Delete'>> = {
  POST: 'Insert',
  PUT: 'Update',
  PATCH: 'Update',
  DELETE: 'Delete',
}

/** 403 for a write that was done, in the words that go with it; one that was not done says itself why. */
function forbidden(answer: Answer, method: string): Answer {
  const done = answer.status >= 200 && answer.status < 300
  return done ? failures.denied(DENIED[method] ?? 'Insert') : answer
}

/** What a fault makes of the API's own answer to a method; the answer itself when the fault does not touch it. */
export function spoil(fault: Fault, answer: Answer, method: string): Answer {
  switch (fault.kind) {
    case 'cut':
      return { ...answer, cut: Math.floor((answer.pieces?.size ?? bytesOf(answer).length) / 2) }
    case 'cut-json':
      return {
        ...withoutBody(answer),
        body: bytesOf(answer).slice(0, Math.floor(bytesOf(answer).length / 2)),
      }
    case 'error-in-result':
      return cancelled(answer)
    case 'forbidden-after-write':
      return forbidden(answer, method)
    case 'empty-answer':
      return withoutBody(answer)
    default:
      return answer
  }
}
