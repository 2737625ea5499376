/** A stored integration as the API shows it: exactly the members of the contract, every secret a mask. */
import type { IntegrationView } from '@snowline/protocol'
import { connectorOf } from '../connections/connector.ts'
import type { StoredIntegration } from '../db/integrations.ts'
import { parsePause } from '../db/pauses.ts'
import { MASK } from '../secrets/masks.ts'

/** The plain members of a stored configuration. */
export function configValues(stored: StoredIntegration): Record<string, unknown> {
  const values: unknown = JSON.parse(stored.row.config)
  return typeof values === 'object' && values !== null ? { ...values } : {}
}

export function integrationView(
  stored: StoredIntegration,
  allowedOrigins: readonly string[],
): IntegrationView {
  const { row, secrets } = stored
  const values = configValues(stored)
  const masks = Object.fromEntries([...secrets.keys()].map((member) => [member, MASK]))
  const lastSynced = row.last_synced_at ?? startIso(row.start_date)
  return {
    id: row.id,
    service_name: row.service_name,
    auth_type: row.auth_type,
    config: { ...values, ...masks, ...(lastSynced === null ? {} : { lastSynced }) },
    is_active: row.is_active === 1,
    last_synced_at: row.last_synced_at,
    last_sync_status: row.last_sync_status,
    last_sync_error: row.last_sync_error,
    created_at: row.created_at,
    updated_at: row.updated_at,
    user_id: row.user_id,
    configured_secrets: [...secrets.keys()],
    connector_type: connectorOf(
      { serviceName: row.service_name, connectorType: row.connector_type, url: values.url },
      allowedOrigins,
    ),
    schedule_paused: row.paused === null ? null : parsePause(row.paused),
  }
}

function startIso(stamp: string | null): string | null {
  return stamp === null ? null : `${stamp.replace(' ', 'T')}Z`
}
