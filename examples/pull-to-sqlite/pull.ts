/** Pulls every incident of an instance into a SQLite file, then what has changed since: `node pull.ts`. Without SN_INSTANCE_URL a pretend instance is asked. */
import { clientOptionsFromEnv, createClient, tableSource } from '@snowline/sdk'
import { sqliteStore } from '@snowline/sdk/stores/sqlite'
import { createSyncEngine } from '@snowline/sdk/sync'
import { createInstance } from '@snowline/simulator'

const pretend = createInstance({ incidents: 400 })
const client = process.env.SN_INSTANCE_URL
  ? createClient(clientOptionsFromEnv(process.env))
  : createClient({
      ...clientOptionsFromEnv({
        SN_INSTANCE_URL: 'https://dev00000.service-now.com',
        SN_USERNAME: 'admin',
        SN_PASSWORD: 'admin',
      }),
      fetch: pretend.fetch,
    })

const store = await sqliteStore({ file: process.argv[2] ?? 'incidents.db' })
const engine = createSyncEngine({ source: tableSource(client, 'incident'), store })

async function pull(runId: string): Promise<void> {
  for await (const event of engine.pull({ runId })) {
    if (event.type === 'complete') console.log(runId, event.counts, 'version', event.activeVersion)
  }
}

await pull('first')
pretend.control.clock.advance(60)
pretend.control.mutate({ seed: 1, count: 3 })
await pull('second')
await store.close()
