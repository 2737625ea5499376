/** A stored run as the API shows it. */
import type { RunView } from '@snowline/protocol'
import type { RunRow } from '../db/tables.ts'

export function runView(row: RunRow): RunView {
  const { added, updated, unchanged, deleted } = row
  return {
    id: row.id,
    integration_id: row.integration_id,
    trigger: row.trigger,
    state: row.state,
    started_at: row.started_at,
    finished_at: row.finished_at,
    counts: { added, updated, unchanged, deleted, total: added + updated + deleted },
    error:
      row.error_code === null
        ? null
        : {
            code: row.error_code,
            message: row.error_message ?? '',
            ...(row.error_hint === null ? {} : { hint: row.error_hint }),
          },
  }
}
