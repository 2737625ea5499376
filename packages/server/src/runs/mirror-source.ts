/** What a connection's mirror is filled from: the same question for a whole run and for a single record that comes home. */
import { tableSource, type UtcStamp } from '@snowline/sdk'
import type { TableSource } from '@snowline/sdk/sync'
import type { Connection } from '../connections/connections.ts'
import { fieldNames } from '../connections/integration-config.ts'
import type { StoredIntegration } from '../db/integrations.ts'
import { configValues } from '../views/integration-view.ts'

/** @param stored null for the environment's connection, which has no settings of its own */
export function mirrorSource({ client, table }: Connection, stored: StoredIntegration | null): TableSource {
  const source = tableSource(client, table, stored === null ? {} : scopeOf(stored))
  // Another instance answers another question, even about a table of the same name.
  return { ...source, page: source.page, fingerprint: `${client.origin} ${source.fingerprint}` }
}

function scopeOf(stored: StoredIntegration) {
  const values = configValues(stored)
  const fields = fieldNames(values.fields)
  const { start_date: from } = stored.row
  return {
    ...(typeof values.query === 'string' ? { filter: values.query } : {}),
    ...(fields === null ? {} : { fields }),
    ...(from === null ? {} : { createdFrom: from as UtcStamp }),
  }
}
