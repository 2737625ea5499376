/** One person taken out of every version of every mirror, out of what pushes remember, out of raw copies and out of the file itself. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { findBrokenAudit } from '../../src/db/audit.ts'
import { type OpenDatabase, openDatabase } from '../../src/db/open.ts'
import { type ErasureOptions, erasePerson } from '../../src/services/erasure.ts'
import { parsePerson } from '../../src/services/person.ts'
import { pruneDatasets } from '../../src/services/pruning.ts'
import { Desk } from '../desk.ts'
import { recordingLogger, type TestServer } from '../kit.ts'

const CANARY = 'canary.person@example.com'

let desk: Desk
let server: TestServer
let database: OpenDatabase
let options: ErasureOptions

beforeEach(async () => {
  desk = await Desk.open({ incidents: 8 })
  server = desk.server
  database = await openDatabase(join(server.dataDir, 'snowline.db'))
  let next = 0
  options = {
    ...database,
    clock: server.clock,
    logger: recordingLogger([]),
    dataDir: server.dataDir,
    newId: () => `desk-${next++}`,
  }
})

afterEach(async () => {
  await database.close()
  await desk.close()
})

/** Two mirrors with two versions each, the first of which speak of the person; the instance has forgotten by then. */
async function filled(): Promise<string> {
  const { control } = server.instance
  const [row] = control.records('incident')
  const sysId = row?.sys_id ?? ''
  const before = { ...row, sys_id: sysId, caller_id: CANARY, description: `call ${CANARY} back` }
  control.load('incident', [before])
  const id = await server.createServiceNow()
  await server.sync(id)
  await server.post('/api/sn/sync/pull', { import: true })
  const later = () => {
    server.clock.advance(60)
    control.clock.advance(60)
    return new Date(control.clock.now()).toISOString().slice(0, 19).replace('T', ' ')
  }
  control.load('incident', [{ ...row, sys_id: sysId, sys_updated_on: later(), sys_mod_count: '99' }])
  later()
  await server.sync(id)
  await server.post('/api/sn/sync/pull', {})
  return id
}

async function holds(integration: string, number: number): Promise<boolean> {
  let found = false
  for await (const { body } of database.store.versionRecords(integration, number))
    found ||= body.includes(CANARY)
  return found
}

test('everything is rewritten and sealed anew; a dry run says the same and changes nothing', async () => {
  const id = await filled()
  const files = ['snowline.db', 'snowline.db-wal'].map((name) => join(server.dataDir, name))
  const inFiles = () => files.some((file) => readFileSync(file).includes(CANARY))
  expect([await holds(id, 1), await holds('env', 1), await holds(id, 2)]).toEqual([true, true, false])
  expect(inFiles()).toBe(true)
  const dry = await erasePerson(options, parsePerson(CANARY), true)
  expect(dry.mirrors).toEqual([
    { integration: 'env', records: 1, versions: 1 },
    { integration: id, records: 1, versions: 1 },
  ])
  expect(dry.agreements).toBe(1)
  expect(dry.files).toBeGreaterThan(2)
  expect([await holds(id, 1), await holds('env', 1)]).toEqual([true, true])
  expect(await erasePerson(options, parsePerson(CANARY), false)).toEqual(dry)
  for (const integration of [id, 'env']) {
    for (const number of [1, 2]) {
      expect(await holds(integration, number)).toBe(false)
      const { stored, computed } = await database.store.verifyVersion(integration, number)
      expect(stored).toBe(computed)
    }
  }
  const again = await erasePerson(options, parsePerson(CANARY), false)
  expect(again).toMatchObject({ mirrors: [], agreements: 0, files: 0 })
  const entries = await database.read.selectFrom('app_audit').select(['action', 'target']).execute()
  expect(entries.filter(({ action }) => action === 'person.erase').map(({ target }) => target)).toEqual([
    'integration:env',
    `integration:${id}`,
    'tickets',
  ])
  expect(JSON.stringify(entries)).not.toContain(CANARY)
  expect(await findBrokenAudit(database.read)).toBeNull()
  // What a ticket says is the help desk's own.
  const tickets = await database.read.selectFrom('tickets').select('description').execute()
  expect(JSON.stringify(tickets)).toContain(CANARY)
})

test('the bytes are gone from the file, not only from its rows', async () => {
  await filled()
  await database.write.deleteFrom('tickets').execute()
  await erasePerson(options, parsePerson(CANARY), false)
  for (const name of ['snowline.db', 'snowline.db-wal']) {
    expect(readFileSync(join(server.dataDir, name)).includes(CANARY), name).toBe(false)
  }
})

test('versions of an integration that is gone are found too', async () => {
  const id = await filled()
  await server.call('DELETE', `/api/integrations/${id}`)
  await erasePerson(options, parsePerson(CANARY), false)
  expect(await holds(id, 1)).toBe(false)
})

test('while a run holds the lease nothing is erased, and it says who', async () => {
  const id = await filled()
  await database.store.acquireLease(id, 'somebody', 60_000, server.clock.now())
  await expect(erasePerson(options, parsePerson(CANARY), false)).rejects.toMatchObject({ code: 'conflict' })
  expect(await holds(id, 1)).toBe(true)
})

test('pruning keeps the newest versions as they were, and is audited', async () => {
  const id = await filled()
  const before = await database.store.readVersion(id, 2)
  expect(await pruneDatasets(options, id, 5)).toEqual({ versions: 0, rows: 0 })
  expect(await pruneDatasets(options, id, 2)).toEqual({ versions: 0, rows: 0 })
  expect(await pruneDatasets(options, id, 1)).toMatchObject({ versions: 1 })
  expect(await database.store.listVersions(id, { limit: 10 })).toEqual([before])
  const { stored, computed } = await database.store.verifyVersion(id, 2)
  expect(stored).toBe(computed)
  expect((await server.get(`/api/datasets/1/export?integration=${id}`)).status).toBe(404)
  expect((await server.get(`/api/datasets/1/diff/2?integration=${id}`)).status).toBe(404)
  const gone = await server.post(`/api/datasets/1/rollback?integration=${id}`, { reason: 'x' })
  expect(gone.body.code).toBe('not_found')
  const entries = await database.read.selectFrom('app_audit').select('action').execute()
  expect(entries.filter(({ action }) => action === 'dataset.prune')).toHaveLength(1)
  expect(await pruneDatasets(options, crypto.randomUUID(), 1)).toEqual({ versions: 0, rows: 0 })
})
