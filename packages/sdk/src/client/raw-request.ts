/** The door to every other JSON API of an instance; loaded with the first request. */
import { QueryError } from '../base/errors.ts'
import type { Accepted, Completed, Exchange } from '../http/exchange.ts'
import { addressOf } from './address.ts'
import type { RawResponse, RequestOptions } from './client.ts'

const repeatable: ReadonlySet<string> = new Set(['GET', 'HEAD', 'PUT', 'DELETE'])

/** One request. Throws QueryError for a path that leads away from the instance, else the error family. */
export async function rawRequest(
  exchange: Exchange,
  origin: string,
  verb: string,
  path: string,
  { query, body, idempotent, ...options }: RequestOptions,
): Promise<Completed<RawResponse>> {
  const method = String(verb).toUpperCase()
  if (!/^[A-Z]+$/.test(method) || typeof verb !== 'string') {
    throw new QueryError('The method of a request is a word.', {
      hint: 'Give GET, POST, PUT, PATCH or DELETE.',
    })
  }
  const call = {
    ...options,
    method,
    url: addressOf(origin, path, query),
    idempotent: idempotent ?? repeatable.has(method),
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  }
  return exchange.run(call, toRawResponse)
}

function toRawResponse({ answer, body }: Accepted): RawResponse {
  return { status: answer.status, headers: answer.headers, text: answer.text, json: body }
}
