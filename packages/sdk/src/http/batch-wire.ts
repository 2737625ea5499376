/** The Batch API's own language: requests wrapped as base64, answers unwrapped, and which ids were left over. */
import type { CallContext } from '../base/errors.ts'
import { UnexpectedResponseError } from '../base/errors.ts'
import type { Answer } from './transport.ts'

/** Where a batch is posted to. */
export const batchPath = '/api/now/v1/batch'

/** One request of a batch. */
export interface BatchPart {
  id: string
  method: string
  /** Path and query, without the origin. */
  path: string
  headers: Readonly<Record<string, string>>
  body?: string
}

/** What a batch came to: an answer for each part that was serviced, and the ids the instance lists as not serviced. */
export interface BatchParts {
  serviced: ReadonlyMap<string, Answer>
  unserviced: ReadonlySet<string>
}

/** The body of a batch. Example: a part of `GET /api/now/table/incident` becomes `{ id, method: 'GET', url: '/api/now/table/incident', headers: [...] }`. */
export function encodeBatch(batchId: string, parts: readonly BatchPart[]): string {
  return JSON.stringify({
    batch_request_id: batchId,
    rest_requests: parts.map(({ id, method, path, headers, body }) => ({
      id,
      method,
      url: path,
      headers: Object.entries(headers).map(([name, value]) => ({ name, value })),
      exclude_response_headers: false,
      ...(body === undefined ? {} : { body: toBase64(body) }),
    })),
  })
}

/** Reads the answer of a batch. Throws UnexpectedResponseError (`shape`) when it is none. */
export function decodeBatch(body: unknown, call: CallContext): BatchParts {
  const { serviced_requests: serviced, unserviced_requests: unserviced = [] } = isObject(body) ? body : {}
  if (!Array.isArray(serviced) || !Array.isArray(unserviced)) {
    throw new UnexpectedResponseError('The answer is no answer of the Batch API.', 'shape', call)
  }
  const answers = serviced.filter(isObject).map((part) => [String(part.id), toAnswer(part)] as const)
  // Some releases list an id as a text, others as the request it belongs to.
  const left = unserviced.map((part: unknown) => String(isObject(part) ? part.id : part))
  return { serviced: new Map(answers), unserviced: new Set(left) }
}

function toAnswer(part: Readonly<Record<string, unknown>>): Answer {
  const headers = new Headers()
  for (const header of Array.isArray(part.headers) ? part.headers.filter(isObject) : []) {
    try {
      headers.append(String(header.name), String(header.value))
    } catch {
      // A header that HTTP could not carry says nothing to us.
    }
  }
  const text = typeof part.body === 'string' ? fromBase64(part.body) : ''
  const status = Number(part.status_code)
  return { status: Number.isInteger(status) && status > 99 && status < 600 ? status : 0, headers, text }
}

/** Throws UnexpectedResponseError (`shape`) for an answer that came without a status: what became of its request is not known. */
export function demandStatus(answer: Answer, call: CallContext): void {
  if (answer.status > 0) return
  throw new UnexpectedResponseError('The batch answered a request without a status.', 'shape', call)
}

function toBase64(text: string): string {
  const bytes = new TextEncoder().encode(text)
  let binary = ''
  // In pieces: a call takes only so many arguments.
  for (let at = 0; at < bytes.length; at += 0x8000) {
    binary += String.fromCharCode(...bytes.subarray(at, at + 0x8000))
  }
  return btoa(binary)
}

function fromBase64(text: string): string {
  try {
    const binary = atob(text)
    return new TextDecoder().decode(Uint8Array.from(binary, (char) => char.charCodeAt(0)))
  } catch {
    // Left as it is: whoever opens it finds that it is no JSON and says so.
    return text
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}
