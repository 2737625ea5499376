/** A run that cannot begin and cannot be taken back, as on a full disk: it is gone as soon as something can be written again. */
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { TestServer } from '../kit.ts'

let server: TestServer
let id: string

beforeEach(async () => {
  server = await TestServer.open({ incidents: 12 })
  id = await server.createServiceNow()
})

afterEach(() => server.close())

function execute(sql: string): void {
  const database = new Database(join(server.dataDir, 'snowline.db'))
  try {
    database.exec(sql)
  } finally {
    database.close()
  }
}

const runs = async () => (await server.get(`/api/integrations/${id}/runs`)).body.runs as { state: string }[]

test('a run that was refused by the store, and its row with it, is taken back by the next start', async () => {
  execute(`create trigger no_lease before insert on sl_leases begin select raise(abort, 'no room'); end;
    create trigger no_way_back before delete on app_runs begin select raise(abort, 'no room'); end`)
  const refused = await server.call('POST', `/api/integrations/${id}/sync`)
  expect(refused.status).toBeGreaterThanOrEqual(500)
  expect(server.log.map(({ event }) => event)).toContain('sync.run.not_taken_back')
  expect(await runs()).toMatchObject([{ state: 'queued' }])
  execute('drop trigger no_lease; drop trigger no_way_back')
  expect((await server.sync(id)).at(-1)?.type).toBe('complete')
  expect(await runs()).toMatchObject([{ state: 'success' }])
})

test('a run that was refused by the store alone leaves no row', async () => {
  execute(`create trigger no_lease before insert on sl_leases begin select raise(abort, 'no room'); end`)
  expect((await server.call('POST', `/api/integrations/${id}/sync`)).status).toBeGreaterThanOrEqual(500)
  expect(await runs()).toEqual([])
})
