/** The client of one instance: its tables, and the raw door beneath them. */
import { ConfigError, QueryError } from '../base/errors.ts'
import type { DoctorReport } from '../doctor/check.ts'
import type { DoctorOptions } from '../doctor/doctor.ts'
import { toAuth } from '../http/auth.ts'
import type { Exchange } from '../http/exchange.ts'
import { createExchange } from '../http/exchange.ts'
import { createThrottle } from '../http/throttle.ts'
import { createTransport } from '../http/transport.ts'
import type { GenericRecord, Tables } from '../tables/tables.ts'
import type { ClientConfig, ClientOptions } from './options.ts'
import { resolveOptions } from './options.ts'
import type { TableClient } from './table-client.ts'
import { createTableClient } from './table-client.ts'

export interface RequestOptions {
  query?: Readonly<Record<string, string | number | boolean | undefined>>
  /** Sent as JSON. */
  body?: unknown
  headers?: Readonly<Record<string, string>>
  /** May it be repeated although the first attempt may have been carried out? Default: GET, HEAD, PUT, DELETE. */
  idempotent?: boolean
  signal?: AbortSignal
}

export interface RawResponse {
  status: number
  headers: Headers
  text: string
  /** The parsed body, `undefined` when there is none. */
  json: unknown
}

/** The record type of a table: from `T` when it knows the name, else texts by field. */
export type RecordOf<T, Name extends string> = Name extends keyof T ? T[Name] : GenericRecord

export interface Client<T = Tables> {
  /** `https://dev12345.service-now.com`; credentials go nowhere else. */
  readonly origin: string
  /** Shorthand for `table('incident')`. */
  readonly incidents: TableClient<RecordOf<T, 'incident'>>
  /** Throws QueryError for a name that is no identifier. */
  table<const Name extends (keyof T & string) | (string & {})>(name: Name): TableClient<RecordOf<T, Name>>
  /** Any other JSON API of the instance, with auth, retries and pace. `path` begins with `/`; throws QueryError when it leaves the instance. */
  request(method: string, path: string, options?: RequestOptions): Promise<RawResponse>
  /**
   * Ordered checks of the instance, its user and the tables, each ok, warn or fail with its mend. Throws only the signal's own reason.
   *
   * @example console.table((await sn.doctor({ tables: ['incident'] })).checks)
   */
  doctor(options?: DoctorOptions): Promise<DoctorReport>
}

/**
 * A client of one instance; asks nothing of it yet.
 *
 * Defaults: 30 s an attempt, 2 retries, 4 requests at once, 32 MiB an answer. Throws ConfigError listing every fault of the options.
 * Example: `createClient({ instanceUrl: 'dev12345', auth: basicAuth({ username, password }) }).incidents`.
 */
export function createClient<T = Tables>(options: ClientOptions): Client<T> {
  const config = resolveOptions(options)
  const exchange = openExchange(config)
  const open = <R>(name: string): TableClient<R> => createTableClient(exchange, config.origin, name)
  const table = <const Name extends string>(name: Name): TableClient<RecordOf<T, Name>> => open(name)
  return {
    origin: config.origin,
    incidents: table('incident'),
    table,
    request: (method, path, request = {}) =>
      rawRequest(exchange, config.origin, method.toUpperCase(), path, request),
    doctor: async (doctorOptions) => {
      // Fetched when it is asked for: most programs never are ill.
      const { examine } = await import('../doctor/doctor.ts')
      return examine(
        { origin: config.origin, table: (name) => open<GenericRecord>(name), now: () => config.clock.now() },
        doctorOptions,
      )
    },
  }
}

function openExchange(config: ClientConfig): Exchange {
  const transport = createTransport(config.fetch)
  const { origin, clock, timeoutMs, maxBodyBytes } = config
  return createExchange({
    ...config,
    transport,
    auth: toAuth(config.auth),
    throttle: createThrottle(config.concurrency, clock),
    authContext: {
      origin,
      now: () => clock.now(),
      postForm: async (address, form) => {
        const url = tokenUrl(address, config)
        const headers = { accept: 'application/json', 'content-type': 'application/x-www-form-urlencoded' }
        const body = new URLSearchParams(form).toString()
        return transport.send({ method: 'POST', url, headers, body, timeoutMs, maxBodyBytes })
      },
    },
  })
}

/** Credentials go to the instance, or to an origin its owner has named. */
function tokenUrl(address: string, { origin, allowedOrigins }: ClientConfig): URL {
  const url = new URL(address)
  const allowed = [
    origin,
    ...allowedOrigins.filter((entry) => URL.canParse(entry)).map((entry) => new URL(entry).origin),
  ]
  if (allowed.includes(url.origin) && url.username === '') return url
  const hint = 'Use {instance}/oauth_token.do, or add the exact origin to allowedOrigins.'
  const message = 'lies neither on the instance nor on an allowed origin'
  throw new ConfigError([{ key: 'tokenUrl', message, code: 'destination_blocked', hint }])
}

const repeatable: ReadonlySet<string> = new Set(['GET', 'HEAD', 'PUT', 'DELETE'])

async function rawRequest(
  exchange: Exchange,
  origin: string,
  method: string,
  path: string,
  options: RequestOptions,
): Promise<RawResponse> {
  const url = URL.canParse(path, origin) ? new URL(path, origin) : null
  if (!path.startsWith('/') || url === null || url.origin !== origin || url.username !== '') {
    throw new QueryError('The path must begin with a slash and stay on the instance.')
  }
  for (const [name, value] of Object.entries(options.query ?? {})) {
    if (value !== undefined) url.searchParams.set(name, String(value))
  }
  const call = {
    method,
    url,
    idempotent: options.idempotent ?? repeatable.has(method),
    ...(options.body === undefined ? {} : { body: JSON.stringify(options.body) }),
    ...(options.headers === undefined ? {} : { headers: options.headers }),
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  }
  return exchange.run(call, ({ answer, body }) => ({
    status: answer.status,
    headers: answer.headers,
    text: answer.text,
    json: body,
  }))
}
