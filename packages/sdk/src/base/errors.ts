/** The error family: what happened, where, what to do. Kind and `retryable` are set where an error is born and read as fields. */

/** What every Snowline error carries besides its message. */
export interface ErrorFields {
  /** Dotted and stable, for example `instance.rate_limited`. */
  code: string
  /** True when the same call may succeed later without any change. */
  retryable?: boolean
  /** What to do, in one sentence. */
  hint?: string
  /** Facts for a program; never a secret, never a record body. */
  details?: Readonly<Record<string, unknown>>
  cause?: unknown
}

/**
 * The root of the family. Guard with {@link isSnowlineError}, which goes by name, so that two copies of the package agree.
 *
 * `toJSON()` gives `{ name, code, message, retryable, hint, details }` without the cause and without secrets.
 */
export class SnowlineError extends Error {
  readonly code: string
  readonly retryable: boolean
  readonly hint: string | undefined
  readonly details: Readonly<Record<string, unknown>>
  readonly snowline = true as const

  constructor(message: string, fields: ErrorFields) {
    super(message, fields.cause === undefined ? undefined : { cause: fields.cause })
    this.name = new.target.name
    this.code = fields.code
    this.retryable = fields.retryable ?? false
    this.hint = fields.hint
    this.details = fields.details ?? {}
  }

  toJSON(): Record<string, unknown> {
    const { name, code, message, retryable, hint, details } = this
    return { name, code, message, retryable, ...(hint === undefined ? {} : { hint }), details }
  }
}

/** True for every error of the family, also one made by another copy of the package. */
export function isSnowlineError(error: unknown): error is SnowlineError {
  return error instanceof Error && 'snowline' in error && error.snowline === true && 'code' in error
}

/** One fault of a configuration: which key, what is wrong with it, how to mend it. Never the value. */
export interface ConfigProblem {
  key: string
  message: string
  hint?: string
  /** Stable name of the fault where a program tells them apart, for example `destination_blocked`. */
  code?: string
}

/** A bad option or variable. Lists every fault at once and never shows a value. */
export class ConfigError extends SnowlineError {
  override readonly name = 'ConfigError'
  readonly problems: readonly ConfigProblem[]
  constructor(problems: readonly ConfigProblem[]) {
    super(`Configuration: ${problems.map((p) => `${p.key} ${p.message}`).join('; ')}`, {
      code: 'config.invalid',
      hint: problems.map((p) => p.hint ?? `Set ${p.key}.`).join(' '),
      details: { keys: problems.map((p) => p.key) },
    })
    this.problems = problems
  }
}

/** An unknown field or operator, or a value that cannot be encoded. Thrown while the query is built, before anything is sent. */
export class QueryError extends SnowlineError {
  override readonly name = 'QueryError'
  constructor(message: string, fields: Partial<ErrorFields> = {}) {
    super(message, { code: 'query.invalid', ...fields })
  }
}

/** Where a mapping failed: the table, the record's field or the ticket's member, and the kind of rule or value. Never the value. */
export interface MappingPlace {
  table: string
  field: string
  kind: string
}

/** A mapper's declaration cannot be meant so, or a ticket or record holds a value of a kind that cannot be mapped. */
export class MappingError extends SnowlineError {
  override readonly name = 'MappingError'
  readonly table: string
  readonly field: string
  readonly kind: string
  constructor(message: string, place: MappingPlace, fields: Partial<ErrorFields> = {}) {
    super(message, { code: 'mapping.failed', ...fields, details: { ...place, ...fields.details } })
    this.table = place.table
    this.field = place.field
    this.kind = place.kind
  }
}

/** Where and when a call to an instance failed. The URL carries no query values and no credentials. */
export interface CallContext {
  method: string
  url: string
  status?: number
  transactionId?: string | null
}

/** Why there was no answer; the code of the error is `transport.` and this word. */
export type TransportFault =
  /** The name of the host could not be resolved. Surely not sent. */
  | 'dns'
  /** No connection could be made: refused, unreachable, or not within the time of the socket. Surely not sent. */
  | 'refused'
  /** The certificate is not trusted, has ended or is another host's. Surely not sent, and not retryable. */
  | 'tls'
  /** The connection broke before the answer was complete. It may have been carried out. */
  | 'reset'
  /** Not complete within `timeoutMs`. It may have been carried out, unless `sent` is false: then the auth gave no headers in time. */
  | 'timeout'
  /** A guard refused to dial the address. Surely not sent, and not retryable. */
  | 'blocked'
  /** Any other failure of the network; the cause says more. It may have been carried out. */
  | 'network'

/** No answer. `sent` is `false` only when it is certain that no byte of the request reached the instance. */
export class TransportError extends SnowlineError {
  override readonly name = 'TransportError'
  readonly fault: TransportFault
  readonly sent: boolean
  readonly call: CallContext
  constructor(
    message: string,
    fault: TransportFault,
    call: CallContext,
    fields: Partial<ErrorFields> & { sent?: boolean } = {},
  ) {
    super(message, {
      code: `transport.${fault}`,
      retryable: fault !== 'blocked',
      ...fields,
      details: { ...call, ...fields.details },
    })
    this.fault = fault
    this.sent =
      fields.sent ?? !(fault === 'dns' || fault === 'refused' || fault === 'tls' || fault === 'blocked')
    this.call = call
  }
}

/** What came in place of an answer of the API; the code of the error is `response.` and this word. */
export type UnexpectedKind =
  /** A developer instance sleeps: its page, or a redirect to developer.servicenow.com, where it is woken. */
  | 'hibernating'
  /** A page that asks for a password or leads to single sign-on: these credentials are not taken here. */
  | 'login_page'
  /** The page of an upgrade, a restart or a maintenance. Retryable. */
  | 'maintenance'
  /** Some other page of HTML, usually of a proxy or a wrong address. */
  | 'html'
  /** A body that is no JSON and no page, XML for example. */
  | 'not_json'
  /** JSON that ends too early: the instance cancelled the transaction while it answered (KB1297438). Retryable. */
  | 'cut_json'
  /** A 200 that holds an error (KB1297438). Retryable when the transaction was cancelled. */
  | 'error_in_body'
  /** JSON of another form than the API's: no `result`, a result of the wrong kind, a part of a batch without a status. */
  | 'shape'
  /** A 202: thrown away in the queue of its session, surely not carried out (KB0546297). Retryable. */
  | 'dropped'
  /** A part of a batch that was left over, surely not carried out. Retryable. */
  | 'unserviced'
  /** A redirect, which is never followed; `details.location` says where to, without its query. */
  | 'redirect'
  /** More than `maxBodyBytes`. */
  | 'too_large'
  /** A success without the record it should hold: an ACL may hide it from the user who wrote it (KB3047115). */
  | 'empty'

/** An answer that is not the API speaking: a page, a cut body, an error inside a 200, a redirect. */
export class UnexpectedResponseError extends SnowlineError {
  override readonly name = 'UnexpectedResponseError'
  readonly kind: UnexpectedKind
  readonly call: CallContext
  constructor(message: string, kind: UnexpectedKind, call: CallContext, fields: Partial<ErrorFields> = {}) {
    super(message, { code: `response.${kind}`, ...fields, details: { ...call, ...fields.details } })
    this.kind = kind
    this.call = call
  }
}

/** The instance said no: its status, message and detail. */
export class InstanceError extends SnowlineError {
  override readonly name: string = 'InstanceError'
  readonly status: number
  readonly detail: string | null
  readonly call: CallContext
  constructor(
    message: string,
    call: CallContext & { status: number; detail?: string | null },
    fields: Partial<ErrorFields> = {},
  ) {
    const { detail = null, ...rest } = call
    super(message, { code: 'instance.error', ...fields, details: { ...rest, ...fields.details } })
    this.status = call.status
    this.detail = detail
    this.call = rest
  }
}

/** 401: the instance does not know these credentials. */
export class AuthenticationError extends InstanceError {
  override readonly name = 'AuthenticationError'
}
/** 403: the user may not do this. */
export class PermissionError extends InstanceError {
  override readonly name: string = 'PermissionError'
}
/** 403 of a data policy: mandatory fields are missing; `labels` are theirs, in the language of the caller. */
export class DataPolicyError extends PermissionError {
  override readonly name = 'DataPolicyError'
  get labels(): readonly string[] {
    return Array.isArray(this.details.labels) ? this.details.labels.map(String) : []
  }
}
/** 404: the record is absent, or an ACL hides it; ServiceNow does not say which. */
export class NotFoundError extends InstanceError {
  override readonly name = 'NotFoundError'
}
/** 400: the request itself is wrong, for example an unknown table. */
export class InvalidRequestError extends InstanceError {
  override readonly name = 'InvalidRequestError'
}
/** 429: wait `retryAfterMs` (null when the instance does not say). */
export class RateLimitError extends InstanceError {
  override readonly name = 'RateLimitError'
  get retryAfterMs(): number | null {
    return typeof this.details.retryAfterMs === 'number' ? this.details.retryAfterMs : null
  }
}
/** 5xx: the instance is there and cannot serve now. */
export class InstanceUnavailableError extends InstanceError {
  override readonly name = 'InstanceUnavailableError'
}

/** A write was sent and no answer proves its fate. Never repeat it blindly: look it up. */
export class OutcomeUnknownError extends SnowlineError {
  override readonly name = 'OutcomeUnknownError'
  constructor(message: string, fields: Partial<ErrorFields> = {}) {
    super(message, { code: 'write.outcome_unknown', ...fields })
  }
}

/** The store failed; names the driver and the operation. */
export class StoreError extends SnowlineError {
  override readonly name: string = 'StoreError'
  constructor(message: string, fields: Partial<ErrorFields> = {}) {
    super(message, { code: 'store.failed', ...fields })
  }
}

/** Another process holds the lease now: nothing of this run may be written any more. */
export class LeaseLostError extends StoreError {
  override readonly name = 'LeaseLostError'
  constructor(message: string, fields: Partial<ErrorFields> = {}) {
    super(message, { code: 'store.lease_lost', retryable: true, ...fields })
  }
}
