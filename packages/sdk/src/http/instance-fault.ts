/** What an instance's refusal means: its status and error body become one error of the family. */
import type { CallContext, ErrorFields } from '../base/errors.ts'
import {
  AuthenticationError,
  DataPolicyError,
  InstanceError,
  InstanceUnavailableError,
  InvalidRequestError,
  NotFoundError,
  PermissionError,
  RateLimitError,
} from '../base/errors.ts'

/** The error part of a body, as far as there is one. */
export interface InstanceFault {
  message: string | null
  detail: string | null
}

type Refusal = CallContext & { status: number; detail: string | null }

const maxTextLength = 500

/** Reads `{ error: { message, detail } }`, and OAuth's `{ error, error_description }`; both null when the body is something else. */
export function readFault(body: unknown): InstanceFault {
  if (!isObject(body)) return { message: null, detail: null }
  const { error } = body
  if (isObject(error)) return { message: toText(error.message), detail: toText(error.detail) }
  return { message: toText(error), detail: toText(body.error_description) }
}

/** The error of an answer outside 2xx. `retryAfterMs` is what the answer asked for, null when it asked for nothing. */
export function toInstanceError(
  call: CallContext & { status: number },
  fault: InstanceFault,
  { retryAfterMs, mfa = false }: { retryAfterMs: number | null; mfa?: boolean },
): InstanceError {
  const refusal: Refusal = { ...call, detail: fault.detail }
  const said = fault.message ?? fault.detail
  const { status } = call
  const wait = retryAfterMs === null ? {} : { retryAfterMs }
  switch (true) {
    case status === 401:
      return toAuthenticationError(refusal, said, mfa)
    case status === 403:
      return toPermissionError(refusal, fault)
    case status === 404:
      return new NotFoundError(said ?? 'No record found.', refusal, {
        code: 'instance.not_found',
        hint: 'The record does not exist, or an ACL hides it from this user; ServiceNow does not say which.',
      })
    case status === 429:
      return new RateLimitError(said ?? 'Too many requests.', refusal, {
        code: 'instance.rate_limited',
        retryable: true,
        hint: 'Wait, send fewer requests at once, or ask for another rate limit rule.',
        details: wait,
      })
    case status >= 500:
      return toUnavailableError(refusal, fault, wait)
    case status === 400:
      return toInvalidRequest(refusal, said)
    default:
      return new InstanceError(said ?? `The instance answered ${status}.`, refusal, {
        retryable: status === 408 || status === 499,
        details: wait,
        ...otherStatus[status],
      })
  }
}

const tooLong: Partial<ErrorFields> = {
  code: 'instance.request_too_long',
  hint: 'The address or the headers are too long for what stands in between: ask for less at once, or allow the Batch API to this user.',
}

const otherStatus: Readonly<Record<number, Partial<ErrorFields>>> = {
  405: { code: 'instance.method_not_allowed', hint: 'This address does not take this method.' },
  406: { code: 'instance.media_type', hint: 'Ask for JSON: the instance offers nothing that was accepted.' },
  407: {
    code: 'instance.proxy_unauthenticated',
    hint: 'A proxy between here and the instance wants credentials of its own: give them to the fetch that is used.',
  },
  408: {
    code: 'instance.request_timeout',
    hint: 'The request did not arrive in time: try again, or send less at once.',
  },
  409: {
    code: 'instance.conflict',
    hint: 'The record is not in the state this call expects: read it again, then decide anew.',
  },
  413: { code: 'instance.payload_too_large', hint: 'Send less at once: an instance takes 10 MB by default.' },
  414: tooLong,
  415: { code: 'instance.media_type', hint: 'Send JSON, or the type this address takes.' },
  431: tooLong,
  499: {
    code: 'instance.cut_off',
    hint: 'Something between here and the instance gave up waiting: ask for fewer records at once.',
  },
}

/** With `X-MFA_TOKEN: invalid` the password was right and a one-time code is missing. */
function toAuthenticationError(refusal: Refusal, said: string | null, mfa: boolean): AuthenticationError {
  return new AuthenticationError(said ?? 'The instance does not accept these credentials.', refusal, {
    code: 'instance.unauthenticated',
    hint: mfa
      ? 'This user needs a second factor: use OAuth, an API key, or a user for integrations without one.'
      : 'Check user name and password (single sign-on users have none, and newer instances restrict Basic authentication), token or key, and that the user may use web services.',
    details: mfa ? { reason: 'mfa' } : {},
  })
}

/** A transaction that was cancelled while it waited in the queue is a 500 with the sentence of the quota (KB1297438). */
function toUnavailableError(
  refusal: Refusal,
  fault: InstanceFault,
  wait: Readonly<Record<string, unknown>>,
): InstanceUnavailableError {
  const cancelled = /transaction cancell?ed/i.test(`${fault.message} ${fault.detail}`)
  const said = fault.message ?? fault.detail ?? `The instance answered ${refusal.status}.`
  return new InstanceUnavailableError(said, refusal, {
    code: 'instance.unavailable',
    retryable: true,
    hint: cancelled
      ? 'The instance cancelled the request by its quota: ask for fewer records at once.'
      : 'Try again later; the transaction id finds it in the log of the instance.',
    details: { ...wait, ...(cancelled ? { cancelled } : {}) },
  })
}

/** The kinds of 400 an instance tells apart only by its text. */
const malformed: readonly { says: RegExp; code: string; hint: string }[] = [
  { says: /^Invalid table/i, code: 'instance.invalid_table', hint: 'Check the name of the table.' },
  {
    says: /Rejected large REST payload|Exception while reading request/i,
    code: 'instance.payload_too_large',
    hint: 'Send less at once: an instance takes 10 MB by default (glide.rest.max_content_length).',
  },
  {
    says: /Request header is too large/i,
    code: 'instance.request_too_long',
    hint: 'The query is too long for a URL: ask for less at once, or allow the Batch API to this user.',
  },
  {
    says: /does not represent any resource/i,
    code: 'instance.unknown_path',
    hint: 'Check the path; the plugin behind it may be missing.',
  },
  {
    says: /sysparm_limit/i,
    code: 'instance.invalid_limit',
    hint: 'Ask for at least one record.',
  },
]

function toInvalidRequest(refusal: Refusal, said: string | null): InvalidRequestError {
  const text = `${said ?? ''}\n${refusal.detail ?? ''}`
  const known = malformed.find(({ says }) => says.test(text))
  return new InvalidRequestError(said ?? 'The instance refused the request as malformed.', refusal, {
    code: known?.code ?? 'instance.invalid_request',
    hint:
      known?.hint ??
      (said === null ? 'A very long query is refused in this way too: ask for less at once.' : undefined),
  })
}

/** The kinds of 403 an instance tells apart only by its text. */
function toPermissionError(refusal: Refusal, fault: InstanceFault): PermissionError {
  const text = `${fault.message ?? ''}\n${fault.detail ?? ''}`
  const said = fault.message ?? fault.detail ?? 'This user may not do this.'
  if (/Data Policy Exception/i.test(text)) {
    return new DataPolicyError(said, refusal, {
      code: 'instance.data_policy',
      hint: 'Give the mandatory fields; a choice the instance does not know counts as missing.',
      details: { labels: mandatoryLabels(text) },
    })
  }
  return new PermissionError(said, refusal, permissionFields(text))
}

function permissionFields(text: string): ErrorFields {
  const rule = /aborted by Business Rule '([^'^]+)(?:\^([0-9a-f]{32}))?'/i.exec(text)
  if (rule !== null) {
    return {
      code: 'instance.business_rule',
      hint: 'A business rule of the instance refused the change.',
      details: { rule: rule[1], ...(rule[2] === undefined ? {} : { ruleId: rule[2] }) },
    }
  }
  const acl = /ACL Exception (Insert|Update|Delete) Failed/i.exec(text)
  if (acl !== null) {
    return {
      code: 'instance.write_acl',
      hint: 'Give this user a role that may write the table and its fields.',
      details: { operation: acl[1]?.toLowerCase() },
    }
  }
  if (/Failed API level ACL Validation/i.test(text)) {
    return {
      code: 'instance.api_acl',
      hint: 'Give this user a role that may use the REST API (snc_platform_rest_api_access).',
    }
  }
  if (/denied due to table security|do not have permission to be read/i.test(text)) {
    return { code: 'instance.query_acl', hint: 'The query names a field this user may not read or compare.' }
  }
  return {
    code: 'instance.forbidden',
    hint: 'Check the roles of this user; a record may have been inserted although the answer is 403 (KB2697679).',
  }
}

/** The labels after the last colon of the policy's sentence, which is in the caller's language. */
function mandatoryLabels(text: string): string[] {
  const sentence = /Data Policy Exception:([^\n]*)/i.exec(text)?.[1] ?? ''
  const list = sentence.slice(sentence.lastIndexOf(':') + 1)
  return list
    .split(',')
    .map((label) => label.trim())
    .filter((label) => label !== '')
}

function toText(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value.slice(0, maxTextLength) : null
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}
