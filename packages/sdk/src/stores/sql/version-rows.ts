/** Sealed versions, to and from SQL. */
import type { Kysely } from 'kysely'
import type { UtcStamp } from '../../base/values.ts'
import type { DatasetVersion } from '../../model/dataset-version.ts'
import type { SnowlineTables } from './tables.ts'

type VersionRow = SnowlineTables['sl_versions']

export async function insertVersion(
  db: Kysely<SnowlineTables>,
  stream: number,
  version: DatasetVersion,
): Promise<void> {
  await db
    .updateTable('sl_versions')
    .set({ active: 0 })
    .where('stream', '=', stream)
    .where('active', '=', 1)
    .execute()
  await db.insertInto('sl_versions').values(toRow(stream, version)).execute()
}

export async function listVersions(
  db: Kysely<SnowlineTables>,
  integration: string,
  options: { limit: number; before?: number; number?: number },
): Promise<DatasetVersion[]> {
  const { limit, before, number } = options
  const rows = await db
    .selectFrom('sl_versions')
    .innerJoin('sl_states', 'sl_states.stream', 'sl_versions.stream')
    .selectAll('sl_versions')
    .where('sl_states.integration', '=', integration)
    .$if(before !== undefined, (q) => q.where('sl_versions.number', '<', before as number))
    .$if(number !== undefined, (q) => q.where('sl_versions.number', '=', number as number))
    .orderBy('sl_versions.number', 'desc')
    .limit(limit)
    .execute()
  return rows.map((row) => toVersion(integration, row))
}

/** Deletes the versions numbered below this one. */
export async function deleteVersions(
  db: Kysely<SnowlineTables>,
  stream: number,
  below: number,
): Promise<void> {
  await db.deleteFrom('sl_versions').where('stream', '=', stream).where('number', '<', below).execute()
}

/** The hash of a version whose records were rewritten. */
export async function resealVersion(
  db: Kysely<SnowlineTables>,
  stream: number,
  number: number,
  contentHash: string,
): Promise<void> {
  await db
    .updateTable('sl_versions')
    .set({ content_hash: contentHash })
    .where('stream', '=', stream)
    .where('number', '=', number)
    .execute()
}

function toRow(stream: number, version: DatasetVersion): VersionRow {
  return {
    stream,
    number: version.number,
    parent: version.parent,
    active: version.active ? 1 : 0,
    incident_count: version.incidentCount,
    added: version.added,
    updated: version.updated,
    deleted: version.deleted,
    watermark: version.watermark,
    generation: version.generation,
    created_at: version.createdAt,
    created_by: version.createdBy,
    run_id: version.runId,
    cause: version.cause,
    notes: version.notes,
    content_hash: version.contentHash,
    deletes_to: version.deletesTo,
  }
}

function toVersion(integration: string, row: VersionRow): DatasetVersion {
  return {
    integration,
    number: row.number,
    parent: row.parent,
    active: row.active === 1,
    incidentCount: row.incident_count,
    added: row.added,
    updated: row.updated,
    deleted: row.deleted,
    watermark: row.watermark as UtcStamp | null,
    generation: row.generation,
    createdAt: row.created_at,
    createdBy: row.created_by,
    runId: row.run_id,
    cause: row.cause,
    notes: row.notes,
    contentHash: row.content_hash,
    deletesTo: row.deletes_to as UtcStamp | null,
  }
}
