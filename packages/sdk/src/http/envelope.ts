/** Opens an answer: gives the JSON inside when the API spoke; whatever came in its place is named by `odd-answer.ts`. */
import type { CallContext } from '../base/errors.ts'
import { UnexpectedResponseError } from '../base/errors.ts'
import type { EnvelopeContext } from './answer.ts'
import { hasError, parseJson } from './answer.ts'
import type { Answer } from './transport.ts'

/**
 * The parsed body of a successful answer, `undefined` when it has none.
 *
 * Throws the InstanceError of its status, or UnexpectedResponseError: `redirect`, `dropped` (202), `hibernating`, `login_page`,
 * `maintenance`, `html`, `not_json`, `cut_json`, `error_in_body`.
 */
export async function openEnvelope(answer: Answer, context: EnvelopeContext): Promise<unknown> {
  const { status, text } = answer
  if (
    status >= 200 &&
    status < 300 &&
    status !== 202 &&
    !/html/i.test(answer.headers.get('content-type') ?? '')
  ) {
    if (text.trim() === '') return undefined
    const body = parseJson(text)
    if (body !== undefined && !hasError(body)) return body
  }
  const { openOddAnswer } = await import('./odd-answer.ts')
  return openOddAnswer(answer, context)
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

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}
