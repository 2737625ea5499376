/** One request as plain data: what was asked, of which API, by whom. */
import type { Principal } from './acl.ts'
import type { Answer } from './answer.ts'

/** The APIs of an instance, and the page where tokens are given. */
export type ApiName = 'table' | 'stats' | 'attachment' | 'batch' | 'import' | 'tinyurl' | 'oauth'

/** Which API a path belongs to. */
export interface Route {
  readonly api: ApiName
  /** `v1`, `v2`, or undefined for the latest. */
  readonly version: string | undefined
  /** The path after the name of the API, decoded, piece by piece. */
  readonly parts: readonly string[]
}

/** Who asks: a user, or the refusal of what was shown at the door. */
export type Who =
  | { readonly principal: Principal; readonly refused?: undefined }
  | { readonly principal?: undefined; readonly refused: Answer }

/** A request read once, so that each step asks plain data. */
export interface Call {
  readonly method: string
  readonly url: URL
  readonly headers: Headers
  readonly signal: AbortSignal
  /** The body as text; empty for an upload. */
  readonly text: string
  /** The bytes of an upload, which may be larger than the memory. */
  readonly upload?: ReadableStream<Uint8Array>
  readonly route: Route | undefined
  /** The table in the path of the Table, Aggregate and Import Set APIs. */
  readonly table: string | undefined
}

/** A request whose sender is known. */
export interface SignedCall extends Call {
  readonly who: Who
}

const API_PATH = /^\/api\/now(?:\/(v[12]))?\/(table|stats|attachment|batch|import|tinyurl)(?:\/([^?]*?))?\/?$/
const WITH_TABLE: ReadonlySet<ApiName> = new Set<ApiName>(['table', 'stats', 'import'])

function decodedPart(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** The API of a path; `undefined` for a path of no API. */
export function routeOf(path: string): Route | undefined {
  if (path === '/oauth_token.do') return { api: 'oauth', version: undefined, parts: [] }
  const match = API_PATH.exec(path)
  if (!match) return undefined
  const [, version, api, rest] = match
  return { api: api as ApiName, version, parts: rest ? rest.split('/').map(decodedPart) : [] }
}

/** The table a route names. */
export function tableOf(route: Route | undefined): string | undefined {
  return route && WITH_TABLE.has(route.api) ? route.parts[0] : undefined
}

/** Whether a request brings a file, which is never read as text. */
export function isUpload(method: string, path: string): boolean {
  return method === 'POST' && /^\/api\/now(?:\/v[12])?\/attachment\//.test(path)
}

/** Reads a request and its body; an upload is left to be read piece by piece. */
export async function readCall(request: Request): Promise<Call> {
  const url = new URL(request.url)
  const override = request.headers.get('x-http-method-override')
  const method = (override && request.method === 'POST' ? override : request.method).toUpperCase()
  const upload = isUpload(request.method, url.pathname)
  const text = request.body && !upload ? await request.text() : ''
  const route = routeOf(url.pathname)
  return {
    method,
    url,
    headers: request.headers,
    signal: request.signal,
    text,
    ...(upload && request.body ? { upload: request.body } : {}),
    route,
    table: tableOf(route),
  }
}

/** Path and query as people write them. */
export function decoded(url: URL): string {
  const text = url.pathname + url.search
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    return text
  }
}
