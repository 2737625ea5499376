/** A server in memory that answers `<sn-integrations>` and `<sn-datasets>`: integrations, runs with their events, versions. */
import {
  type DatasetVersionView,
  type IntegrationView,
  type Permission,
  type ProgressEvent,
  paths,
  type RunEvent,
  type RunView,
  rolePermissions,
} from '@snowline/protocol'
import { problem } from './fake-api.ts'
import { health, INSTANCE } from './incidents.ts'

export const ONE = '0b6a1c58-6a4b-4c0e-9d50-2f6f3c1d7a01'
export const TWO = '0b6a1c58-6a4b-4c0e-9d50-2f6f3c1d7a02'
export const RUN = '7c1f0d8e-31fb-4a53-8f0c-4a2c7b9f5e11'

export function integration(over: Partial<IntegrationView> = {}): IntegrationView {
  return {
    id: ONE,
    service_name: 'ServiceNow',
    auth_type: 'basic_auth',
    config: {
      url: INSTANCE,
      username: 'snowline.sync',
      password: '********',
      schedule: '*/15 * * * *',
      lastSynced: '2026-11-22T10:30:00Z',
    },
    is_active: true,
    last_synced_at: '2026-11-22T10:30:00Z',
    last_sync_status: 'success',
    last_sync_error: null,
    created_at: '2026-11-01T08:00:00Z',
    updated_at: '2026-11-22T10:30:00Z',
    user_id: '3f9d4f0e-0000-4000-8000-000000000001',
    configured_secrets: ['password'],
    connector_type: 'servicenow',
    schedule_paused: null,
    ...over,
  }
}

/** Each way a row can look. */
export const variety: readonly IntegrationView[] = [
  integration(),
  integration({
    id: TWO,
    service_name: 'ServiceNow EMEA',
    auth_type: 'oauth2',
    config: {
      url: 'https://emea.service-now.com',
      client_id: 'snowline',
      client_secret: '********',
      schedule: '0 6 * * 1-5',
    },
    configured_secrets: ['client_secret'],
    last_sync_status: 'error',
    last_sync_error: 'ServiceNow refused the sign-in: the client secret is not accepted any more.',
    last_synced_at: '2026-11-20T06:00:00Z',
    schedule_paused: {
      reason: 'rolled back to version 3: wrong assignment groups after the merge',
      since: '2026-11-22T09:10:00Z',
      by: 'ada.admin@example.com',
    },
  }),
  integration({
    id: '0b6a1c58-6a4b-4c0e-9d50-2f6f3c1d7a03',
    service_name: 'ServiceNow test instance',
    auth_type: 'api_token',
    config: { url: 'https://dev777.service-now.com', api_token: '********' },
    configured_secrets: ['api_token'],
    is_active: false,
    last_synced_at: null,
    last_sync_status: null,
  }),
  integration({
    id: '0b6a1c58-6a4b-4c0e-9d50-2f6f3c1d7a04',
    service_name: 'Jira',
    auth_type: 'api_token',
    config: { url: 'https://example.atlassian.net', api_token: '********' },
    configured_secrets: ['api_token'],
    connector_type: null,
    last_synced_at: null,
    last_sync_status: null,
  }),
]

export function run(over: Partial<RunView> = {}): RunView {
  return {
    id: RUN,
    integration_id: ONE,
    trigger: 'manual',
    state: 'success',
    started_at: '2026-11-22T10:29:40Z',
    finished_at: '2026-11-22T10:30:00Z',
    counts: { added: 45, updated: 12, unchanged: 3, deleted: 0, total: 57 },
    error: null,
    ...over,
  }
}

export function progress(over: Partial<ProgressEvent> = {}): ProgressEvent {
  return {
    batch: 3,
    totalBatches: 12,
    totalIncidents: 57,
    incidents: ['INC0010011', 'INC0010012'],
    message: 'Batch 3 of 12 processed (5 incidents)',
    phase: 'ingest',
    processed: 15,
    added: 12,
    updated: 3,
    unchanged: 0,
    deleted: 0,
    etaMs: 9_000,
    ...over,
  }
}

export function batch(number: number, of = 12): RunEvent {
  const data = progress({
    batch: number,
    totalBatches: of,
    processed: number * 5,
    message: `Batch ${number} of ${of} processed`,
  })
  return { type: 'progress', data }
}

export const fetching: RunEvent = {
  type: 'progress',
  data: progress({
    batch: 0,
    totalBatches: 0,
    message: 'Fetching incidents',
    phase: 'fetch',
    processed: 0,
    etaMs: null,
  }),
}

export const complete: RunEvent = {
  type: 'complete',
  data: {
    success: true,
    integration: integration(),
    stats: {
      added: 45,
      updated: 12,
      unchanged: 3,
      deleted: 1,
      total: 58,
      last_synced: '2026-11-22T10:44:00Z',
    },
    version: 4,
    runId: RUN,
  },
}

export const cancelled: RunEvent = {
  type: 'error',
  data: { success: false, message: 'The run was cancelled.', code: 'run_cancelled', runId: RUN },
}

/** One event as the server writes it. */
export function frame(number: number, { type, data }: RunEvent, runId = RUN): string {
  return `id: ${runId}:${number}\nevent: ${type}\ndata: ${JSON.stringify(data)}\n\n`
}

/** An answer that is written by the test, piece by piece. */
export function stream(headers: Record<string, string> = {}) {
  let controller: ReadableStreamDefaultController<Uint8Array> | undefined
  const state = { cancelled: false }
  const body = new ReadableStream<Uint8Array>({
    start: (given) => {
      controller = given
    },
    cancel: () => {
      state.cancelled = true
    },
  })
  const encoder = new TextEncoder()
  return {
    response: new Response(body, {
      headers: { 'content-type': 'text/event-stream; charset=utf-8', ...headers },
    }),
    state,
    write: (text: string) => controller?.enqueue(encoder.encode(text)),
    end: () => controller?.close(),
    cut: () => controller?.error(new TypeError('the network went away')),
  }
}

export const syncHeaders = { location: `/api/runs/${RUN}` }

export function version(number: number, over: Partial<DatasetVersionView> = {}): DatasetVersionView {
  return {
    number,
    status: 'inactive',
    incident_count: 50 + number,
    added: 2,
    updated: 5,
    deleted: number === 3 ? 1 : 0,
    created_at: new Date(Date.UTC(2026, 10, 18 + number, 9, 30)).toISOString(),
    created_by: 'ada.admin@example.com',
    run_id: RUN,
    parent: number > 1 ? number - 1 : null,
    cause: 'sync',
    notes: null,
    content_hash: String(number).repeat(64).slice(0, 64),
    ...over,
  }
}

export const versions: readonly DatasetVersionView[] = [
  version(4, {
    status: 'active',
    cause: 'rollback:2',
    notes: 'Wrong assignment groups after the merge of two teams.',
    created_at: '2026-11-22T09:10:00Z',
    incident_count: 52,
    added: 0,
    updated: 6,
    deleted: 1,
  }),
  version(3),
  version(2, { created_by: 'schedule' }),
  version(1, { added: 51, updated: 0 }),
]

type Answer = object | Response | Promise<object | Response>

export interface AskedAdmin {
  route: string
  query: URLSearchParams
  headers: Headers
  body: unknown
}

/** A route by `METHOD /path`; what is not there is answered as an admin's quiet server would. */
export type AdminRoutes = Readonly<Record<string, (asked: AskedAdmin) => Answer>>

export function fakeAdmin(
  routes: AdminRoutes = {},
  permissions: readonly Permission[] = rolePermissions.admin,
) {
  const asked: AskedAdmin[] = []
  const usual: AdminRoutes = {
    [`GET ${paths.me}`]: () => ({ success: true, user: { permissions } }),
    [`GET ${paths.health}`]: () => health(),
    [`GET ${paths.integrations}`]: () => ({ success: true, integrations: [integration()] }),
    [`GET ${paths.runs(ONE)}`]: () => ({ success: true, runs: [] }),
    [`GET ${paths.runs(TWO)}`]: () => ({ success: true, runs: [] }),
    [`GET ${paths.datasets}`]: () => ({ success: true, versions, nextCursor: null }),
  }
  const fetch: typeof globalThis.fetch = async (input, init) => {
    const url = new URL(String(input), 'http://page.test/')
    const one: AskedAdmin = {
      route: `${init?.method ?? 'GET'} ${url.pathname}`,
      query: url.searchParams,
      headers: new Headers(init?.headers),
      body: typeof init?.body === 'string' ? JSON.parse(init.body) : null,
    }
    asked.push(one)
    await Promise.resolve()
    init?.signal?.throwIfAborted()
    const answer = await (routes[one.route] ?? usual[one.route])?.(one)
    init?.signal?.throwIfAborted()
    if (answer === undefined) return problem('not_found')
    return answer instanceof Response ? answer : Response.json(answer)
  }
  return {
    fetch,
    asked,
    of: (route: string) => asked.filter((one) => one.route === route),
    writes: () =>
      asked.filter(({ route }) => !route.startsWith('GET ')).map(({ route, body }) => ({ route, body })),
  }
}
