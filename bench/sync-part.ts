/** One mirror of the sync benchmark, alone in its process: a first sync, then rounds of changes, then a sync that finds nothing. */

import { join } from 'node:path'
import { tableSource } from '@snowline/sdk'
import { sqliteStore } from '@snowline/sdk/stores/sqlite'
import { createSyncEngine, type PullEvent } from '@snowline/sdk/sync'
import Database from 'better-sqlite3'
import './small-heap.ts'
import { countedClient } from './counted-client.ts'

const CHANGES = 1_000
const [url = '', folder = '', rounds = '5'] = process.argv.slice(2)
const file = join(folder, `sync-${process.pid}.db`)

const { client, requests } = countedClient(url)
const store = await sqliteStore({ file })

interface Run {
  ms: number
  cpuMs: number
  requests: number
  added: number
  updated: number
}

/** One sync; `filter` makes it the sync of a filtered mirror. */
async function sync(integration: string, filter?: string): Promise<Run> {
  const source = tableSource(client, 'incident', filter === undefined ? {} : { filter })
  const engine = createSyncEngine({ source, store, integration })
  const before = requests()
  const startedMs = performance.now()
  const startedCpu = process.cpuUsage()
  let last: PullEvent | undefined
  for await (const event of engine.pull({ runId: `${integration}-${startedMs}` })) last = event
  if (last?.type !== 'complete') throw new Error('the sync did not complete')
  const { added, updated } = last.counts
  const { user, system } = process.cpuUsage(startedCpu)
  const cpuMs = (user + system) / 1_000
  return { ms: performance.now() - startedMs, cpuMs, requests: requests() - before, added, updated }
}

async function control(path: string, body: object): Promise<void> {
  const headers = { 'content-type': 'application/json' }
  const answer = await fetch(`${url}/__sim/${path}`, { method: 'POST', headers, body: JSON.stringify(body) })
  if (!answer.ok) throw new Error(`${path}: ${await answer.text()}`)
}

/** Rows of the tables that an empty sync must not touch. */
function rowsWritten(): Record<string, number> {
  const database = new Database(file, { readonly: true })
  const count = (table: string) =>
    (database.prepare(`select count(*) as n from ${table}`).get() as { n: number }).n
  const counts = {
    records: count('sl_rows'),
    versions: count('sl_versions'),
    changes: count('sl_changes'),
  }
  database.close()
  return counts
}

const first = await sync('all')
const peakMib = process.resourceUsage().maxRSS / 1024
const incremental: Run[] = []
for (let round = 0; round < Number(rounds); round += 1) {
  // Beyond the overlap: each round reads its own changes and not those before.
  await control('clock', { advance: 1_800 })
  await control('mutate', { seed: round + 1, count: CHANGES })
  incremental.push(await sync('all'))
}
await control('clock', { advance: 1_800 })
await sync('filtered', 'priority=1')
const before = rowsWritten()
const idle = await sync('all')
const idleFiltered = await sync('filtered', 'priority=1')
const after = rowsWritten()
await store.close()
console.log(JSON.stringify({ first, peakMib, incremental, idle, idleFiltered, before, after }))
