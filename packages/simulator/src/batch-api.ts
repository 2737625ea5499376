/** The Batch API: `POST /api/now/v1/batch`, several requests in one, each with a status of its own (servicenow.md 6). */
import { type Answer, bytesOf, failures, json } from './answer.ts'
import { routeOf, type SignedCall, tableOf } from './call.ts'
import { parseJson } from './json-body.ts'
import { numberOf } from './properties.ts'
import type { World } from './world.ts'

/** The transaction quota rule "REST Batch API request timeout". */
const LONGEST_MS = 30_000

interface Item {
  readonly id: string
  readonly method: string
  readonly url: string
  readonly headers: Headers
  readonly body: Uint8Array<ArrayBuffer>
  readonly withoutHeaders: boolean
}

type Serviced = Readonly<Record<string, unknown>> & { readonly id: string }

/** The words of HTTP that go with a status. */
const STATUS_TEXT: Readonly<Record<number, string>> = {
  200: 'OK',
  201: 'Created',
  202: 'Accepted',
  204: 'No Content',
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  406: 'Not Acceptable',
  415: 'Unsupported Media Type',
  429: 'Too Many Requests',
  500: 'Internal Server Error',
  503: 'Service Unavailable',
}

type Raw = Readonly<Record<string, unknown>>

function textIn(raw: Raw, name: string): string {
  const value = raw[name]
  return typeof value === 'string' || typeof value === 'number' ? String(value) : ''
}

function decodeBase64(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(text), (letter) => letter.codePointAt(0) ?? 0)
}

function encodeBase64(bytes: Uint8Array): string {
  const parts: string[] = []
  const step = 0x8000
  for (let at = 0; at < bytes.length; at += step)
    parts.push(String.fromCharCode(...bytes.subarray(at, at + step)))
  return btoa(parts.join(''))
}

function headersIn(list: unknown): Headers {
  const headers = new Headers()
  for (const each of Array.isArray(list) ? (list as readonly Raw[]) : [])
    headers.append(textIn(each, 'name'), textIn(each, 'value'))
  return headers
}

/** The items of a batch; `undefined` when the body is no batch. */
function itemsOf(text: string): { readonly batchId: string; readonly items: readonly Item[] } | undefined {
  try {
    const batch = parseJson(text) as Raw | undefined
    if (!batch || !Array.isArray(batch.rest_requests)) return undefined
    const items = (batch.rest_requests as readonly Raw[]).map((raw) => ({
      id: textIn(raw, 'id'),
      method: textIn(raw, 'method').toUpperCase() || 'GET',
      url: textIn(raw, 'url'),
      headers: headersIn(raw.headers),
      body: decodeBase64(textIn(raw, 'body')),
      withoutHeaders: raw.exclude_response_headers === true || raw.exclude_response_headers === 'true',
    }))
    return { batchId: textIn(batch, 'batch_request_id'), items }
  } catch {
    return undefined
  }
}

/** The address of an item; `undefined` for what is no path of this instance. A backslash counts as a slash, so only the host tells. */
function addressOf(url: string, origin: string): URL | undefined {
  if (!url.startsWith('/')) return undefined
  try {
    const address = new URL(url, origin)
    return address.origin === origin ? address : undefined
  } catch {
    return undefined
  }
}

/** One item as a call by whoever signed in for the batch; `undefined` for what is no path of this instance. */
function toCall(batch: SignedCall, { method, url, headers, body }: Item): SignedCall | undefined {
  const address = addressOf(url, batch.url.origin)
  if (!address) return undefined
  const route = routeOf(address.pathname)
  if (route?.api === 'batch' || route?.api === 'oauth') return undefined
  const isFile = method === 'POST' && route?.api === 'attachment'
  return {
    method,
    url: address,
    headers,
    signal: batch.signal,
    text: isFile ? '' : new TextDecoder().decode(body),
    ...(isFile ? { upload: new Blob([body]).stream() } : {}),
    route,
    table: tableOf(route),
    who: batch.who,
  }
}

/** Says that an item was no request at all. */
function unreadable(item: Item): Serviced {
  return {
    id: item.id,
    body: '',
    status_code: 400,
    status_text: 'Bad Request',
    headers: [],
    execution_time: 0,
    error_message: `Invalid request url: ${item.url}`,
  }
}

function servicedBy(item: Item, answer: Answer, bytes: Uint8Array, ms: number): Serviced {
  const named = Object.entries(answer.headers).map(([name, value]) => ({ name, value }))
  const { Location: location } = answer.headers
  return {
    id: item.id,
    body: encodeBase64(bytes),
    status_code: answer.status,
    status_text: STATUS_TEXT[answer.status] ?? '',
    headers: item.withoutHeaders ? [] : [...named, { name: 'Content-Length', value: String(bytes.length) }],
    execution_time: ms,
    ...(answer.status >= 300 && answer.status < 400 && location ? { redirect_url: location } : {}),
  }
}

function limitsOf(
  { database }: World,
  headers: Headers,
): { readonly input: number; readonly output: number } {
  const output = numberOf(database, 'glide.rest.batch.max.outputSize')
  const asked = Number(headers.get('x-batchrequest-max-output-size') ?? output)
  return {
    input: numberOf(database, 'glide.rest.batch.max.inputSize'),
    output: Number.isFinite(asked) ? Math.min(asked, output) : output,
  }
}

/**
 * Answers a batch: 200 for the whole whatever became of its items. At an item that is too large, to send or to answer,
 * and after 30 s of the instance's clock the batch is cancelled: that item and all behind it are listed in
 * `unserviced_requests`. The work of an item whose answer was too large is done all the same.
 *
 * @example POST /api/now/v1/batch // {"batch_request_id":"1","serviced_requests":[{"id":"11","status_code":200,...}],"unserviced_requests":[]}
 */
export async function handleBatch(
  world: World,
  call: SignedCall,
  serve: (item: SignedCall) => Promise<Answer>,
): Promise<Answer> {
  if (call.method !== 'POST') return failures.methodNotAllowed()
  const batch = itemsOf(call.text)
  if (!batch) return failures.unreadableBody()
  const { input, output } = limitsOf(world, call.headers)
  const now = (): number => world.clock.now().getTime()
  const began = now()
  const serviced: Serviced[] = []
  for (const item of batch.items) {
    if (now() - began > LONGEST_MS || item.body.length > input) break
    const inner = toCall(call, item)
    if (!inner) {
      serviced.push(unreadable(item))
      continue
    }
    const since = now()
    const answer = await serve(inner)
    const bytes = bytesOf(answer)
    if (bytes.length <= output) serviced.push(servicedBy(item, answer, bytes, now() - since))
    answer.release?.()
    if (bytes.length > output) break
  }
  const unserviced = batch.items.slice(serviced.length).map(({ id }) => id)
  return json(
    200,
    JSON.stringify({
      batch_request_id: batch.batchId,
      serviced_requests: serviced,
      unserviced_requests: unserviced,
    }),
  )
}
