/** What can be said of an answer before it is opened. */
import type { CallContext } from '../base/errors.ts'
import type { Secrets } from './secrets.ts'
import type { Answer } from './transport.ts'

/** The call an answer belongs to, and what an error about it must not show. */
export interface EnvelopeContext {
  call: CallContext
  /** Milliseconds since 1970, used where the answer carries no `Date`. */
  nowMs: number
  secrets: Secrets
}

/** The call with what the answer adds to it. */
export function callOf(
  answer: Pick<Answer, 'status' | 'headers'>,
  context: Pick<EnvelopeContext, 'call'>,
): CallContext {
  return { ...context.call, status: answer.status, transactionId: answer.headers.get('x-transaction-id') }
}

/** The JSON of a text, `undefined` when it is none. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/**
 * True when a body of 200 carries an error as the platform writes it, an object or a text (KB1297438). Other APIs have a member of that
 * name which says that there is none: `false`, `''`, `[]`.
 */
export function hasError(body: unknown): boolean {
  if (!isObject(body)) return false
  const { error } = body
  return typeof error === 'string' ? error.trim() !== '' : isObject(error) && !Array.isArray(error)
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}
