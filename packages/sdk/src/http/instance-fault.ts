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
  retryAfterMs: number | null,
): InstanceError {
  const refusal: Refusal = { ...call, detail: fault.detail }
  const said = fault.message ?? fault.detail
  const { status } = call
  const wait = retryAfterMs === null ? {} : { retryAfterMs }
  switch (true) {
    case status === 401:
      return new AuthenticationError(said ?? 'The instance does not accept these credentials.', refusal, {
        code: 'instance.unauthenticated',
        hint: 'Check user name and password (single sign-on users have none), token or key, and that the user may use web services.',
      })
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
      return new InstanceUnavailableError(said ?? `The instance answered ${status}.`, refusal, {
        code: 'instance.unavailable',
        retryable: true,
        hint: 'Try again later; the transaction id finds it in the log of the instance.',
        details: wait,
      })
    case status === 400:
      return toInvalidRequest(refusal, said)
    default:
      return new InstanceError(said ?? `The instance answered ${status}.`, refusal, {
        retryable: status === 408,
        details: wait,
      })
  }
}

function toInvalidRequest(refusal: Refusal, said: string | null): InvalidRequestError {
  if (said !== null && /^Invalid table/i.test(said)) {
    return new InvalidRequestError(said, refusal, {
      code: 'instance.invalid_table',
      hint: 'Check the name of the table.',
    })
  }
  return new InvalidRequestError(said ?? 'The instance refused the request as malformed.', refusal, {
    code: 'instance.invalid_request',
    hint: said === null ? 'A very long query is refused in this way too: ask for less at once.' : undefined,
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
    hint: 'Check the roles of this user; a record may have been inserted although the answer is 403.',
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
