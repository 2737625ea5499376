/** When a failed call may be repeated, and after how long: pure, from the error, the method and a random number to a decision. */

import { waitCapMs } from './clock.ts'
import {
  InstanceError,
  InstanceUnavailableError,
  RateLimitError,
  TransportError,
  UnexpectedResponseError,
} from './errors.ts'

const baseMs = 500

/** One failed attempt and the call it belongs to. */
export interface RetryQuestion {
  /** What the attempt threw. */
  error: unknown
  /** Retries already made for this call: 0 after the first failure. */
  attempt: number
  /** Retries a call may have in all; 0 for none. */
  maxRetries: number
  /** True when repeating the call cannot change more than making it once (GET, PUT, DELETE, PATCH without journal fields). */
  idempotent: boolean
  /** True when what the instance surely threw away (202) may be sent again although it is no idempotent call: a create with a key. */
  keyed?: boolean
  /** A random number in [0, 1). */
  random: number
  /** The longest wait in milliseconds; default 60,000, after which a caller does better to come back later. */
  capMs?: number
}

/** Why a call is repeated. */
export type RetryReason =
  /** 429: too many requests, surely not carried out. */
  | 'rate_limited'
  /** It never reached the instance: no connection, or no credentials in time. */
  | 'not_sent'
  /** The instance threw it away: a 202, or a part a batch left over. */
  | 'dropped'
  /** It may have been carried out, and repeating it changes nothing. */
  | 'no_answer'

/**
 * What follows a failed attempt: another one after `waitMs` milliseconds, or none, because the instance decided (`final`), the retries are
 * used up (`exhausted`), the instance asks for a longer wait than the cap (`wait_too_long`), or the call was sent, not answered and is not
 * safe to repeat (`outcome_unknown`).
 */
export type RetryDecision =
  | { retry: true; waitMs: number; reason: RetryReason }
  | { retry: false; reason: 'final' | 'exhausted' | 'wait_too_long' | 'outcome_unknown' }

/**
 * What a failure proves about the fate of the request.
 *
 * - `rate_limited`, `not_sent`: it was surely not carried out; any method may be repeated.
 * - `dropped`: ServiceNow's 202, a request thrown away in a session queue, or a part a batch left over; repeated for idempotent calls, and for
 *   a create with a key.
 * - `uncertain`: it may have been carried out; repeated for idempotent calls only.
 * - `doubtful`: like `uncertain`, but repeating brings the same answer (a page of HTML, a wrong shape).
 * - `final`: the instance decided.
 */
export type FailureFate = 'rate_limited' | 'not_sent' | 'dropped' | 'uncertain' | 'doubtful' | 'final'

/** The fate a failure proves. Example: `fateOf(new TransportError('...', 'refused', call))` is `'not_sent'`. */
export function fateOf(error: unknown): FailureFate {
  if (error instanceof RateLimitError) return 'rate_limited'
  if (error instanceof TransportError) {
    if (error.fault === 'tls' || error.fault === 'blocked') return 'final'
    return error.sent ? 'uncertain' : 'not_sent'
  }
  if (error instanceof InstanceUnavailableError) return 'uncertain'
  if (error instanceof InstanceError)
    return error.status === 408 || error.status === 499 ? 'uncertain' : 'final'
  if (error instanceof UnexpectedResponseError) return fateOfOddAnswer(error)
  return 'final'
}

function fateOfOddAnswer(error: UnexpectedResponseError): FailureFate {
  switch (error.kind) {
    case 'dropped':
    case 'unserviced':
      return 'dropped'
    case 'hibernating':
    case 'login_page':
    case 'redirect':
      return 'final'
    case 'cut_json':
    case 'maintenance':
    case 'error_in_body':
      return error.retryable ? 'uncertain' : 'doubtful'
    case 'html':
    case 'not_json':
    case 'shape':
    case 'too_large':
    case 'empty':
      return 'doubtful'
  }
}

/**
 * Decides about one failed attempt.
 *
 * A wait the instance asks for (`details.retryAfterMs`) is obeyed up to the cap of 60 s and otherwise ends the call with
 * `wait_too_long`; without one the wait is full jitter, `random * min(cap, 500 ms * 2^attempt)`.
 * `outcome_unknown` means: sent, not answered, and not safe to repeat.
 *
 * Example: a refused POST, `attempt: 0, random: 0.5` gives `{ retry: true, waitMs: 250, reason: 'not_sent' }`.
 */
export function decideRetry(question: RetryQuestion): RetryDecision {
  const fate = fateOf(question.error)
  const unsure = fate === 'uncertain' || fate === 'doubtful'
  if (unsure && !question.idempotent) return { retry: false, reason: 'outcome_unknown' }
  if (fate === 'final' || fate === 'doubtful') return { retry: false, reason: 'final' }
  if (fate === 'dropped' && !question.idempotent && question.keyed !== true)
    return { retry: false, reason: 'final' }
  const capMs = question.capMs ?? waitCapMs
  const asked = askedWait(question.error)
  if (asked !== null && asked > capMs) return { retry: false, reason: 'wait_too_long' }
  if (question.attempt >= question.maxRetries) return { retry: false, reason: 'exhausted' }
  const waitMs = asked ?? Math.floor(question.random * Math.min(capMs, baseMs * 2 ** question.attempt))
  return { retry: true, waitMs, reason: fate === 'uncertain' ? 'no_answer' : fate }
}

/**
 * True when the call may have asked for more than can be answered in time or in one body, so that a smaller question may succeed: no
 * answer within the time limit, a transaction cancelled by its quota (also while it waited), a cut body, a body over the limit, a part of a
 * batch that was left over.
 */
export function asksTooMuch(
  error: unknown,
): error is TransportError | UnexpectedResponseError | InstanceUnavailableError {
  if (error instanceof TransportError) return error.fault === 'timeout' && error.sent
  if (error instanceof InstanceUnavailableError) return error.details.cancelled === true
  if (!(error instanceof UnexpectedResponseError)) return false
  if (error.kind === 'error_in_body') return error.details.cancelled === true
  return error.kind === 'cut_json' || error.kind === 'too_large' || error.kind === 'unserviced'
}

function askedWait(error: unknown): number | null {
  if (!(error instanceof InstanceError)) return null
  const { retryAfterMs } = error.details
  return typeof retryAfterMs === 'number' ? retryAfterMs : null
}

/**
 * The wait an answer asks for in milliseconds: `Retry-After` in seconds or as an HTTP date, else, of a 429 only, `X-RateLimit-Reset`
 * (unix seconds), which a rate rule sends with every answer; null when it asks for none. `nowMs` is the instance's own clock where its
 * `Date` header is known, so that a wrong clock here does not shorten the wait. Example: `Retry-After: 7` gives `7000`.
 */
export function retryAfterMs(
  headers: { get(name: string): string | null },
  nowMs: number,
  status: number,
): number | null {
  const after = headers.get('retry-after')?.trim()
  if (after !== undefined && after !== '') {
    if (/^\d+(\.\d+)?$/.test(after)) return Math.ceil(Number(after) * 1000)
    const at = Date.parse(after)
    if (!Number.isNaN(at)) return Math.max(0, at - nowMs)
  }
  if (status !== 429) return null
  const reset = headers.get('x-ratelimit-reset')?.trim()
  if (reset !== undefined && /^\d+$/.test(reset)) return Math.max(0, Number(reset) * 1000 - nowMs)
  return null
}
