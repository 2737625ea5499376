/** Opens an answer: gives the JSON inside when the API spoke, and otherwise says by name what came in its place. */
import type { CallContext, ErrorFields, InstanceError, UnexpectedKind } from '../base/errors.ts'
import { UnexpectedResponseError } from '../base/errors.ts'
import { retryAfterMs } from '../base/retry.ts'
import { redact } from './auth.ts'
import type { HtmlPage } from './html-page.ts'
import { classifyHtml, isHtml } from './html-page.ts'
import { readFault, toInstanceError } from './instance-fault.ts'
import type { Answer } from './transport.ts'

/** The call an answer belongs to, and what an error about it must not show. */
export interface EnvelopeContext {
  call: CallContext
  /** Milliseconds since 1970, used where the answer carries no `Date`. */
  nowMs: number
  secrets: readonly string[]
}

/**
 * The parsed body of a successful answer, `undefined` when it has none.
 *
 * Throws the InstanceError of its status, or UnexpectedResponseError: `redirect`, `dropped` (202), `hibernating`, `login_page`,
 * `maintenance`, `html`, `not_json`, `cut_json`, `error_in_body`.
 */
export function openEnvelope(answer: Answer, context: EnvelopeContext): unknown {
  const { status } = answer
  if (status === 0 || (status >= 300 && status < 400)) throw redirected(answer, context)
  const html = isHtml(answer.headers.get('content-type'), answer.text)
  if (status < 200 || status >= 300) throw html ? htmlRefusal(answer, context) : refusal(answer, context)
  if (status === 202) {
    throw odd(
      'dropped',
      'The instance dropped the request (202): another one of the same session was still running.',
      answer,
      context,
      {
        retryable: true,
        hint: 'Send it again; requests that run side by side must not share a session.',
      },
    )
  }
  if (html) throw pageError(classifyHtml(answer.text), answer, context)
  if (answer.text.trim() === '') return undefined
  return openJson(answer, context)
}

/** The member `result`, demanded to be an array (`list`) or an object (`record`). Throws UnexpectedResponseError (`shape` or `empty`). */
export function readResult(kind: 'list', body: unknown, call: CallContext): Record<string, unknown>[]
export function readResult(kind: 'record', body: unknown, call: CallContext): Record<string, unknown>
export function readResult(kind: 'list' | 'record', body: unknown, call: CallContext): unknown {
  if (body === undefined) {
    throw new UnexpectedResponseError('The answer has no body.', 'empty', call, {
      hint: 'An ACL may hide the record from the user who wrote it.',
    })
  }
  const result = isObject(body) ? body.result : undefined
  const fits =
    kind === 'list'
      ? Array.isArray(result) && result.every(isObject)
      : isObject(result) && !Array.isArray(result)
  if (fits) return result
  throw new UnexpectedResponseError(
    `The member "result" is not ${kind === 'list' ? 'a list of records' : 'a record'}.`,
    'shape',
    call,
    { hint: 'Check that the address is a ServiceNow instance and that nothing between changes its answers.' },
  )
}

function openJson(answer: Answer, context: EnvelopeContext): unknown {
  let body: unknown
  try {
    body = JSON.parse(answer.text)
  } catch (cause) {
    if (!/^\s*[[{]/.test(answer.text)) {
      throw odd('not_json', 'The answer is not JSON.', answer, context, {
        hint: 'Check that the address is a ServiceNow instance.',
      })
    }
    // The parser's own message quotes the body, which must not reach an error.
    throw odd('cut_json', 'The JSON of the answer ends before it is complete.', answer, context, {
      retryable: true,
      hint: 'The instance may have cancelled the transaction: ask for fewer records at once.',
      details: {
        cause: cause instanceof SyntaxError ? 'SyntaxError' : 'unknown',
        length: answer.text.length,
      },
    })
  }
  if (isObject(body) && body.error !== undefined && body.error !== null)
    throw errorInBody(body, answer, context)
  return body
}

/** KB1297438: a transaction cancelled by quota has already begun its 200, so the error stands beside a partial result. */
function errorInBody(body: unknown, answer: Answer, context: EnvelopeContext): UnexpectedResponseError {
  const fault = readFault(body)
  const said = fault.message ?? fault.detail ?? 'no message'
  const cancelled = /transaction cancell?ed/i.test(`${fault.message} ${fault.detail}`)
  return odd('error_in_body', `The answer is 200 and holds an error: ${said}`, answer, context, {
    retryable: cancelled,
    hint: cancelled
      ? 'The instance ran out of its time for this request: ask for fewer records at once.'
      : undefined,
    details: { cancelled },
  })
}

function redirected(answer: Answer, context: EnvelopeContext): UnexpectedResponseError {
  const target = answer.headers.get('location')
  const location =
    target !== null && URL.canParse(target, context.call.url) ? new URL(target, context.call.url) : null
  return odd('redirect', 'The instance answered with a redirect, which is never followed.', answer, context, {
    hint: 'Check the address of the instance; a redirect to a login page means that this user cannot sign in this way.',
    details: location === null ? {} : { location: `${location.origin}${location.pathname}` },
  })
}

function htmlRefusal(answer: Answer, context: EnvelopeContext): InstanceError | UnexpectedResponseError {
  const page = classifyHtml(answer.text)
  if (page === 'hibernating') return pageError(page, answer, context)
  if (page === 'maintenance' && answer.status >= 500) return pageError(page, answer, context)
  if (answer.status === 404) return pageError(page, answer, context)
  return refusal({ ...answer, text: '' }, context)
}

function refusal(answer: Answer, context: EnvelopeContext): InstanceError {
  const fault = readFault(parseOrNull(answer.text))
  const clean = (text: string | null) => (text === null ? null : redact(text, context.secrets))
  const served = Date.parse(answer.headers.get('date') ?? '')
  const wait = retryAfterMs(answer.headers, Number.isNaN(served) ? context.nowMs : served)
  return toInstanceError(
    { ...callOf(answer, context), status: answer.status },
    { message: clean(fault.message), detail: clean(fault.detail) },
    wait,
  )
}

const pages: Record<HtmlPage, { message: string; retryable: boolean; hint: string }> = {
  hibernating: {
    message: 'The instance is hibernating.',
    retryable: false,
    hint: 'Sign in at developer.servicenow.com and wake the instance, then try again.',
  },
  login_page: {
    message: 'The instance answered with a login page.',
    retryable: false,
    hint: 'Check the credentials; single sign-on users cannot use Basic authentication.',
  },
  maintenance: {
    message: 'The instance answered with a maintenance page.',
    retryable: true,
    hint: 'Try again when the maintenance is over.',
  },
  html: {
    message: 'The instance answered with a page of HTML in place of JSON.',
    retryable: false,
    hint: 'Check the address, and what stands between here and the instance.',
  },
}

function pageError(page: HtmlPage, answer: Answer, context: EnvelopeContext): UnexpectedResponseError {
  const { message, retryable, hint } = pages[page]
  return odd(page, message, answer, context, { retryable, hint })
}

function odd(
  kind: UnexpectedKind,
  message: string,
  answer: Answer,
  context: EnvelopeContext,
  fields: Partial<ErrorFields>,
): UnexpectedResponseError {
  return new UnexpectedResponseError(redact(message, context.secrets), kind, callOf(answer, context), fields)
}

/** The call with what the answer adds to it. */
export function callOf(
  answer: Pick<Answer, 'status' | 'headers'>,
  context: Pick<EnvelopeContext, 'call'>,
): CallContext {
  return { ...context.call, status: answer.status, transactionId: answer.headers.get('x-transaction-id') }
}

function parseOrNull(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}
