/** The one error of the client: what the server said, or why it could not be asked. */
import type { ProblemCode } from '@snowline/protocol'

/** Besides the server's codes: no answer at all, and an answer that is not ours (a proxy's page, cut JSON). */
export type ApiErrorCode = ProblemCode | 'network' | 'unexpected_answer'

export interface ApiErrorParts {
  code: ApiErrorCode
  /** HTTP status; 0 when there was no answer. */
  status: number
  message: string
  hint?: string | null
  requestId?: string | null
  retryAfterSeconds?: number | null
  /** What the browser threw, or the whole problem: what only some of them carry (`errors`, `runId`) is read from there. */
  cause?: unknown
}

export class ApiError extends Error {
  readonly code: ApiErrorCode
  readonly status: number
  readonly hint: string | null
  readonly requestId: string | null
  readonly retryAfterSeconds: number | null

  constructor(parts: ApiErrorParts) {
    super(parts.message, { cause: parts.cause })
    this.name = 'ApiError'
    this.code = parts.code
    this.status = parts.status
    this.hint = parts.hint ?? null
    this.requestId = parts.requestId ?? null
    this.retryAfterSeconds = parts.retryAfterSeconds ?? null
  }
}
