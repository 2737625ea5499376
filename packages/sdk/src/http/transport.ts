/** One attempt over the wire: sends, reads the body as text within a byte limit, and names every way of getting no answer. */
import { createFetch } from 'ofetch'
import type { CallContext, TransportFault } from '../base/errors.ts'
import { isSnowlineError, TransportError, UnexpectedResponseError } from '../base/errors.ts'

/** What sends a request: the global `fetch`, a simulator's, or one that dials through a guarded agent. */
export type FetchLike = (request: Request) => Promise<Response>

export interface Attempt {
  method: string
  url: URL
  headers: Readonly<Record<string, string>>
  body?: string
  /** For the whole attempt, body included. */
  timeoutMs: number
  maxBodyBytes: number
  signal?: AbortSignal
}

export interface Answer {
  status: number
  headers: Headers
  /** The decoded body, `''` when there is none. */
  text: string
}

export interface Transport {
  /** Throws TransportError when there is no answer, UnexpectedResponseError (`too_large`), or the signal's own reason when aborted. */
  send(attempt: Attempt): Promise<Answer>
}

/** The call as an error shows it: method and address without the query and without user info. */
export function callContext(method: string, url: URL): CallContext {
  return { method, url: `${url.origin}${url.pathname}` }
}

/** Makes a transport over a fetch. Redirects are never followed: credentials must not travel to another host. */
export function createTransport(fetch: FetchLike = (request) => globalThis.fetch(request)): Transport {
  const dial = createFetch({
    fetch: (input, init) => fetch(input instanceof Request ? input : new Request(input, init)),
    Headers,
    AbortController,
  })
  return {
    async send(attempt) {
      attempt.signal?.throwIfAborted()
      const deadline = openDeadline(attempt)
      try {
        const request = new Request(attempt.url, {
          method: attempt.method,
          headers: attempt.headers,
          redirect: 'manual',
          signal: deadline.signal,
          ...(attempt.body === undefined ? {} : { body: attempt.body }),
        })
        const response = await deadline.race(
          dial.raw(request, { retry: 0, ignoreResponseError: true, responseType: 'stream' }),
        )
        const text = await readText(response, attempt, deadline)
        return { status: response.status, headers: response.headers, text }
      } catch (error) {
        if (attempt.signal?.aborted) throw attempt.signal.reason
        throw deadline.expired ? timeoutError(attempt) : toTransportError(error, attempt)
      } finally {
        deadline.close()
      }
    },
  }
}

interface Deadline {
  readonly signal: AbortSignal
  readonly expired: boolean
  race<T>(work: Promise<T>): Promise<T>
  close(): void
}

/** Joins the caller's signal and the time limit, and ends a wait at once even when the fetch below does not listen. */
function openDeadline({ timeoutMs, signal }: Attempt): Deadline {
  const controller = new AbortController()
  const state = { expired: false }
  const timer = setTimeout(() => {
    state.expired = true
    controller.abort(new DOMException('The attempt took too long.', 'TimeoutError'))
  }, timeoutMs)
  const onAbort = () => controller.abort(signal?.reason)
  signal?.addEventListener('abort', onAbort, { once: true })
  const aborted = new Promise<never>((_, reject) => {
    controller.signal.addEventListener('abort', () => reject(controller.signal.reason), { once: true })
  })
  aborted.catch(() => {})
  return {
    signal: controller.signal,
    get expired() {
      return state.expired
    },
    race(work) {
      work.catch(() => {})
      return Promise.race([work, aborted])
    },
    close() {
      clearTimeout(timer)
      signal?.removeEventListener('abort', onAbort)
    },
  }
}

async function readText(response: Response, attempt: Attempt, deadline: Deadline): Promise<string> {
  if (response.body === null) return ''
  const reader: ReadableStreamDefaultReader<Uint8Array> = response.body.getReader()
  const decoder = new TextDecoder()
  let text = ''
  let size = 0
  try {
    for (;;) {
      const { done, value } = await deadline.race(reader.read())
      if (done) break
      size += value.byteLength
      if (size > attempt.maxBodyBytes) throw tooLarge(attempt, response)
      // Decoded as it comes: chunks kept for one decoding at the end would double the memory of a page.
      text += decoder.decode(value, { stream: true })
    }
  } catch (error) {
    reader.cancel().catch(() => {})
    throw error
  }
  return text + decoder.decode()
}

function tooLarge(attempt: Attempt, response: Response): UnexpectedResponseError {
  return new UnexpectedResponseError(
    `The answer is larger than ${attempt.maxBodyBytes} bytes.`,
    'too_large',
    {
      ...callContext(attempt.method, attempt.url),
      status: response.status,
      transactionId: response.headers.get('x-transaction-id'),
    },
    { hint: 'Ask for fewer records or fields at once, or raise maxBodyBytes.' },
  )
}

function timeoutError(attempt: Attempt): TransportError {
  return new TransportError(
    `No complete answer within ${attempt.timeoutMs} ms.`,
    'timeout',
    callContext(attempt.method, attempt.url),
    { hint: 'Ask for fewer records at once, or raise timeoutMs.' },
  )
}

const faultMessages: Record<TransportFault, string> = {
  dns: 'The host name could not be resolved.',
  refused: 'No connection could be made.',
  tls: 'The TLS connection could not be trusted.',
  reset: 'The connection broke before the answer was complete.',
  timeout: 'The connection timed out.',
  blocked: 'The destination is not allowed.',
  network: 'The request failed on the network.',
}

const faultHints: Record<TransportFault, string> = {
  dns: 'Check the name of the instance, and the name server of this machine.',
  refused: 'Check the address, and whether a firewall or proxy stands in between.',
  tls: 'Check the certificate and the proxy between here and there.',
  reset: 'Try again; if it stays, ask for fewer records at once or look at the proxy in between.',
  timeout: 'Try again; if it stays, ask for fewer records at once.',
  blocked: 'Add the exact origin to the allowed origins if it is meant.',
  network: 'Try again; the cause says more.',
}

function toTransportError(error: unknown, attempt: Attempt): unknown {
  const causes = causeChain(error)
  const ours = causes.find(isSnowlineError)
  if (ours !== undefined) return ours
  const fault = faultOf(causes)
  return new TransportError(faultMessages[fault], fault, callContext(attempt.method, attempt.url), {
    cause: error,
    hint: faultHints[fault],
    ...(fault === 'tls' ? { retryable: false } : {}),
  })
}

/** The error and what caused it, outermost first; the first member of an AggregateError (one per address tried) counts as cause. */
function causeChain(error: unknown): unknown[] {
  const chain: unknown[] = []
  let current: unknown = error
  while (current instanceof Error && chain.length < 10) {
    chain.push(current)
    current = current.cause ?? (current instanceof AggregateError ? current.errors[0] : undefined)
  }
  return chain
}

const faultByCode: Readonly<Record<string, TransportFault>> = {
  ENOTFOUND: 'dns',
  EAI_AGAIN: 'dns',
  ECONNREFUSED: 'refused',
  EHOSTUNREACH: 'refused',
  ENETUNREACH: 'refused',
  EADDRNOTAVAIL: 'refused',
  UND_ERR_CONNECT_TIMEOUT: 'refused',
  ECONNRESET: 'reset',
  EPIPE: 'reset',
  UND_ERR_SOCKET: 'reset',
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: 'reset',
  HPE_INVALID_EOF_STATE: 'reset',
  UND_ERR_HEADERS_TIMEOUT: 'timeout',
  UND_ERR_BODY_TIMEOUT: 'timeout',
  DESTINATION_BLOCKED: 'blocked',
}
const tlsCode = /^(ERR_TLS|ERR_SSL|CERT_|SELF_SIGNED|DEPTH_ZERO|UNABLE_TO_|HOSTNAME_MISMATCH)/

function faultOf(causes: readonly unknown[]): TransportFault {
  for (const cause of causes) {
    if (!(cause instanceof Error) || !('code' in cause) || typeof cause.code !== 'string') continue
    const known = faultByCode[cause.code]
    if (known !== undefined) return known
    if (tlsCode.test(cause.code)) return 'tls'
    if (cause.code === 'ETIMEDOUT')
      return 'syscall' in cause && cause.syscall === 'connect' ? 'refused' : 'timeout'
  }
  const inBody = causes.some(
    (cause) => cause instanceof Error && /terminated|aborted|premature/i.test(cause.message),
  )
  return inBody ? 'reset' : 'network'
}
