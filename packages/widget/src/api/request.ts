/** One request to the Snowline server: base, token, time limit, and one more try with a fresh token after a 401. */
import { type Json, readAnswer } from './answer.ts'
import { ApiError } from './api-error.ts'

/** Gives the bearer token. Called before the first request and once more when the server refuses the one in use. */
export type GetToken = () => string | null | undefined | Promise<string | null | undefined>

export interface RequestOptions {
  /** Where the API stands, as seen from the page: `/api`, `https://help.example.com/snow/api`. */
  base: string
  /** Absent: the request carries the cookie of its own origin. */
  getToken?: GetToken | undefined
  /** Default: the page's `fetch`, looked up at each call. */
  fetch?: typeof globalThis.fetch | undefined
}

/** The server itself gives up on an instance after 90 seconds and then says why. */
const TIMEOUT_MS = 100_000

/** `body` makes it a request with JSON; without one, nothing is sent as a body. */
export interface Ask {
  method?: 'GET' | 'POST' | 'PATCH' | 'DELETE'
  body?: object
  signal?: AbortSignal | undefined
  headers?: Readonly<Record<string, string>>
  /** Default 100,000; a stream and a download may take their time. */
  timeoutMs?: number
}

/** Gives the answer as it came. Throws `ApiError` only when none came. */
export type Send = (path: string, ask?: Ask) => Promise<Response>

/** Gives the checked body. Throws `ApiError`; an abort by the caller passes through as the `AbortError` it is. */
export type AskServer = (path: string, ask?: Ask) => Promise<Json>

const PREFIX = '/api'

/** Example: `joinBase('/snow/api/', '/api/sn/health')` is `/snow/api/sn/health`. */
export function joinBase(base: string, path: string): string {
  const rest = path.startsWith(`${PREFIX}/`) ? path.slice(PREFIX.length) : path
  return base.replace(/\/+$/, '') + rest
}

export function createAskServer(options: RequestOptions): AskServer {
  return toAskServer(createSend(options))
}

export function toAskServer(send: Send): AskServer {
  return async (path, ask) => readAnswer(await send(path, ask))
}

/** One client may send both ways: they share the token. */
export function createSend(options: RequestOptions): Send {
  let token: string | null = null

  async function freshToken(): Promise<string | null> {
    if (options.getToken === undefined) return null
    try {
      token = (await options.getToken()) ?? null
    } catch (cause) {
      token = null
      throw new ApiError({ code: 'unauthenticated', status: 0, message: 'No token could be had', cause })
    }
    return token
  }

  async function send(url: string, bearer: string | null, ask: Ask): Promise<Response> {
    const { method = 'GET', body, signal } = ask
    const headers: Record<string, string> = { accept: 'application/json', ...ask.headers }
    if (bearer !== null) headers.authorization = `Bearer ${bearer}`
    if (body !== undefined) headers['content-type'] = 'application/json'
    const limit = AbortSignal.timeout(ask.timeoutMs ?? TIMEOUT_MS)
    const call = options.fetch ?? globalThis.fetch.bind(globalThis)
    try {
      return await call(url, {
        method,
        headers,
        body: JSON.stringify(body),
        credentials: 'same-origin',
        signal: signal === undefined ? limit : AbortSignal.any([signal, limit]),
      })
    } catch (cause) {
      if (signal?.aborted === true) throw cause
      throw new ApiError({ code: 'network', status: 0, message: 'The server did not answer', cause })
    }
  }

  /** A 401 is said before anything is done, so that even a write may be sent once more. */
  return async (path, ask = {}) => {
    const url = joinBase(options.base, path)
    const response = await send(url, token ?? (await freshToken()), ask)
    if (response.status !== 401 || options.getToken === undefined) return response
    return send(url, await freshToken(), ask)
  }
}
