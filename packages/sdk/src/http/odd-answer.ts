/** Says by name what came in place of an answer of the API; loaded with the first answer that is odd. */
import type { ErrorFields, InstanceError, UnexpectedKind } from '../base/errors.ts'
import { UnexpectedResponseError } from '../base/errors.ts'
import { retryAfterMs } from '../base/retry.ts'
import type { EnvelopeContext } from './answer.ts'
import { callOf, hasError, parseJson } from './answer.ts'
import type { HtmlPage } from './html-page.ts'
import { classifyHtml, isHtml } from './html-page.ts'
import { readFault, toInstanceError } from './instance-fault.ts'
import { redact, secretsOf } from './secrets.ts'
import type { Answer } from './transport.ts'

/** The error an answer stands for, thrown; the parsed body, `undefined` for none, of one that only looked odd. */
export function openOddAnswer(answer: Answer, context: EnvelopeContext): unknown {
  const { status } = answer
  if (status === 0 || (status >= 300 && status < 400)) throw redirected(answer, context)
  const html = isHtml(answer.headers.get('content-type'), answer.text)
  if (status < 200 || status >= 300) throw html ? htmlRefusal(answer, context) : refusal(answer, context)
  if (status === 202 && isDropped(answer, context)) {
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

/** APIs that never begin work to be asked for later: a 202 of theirs says that nothing was done. */
const synchronous = /^\/api\/now\/(?:v\d+\/)?(?:table|stats|attachment|import|batch)(?:\/|$)/

/** A 202 is an answer only of another API, and only when it has something to say. */
function isDropped(answer: Answer, context: EnvelopeContext): boolean {
  return synchronous.test(new URL(context.call.url).pathname) || !isObject(parseJson(answer.text))
}

function openJson(answer: Answer, context: EnvelopeContext): unknown {
  const body = parseJson(answer.text)
  if (body === undefined) {
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
        length: answer.text.length,
      },
    })
  }
  if (hasError(body)) throw errorInBody(body, answer, context)
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
  // The page of the developer programme is where a sleeping instance is woken.
  if (location?.hostname === 'developer.servicenow.com') return pageError('hibernating', answer, context)
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
  if (page === 'login_page' && answer.status === 403) return pageError(page, answer, context)
  // The container refuses a long request line with a page of its own, and with 400 (KB0826932).
  const tooLong = /Request header is too large/i.exec(answer.text)?.[0]
  return refusal(
    { ...answer, text: tooLong === undefined ? '' : JSON.stringify({ error: tooLong }) },
    context,
  )
}

function refusal(answer: Answer, context: EnvelopeContext): InstanceError {
  const fault = readFault(parseJson(answer.text))
  const clean = (text: string | null) => (text === null ? null : redact(text, secretsOf(context.secrets)))
  const served = Date.parse(answer.headers.get('date') ?? '')
  const wait = retryAfterMs(answer.headers, Number.isNaN(served) ? context.nowMs : served, answer.status)
  return toInstanceError(
    { ...callOf(answer, context), status: answer.status },
    { message: clean(fault.message), detail: clean(fault.detail) },
    { retryAfterMs: wait, mfa: /invalid/i.test(answer.headers.get('x-mfa_token') ?? '') },
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

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null
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
  return new UnexpectedResponseError(
    redact(message, secretsOf(context.secrets)),
    kind,
    callOf(answer, context),
    fields,
  )
}
