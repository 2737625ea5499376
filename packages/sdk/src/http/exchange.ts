/** One call from first attempt to last: pace, credentials anew for each attempt, the answer opened, failures repeated where that is safe. */
import type { Clock } from '../base/clock.ts'
import type { CallContext } from '../base/errors.ts'
import { AuthenticationError, isSnowlineError, OutcomeUnknownError, RateLimitError } from '../base/errors.ts'
import type { Logger } from '../base/log.ts'
import type { RetryReason } from '../base/retry.ts'
import { asksTooMuch, decideRetry } from '../base/retry.ts'
import type { Auth, AuthContext, HeaderMap } from './auth.ts'
import { secretsOf } from './auth.ts'
import { callOf, openEnvelope } from './envelope.ts'
import type { Throttle } from './throttle.ts'
import type { Answer, Transport } from './transport.ts'
import { callContext } from './transport.ts'

/** Told before each wait for another attempt. */
export interface RetryNotice {
  /** 1 before the second attempt. */
  attempt: number
  waitMs: number
  reason: RetryReason
  error: unknown
  method: string
  /** Without query values. */
  url: string
}

export interface ExchangeParts {
  transport: Transport
  throttle: Throttle
  auth: Auth
  authContext: AuthContext
  clock: Clock
  random: () => number
  logger: Logger
  onRetry: ((notice: RetryNotice) => void) | undefined
  maxRetries: number
  timeoutMs: number
  maxBodyBytes: number
  userAgent: string | undefined
}

export interface Call {
  method: string
  url: URL
  body?: string
  headers?: Readonly<Record<string, string>>
  /** True when the call may be repeated although the first attempt may have been carried out. */
  idempotent: boolean
  /** True when the caller asks for less after an answer that was too much, so that repeating the same would only cost time. */
  shrinks?: boolean
  signal?: AbortSignal
  /** Told before another attempt, when the one before may have been carried out. */
  onUncertain?: () => void
}

/** An answer that was accepted: its body parsed, with the call as an error would show it. */
export interface Accepted {
  answer: Answer
  body: unknown
  call: CallContext
}

export interface Exchange {
  /**
   * Makes the call; `read` takes what it needs from the accepted answer, and an error it throws counts as that attempt's failure.
   * Throws the error family; OutcomeUnknownError when the call was sent, not answered, and may not be repeated.
   */
  run<T>(call: Call, read: (accepted: Accepted) => T): Promise<T>
}

export function createExchange(parts: ExchangeParts): Exchange {
  return { run: (call, read) => runCall(parts, call, read) }
}

/** How far the last attempt came. */
interface Progress {
  credentials: HeaderMap
  /** False while it surely was not sent: no place, no credentials yet. */
  sending: boolean
}

async function runCall<T>(parts: ExchangeParts, call: Call, read: (accepted: Accepted) => T): Promise<T> {
  const shown = callContext(call.method, call.url)
  let renewed = false
  for (let attempt = 0; ; ) {
    const progress: Progress = { credentials: {}, sending: false }
    let error: unknown
    try {
      return await attemptOnce(parts, call, shown, progress, read)
    } catch (failure) {
      // The reason of an abort may itself be an error of the family, and is never a ground for another attempt.
      if (call.signal?.aborted || !isSnowlineError(failure)) throw failure
      error = failure
    }
    if (error instanceof RateLimitError && error.details.local === true) throw error
    if (call.shrinks === true && asksTooMuch(error)) throw error
    if (
      error instanceof AuthenticationError &&
      progress.sending &&
      parts.auth.renew !== undefined &&
      !renewed
    ) {
      renewed = true
      await untilAborted(parts.auth.renew(parts.authContext, progress.credentials), call.signal)
      continue
    }
    const idempotent = call.idempotent || !progress.sending
    attempt = await prepareRetry(parts, { ...call, idempotent }, shown, error, attempt)
  }
}

async function attemptOnce<T>(
  parts: ExchangeParts,
  call: Call,
  shown: CallContext,
  progress: Progress,
  read: (accepted: Accepted) => T,
): Promise<T> {
  const leave = await parts.throttle.enter(call.signal, (remainingMs) => {
    throw stillPaused(shown, remainingMs)
  })
  try {
    progress.credentials = await untilAborted(parts.auth.headers(parts.authContext), call.signal)
    progress.sending = true
    const answer = await parts.transport.send({
      method: call.method,
      url: call.url,
      headers: requestHeaders(parts, call, progress.credentials),
      timeoutMs: parts.timeoutMs,
      maxBodyBytes: parts.maxBodyBytes,
      ...(call.body === undefined ? {} : { body: call.body }),
      ...(call.signal === undefined ? {} : { signal: call.signal }),
    })
    const secrets = secretsOf(parts.auth, progress.credentials)
    const context = { call: shown, nowMs: parts.clock.now(), secrets }
    const body = openEnvelope(answer, context)
    return read({ answer, body, call: callOf(answer, context) })
  } finally {
    leave()
  }
}

/** The work, or the signal's reason as soon as it is aborted; shared work goes on for the others. */
async function untilAborted<T>(work: T | Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined || !(work instanceof Promise)) return work
  work.catch(() => {})
  let onAbort = () => {}
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () => reject(signal.reason)
    signal.addEventListener('abort', onAbort, { once: true })
  })
  try {
    return await Promise.race([work, aborted])
  } finally {
    signal.removeEventListener('abort', onAbort)
  }
}

function requestHeaders(
  parts: ExchangeParts,
  call: Call,
  credentials: Readonly<Record<string, string>>,
): Record<string, string> {
  return {
    accept: 'application/json',
    ...(call.body === undefined ? {} : { 'content-type': 'application/json' }),
    ...(parts.userAgent === undefined ? {} : { 'user-agent': parts.userAgent }),
    ...call.headers,
    ...credentials,
  }
}

/** Waits for the next attempt and gives its number, or throws what the caller is to see. */
async function prepareRetry(
  parts: ExchangeParts,
  call: Call,
  shown: CallContext,
  error: unknown,
  attempt: number,
): Promise<number> {
  const { idempotent, signal } = call
  const decision = decideRetry({
    error,
    attempt,
    maxRetries: parts.maxRetries,
    idempotent,
    random: parts.random(),
  })
  const asked = error instanceof RateLimitError ? error.retryAfterMs : null
  if (!decision.retry) {
    // The pause holds for every other caller too, also when this one gives up.
    if (asked !== null) parts.throttle.pause(asked)
    throw decision.reason === 'outcome_unknown' ? outcomeUnknown(shown, error) : error
  }
  const { waitMs, reason } = decision
  if (reason === 'no_answer') call.onUncertain?.()
  const notice: RetryNotice = {
    attempt: attempt + 1,
    waitMs,
    reason,
    error,
    method: shown.method,
    url: shown.url,
  }
  const code = isSnowlineError(error) ? error.code : 'unknown'
  parts.logger.warn('http.retry', {
    attempt: notice.attempt,
    waitMs,
    reason,
    code,
    method: shown.method,
    url: shown.url,
  })
  parts.onRetry?.(notice)
  if (error instanceof RateLimitError) parts.throttle.pause(waitMs)
  else await parts.clock.sleep(waitMs, signal)
  return attempt + 1
}

function outcomeUnknown(call: CallContext, cause: unknown): OutcomeUnknownError {
  const why = isSnowlineError(cause) ? { cause: cause.code, ...cause.details } : {}
  return new OutcomeUnknownError(
    `The ${call.method} was sent and no answer proves whether it was carried out.`,
    {
      cause,
      hint: 'Look the record up before you send it again.',
      details: { ...call, ...why },
    },
  )
}

function stillPaused(call: CallContext, remainingMs: number): RateLimitError {
  return new RateLimitError(
    'Not sent: the instance asked for a pause that is not over.',
    { ...call, status: 429 },
    {
      code: 'instance.rate_limited',
      retryable: true,
      hint: 'Wait as long as retryAfterMs says.',
      details: { retryAfterMs: remainingMs, local: true },
    },
  )
}
