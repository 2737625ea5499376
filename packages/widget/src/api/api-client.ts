/** Speaks with the Snowline server: paths, token, one more try with a fresh token after a 401. */
import { type HealthView, type IncidentDetailView, type IncidentList, paths } from '@snowline/protocol'
import { readAnswer, requireMember } from './answer.ts'
import { ApiError } from './api-error.ts'

/** Gives the bearer token. Called before the first request and once more when the server refuses the one in use. */
export type GetToken = () => string | null | undefined | Promise<string | null | undefined>

export interface ApiClientOptions {
  /** Where the API stands, as seen from the page: `/api`, `https://help.example.com/snow/api`. */
  base: string
  /** Absent: the request carries the cookie of its own origin. */
  getToken?: GetToken | undefined
  /** Default: the page's `fetch`, looked up at each call. */
  fetch?: typeof globalThis.fetch | undefined
  /** Default 100,000: the server itself gives up on an instance after 90 seconds and then says why. */
  timeoutMs?: number
}

export interface ApiClient {
  health(signal?: AbortSignal): Promise<HealthView>
  incidents(query: URLSearchParams, signal?: AbortSignal): Promise<IncidentList>
  incident(sysId: string, signal?: AbortSignal): Promise<IncidentDetailView>
}

const PREFIX = '/api'

/** Example: `joinBase('/snow/api/', '/api/sn/health')` is `/snow/api/sn/health`. */
export function joinBase(base: string, path: string): string {
  const rest = path.startsWith(`${PREFIX}/`) ? path.slice(PREFIX.length) : path
  return base.replace(/\/+$/, '') + rest
}

/**
 * A client for one base and one way to get a token. Throws `ApiError` everywhere; an abort by the caller passes through
 * as the `AbortError` it is.
 */
export function createApiClient(options: ApiClientOptions): ApiClient {
  const timeoutMs = options.timeoutMs ?? 100_000
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

  async function send(url: string, bearer: string | null, signal?: AbortSignal): Promise<Response> {
    const headers: Record<string, string> = { accept: 'application/json' }
    if (bearer !== null) headers.authorization = `Bearer ${bearer}`
    const limit = AbortSignal.timeout(timeoutMs)
    const call = options.fetch ?? globalThis.fetch.bind(globalThis)
    try {
      return await call(url, {
        headers,
        credentials: 'same-origin',
        signal: signal === undefined ? limit : AbortSignal.any([signal, limit]),
      })
    } catch (cause) {
      if (signal?.aborted === true) throw cause
      throw new ApiError({ code: 'network', status: 0, message: 'The server did not answer', cause })
    }
  }

  async function get(path: string, signal?: AbortSignal) {
    const url = joinBase(options.base, path)
    const response = await send(url, token ?? (await freshToken()), signal)
    if (response.status !== 401 || options.getToken === undefined) return readAnswer(response)
    return readAnswer(await send(url, await freshToken(), signal))
  }

  return {
    async health(signal) {
      const body = await get(paths.health, signal)
      return body as unknown as HealthView
    },
    async incidents(query, signal) {
      const body = await get(`${paths.incidents}?${query}`, signal)
      requireMember(body, 'incidents', 'list')
      return body as unknown as IncidentList
    },
    async incident(sysId, signal) {
      const body = await get(paths.incident(sysId), signal)
      requireMember(body, 'incident', 'object')
      return body.incident as IncidentDetailView
    },
  }
}
