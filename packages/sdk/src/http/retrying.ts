/** What follows a failed attempt: fresh credentials, a wait, or the error the caller is to see; loaded with the first failure. */
import type { CallContext, SnowlineError } from '../base/errors.ts'
import { AuthenticationError, isSnowlineError, OutcomeUnknownError, RateLimitError } from '../base/errors.ts'
import { asksTooMuch, decideRetry } from '../base/retry.ts'
import type { Call, Course, ExchangeParts, Progress } from './call.ts'
import { untilAborted } from './call.ts'
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
  const spent = progress.sending && call.body instanceof ReadableStream
  const { renew } = parts.auth
  if (
    error instanceof AuthenticationError &&
    progress.sending &&
    renew !== undefined &&
    !course.renewed &&
    !spent
  ) {
    course.renewed = true
    await untilAborted(parts.auth.renew?.(parts.authContext, progress.credentials), call.signal)
    return
  }
  await waitForNext(parts, call, shown, progress, course, error, spent ? 0 : parts.maxRetries)
}

async function waitForNext(
  parts: ExchangeParts,
  call: Call,
  shown: CallContext,
  progress: Progress,
  course: Course,
  error: SnowlineError,
  maxRetries: number,
): Promise<void> {
  const decision = decideRetry({
    error,
    attempt: course.retries,
    maxRetries,
    idempotent: call.idempotent || !progress.sending,
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
  if (reason === 'no_answer') call.onUncertain?.()
  course.retries += 1
  const { callId } = progress
  const notice: RetryNotice = { callId, attempt: course.retries, waitMs, reason, error, ...shown }
  const { code } = error
  parts.logger.warn('http.retry', { attempt: notice.attempt, waitMs, reason, code, ...shown })
  parts.observer.tell('retry', () => notice)
  if (error instanceof RateLimitError) parts.throttle.pause(waitMs)
  else await parts.clock.sleep(waitMs, call.signal)
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
