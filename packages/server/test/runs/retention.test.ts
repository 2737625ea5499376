/** What is kept how long, by the server's own chore: runs with their events and raw answers 90 days, versions and audit for ever. */
import { existsSync, readdirSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { halfWritten } from '../../src/half-written.ts'
import { TestServer } from '../kit.ts'

let server: TestServer
let id: string

beforeEach(async () => {
  server = await TestServer.open({ incidents: 5 })
  id = await server.createServiceNow()
})

afterEach(() => server.close())

const DAY_S = 86_400

function count(sql: string): number {
  const database = new Database(join(server.dataDir, 'snowline.db'), { readonly: true })
  try {
    return (database.prepare(`select count(*) as n from ${sql}`).get() as { n: number }).n
  } finally {
    database.close()
  }
}

function change(sql: string): void {
  const database = new Database(join(server.dataDir, 'snowline.db'))
  database.exec(sql)
  database.close()
}

async function synced(): Promise<string> {
  const last = (await server.sync(id)).at(-1)
  expect(last?.type, JSON.stringify(last)).toBe('complete')
  return String(last?.data.runId)
}

const raw = (runId: string) => join(server.dataDir, 'raw', id, `${runId}.ndjson.gz`)

/** The night's chore, when the clock comes to it. */
async function aNight(days: number): Promise<void> {
  const { scheduler } = server.app.services
  await scheduler.tick()
  server.clock.advance(days * DAY_S)
  await scheduler.tick()
}

test('runs older than 90 days go, with events and raw answers; younger ones, versions and audit stay', async () => {
  const old = await synced()
  change("update app_runs set finished_at = '2026-10-13T09:00:00Z'")
  server.instance.control.clock.advance(60)
  server.instance.control.mutate({ seed: 1, count: 3 })
  const young = await synced()
  const audit = count('app_audit')
  expect([existsSync(raw(old)), existsSync(raw(young))]).toEqual([true, true])
  await aNight(69)
  expect(count('app_runs')).toBe(2)
  await aNight(3)
  // Nobody's session lives that long: the services are asked.
  const { syncRuns, datasets } = server.app.services
  await expect(syncRuns.get(old)).rejects.toMatchObject({ code: 'not_found' })
  await expect(syncRuns.raw(old)).rejects.toMatchObject({ code: 'not_found' })
  expect(await syncRuns.get(young)).toMatchObject({ state: 'success' })
  expect(count(`app_run_events where run_id = '${old}'`)).toBe(0)
  expect(count(`app_run_events where run_id = '${young}'`)).toBeGreaterThan(0)
  expect([existsSync(raw(old)), existsSync(raw(young))]).toEqual([false, true])
  expect((await datasets.list(id, { limit: 10 })).versions).toHaveLength(2)
  expect(count('app_audit')).toBe(audit)
  expect(server.log.filter(({ event }) => event === 'retention.runs')).toMatchObject([
    { fields: { removed: 1 } },
  ])
})

test('many runs go a few at a time, all of them', async () => {
  for (let run = 0; run < 23; run += 1) await synced()
  await aNight(91)
  expect([count('app_runs'), count('app_run_events')]).toEqual([0, 0])
  expect(readdirSync(join(server.dataDir, 'raw', id))).toEqual([])
})

test('a run that never ended stays until somebody ends it', async () => {
  const runId = await synced()
  change(`update app_runs set state = 'running', finished_at = null where id = '${runId}'`)
  await aNight(200)
  expect(count('app_runs')).toBe(1)
})

test('half-written copies of runs that are over go; others are not touched', async () => {
  const runId = await synced()
  const half = (name: string) => halfWritten(join(server.dataDir, `.incidentspulledfromsnow.json.${name}`))
  const stranger = crypto.randomUUID()
  for (const name of [runId, stranger]) writeFileSync(half(name), '[')
  writeFileSync(join(server.dataDir, 'notes.tmp'), 'mine')
  utimesSync(half(stranger), new Date(0), new Date(0))
  await aNight(2)
  expect([existsSync(half(runId)), existsSync(half(stranger))]).toEqual([false, true])
  expect(existsSync(join(server.dataDir, 'notes.tmp'))).toBe(true)
})
