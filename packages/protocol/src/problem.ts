/** The body of every error answer (`application/problem+json`) and the stable codes it can carry. */

export const problemStatuses = {
  bad_json: 400,
  unauthenticated: 401,
  forbidden: 403,
  csrf: 403,
  not_found: 404,
  method_not_allowed: 405,
  sync_running: 409,
  link_mismatch: 409,
  already_linked: 409,
  not_linked: 409,
  conflict: 409,
  sn_not_configured: 409,
  run_cancelled: 409,
  run_interrupted: 409,
  precondition_failed: 412,
  body_too_large: 413,
  unsupported_media_type: 415,
  validation_failed: 422,
  masked_value: 422,
  secret_required_for_new_origin: 422,
  url_not_allowed: 422,
  destination_blocked: 422,
  invalid_query: 422,
  mapping_failed: 422,
  rate_limited: 429,
  sn_rate_limited: 429,
  internal: 500,
  sn_auth_failed: 502,
  sn_unreachable: 502,
  store_failed: 502,
  reconcile_needs_confirmation: 502,
  sn_forbidden: 502,
  sn_error: 502,
  sn_unexpected_response: 502,
  redirect_refused: 502,
  sn_unavailable: 503,
  storage_full: 503,
  secret_unreadable: 503,
  secret_key_missing: 503,
  shutting_down: 503,
  sn_timeout: 504,
} as const

export type ProblemCode = keyof typeof problemStatuses

/** One fault of a request body. `path` is dotted: `config.username`. */
export interface ProblemDetail {
  path: string
  message: string
}

/** Every error answer. `error` and `message` both carry the detail: clients of the integrations API read either. */
export interface Problem {
  type: string
  title: string
  status: number
  detail: string
  instance: string
  success: false
  error: string
  message: string
  code: ProblemCode
  hint?: string
  requestId: string
  errors?: readonly ProblemDetail[]
  /** Only with `sync_running`: the run that is under way. */
  runId?: string
}
