/** The door to every other JSON API of an instance; loaded with the first request. */
import { QueryError } from '../base/errors.ts'
import type { Accepted, Completed, Exchange } from '../http/exchange.ts'
import { addressOf } from './address.ts'

/** What goes with a raw request. Example: `{ query: { sysparm_count: true }, timeoutMs: 60_000 }`. */
export interface RequestOptions {
  /** Parameters behind the path, encoded for it; `undefined` ones are left out. */
  query?: Readonly<Record<string, string | number | boolean | undefined>>
  /** Sent as JSON. */
  body?: unknown
  /** Lower-case names; they take the place of our `accept`, `content-type` and `user-agent`, never of the credentials. */
  headers?: Readonly<Record<string, string>>
  /** May it be repeated although the first attempt may have been carried out? Default: GET, HEAD, PUT, DELETE. */
  idempotent?: boolean
  /** Milliseconds for each attempt, body included; default the client's. */
  timeoutMs?: number
  /** Ends the call at once, in a wait between attempts too; its own reason is thrown. */
  signal?: AbortSignal
}

/** The answer of a raw request; one outside 2xx is thrown as InstanceError. Example: `(await sn.request('GET', '/api/now/stats/incident')).status` is 200. */
export interface RawResponse {
  /** 200 to 299. */
  status: number
  headers: Headers
  /** The body as it came, decoded; `''` when there is none. */
  text: string
  /** The parsed body, `undefined` when there is none. */
  json: unknown
}

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
