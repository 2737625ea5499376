/** What `<sn-incidents>` asks the server: the connection, the list, one incident, and who may bring the list up to date. */
import {
  type HealthView,
  type IncidentDetailView,
  type IncidentList,
  type PullAnswer,
  paths,
} from '@snowline/protocol'
import { requireMember } from './answer.ts'
import { type AskServer, createAskServer, type RequestOptions } from './request.ts'

export interface ApiClient {
  health(signal?: AbortSignal): Promise<HealthView>
  incidents(query: URLSearchParams, signal?: AbortSignal): Promise<IncidentList>
  incident(sysId: string, signal?: AbortSignal): Promise<IncidentDetailView>
  /** The permissions of whoever asks. */
  permissions(signal?: AbortSignal): Promise<readonly string[]>
  /** Brings the mirror up to date; with `import` makes tickets of it, with `dryRun` only says which. */
  pull(body: PullRequest, signal?: AbortSignal): Promise<PullAnswer>
}

export interface PullRequest {
  import?: boolean
  dryRun?: boolean
}

/**
 * A client for one base and one way to get a token. Throws `ApiError` everywhere; an abort by the caller passes through
 * as the `AbortError` it is.
 */
export function createApiClient(options: RequestOptions): ApiClient {
  const ask = createAskServer(options)
  return {
    async health(signal) {
      const body = await ask(paths.health, { signal })
      return body as unknown as HealthView
    },
    async incidents(query, signal) {
      const body = await ask(`${paths.incidents}?${query}`, { signal })
      requireMember(body, 'incidents', 'list')
      return body as unknown as IncidentList
    },
    async incident(sysId, signal) {
      const body = await ask(paths.incident(sysId), { signal })
      requireMember(body, 'incident', 'object')
      return body.incident as IncidentDetailView
    },
    permissions: (signal) => askPermissions(ask, signal),
    async pull(request, signal) {
      const body = await ask(paths.pull, { method: 'POST', body: request, signal })
      requireMember(body, 'items', 'list')
      return body as unknown as PullAnswer
    },
  }
}

/** What the signed-in person, or the holder of the token, may do. */
export async function askPermissions(ask: AskServer, signal?: AbortSignal): Promise<readonly string[]> {
  const { user } = await ask(paths.me, { signal })
  const named = (user as { permissions?: unknown } | null | undefined)?.permissions
  return Array.isArray(named) ? named : []
}
