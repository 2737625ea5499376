/** The one error this server throws on purpose: a code of the contract with its sentence, turned into an answer at the edge. */
import { type ProblemCode, type ProblemDetail, problemStatuses } from '@snowline/protocol'

export interface ProblemFields {
  /** What to do, in one sentence. */
  hint?: string
  errors?: readonly ProblemDetail[]
  /** Only with `sync_running`: the run that is under way. */
  runId?: string
  /** Whole seconds, sent as `Retry-After`. */
  retryAfterSeconds?: number
  cause?: unknown
}

/**
 * Answers with the status of its code.
 *
 * @example throw new ProblemError('not_found', 'No integration has this id.')  // 404 application/problem+json
 */
export class ProblemError extends Error {
  readonly code: ProblemCode
  readonly fields: ProblemFields

  constructor(code: ProblemCode, detail: string, fields: ProblemFields = {}) {
    super(detail, fields.cause === undefined ? undefined : { cause: fields.cause })
    this.name = 'ProblemError'
    this.code = code
    this.fields = fields
  }

  get status(): number {
    return problemStatuses[this.code]
  }
}

/** A 422 that names every fault of a body at once. */
export function validationFailed(errors: readonly ProblemDetail[], hint?: string): ProblemError {
  const first = errors[0]
  const detail =
    first === undefined
      ? 'The request is not valid.'
      : `${first.path === '' ? 'The body' : first.path} ${first.message}`
  return new ProblemError('validation_failed', detail, { errors, ...(hint === undefined ? {} : { hint }) })
}
