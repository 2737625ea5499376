/** What follows a failed attempt: fresh credentials, a wait, or the error the caller is to see; loaded with the first failure. */
import type { CallContext, SnowlineError } from '../base/errors.ts'
import { AuthenticationError, isSnowlineError, OutcomeUnknownError, RateLimitError } from '../base/errors.ts'
import { asksTooMuch, decideRetry } from '../base/retry.ts'
import type { HeaderMap } from './auth.ts'
import { isStreamed } from './body.ts'
import type { Call, Course, ExchangeParts, Progress } from './call.ts'
import { untilGiven } from './call.ts'
import { joinHeaders } from './headers.ts'
import type { RetryNotice } from './observe.ts'

/** Returns when the next attempt may be made; throws what the caller is to see when there is none. */
export async function prepareAttempt(
  parts: ExchangeParts,
  call: Call,
  shown: CallContext,
  progress: Progress,
  course: Course,
  error: SnowlineError,
): Promise<void> {
  if (error instanceof RateLimitError && error.details.local === true) throw error
  if (call.shrinks === true && asksTooMuch(error)) throw error
  // A stream has been read: there is nothing left to send again.
  const spent = progress.sending && isStreamed(call.body)
  const refused = error instanceof AuthenticationError && progress.sending
  if (refused && !course.renewed && !spent && !bringsOwn(call, progress)) {
    course.renewed = true
    if (await renew(parts, call, shown, progress, course)) return
  }
  const waitMs = waitOf(parts, call, shown, progress, course, error, {
    sent: progress.sending,
    maxRetries: spent ? 0 : parts.maxRetries,
  })
  if (error instanceof RateLimitError) parts.throttle.pause(waitMs)
  else await parts.clock.sleep(waitMs, call.signal)
}

/** True when the caller gave headers in place of credentials: a refusal of those is no fault of the client's. */
function bringsOwn(call: Call, progress: Progress): boolean {
  const given = joinHeaders(call.headers ?? {})
  return Object.keys(progress.credentials).some((name) => given[name.toLowerCase()] !== undefined)
}

/**
 * Gets credentials after a 401; false when there are none but the refused ones. What fails while they are fetched is repeated like a read:
 * the call itself was refused, so that nothing is in doubt.
 */
async function renew(
  parts: ExchangeParts,
  call: Call,
  shown: CallContext,
  progress: Progress,
  course: Course,
): Promise<boolean> {
  const { auth, authContext, maxRetries } = parts
  const limits = { ...call, timeoutMs: call.timeoutMs ?? parts.timeoutMs }
  for (;;) {
    try {
      if (auth.renew !== undefined) {
        await untilGiven(auth.renew(authContext, progress.credentials), limits, shown)
        return true
      }
      const fresh = await untilGiven(auth.headers(authContext), limits, shown)
      if (isSame(fresh, progress.credentials)) return false
      course.credentials = fresh
      return true
    } catch (failure) {
      if (call.signal?.aborted || !isSnowlineError(failure)) throw failure
      const given = { sent: false, maxRetries }
      const waitMs = waitOf(parts, call, shown, progress, course, failure, given)
      if (failure instanceof RateLimitError) parts.throttle.pause(waitMs)
      await parts.clock.sleep(waitMs, call.signal)
    }
  }
}

function isSame(one: HeaderMap, other: HeaderMap): boolean {
  const [mine, theirs] = [joinHeaders(one ?? {}), joinHeaders(other)]
  const names = Object.keys({ ...mine, ...theirs })
  return names.every((name) => mine[name] === theirs[name])
}

/** How long to wait for another attempt, told and counted; throws what the caller is to see when there is none. */
function waitOf(
  parts: ExchangeParts,
  call: Call,
  shown: CallContext,
  progress: Progress,
  course: Course,
  error: SnowlineError,
  { sent, maxRetries }: { sent: boolean; maxRetries: number },
): number {
  const decision = decideRetry({
    error,
    attempt: course.retries,
    maxRetries,
    idempotent: call.idempotent || !sent,
    keyed: call.keyed === true,
    random: parts.random(),
  })
  const asked = error instanceof RateLimitError ? error.retryAfterMs : null
  if (!decision.retry) {
    // The pause holds for every other caller too, also when this one gives up.
    if (asked !== null) parts.throttle.pause(asked)
    throw decision.reason === 'outcome_unknown' ? outcomeUnknown(shown, error) : error
  }
  const { waitMs, reason } = decision
  if (reason === 'no_answer' && sent) call.onUncertain?.()
  course.retries += 1
  const { callId } = progress
  const notice: RetryNotice = { callId, attempt: course.retries, waitMs, reason, error, ...shown }
  const { code } = error
  parts.logger.warn('http.retry', { attempt: notice.attempt, waitMs, reason, code, ...shown })
  parts.observer.tell('retry', () => notice)
  return waitMs
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

/** The error of a call that was not sent because the instance asked for a long pause. */
export function stillPaused(call: CallContext, remainingMs: number): RateLimitError {
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
