/** One table from whatever was thrown to a problem of the contract. Nothing of an unknown error is shown but the request id. */
import type { ProblemCode } from '@snowline/protocol'
import { isSnowlineError, type SnowlineError } from '@snowline/sdk'
import { catalogue } from './catalogue.ts'
import { ProblemError } from './problem-error.ts'

const byName: Readonly<Record<string, ProblemCode>> = {
  AuthenticationError: 'sn_auth_failed',
  PermissionError: 'sn_forbidden',
  DataPolicyError: 'sn_forbidden',
  RateLimitError: 'sn_rate_limited',
  NotFoundError: 'sn_error',
  InvalidRequestError: 'sn_error',
  InstanceError: 'sn_error',
  ConfigError: 'validation_failed',
  QueryError: 'invalid_query',
  MappingError: 'mapping_failed',
  LeaseLostError: 'run_interrupted',
  StoreError: 'store_failed',
  UnexpectedResponseError: 'sn_unexpected_response',
  TransportError: 'sn_unreachable',
  OutcomeUnknownError: 'sn_timeout',
}

const byCode: Readonly<Record<string, ProblemCode>> = {
  'transport.timeout': 'sn_timeout',
  'transport.blocked': 'destination_blocked',
  'response.hibernating': 'sn_unavailable',
  'response.maintenance': 'sn_unavailable',
  'response.redirect': 'redirect_refused',
  'store.no_version': 'not_found',
}

/** Codes a person of the page can act on; the sentence of the SDK stands beside them. */
export const sentences: Partial<Record<ProblemCode, string>> = {
  sn_auth_failed: 'ServiceNow refused the credentials of this connection.',
  sn_forbidden: 'ServiceNow denies the integration user access to this table.',
  sn_rate_limited: 'ServiceNow limits how often this server may ask.',
  sn_unavailable: 'The ServiceNow instance is asleep or in maintenance.',
  sn_timeout: 'The ServiceNow instance did not answer in time.',
  sn_unreachable: 'The ServiceNow instance cannot be reached.',
  sn_unexpected_response: 'The answer did not come from the Table API of a ServiceNow instance.',
  redirect_refused: 'The instance answered with a redirect, which is never followed.',
  destination_blocked: 'The address of the instance is not allowed.',
  store_failed: 'The database of this server failed.',
  storage_full: 'The disk of this server is full.',
  sn_error: 'ServiceNow answered with an error.',
  run_interrupted: 'The run was interrupted; another one goes on where it stopped.',
}

/**
 * The problem of any error. Every one but `internal` carries a hint.
 *
 * @example toProblem(new AuthenticationError(...)).code  // 'sn_auth_failed'
 */
export function toProblem(error: unknown): ProblemError {
  if (error instanceof ProblemError) return error
  if (isDiskFull(error)) return make('storage_full', error)
  if (isSnowlineError(error)) return fromSnowline(error)
  return new ProblemError('internal', 'Something went wrong. The request id leads to it in the log.', {
    cause: error,
  })
}

function fromSnowline(error: SnowlineError): ProblemError {
  if (error.name === 'QueryError' || error.name === 'ConfigError') {
    // Both name fields and options, never a value.
    const code = error.name === 'QueryError' ? 'invalid_query' : 'validation_failed'
    return new ProblemError(code, error.message, { hint: error.hint ?? catalogue[code].fix, cause: error })
  }
  if (error.name === 'SyncRunningError' && 'heldBy' in error && typeof error.heldBy === 'string') {
    return new ProblemError('sync_running', 'A sync of this integration is already running.', {
      hint: catalogue.sync_running.fix,
      runId: error.heldBy,
    })
  }
  if (error.code === 'sync.reconcile_needs_confirmation') return unconfirmed(error)
  const code = byCode[error.code] ?? unavailable(error) ?? byName[error.name]
  return make(code ?? (error.code.startsWith('store.') ? 'store_failed' : 'internal'), error)
}

/** The hint is ours: only we know by which request a person confirms. */
function unconfirmed(error: SnowlineError): ProblemError {
  const { missing, mirrored } = error.details
  const detail = `${missing} of ${mirrored} incidents are not visible in ServiceNow any more; nothing was removed.`
  const code = 'reconcile_needs_confirmation'
  return new ProblemError(code, detail, { hint: catalogue[code].fix, cause: error })
}

function unavailable(error: SnowlineError): ProblemCode | null {
  if (error.name !== 'InstanceUnavailableError') return null
  return error.details.status === 503 ? 'sn_unavailable' : 'sn_error'
}

function make(code: ProblemCode, error: unknown): ProblemError {
  const hint = isSnowlineError(error) ? error.hint : undefined
  const retryAfterMs = isSnowlineError(error) ? error.details.retryAfterMs : undefined
  return new ProblemError(code, sentences[code] ?? catalogue[code].title, {
    hint: hint ?? catalogue[code].fix,
    cause: error,
    ...(code === 'sn_rate_limited'
      ? { retryAfterSeconds: typeof retryAfterMs === 'number' ? Math.ceil(retryAfterMs / 1000) : 60 }
      : {}),
  })
}

/** ENOSPC of a file, SQLITE_FULL of the database, anywhere in the chain of causes. */
function isDiskFull(error: unknown): boolean {
  for (let at: unknown = error, depth = 0; at instanceof Error && depth < 8; at = at.cause, depth += 1) {
    const code = 'code' in at ? at.code : undefined
    if (code === 'ENOSPC' || code === 'EDQUOT' || code === 'SQLITE_FULL') return true
  }
  return false
}
