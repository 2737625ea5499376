/** Rate rules: so many requests in a window of the instance's clock, then 429 until the next (servicenow.md 4). */
import type { Principal } from './acl.ts'
import { type Answer, failure } from './answer.ts'
import { createRandom, mixSeed } from './random.ts'

/** One rule, as in `sys_rate_limit_rules`. A rule for a user goes before one for a role, that before one for all; then the lowest limit wins. */
export interface RateRule {
  readonly limit: number
  /** Length of the window; default 3,600 as on a real instance. */
  readonly perSeconds?: number
  readonly user?: string
  readonly role?: string
  /** Default: all tables. */
  readonly table?: string
}

/** What the rules say to one request: the headers of its answer, and the answer itself when the limit is spent. */
export interface Charge {
  readonly headers: Readonly<Record<string, string>>
  readonly refused?: Answer
}

/** What a request is about. */
export interface Charged {
  readonly table: string | undefined
  /** As the answer names it: `Table API`. */
  readonly api: string
}

/** The rules of an instance. */
export interface Rates {
  /** Adds a rule and gives its sys_id, which is in `X-RateLimit-Rule`; throws `RangeError` for a limit or window that cannot be. */
  add(rule: RateRule): string
  /** Takes one rule away, or all. */
  clear(id?: string): void
  /** Counts a request of a user; `undefined` when no rule is about it. */
  charge(principal: Principal, about: Charged, nowMs: number): Charge | undefined
}

interface Held {
  readonly id: string
  readonly rule: RateRule
  /** Requests by user in the window. */
  readonly counts: Map<string, number>
  window: number
}

const UNITS: Readonly<Record<number, string>> = { 1: 'second', 60: 'minute', 3600: 'hour', 86400: 'day' }

function rankOf({ rule }: Held): number {
  if (rule.user !== undefined) return 0
  return rule.role === undefined ? 2 : 1
}

function appliesTo({ rule }: Held, principal: Principal, table: string | undefined): boolean {
  if (rule.table !== undefined && rule.table !== table) return false
  if (rule.user !== undefined) return rule.user === principal.userName
  return rule.role === undefined || principal.roles.includes(rule.role)
}

function chargeRule(held: Held, user: string, api: string, nowMs: number): Charge {
  const { limit, perSeconds = 3600 } = held.rule
  const now = Math.floor(nowMs / 1000)
  const window = Math.floor(now / perSeconds)
  if (window !== held.window) held.counts.clear()
  held.window = window
  const reset = (window + 1) * perSeconds
  const headers = {
    'X-RateLimit-Limit': String(limit),
    'X-RateLimit-Reset': String(reset),
    'X-RateLimit-Rule': held.id,
  }
  const count = held.counts.get(user) ?? 0
  if (count < limit) {
    held.counts.set(user, count + 1)
    return { headers }
  }
  const unit = UNITS[perSeconds] ?? `${perSeconds} seconds`
  const detail = `Rate limit of ${limit} requests per ${unit} for ${api} exceeded`
  const retry = { 'Retry-After': String(Math.max(1, reset - now)) }
  return { headers, refused: failure(429, 'Rate limit exceeded', detail, retry) }
}

function checkRule({ limit, perSeconds = 3600 }: RateRule): void {
  if (!Number.isInteger(limit) || limit < 0)
    throw new RangeError(`"limit" is a whole number from 0, not ${limit}`)
  if (!Number.isInteger(perSeconds) || perSeconds < 1)
    throw new RangeError(`"perSeconds" is a whole number from 1, not ${perSeconds}`)
}

/** Creates an empty list of rules; `seed` decides their ids. */
export function createRates(seed: number): Rates {
  const random = createRandom(mixSeed(seed, 'rate rules'))
  const rules = new Map<string, Held>()
  return {
    add(rule) {
      checkRule(rule)
      const id = random.hex(32)
      rules.set(id, { id, rule, counts: new Map(), window: -1 })
      return id
    },
    clear(id) {
      if (id === undefined) rules.clear()
      else rules.delete(id)
    },
    charge(principal, { table, api }, nowMs) {
      if (rules.size === 0) return undefined
      const [first] = [...rules.values()]
        .filter((held) => appliesTo(held, principal, table))
        .sort((a, b) => rankOf(a) - rankOf(b) || a.rule.limit - b.rule.limit)
      return first && chargeRule(first, principal.userName, api, nowMs)
    },
  }
}
