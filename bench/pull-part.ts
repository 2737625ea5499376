/** One part of the pull benchmark, alone in its process; prints what it measured as one line of JSON. */

import { createHash } from 'node:crypto'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { tableSource } from '@snowline/sdk'
import { sqliteStore } from '@snowline/sdk/stores/sqlite'
import { createSyncEngine } from '@snowline/sdk/sync'
import Database from 'better-sqlite3'
import './small-heap.ts'
import { countedClient } from './counted-client.ts'

const PAGE = 1_000
const [part = '', url = '', folder = ''] = process.argv.slice(2)

interface Done {
  ms: number
  rows: number
  requests: number
  /** Resident memory in MiB after each quarter of the rows. */
  quartersMib?: number[]
}

type Row = Record<string, string>

/** Our sync into an empty file. */
async function pull(file: string): Promise<Done> {
  const { client, requests } = countedClient(url)
  const store = await sqliteStore({ file })
  const concurrency = Number(process.env.LANES ?? 4)
  const engine = createSyncEngine({
    source: tableSource(client, 'incident'),
    store,
    pageLimit: PAGE,
    concurrency,
  })
  const startedMs = performance.now()
  let rows = 0
  const quartersMib: number[] = []
  for await (const event of engine.pull({ runId: 'bench' })) {
    if (event.type === 'complete') rows = event.counts.added
    if (event.type !== 'committed') continue
    if (event.counts.added < ((quartersMib.length + 1) * event.totals.incidents) / 4) continue
    quartersMib.push(Math.round(process.memoryUsage.rss() / 1024 / 1024))
  }
  const ms = performance.now() - startedMs
  await store.close()
  return { ms, rows, requests: requests(), quartersMib }
}

/** The bare loop: the same pages by the same keyset, fetched and parsed, nothing kept. */
async function* pages(): AsyncGenerator<Row[]> {
  const headers = { authorization: `Basic ${btoa('admin:admin')}`, accept: 'application/json' }
  let after = ''
  for (;;) {
    const query = `${after}ORDERBYsys_updated_on^ORDERBYsys_id`
    const search = new URLSearchParams({
      sysparm_query: query,
      sysparm_limit: String(PAGE),
      sysparm_display_value: 'false',
      sysparm_exclude_reference_link: 'true',
    })
    const answer = await fetch(`${url}/api/now/table/incident?${search}`, { headers })
    const { result } = JSON.parse(await answer.text()) as { result: Row[] }
    yield result
    const last = result.at(-1)
    if (last === undefined || result.length < PAGE) return
    const { sys_updated_on: u, sys_id: id } = last
    after = `sys_updated_on>=${u}^sys_updated_on>${u}^ORsys_id>${id}^`
  }
}

async function fetchOnly(): Promise<Done> {
  const startedMs = performance.now()
  let rows = 0
  let requests = 0
  for await (const page of pages()) {
    rows += page.length
    requests += 1
  }
  return { ms: performance.now() - startedMs, rows, requests }
}

/** The same rows into the same tables by prepared statements, a page a transaction; only the inserting is timed. */
async function insertOnly(file: string): Promise<Done> {
  await (await sqliteStore({ file })).close()
  const database = new Database(file)
  database.pragma('journal_mode = WAL')
  database.pragma('synchronous = FULL')
  const row = database.prepare(
    'insert into sl_rows (stream, sys_id, from_version, u, mod, observed, generation, hash, body) values (1, ?, 1, ?, ?, ?, 1, ?, ?)',
  )
  const change = database.prepare(
    "insert into sl_changes (stream, run, version, sys_id, kind) values (1, 'bench', 1, ?, 'added')",
  )
  const insert = database.transaction((rows: readonly (readonly [Row, string, string])[]) => {
    for (const [{ sys_id: id, sys_updated_on: u, sys_mod_count: mod }, body, hash] of rows) {
      row.run(id, u, Number(mod), 1, hash, body)
      change.run(id)
    }
  })
  let ms = 0
  let rows = 0
  for await (const page of pages()) {
    const ready = page.map((each) => {
      const body = JSON.stringify(each)
      return [each, body, createHash('sha256').update(body).digest('hex')] as const
    })
    const startedMs = performance.now()
    insert(ready)
    ms += performance.now() - startedMs
    rows += page.length
  }
  database.close()
  return { ms, rows, requests: 0 }
}

const file = join(folder, `${part}.db`)
const work = { pull: () => pull(file), fetch: fetchOnly, insert: () => insertOnly(file) }[part]
if (work === undefined) throw new Error(`unknown part ${part}`)
const done = await work()
for (const suffix of ['', '-wal', '-shm']) rmSync(file + suffix, { force: true })
console.log(JSON.stringify({ ...done, peakMib: process.resourceUsage().maxRSS / 1024 }))
