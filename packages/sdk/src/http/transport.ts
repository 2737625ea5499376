/** One attempt over the wire: sends, reads the body as text within a byte limit or hands it on as a stream, and ends at once when told to. */
import type { CallContext } from '../base/errors.ts'
import { UnexpectedResponseError } from '../base/errors.ts'
import type { HeaderMap } from './auth.ts'
import type { Body } from './body.ts'
import { isStreamed, joined } from './body.ts'
import type { Deadline } from './deadline.ts'
import { openDeadline } from './deadline.ts'

/**
 * What sends a request: the global `fetch`, a simulator's, or one that dials through a proxy or a guarded agent. It is given a `Request`
 * with `redirect: 'manual'` and the signal of the attempt; what it throws becomes a TransportError by the `code` of its causes.
 *
 * Example: `createClient({ ..., fetch: createInstance().fetch })` asks a simulated instance of `@snowline/simulator`.
 */
export type FetchLike = (request: Request) => Promise<Response>

export interface Attempt {
  method: string
  url: URL
  headers: HeaderMap
  /** Those of the headers an auth gave. */
  credentials?: HeaderMap
  body?: Body
  /** For the whole attempt, body included; for a body that is streamed, from each piece to the next. */
  timeoutMs: number
  maxBodyBytes: number
  /** Says of an answer whether its body is handed on as a stream, without the limit of bytes. */
  streams?: ((status: number, headers: Headers) => boolean) | undefined
  signal?: AbortSignal
}

export interface Answer {
  status: number
  headers: Headers
  /** The decoded body, `''` when there is none or it is handed on. */
  text: string
  /** The body that is handed on. */
  stream?: ReadableStream<Uint8Array<ArrayBuffer>>
  /** Settles when the stream was read to its end, was given up or broke. */
  ended?: Promise<void>
}

export interface Transport {
  /**
   * Throws TransportError when there is no answer, UnexpectedResponseError (`too_large`), QueryError for an attempt that cannot be made
   * (nothing of it was sent), or the signal's own reason when aborted.
   */
  send(attempt: Attempt): Promise<Answer>
}

/** The call as an error shows it: method and address without the query and without user info. */
export function callContext(method: string, url: URL): CallContext {
  return { method, url: `${url.origin}${url.pathname}` }
}

type Dial = (request: Request) => Promise<Response>

/** The global fetch. Node's keeps a second copy of a streamed body for a redirect, all of it, unless there is no window and no redirect. */
function globalFetch(request: Request): Promise<Response> {
  return request.redirect === 'error'
    ? globalThis.fetch(request, { window: null })
    : globalThis.fetch(request)
}

/** Makes a transport over a fetch. Redirects are never followed: credentials must not travel to another host. */
export function createTransport(fetch: FetchLike = globalFetch): Transport {
  let dialer: Promise<Dial> | undefined
  return {
    async send(attempt) {
      attempt.signal?.throwIfAborted()
      dialer ??= openDialer(fetch)
      const dial = await dialer
      const deadline = openDeadline(attempt)
      try {
        const request = await toRequest(attempt, deadline)
        deadline.signal.throwIfAborted()
        const response = await deadline.race(dialOnce(dial, request))
        const { status, headers, body } = response
        if (body !== null && attempt.streams?.(status, headers)) {
          const { handOn } = await import('./streaming.ts')
          deadline.signal.throwIfAborted()
          const name = (error: unknown) => nameFault(error, attempt, deadline)
          return { status, headers, text: '', ...handOn(body, deadline, name) }
        }
        const text = await readText(response, attempt, deadline)
        deadline.close()
        return { status, headers, text }
      } catch (error) {
        deadline.close()
        throw await nameFault(error, attempt, deadline)
      }
    },
  }
}

/** Fetched with the first request, so that building a client costs nothing of it. */
async function openDialer(fetch: FetchLike): Promise<Dial> {
  const { createFetch } = await import('ofetch')
  const dial = createFetch({
    fetch: (input, init) => fetch(input instanceof Request ? input : new Request(input, init)),
    Headers,
    AbortController,
  })
  return (request) => dial.raw(request, { retry: 0, ignoreResponseError: true, responseType: 'stream' })
}

/** A streamed body can be sent once, so a redirect of it is an error of the platform: told as the answer without status that it stands for. */
async function dialOnce(dial: Dial, request: Request): Promise<Response> {
  try {
    return await dial(request)
  } catch (error) {
    if (request.redirect !== 'error') throw error
    const { isRedirectError } = await import('./streaming.ts')
    if (isRedirectError(error)) return Response.error()
    throw error
  }
}

async function toRequest(attempt: Attempt, deadline: Deadline): Promise<Request> {
  const { body, method, headers, url } = attempt
  const streaming = isStreamed(body) ? await import('./streaming.ts') : null
  try {
    const init: RequestInit & { duplex?: 'half' } = {
      method,
      headers,
      redirect: 'manual',
      signal: deadline.signal,
    }
    if (isStreamed(body)) {
      init.body = streaming?.touching(body, deadline) ?? null
      init.duplex = 'half'
      init.redirect = 'error'
    } else if (body !== undefined) init.body = body
    return new Request(url, init)
  } catch {
    // What is thrown may quote a header, and is not kept.
  }
  throw (await import('./unsendable.ts')).unsendable(attempt)
}

async function nameFault(error: unknown, attempt: Attempt, deadline: Deadline): Promise<unknown> {
  if (attempt.signal?.aborted) return attempt.signal.reason
  const { isUnsendable, timeoutError, toTransportError } = await import('./transport-fault.ts')
  if (isUnsendable(error)) return (await import('./unsendable.ts')).unsendable(attempt)
  const failed = { call: callContext(attempt.method, attempt.url), timeoutMs: attempt.timeoutMs }
  return deadline.expired ? timeoutError(failed) : toTransportError(error, failed)
}

async function readText(response: Response, attempt: Attempt, deadline: Deadline): Promise<string> {
  if (response.body === null) return ''
  const reader: ReadableStreamDefaultReader<Uint8Array<ArrayBuffer>> = response.body.getReader()
  const chunks: Uint8Array<ArrayBuffer>[] = []
  let size = 0
  try {
    for (;;) {
      const { done, value } = await deadline.race(reader.read())
      if (done) break
      size += value.byteLength
      if (size > attempt.maxBodyBytes) throw tooLarge(attempt, response)
      chunks.push(value)
    }
  } catch (error) {
    reader.cancel().catch(() => {})
    throw error
  }
  // Decoded once: texts piece by piece would be moved by every collection until the last one is there.
  return new TextDecoder().decode(joined(chunks, size))
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
