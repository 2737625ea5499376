/** The store over an application's file without a server around it. */
import { randomUUID } from 'node:crypto'
import { silentLogger, systemClock } from '@snowline/sdk'
import { openSqlite, sqliteOutbox } from '@snowline/sdk/stores/sqlite'
import type { Kysely } from 'kysely'
import { migrate } from '../../src/db/migrations.ts'
import type { AppTables } from '../../src/db/tables.ts'
import type { HostTicketsConfig } from '../../src/tickets/host-map.ts'
import { type HostTickets, openHostTickets } from '../../src/tickets/host-tickets.ts'
import type { OwedPush } from '../../src/tickets/ticket-store.ts'

export interface OpenStore {
  store: HostTickets
  own: Kysely<AppTables>
  close(): Promise<void>
}

export async function openStore(ownFile: string, config: HostTicketsConfig): Promise<OpenStore> {
  const database = openSqlite({ file: ownFile })
  await migrate(database.write)
  const outbox = await sqliteOutbox({ database })
  const [write, read] = [database.write.withTables<AppTables>(), database.read.withTables<AppTables>()]
  const rest = { clock: systemClock, newId: randomUUID, logger: silentLogger }
  const store = openHostTickets({ config, write, read, outbox, ...rest })
  return {
    store,
    own: read,
    async close() {
      store.close()
      await database.close()
    },
  }
}

export function statusPush(ticket: string, opId: string, state: string): OwedPush {
  return {
    opId,
    connection: 'env',
    ticket,
    kind: 'update',
    key: opId,
    sysId: null,
    payload: { state },
    base: {},
    createdAt: 0,
  }
}
