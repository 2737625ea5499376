/** Leases that a killed process left: whatever it was at, the next one does not wait; a living process is left alone. */
import { spawnSync } from 'node:child_process'
import { hostname } from 'node:os'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { processIdentity } from '../../src/runs/process-identity.ts'
import { TestServer } from '../kit.ts'

let server: TestServer
let id: string

beforeEach(async () => {
  server = await TestServer.open({ incidents: 8 })
  id = await server.createServiceNow()
  await server.sync(id)
  change()
  await server.sync(id)
})

afterEach(() => server.close())

function change(): void {
  server.clock.advance(60)
  server.instance.control.clock.advance(60)
  server.instance.control.mutate({ seed: 2, count: 3 })
}

const host = encodeURIComponent(hostname())
/** The process that started this one. */
const living = `${host}/${process.ppid}/-`

function dead(): string {
  return `${host}/${spawnSync(process.execPath, ['-e', '']).pid}/1`
}

/** As a process leaves it that was killed in a rollback or in a pull of one record, or is at one now. */
function leave(owner: string): void {
  const database = new Database(join(server.dataDir, 'snowline.db'))
  const { changes } = database
    .prepare('update sl_leases set owner = ?, token = token + 1, expires_at = ? where name = ?')
    .run(owner, server.clock.now() + 60_000, id)
  database.close()
  expect(changes).toBe(1)
}

const work = `rollback-${crypto.randomUUID()}`

test('a sync does not wait for a rollback of a dead process', async () => {
  change()
  leave(`${work} ${dead()}`)
  expect((await server.sync(id)).at(-1)).toMatchObject({ type: 'complete', data: { version: 3 } })
})

test('a rollback does not wait for a record that a dead process was bringing home', async () => {
  leave(`${work} ${dead()}`)
  const answer = await server.post(`/api/datasets/1/rollback?integration=${id}`, { reason: 'test' })
  expect(answer.status, answer.text).toBe(201)
})

test.each([
  ['another living process', `${work} ${living}`],
  ['this process', `${work} ${processIdentity()}`],
  ['a process of another host', `${work} another-host/1/1`],
  ['nobody that can be looked up', work],
])('the lease of %s is respected', async (_name, owner) => {
  leave(owner)
  const path = `/api/integrations/${id}/sync`
  const answer = await server.post(path, undefined, { headers: { accept: 'application/json' } })
  expect([answer.status, answer.body.code]).toEqual([409, 'conflict'])
  expect(answer.text).not.toContain(host)
  server.clock.advance(61)
  expect((await server.sync(id)).at(-1)?.type).toBe('complete')
})

test('a refusal names the run that holds the lease, and no process', async () => {
  const database = new Database(join(server.dataDir, 'snowline.db'))
  const run = database.prepare('select * from app_runs limit 1').get() as Record<string, unknown>
  const runId = crypto.randomUUID()
  const started_at = new Date(server.clock.now()).toISOString()
  const row = { ...run, id: runId, state: 'running', process: living, started_at, finished_at: null }
  const names = Object.keys(row)
  database.prepare(`insert into app_runs (${names}) values (${names.map((name) => `@${name}`)})`).run(row)
  database.close()
  leave(`${runId} ${living}`)
  const answer = await server.post(`/api/integrations/${id}/sync`)
  expect([answer.status, answer.body.code, answer.body.runId]).toEqual([409, 'sync_running', runId])
  const back = await server.post(`/api/datasets/1/rollback?integration=${id}`, { reason: 'test' })
  expect([back.status, back.body.code, back.body.runId]).toEqual([409, 'sync_running', runId])
})

test('each lease names its process: of runs, rollbacks and single records', async () => {
  const database = new Database(join(server.dataDir, 'snowline.db'))
  database.exec(`
    create table seen (owner text);
    create trigger seen after update on sl_leases begin insert into seen values (new.owner); end`)
  change()
  await server.sync(id)
  await server.post(`/api/datasets/1/rollback?integration=${id}`, { reason: 'test' })
  const owners = database.prepare('select owner from seen where owner is not null').pluck().all() as string[]
  database.close()
  expect(owners.length).toBeGreaterThan(1)
  for (const owner of owners) expect(owner.endsWith(` ${processIdentity()}`), owner).toBe(true)
})
