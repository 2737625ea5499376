/** The client of one instance: its tables, what lies beside them, and the raw door beneath. */
import type { DoctorReport } from '../doctor/check.ts'
import type { DoctorOptions } from '../doctor/doctor.ts'
import { toAuth } from '../http/auth.ts'
import type { Completed, Exchange } from '../http/exchange.ts'
import { createExchange } from '../http/exchange.ts'
import { createObserver } from '../http/observe.ts'
import { createThrottle } from '../http/throttle.ts'
import { createTransport } from '../http/transport.ts'
import type { GenericRecord, Tables } from '../tables/tables.ts'
import type { ApiCall } from './api-call.ts'
import { toCall } from './api-call.ts'
import type { BatchAnswer, BatchOptions, BatchRequest } from './batch.ts'
import type { ClientConfig, ClientOptions } from './options.ts'
import { resolveOptions } from './options.ts'
import type { ResolvedCreate } from './resolve-create.ts'
import type { AttachmentClient, GroupDirectory, NoteWriter, UserDirectory } from './sub-clients.ts'
import { attachmentClient, choiceDoor, directories, noteWriter } from './sub-clients.ts'
import type { TableClient } from './table-client.ts'
import { createTableClient } from './table-client.ts'
import type { CallOptions } from './write-options.ts'

export interface RequestOptions {
  query?: Readonly<Record<string, string | number | boolean | undefined>>
  /** Sent as JSON. */
  body?: unknown
  headers?: Readonly<Record<string, string>>
  /** May it be repeated although the first attempt may have been carried out? Default: GET, HEAD, PUT, DELETE. */
  idempotent?: boolean
  /** For each attempt; default the client's. */
  timeoutMs?: number
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

/** The incident table, and notes to its records. */
export interface IncidentClient<R> extends TableClient<R>, NoteWriter<R> {}

export interface Client<T = Tables> {
  /** `https://dev12345.service-now.com`; credentials go nowhere else. */
  readonly origin: string
  /** `table('incident')`, and notes. */
  readonly incidents: IncidentClient<RecordOf<T, 'incident'>>
  readonly attachments: AttachmentClient
  readonly users: UserDirectory
  readonly groups: GroupDirectory
  /** Throws QueryError for a name that is no identifier. */
  table<const Name extends (keyof T & string) | (string & {})>(name: Name): TableClient<RecordOf<T, Name>>
  /** Several requests in one; what the instance leaves over is sent again, a write never twice. An answer for each, in their order. */
  batch(requests: readonly BatchRequest[], options?: BatchOptions): Promise<BatchAnswer[]>
  /**
   * What became of a create with this idempotency key; reads, and never writes.
   *
   * Example: `await sn.resolveCreate('copilot:17')` is `{ state: 'found', record, duplicates: 0 }`, or `{ state: 'absent' }`.
   */
  resolveCreate<const Name extends (keyof T & string) | (string & {}) = 'incident'>(
    key: string,
    options?: CallOptions & { table?: Name },
  ): ApiCall<ResolvedCreate<RecordOf<T, Name>>>
  /**
   * Any other JSON API of the instance, with auth, retries and pace. `path` begins with `/`; throws QueryError when it leaves the
   * instance. Example: `(await sn.request('GET', '/api/now/stats/incident', { query: { sysparm_count: true } })).json`.
   */
  request(method: string, path: string, options?: RequestOptions): ApiCall<RawResponse>
  /**
   * Ordered checks of the instance, its user and the tables, each ok, warn or fail with its mend. Throws only the signal's own reason.
   * @example console.table((await sn.doctor({ tables: ['incident'] })).checks)
   */
  doctor(options?: DoctorOptions): Promise<DoctorReport>
}

/** The longest address a GET is sent with; ansible's collection found it safe everywhere, and longer ones travel inside a batch. */
const maxUrlLength = 2048

/**
 * A client of one instance; asks nothing of it yet.
 *
 * Defaults: 30 s an attempt, 2 retries, 4 requests at once, 32 MiB an answer. Throws ConfigError listing every fault of the options.
 * Example: `createClient({ instanceUrl: 'dev12345', auth: basicAuth({ username, password }) }).incidents`.
 */
export function createClient<T = Tables>(options: ClientOptions): Client<T> {
  const config = resolveOptions(options)
  const { origin, clock, logger } = config
  const exchange = openExchange(config)
  const parts = { exchange, origin, clock, logger }
  const tableParts = { ...parts, choices: choiceDoor(parts), validate: config.validate }
  const open = <R>(name: string): TableClient<R> => createTableClient(tableParts, name)
  const table = <const Name extends string>(name: Name): TableClient<RecordOf<T, Name>> => open(name)
  return {
    origin,
    table,
    incidents: { ...table('incident'), ...noteWriter(parts, 'incident') },
    attachments: attachmentClient(parts),
    ...directories(parts),
    batch: async (requests, batchOptions = {}) =>
      (await import('./batch.ts')).sendBatch(exchange, origin, requests, batchOptions),
    resolveCreate: <Name extends string>(key: string, given: CallOptions & { table?: Name } = {}) =>
      toCall(resolveCreate<RecordOf<T, Name>>(exchange, origin, key, given)),
    request: (method, path, request = {}) =>
      toCall(
        import('./raw-request.ts').then(({ rawRequest }) =>
          rawRequest(exchange, origin, method, path, request),
        ),
      ),
    doctor: async (doctorOptions) => {
      // Fetched when it is asked for: most programs never are ill.
      const { examine } = await import('../doctor/doctor.ts')
      return examine(
        { origin, table: (name) => open<GenericRecord>(name), now: () => clock.now() },
        doctorOptions,
      )
    },
  }
}

function openExchange(config: ClientConfig): Exchange {
  const transport = createTransport(config.fetch)
  const { origin, clock, timeoutMs, maxBodyBytes, logger } = config
  return createExchange({
    ...config,
    transport,
    maxUrlLength,
    auth: toAuth(config.auth),
    throttle: createThrottle(config.concurrency, clock),
    observer: createObserver(config.hooks, logger),
    authContext: {
      origin,
      now: () => clock.now(),
      postForm: async (address, form) => {
        const { toTokenRequest } = await import('./token-request.ts')
        return transport.send({ ...toTokenRequest(address, form, config), timeoutMs, maxBodyBytes })
      },
    },
  })
}

async function resolveCreate<R>(
  exchange: Exchange,
  origin: string,
  key: string,
  { table = 'incident', ...options }: CallOptions & { table?: string },
): Promise<Completed<ResolvedCreate<R>>> {
  const { findByKey } = await import('./resolve-create.ts')
  const completed = await findByKey(exchange, origin, table, key, options)
  return { ...completed, data: completed.data as ResolvedCreate<R> }
}
