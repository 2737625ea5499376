/** What an error proves about a write, or leaves of a reading; loaded with the first error. */
import {
  AuthenticationError,
  InstanceError,
  isSnowlineError,
  NotFoundError,
  OutcomeUnknownError,
  PermissionError,
  QueryError,
  type SnowlineError,
} from '../base/errors.ts'
import { fateOf } from '../base/retry.ts'
import type { OutboxFault } from '../model/outbox-entry.ts'
import type { SinkAnswer, SinkReading } from '../ports/sink.ts'

/** Refusals given before a row is made: any other 403 of a create may follow an insert whose writer may not read it back (KB2697679). */
const beforeInsert: ReadonlySet<string> = new Set([
  'instance.data_policy',
  'instance.business_rule',
  'instance.api_acl',
])

function isUndecided(code: string, verb: 'create' | 'update'): boolean {
  return verb === 'create' ? !beforeInsert.has(code) : code === 'instance.forbidden'
}

/** What an error proves about a write. Whatever is not surely one of the others is unknown. */
export function answerOf(error: unknown, verb: 'create' | 'update'): SinkAnswer {
  const fault = toFault(error)
  if (error instanceof OutcomeUnknownError || !isSnowlineError(error)) return { type: 'unknown', fault }
  if (error instanceof AuthenticationError) return { type: 'unauthorised', fault }
  if (error instanceof PermissionError) {
    return { type: isUndecided(error.code, verb) ? 'forbidden' : 'refused', fault }
  }
  // Thrown before anything is sent.
  if (error instanceof QueryError) return { type: 'refused', fault }
  const fate = fateOf(error)
  if (fate === 'not_sent' || fate === 'rate_limited' || fate === 'dropped') {
    return { type: 'notSent', retryAfterMs: retryAfter(error), fault }
  }
  return { type: fate === 'final' && error instanceof InstanceError ? 'refused' : 'unknown', fault }
}

/** What an error leaves of a reading call. */
export function readingOf<T>(error: unknown): SinkReading<T> {
  const fault = toFault(error)
  if (error instanceof AuthenticationError) return { type: 'unauthorised', fault }
  if (error instanceof NotFoundError) return { type: 'gone', fault }
  return { type: 'failed', retryAfterMs: retryAfter(error), fault }
}

function toFault(error: unknown): OutboxFault {
  if (!isSnowlineError(error)) return { code: 'push.no_answer', message: 'No answer came in time' }
  const root: SnowlineError =
    error instanceof OutcomeUnknownError && isSnowlineError(error.cause) ? error.cause : error
  const { code, message, hint, details } = root
  return {
    code,
    message,
    ...(hint === undefined ? {} : { hint }),
    ...(typeof details.status === 'number' ? { status: details.status } : {}),
    ...(typeof details.transactionId === 'string' ? { transactionId: details.transactionId } : {}),
  }
}

function retryAfter(error: unknown): number | null {
  const value = isSnowlineError(error) ? error.details.retryAfterMs : null
  return typeof value === 'number' ? value : null
}
