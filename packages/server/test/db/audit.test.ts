/** The audit log: one entry a change, in its transaction, chained, and never changed again. */

import { join } from 'node:path'
import { openSqlite } from '@snowline/sdk/stores/sqlite'
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { findBrokenAudit } from '../../src/db/audit.ts'
import type { AppTables, AuditRow } from '../../src/db/tables.ts'
import { TestServer } from '../kit.ts'

let server: TestServer

beforeAll(async () => {
  server = await TestServer.open({ incidents: 3 })
})

afterAll(() => server.close())

async function withDatabase<T>(
  work: (db: ReturnType<ReturnType<typeof openSqlite>['write']['withTables']>) => Promise<T>,
): Promise<T> {
  const database = openSqlite({ file: join(server.dataDir, 'snowline.db') })
  try {
    return await work(database.write.withTables<AppTables>())
  } finally {
    await database.close()
  }
}

async function entries(): Promise<AuditRow[]> {
  return withDatabase(async (db) => {
    const { rows } = await sql<AuditRow>`select * from app_audit order by seq`.execute(db)
    return rows
  })
}

test('each change, failed sign-in and denial leaves one entry; a refused change leaves none', async () => {
  const start = (await entries()).length
  const headers = { 'x-request-id': 'req-7' }
  const id = await server.createServiceNow()
  await server.call('PATCH', `/api/integrations/${id}`, { body: { is_active: true }, headers })
  await server.call('PATCH', `/api/integrations/${id}`, { body: { config: { password: '*****' } } })
  await server.post('/api/integrations', {}, { as: 'agent' })
  await server.post('/api/integrations', {}, { as: 'nobody' })
  await server.post('/api/auth/login', { email: 'x@y.z', password: 'x' }, { as: 'nobody' })
  await server.sync(id)
  await server.call('DELETE', `/api/integrations/${id}`)
  const added = (await entries()).slice(start)
  expect(added.map(({ action, target }) => `${action} ${target}`)).toEqual([
    `integration.create integration:${id}`,
    `integration.update integration:${id}`,
    'authz.denied POST /api/integrations',
    'auth.failed user:unknown',
    `sync.start integration:${id}`,
    `sync.complete integration:${id}`,
    `integration.delete integration:${id}`,
  ])
  expect(added[1]).toMatchObject({
    request_id: 'req-7',
    at: '2026-11-02T09:00:00.000Z',
    before_hash: expect.any(String),
    after_hash: expect.any(String),
  })
  expect(added[1]?.before_hash).toBe(added[0]?.after_hash)
  expect(added[3]?.actor).toBe('anonymous')
})

test('the chain holds; it breaks where a row is changed behind our back', async () => {
  expect(await withDatabase((db) => findBrokenAudit(db as never))).toBeNull()
  await expect(withDatabase((db) => sql`update app_audit set actor = 'x'`.execute(db))).rejects.toThrow(
    'append-only',
  )
  await expect(withDatabase((db) => sql`delete from app_audit`.execute(db))).rejects.toThrow('append-only')
  const broken = await withDatabase(async (db) => {
    await sql`drop trigger app_audit_no_update`.execute(db)
    await sql`update app_audit set actor = 'x' where seq = 3`.execute(db)
    return findBrokenAudit(db as never)
  })
  expect(broken).toBe(3)
})
