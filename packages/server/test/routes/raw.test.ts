/** Raw answers of a run: kept as they came, for administrators, the newest of each integration, and never at the cost of the run. */
import { existsSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { SN } from '../desk.ts'
import { TestServer, type TestServerOptions } from '../kit.ts'

let server: TestServer

async function open(options: TestServerOptions = {}): Promise<void> {
  await server.close()
  server = await TestServer.open({ incidents: 12, ...options })
}

beforeEach(async () => {
  server = await TestServer.open({ incidents: 12 })
})

afterEach(() => server.close())

const folder = (integration: string) => join(server.dataDir, 'raw', integration)
const filesOf = (integration: string) =>
  existsSync(folder(integration)) ? readdirSync(folder(integration)) : []

async function synced(id: string): Promise<string> {
  const events = await server.sync(id)
  return String(events.at(-1)?.data.runId)
}

async function download(runId: string): Promise<{ response: Response; lines: string[] }> {
  const response = await server.fetch('GET', `/api/runs/${runId}/raw`)
  const bytes = Buffer.from(await response.arrayBuffer())
  return {
    response,
    lines: response.status === 200 ? gunzipSync(bytes).toString('utf8').trimEnd().split('\n') : [],
  }
}

interface Page {
  result: { sys_id: string }[]
}

test('every answer is one line, as the instance sent it; the file is for its owner alone', async () => {
  const id = await server.createServiceNow()
  const sent: string[] = []
  const tap = server.instance.fetch.bind(server.instance)
  server.instance.fetch = async (request) => {
    const answer = await tap(request)
    sent.push(await answer.clone().text())
    return answer
  }
  const runId = await synced(id)
  const { response, lines } = await download(runId)
  expect(response.status).toBe(200)
  expect(response.headers.get('content-type')).toBe('application/gzip')
  expect(response.headers.get('content-disposition')).toBe(`attachment; filename="run-${runId}.ndjson.gz"`)
  expect(response.headers.get('cache-control')).toBe('no-store')
  expect(lines.length).toBeGreaterThan(0)
  for (const line of lines) expect(sent).toContain(line)
  const ids = lines.flatMap((line) => (JSON.parse(line) as Page).result.map((row) => row.sys_id))
  expect(new Set(ids)).toEqual(new Set(server.instance.control.records('incident').map((row) => row.sys_id)))
  const file = join(folder(id), `${runId}.ndjson.gz`)
  expect(statSync(file).mode & 0o777).toBe(0o600)
  expect(statSync(folder(id)).mode & 0o777).toBe(0o700)
  expect(Number(response.headers.get('content-length'))).toBe(statSync(file).size)
})

test('for administrators only; an unknown run, a strange id and a foreign method are told apart', async () => {
  const id = await server.createServiceNow()
  const runId = await synced(id)
  for (const as of ['agent', 'viewer'] as const) {
    expect((await server.get(`/api/runs/${runId}/raw`, { as })).status, as).toBe(403)
  }
  expect((await server.get(`/api/runs/${runId}/raw`, { as: 'nobody' })).status).toBe(401)
  for (const strange of [crypto.randomUUID(), '..%2f..%2fsnowline.db', 'x', `${runId}%00`]) {
    expect((await server.get(`/api/runs/${strange}/raw`)).status, strange).toBe(404)
  }
  expect((await server.post(`/api/runs/${runId}/raw`)).status).toBe(405)
})

test('the newest five runs of each integration are kept', async () => {
  const [one, two] = [await server.createServiceNow(), await server.createServiceNow()]
  const other = await synced(two)
  const runIds: string[] = []
  for (let run = 0; run < 7; run += 1) {
    const runId = await synced(one)
    // The file system's clock is not ours to move; files within a millisecond would have no order.
    const at = new Date(Date.UTC(2026, 0, 1, 0, run))
    utimesSync(join(folder(one), `${runId}.ndjson.gz`), at, at)
    runIds.push(runId)
  }
  await synced(one)
  expect(filesOf(one)).toHaveLength(5)
  for (const gone of runIds.slice(0, 3)) {
    const answer = await server.get(`/api/runs/${gone}/raw`)
    expect(answer.status).toBe(404)
    expect(answer.body.hint).toContain('newest 5 runs')
  }
  for (const kept of [...runIds.slice(3), other]) expect((await download(kept)).response.status).toBe(200)
})

test('what a killed process left unfinished is removed when it is a day old, and is never served', async () => {
  const id = await server.createServiceNow()
  await synced(id)
  const [old, young] = ['a', 'b'].map((letter) => join(folder(id), `${letter.repeat(8)}.ndjson.gz.tmp`))
  for (const file of [old, young]) writeFileSync(String(file), 'half')
  const yesterday = new Date(Date.now() - 25 * 3_600_000)
  utimesSync(String(old), yesterday, yesterday)
  await synced(id)
  expect([existsSync(String(old)), existsSync(String(young))]).toEqual([false, true])
})

test('another server answers that the one of the run may hold it', async () => {
  const id = await server.createServiceNow()
  const runId = await synced(id)
  rmSync(folder(id), { recursive: true })
  expect((await server.get(`/api/runs/${runId}/raw`)).body.detail).toBe(
    'The raw answers of this run are not on this server.',
  )
  const { default: Database } = await import('better-sqlite3')
  const database = new Database(join(server.dataDir, 'snowline.db'))
  database.prepare("update app_runs set process = 'web-2/4711/99'").run()
  database.close()
  expect((await server.get(`/api/runs/${runId}/raw`)).body.detail).toContain('It ran on the server web-2')
})

test('a run that failed keeps what it had read; one that read nothing leaves no file', async () => {
  const id = await server.createServiceNow()
  server.instance.control.setFault({ kind: 'wrong-credential' })
  expect((await server.sync(id)).at(-1)?.type).toBe('error')
  expect(filesOf(id)).toEqual([])
  server.instance.control.clearFaults()
  await server.sync(id)
  // The window is read, then the record of deletes breaks.
  server.instance.control.setFault({ kind: 'cut-json', match: { table: 'sys_audit_delete' } })
  const events = await server.sync(id)
  expect(events.at(-1)?.type).toBe('error')
  const { response, lines } = await download(String(events.at(-1)?.data.runId))
  expect(response.status).toBe(200)
  expect(lines.flatMap((line) => (JSON.parse(line) as Page).result)).not.toEqual([])
})

test('a folder that cannot be written warns once a copy, and the sync completes', async () => {
  const id = await server.createServiceNow()
  writeFileSync(join(server.dataDir, 'raw'), 'in the way')
  const events = await server.sync(id)
  expect(events.at(-1)?.type).toBe('complete')
  const warnings = server.log.filter(({ event }) => event === 'sync.raw_not_kept')
  expect(warnings.map(({ fields }) => fields.copy)).toEqual(['pages'])
  const runId = String(events.at(-1)?.data.runId)
  expect((await server.get(`/api/runs/${runId}/raw`)).status).toBe(404)
})

test('RAW_DUMP=off keeps neither copy, and says so', async () => {
  await open({ env: { RAW_DUMP: 'off' } })
  const id = await server.createServiceNow()
  const events = await server.sync(id)
  expect(events.at(-1)?.type).toBe('complete')
  expect(events.map(({ data }) => data.message)).toContain('Raw answers are not kept')
  expect(existsSync(join(server.dataDir, 'raw'))).toBe(false)
  expect(existsSync(join(server.dataDir, 'incidentspulledfromsnow.json'))).toBe(false)
})

test("the environment's pulls are kept too, under the run that their version names", async () => {
  await open({ env: SN })
  await server.post('/api/sn/sync/pull', {})
  const [version] = (await server.get('/api/datasets?integration=env')).body.versions as { run_id: string }[]
  const { response, lines } = await download(version?.run_id ?? '')
  expect(response.status).toBe(200)
  expect(lines.length).toBeGreaterThan(0)
  expect(JSON.parse(readFileSync(join(server.dataDir, 'incidentspulledfromsnow.json'), 'utf8'))).toHaveLength(
    12,
  )
})

test('a reader that goes away leaves no open file behind', async () => {
  const id = await server.createServiceNow()
  const runId = await synced(id)
  const openFiles = () =>
    readdirSync('/proc/self/fd').filter((fd) => {
      try {
        return readFileSync(`/proc/self/fdinfo/${fd}`, 'utf8') !== '' && existsSync(`/proc/self/fd/${fd}`)
      } catch {
        return false
      }
    }).length
  const before = existsSync('/proc/self/fd') ? openFiles() : 0
  for (let reader = 0; reader < 20; reader += 1) {
    const response = await server.fetch('GET', `/api/runs/${runId}/raw`)
    await response.body?.cancel()
    await server.fetch('HEAD', `/api/runs/${runId}/raw`)
  }
  if (existsSync('/proc/self/fd')) await expect.poll(() => openFiles() - before).toBeLessThan(5)
})
