/** What `<sn-datasets>` asks the server: versions, their incidents, the difference of two, rollback and export. */
import {
  type DatasetDifference,
  type DatasetVersionView,
  type HealthView,
  type IncidentDifference,
  type IntegrationView,
  paths,
} from '@snowline/protocol'
import { readAnswer, requireMember } from './answer.ts'
import { askPermissions } from './api-client.ts'
import { cursorOf, type Page, toSearch } from './page.ts'
import { type AskServer, createSend, type RequestOptions, toAskServer } from './request.ts'

/** One incident of a version: the raw values as the instance sent them. */
export interface VersionIncident {
  sys_id: string
  record: Readonly<Record<string, unknown>>
}

export interface DiffPage extends Page<IncidentDifference> {
  counts: DatasetDifference['counts']
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
    ...pagesOf(ask),
    async rollback(integration, version, reason) {
      const path = `${paths.rollback(version)}?${toSearch({ integration })}`
      const body = await ask(path, { method: 'POST', body: { reason } })
      requireMember(body, 'version', 'object')
      return body.version as DatasetVersionView
    },
    exportPath: (integration, version, format) =>
      `${paths.datasetExport(version)}?${toSearch({ integration, format })}`,
    async download(path) {
      const response = await send(path, { headers: { accept: '*/*' }, timeoutMs: DOWNLOAD_LIMIT_MS })
      if (!response.ok) await readAnswer(response)
      return response.blob()
    },
  }
}

function pagesOf(ask: AskServer): Pick<DatasetClient, 'versions' | 'incidents' | 'diff'> {
  return {
    async versions(integration, limit, cursor, signal) {
      const body = await ask(`${paths.datasets}?${toSearch({ integration, limit, cursor })}`, { signal })
      requireMember(body, 'versions', 'list')
      return { items: body.versions as readonly DatasetVersionView[], nextCursor: cursorOf(body) }
    },
    async incidents(integration, version, cursor, signal) {
      const asked = toSearch({ integration, limit: INCIDENTS_PER_PAGE, cursor })
      const body = await ask(`${paths.datasetIncidents(version)}?${asked}`, { signal })
      requireMember(body, 'incidents', 'list')
      return { items: body.incidents as readonly VersionIncident[], nextCursor: cursorOf(body) }
    },
    async diff(integration, from, to, cursor, signal) {
      const asked = toSearch({ integration, limit: CHANGES_PER_PAGE, cursor })
      const body = await ask(`${paths.datasetDiff(from, to)}?${asked}`, { signal })
      requireMember(body, 'changes', 'list')
      requireMember(body, 'counts', 'object')
      return {
        counts: body.counts as DatasetDifference['counts'],
        items: body.changes as readonly IncidentDifference[],
        nextCursor: cursorOf(body),
      }
    },
  }
}
