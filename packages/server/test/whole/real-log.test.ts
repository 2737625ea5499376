/** A real incident log played through the simulator over HTTP while a real server syncs after each busy stretch and is restarted in between. */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { createInstance, type PlayLine } from '@snowline/simulator'
import { serveInstance } from '@snowline/simulator/serve'
import Database from 'better-sqlite3'
import { expect, test } from 'vitest'
import { freePort, ServerProcess } from './server-process.ts'

const data = join(import.meta.dirname, '../../../../../shared/data/uci-incidents')
const present = existsSync(join(data, 'stream.jsonl.gz'))
if (!present) console.log('skipped: the real incident log (shared/data/uci-incidents) is not here')

/** A stretch is over after this long without an event. */
const QUIET_MS = 8 * 3_600_000
const RESTART_EVERY = 12

function lines<T>(name: string): T[] {
  return gunzipSync(readFileSync(join(data, name)))
    .toString()
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as T)
}

/** The stream cut where it pauses, and at the latest after 500 events. */
function stretches(stream: readonly PlayLine[]): PlayLine[][] {
  const cut: PlayLine[][] = [[]]
  for (const [index, line] of stream.entries()) {
    const pause = index === 0 ? 0 : Date.parse(line.at) - Date.parse(stream[index - 1]?.at ?? line.at)
    if (pause > QUIET_MS || (cut.at(-1)?.length ?? 0) >= 500) cut.push([])
    cut.at(-1)?.push(line)
  }
  return cut
}

test.skipIf(!present)('the real log through the server, with restarts', { timeout: 300_000 }, async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'snowline-log-'))
  const instance = createInstance({ seed: 1, users: [{ user: 'sync', password: 'sync', roles: ['itil'] }] })
  const simulator = await serveInstance(instance, { port: 0, host: '127.0.0.1' })
  const port = await freePort()
  const start = () => ServerProcess.start({ dataDir, port, env: { SN_ALLOWED_ORIGINS: simulator.url } })
  let server = await start()
  try {
    await server.signIn()
    const config = { url: simulator.url, username: 'sync', password: 'sync' }
    const created = await server.call('POST', '/api/integrations', {
      service_name: 'ServiceNow',
      auth_type: 'basic_auth',
      config,
    })
    const { id } = created.body.integration as { id: string }
    const played = stretches(lines<PlayLine>('stream.jsonl.gz'))
    let restarts = 0
    for (const [index, stretch] of played.entries()) {
      instance.control.play(stretch)
      const events = await server.events('POST', `/api/integrations/${id}/sync`)
      expect(events.at(-1)?.type, JSON.stringify(events.at(-1)?.data)).toBe('complete')
      if ((index + 1) % RESTART_EVERY !== 0) continue
      restarts += 1
      await server.end(restarts % 2 === 0 ? 'SIGKILL' : 'SIGTERM')
      server = await start()
      await server.signIn()
    }
    console.log(`real log: ${played.length} busy stretches, ${restarts} restarts`)
    await checkFinal(server, id)
    await server.end('SIGTERM')
    checkNeverBack(join(dataDir, 'snowline.db'))
  } finally {
    await server.end('SIGKILL')
    await simulator.close()
    rmSync(dataDir, { recursive: true, force: true })
  }
})

async function checkFinal(server: ServerProcess, id: string): Promise<void> {
  const { body } = await server.call('GET', `/api/datasets?integration=${id}&limit=1`)
  const [version] = body.versions as { number: number }[]
  const text = await (
    await server.fetch('GET', `/api/datasets/${version?.number}/export?integration=${id}&format=ndjson`)
  ).text()
  const exported = new Map(
    text
      .trimEnd()
      .split('\n')
      .map((line) => {
        const record = JSON.parse(line) as Record<string, string>
        return [record.sys_id, record] as const
      }),
  )
  const expected = lines<Record<string, string>>('expected_final.jsonl.gz')
  const wrong = expected.flatMap((record) =>
    Object.entries(record)
      .filter(([field, value]) => exported.get(record.sys_id ?? '')?.[field] !== value)
      .map(
        ([field, value]) =>
          `${record.number}.${field}: ${exported.get(record.sys_id ?? '')?.[field]} instead of ${value}`,
      ),
  )
  expect(wrong.slice(0, 5)).toEqual([])
  expect(exported.size).toBe(expected.length)
}

/** The intervals of a record are what was applied to it, in order: their stamps never decrease. */
function checkNeverBack(file: string): void {
  const database = new Database(file, { readonly: true })
  const back = database
    .prepare(
      `select count(*) as n from sl_rows a join sl_rows b
       on a.stream = b.stream and a.sys_id = b.sys_id and b.from_version > a.from_version and b.u < a.u`,
    )
    .get() as { n: number }
  const intervals = database.prepare('select count(*) as n from sl_rows').get() as { n: number }
  database.close()
  expect(intervals.n).toBeGreaterThan(2_000)
  expect(back.n).toBe(0)
}
