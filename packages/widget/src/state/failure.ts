/** What kind of "no" an error is: each kind has its own panel with its own next step. Pure. */
import { ApiError, type ApiErrorCode } from '../api/api-error.ts'

export type FailureKind =
  | 'not_configured'
  | 'no_permission'
  | 'asleep'
  | 'auth_failed'
  | 'unreachable'
  | 'limited'
  | 'signed_out'
  | 'error'

export interface Failure {
  kind: FailureKind
  code: ApiErrorCode
  /** What the server said, ready to be shown as text; null when it said nothing useful. */
  message: string | null
  hint: string | null
  requestId: string | null
  retryAfterSeconds: number | null
}

const kinds: Partial<Record<ApiErrorCode, FailureKind>> = {
  unauthenticated: 'signed_out',
  forbidden: 'no_permission',
  sn_forbidden: 'no_permission',
  sn_not_configured: 'not_configured',
  sn_unavailable: 'asleep',
  sn_auth_failed: 'auth_failed',
  secret_unreadable: 'auth_failed',
  sn_unreachable: 'unreachable',
  sn_timeout: 'unreachable',
  network: 'unreachable',
  shutting_down: 'unreachable',
  rate_limited: 'limited',
  sn_rate_limited: 'limited',
}

/** Anything thrown, as a failure. Example: an `ApiError` with `sn_unavailable` has the kind `asleep`. */
export function toFailure(error: unknown): Failure {
  const known = error instanceof ApiError ? error : null
  const code = known?.code ?? 'unexpected_answer'
  const spoken = known !== null && known.status !== 0 && code !== 'unexpected_answer'
  return {
    kind: (Object.hasOwn(kinds, code) ? kinds[code] : undefined) ?? 'error',
    code,
    message: spoken ? known.message : null,
    hint: known?.hint ?? null,
    requestId: known?.requestId ?? null,
    retryAfterSeconds: known?.retryAfterSeconds ?? null,
  }
}
