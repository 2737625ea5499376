/** Sealed versions for people: the list, the records of one, its export, the way back; read in pages and never held whole. */
import type { DatasetDifference, DatasetVersionView } from '@snowline/protocol'
import { isSysId, type SysId } from '@snowline/sdk'
import type { DatasetVersion, SyncStore } from '@snowline/sdk/sync'
import type { Principal } from '../auth/principal.ts'
import type { Actor } from '../db/audit.ts'
import { ProblemError, validationFailed } from '../problem/problem-error.ts'
import { csvLine } from '../views/csv.ts'
import { datasetVersionView } from '../views/dataset-view.ts'
import { createDatasetDiff, type DiffPage } from './dataset-diff.ts'
import { createRollbacks, type RollbackRequest, type RollbacksOptions } from './rollbacks.ts'

export interface Datasets {
  /** Newest first. */
  list(
    mirror: string,
    page: { limit: number; cursor?: string | undefined },
  ): Promise<{ versions: DatasetVersionView[]; nextCursor: string | null }>
  /** Records of a version sorted by sys_id. @throws ProblemError `not_found` */
  incidents(
    mirror: string,
    number: number,
    page: { limit: number; cursor?: string | undefined },
  ): Promise<{ incidents: { sys_id: string; record: unknown }[]; nextCursor: string | null }>
  /** One raw record a line, sorted by sys_id; CSV begins with its heading. @throws ProblemError `not_found` */
  export(mirror: string, number: number, format: 'ndjson' | 'csv'): Promise<AsyncIterable<string>>
  /** What differs from one version to another, backwards too. @throws ProblemError `not_found` */
  diff(mirror: string, from: number, to: number, page: DiffPage): Promise<DatasetDifference>
  /** Makes a new version equal to an old one and pauses the schedule. @throws ProblemError `not_found`, `sync_running`, `conflict` */
  rollback(request: RollbackRequest, by: { principal: Principal; actor: Actor }): Promise<DatasetVersionView>
}

export interface DatasetsOptions extends RollbacksOptions {
  store: SyncStore
}

export function createDatasets(options: DatasetsOptions): Datasets {
  const { store } = options
  const diff = createDatasetDiff(store)
  const rollbacks = createRollbacks(options)
  const demandVersion = async (mirror: string, number: number): Promise<DatasetVersion> => {
    const version = await store.readVersion(mirror, number)
    if (version !== null) return version
    throw new ProblemError('not_found', 'This integration has no version of that number.', {
      hint: 'List the versions with GET /api/datasets?integration={id}.',
    })
  }
  return {
    async list(mirror, { limit, cursor }) {
      const before = cursor === undefined ? undefined : beforeOf(cursor)
      const found = await store.listVersions(mirror, {
        limit: limit + 1,
        ...(before === undefined ? {} : { before }),
      })
      const versions = found.slice(0, limit)
      const more = found.length > limit ? versions.at(-1) : undefined
      return {
        versions: versions.map(datasetVersionView),
        nextCursor: more === undefined ? null : String(more.number),
      }
    },
    async incidents(mirror, number, { limit, cursor }) {
      await demandVersion(mirror, number)
      if (cursor !== undefined && !isSysId(cursor)) throw notACursor()
      const incidents: { sys_id: SysId; record: unknown }[] = []
      const range = { limit: limit + 1, ...(cursor === undefined ? {} : { after: cursor as SysId }) }
      for await (const { sysId, body } of store.versionRecords(mirror, number, range)) {
        incidents.push({ sys_id: sysId, record: JSON.parse(body) })
      }
      const shown = incidents.slice(0, limit)
      return {
        incidents: shown,
        nextCursor: incidents.length > limit ? (shown.at(-1)?.sys_id ?? null) : null,
      }
    },
    async export(mirror, number, format) {
      await demandVersion(mirror, number)
      return format === 'ndjson' ? ndjson(store, mirror, number) : csv(store, mirror, number)
    },
    async diff(mirror, from, to, page) {
      return diff.page(await demandVersion(mirror, from), await demandVersion(mirror, to), page)
    },
    async rollback(request, by) {
      await demandVersion(request.mirror, request.number)
      return datasetVersionView(await rollbacks.rollback(request, by))
    },
  }
}

function beforeOf(cursor: string): number {
  if (!/^\d{1,9}$/.test(cursor)) throw notACursor()
  return Number(cursor)
}

function notACursor(): ProblemError {
  return validationFailed([{ path: 'cursor', message: 'is not a cursor of this list' }])
}

async function* ndjson(store: SyncStore, mirror: string, number: number): AsyncGenerator<string, void, void> {
  for await (const { body } of store.versionRecords(mirror, number)) yield `${body}\n`
}

/** Columns are those of every record: they are gathered in a first pass, since a field hidden by an ACL is absent from some. */
async function* csv(store: SyncStore, mirror: string, number: number): AsyncGenerator<string, void, void> {
  const columns = new Set<string>(['sys_id', 'number'])
  for await (const { body } of store.versionRecords(mirror, number)) {
    for (const column of Object.keys(recordOf(body))) columns.add(column)
  }
  const names = [...columns]
  yield csvLine(names)
  for await (const { body } of store.versionRecords(mirror, number)) {
    const record = recordOf(body)
    yield csvLine(names.map((name) => record[name] ?? ''))
  }
}

function recordOf(body: string): Record<string, string> {
  return JSON.parse(body) as Record<string, string>
}
