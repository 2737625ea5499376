/** A sealed version as the API shows it. */
import type { DatasetVersionView } from '@snowline/protocol'
import type { DatasetVersion } from '@snowline/sdk/sync'

export function datasetVersionView(version: DatasetVersion): DatasetVersionView {
  return {
    number: version.number,
    status: version.active ? 'active' : 'inactive',
    incident_count: version.incidentCount,
    added: version.added,
    updated: version.updated,
    deleted: version.deleted,
    created_at: version.createdAt,
    created_by: version.createdBy,
    // A rollback has an id of its own, and is no run that could be looked at.
    run_id: version.cause.startsWith('rollback:') ? null : version.runId,
    parent: version.parent,
    cause: version.cause,
    notes: version.notes,
    content_hash: version.contentHash,
  }
}
