/** The events of `<sn-integrations>`, typed for `addEventListener`. All bubble and cross shadow roots. */
import type { ProgressEvent, SyncStats } from '@snowline/protocol'

export interface SnIntegrationsEvents {
  /** What the run says while it goes on; also of a run that was under way when the page was opened. */
  'sn-sync-progress': { integrationId: string; runId: string; progress: ProgressEvent }
  /** Once for each run that was watched to its end. `stats` and `version` are null unless it succeeded; `error` is null when it did. */
  'sn-sync-complete': {
    integrationId: string
    runId: string
    success: boolean
    stats: SyncStats | null
    version: number | null
    error: { code: string; message: string; hint: string | null } | null
  }
}

declare global {
  interface HTMLElementEventMap {
    'sn-sync-progress': CustomEvent<SnIntegrationsEvents['sn-sync-progress']>
    'sn-sync-complete': CustomEvent<SnIntegrationsEvents['sn-sync-complete']>
  }
}
