/** What `<sn-datasets>` asks the server: versions, their incidents, the difference of two, rollback and export. */
import { type DatasetVersionView, type HealthView, type IntegrationView, paths } from '@snowline/protocol'
import { readAnswer, requireMember } from './answer.ts'
import { askPermissions } from './api-client.ts'
import { createSend, type RequestOptions, toAskServer } from './request.ts'

/** A page of a list; `nextCursor` null on the last one. */
export interface Page<T> {
  items: readonly T[]
  nextCursor: string | null
}

/** One incident of a version: the raw values as the instance sent them. */
export interface VersionIncident {
  sys_id: string
  record: Readonly<Record<string, unknown>>
}

export interface IncidentChange {
  sys_id: string
  number: string | null
  kind: 'added' | 'updated' | 'deleted'
  fields: readonly { field: string; from: string | null; to: string | null }[]
}

export interface DiffPage extends Page<IncidentChange> {
  counts: { added: number; updated: number; deleted: number }
}

export type ExportFormat = 'ndjson' | 'csv'

export interface DatasetClient {
  permissions(signal?: AbortSignal): Promise<readonly string[]>
  health(signal?: AbortSignal): Promise<HealthView>
  integrations(signal?: AbortSignal): Promise<readonly IntegrationView[]>
  versions(
    integration: string,
    limit: number,
    cursor: string | null,
    signal?: AbortSignal,
  ): Promise<Page<DatasetVersionView>>
  incidents(
    integration: string,
    version: number,
    cursor: string | null,
    signal?: AbortSignal,
  ): Promise<Page<VersionIncident>>
  diff(
    integration: string,
    from: number,
    to: number,
    cursor: string | null,
    signal?: AbortSignal,
  ): Promise<DiffPage>
  /** Throws `ApiError` with `conflict` when somebody else was faster. */
  rollback(integration: string, version: number, reason: string): Promise<DatasetVersionView>
  exportPath(integration: string, version: number, format: ExportFormat): string
  download(path: string): Promise<Blob>
}

const INCIDENTS_PER_PAGE = 50
const CHANGES_PER_PAGE = 25
const DOWNLOAD_LIMIT_MS = 30 * 60_000

/** As `createApiClient`: throws `ApiError` everywhere. */
export function createDatasetClient(options: RequestOptions): DatasetClient {
  const send = createSend(options)
  const ask = toAskServer(send)
  return {
    permissions: (signal) => askPermissions(ask, signal),
    health: async (signal) => (await ask(paths.health, { signal })) as unknown as HealthView,
    async integrations(signal) {
      const body = await ask(paths.integrations, { signal })
      requireMember(body, 'integrations', 'list')
      return body.integrations as readonly IntegrationView[]
    },
    async versions(integration, limit, cursor, signal) {
      const body = await ask(`${paths.datasets}?${query({ integration, limit, cursor })}`, { signal })
      requireMember(body, 'versions', 'list')
      return { items: body.versions as readonly DatasetVersionView[], nextCursor: cursorOf(body) }
    },
    async incidents(integration, version, cursor, signal) {
      const asked = query({ integration, limit: INCIDENTS_PER_PAGE, cursor })
      const body = await ask(`${paths.datasets}/${version}/incidents?${asked}`, { signal })
      requireMember(body, 'incidents', 'list')
      return { items: body.incidents as readonly VersionIncident[], nextCursor: cursorOf(body) }
    },
    async diff(integration, from, to, cursor, signal) {
      const asked = query({ integration, limit: CHANGES_PER_PAGE, cursor })
      const body = await ask(`${paths.datasets}/${from}/diff/${to}?${asked}`, { signal })
      requireMember(body, 'changes', 'list')
      requireMember(body, 'counts', 'object')
      return {
        counts: body.counts as DiffPage['counts'],
        items: body.changes as readonly IncidentChange[],
        nextCursor: cursorOf(body),
      }
    },
    async rollback(integration, version, reason) {
      const path = `${paths.datasets}/${version}/rollback?${query({ integration })}`
      const body = await ask(path, { method: 'POST', body: { reason } })
      requireMember(body, 'version', 'object')
      return body.version as DatasetVersionView
    },
    exportPath: (integration, version, format) =>
      `${paths.datasetExport(version)}?${query({ integration, format })}`,
    async download(path) {
      const response = await send(path, { headers: { accept: '*/*' }, timeoutMs: DOWNLOAD_LIMIT_MS })
      if (!response.ok) await readAnswer(response)
      return response.blob()
    },
  }
}

function query(members: Readonly<Record<string, string | number | null>>): URLSearchParams {
  const given = Object.entries(members).filter(([, value]) => value !== null)
  return new URLSearchParams(given.map(([name, value]) => [name, String(value)]))
}

function cursorOf(body: Readonly<Record<string, unknown>>): string | null {
  return typeof body.nextCursor === 'string' ? body.nextCursor : null
}
