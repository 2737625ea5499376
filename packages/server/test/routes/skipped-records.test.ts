/** Records that a sync passed over are listed for people, with where to find them. */
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { expect, test } from 'vitest'
import { TestServer } from '../kit.ts'

test('a record too large to be read stands under problems until it was read', async () => {
  const server = await TestServer.open({ incidents: 3 })
  try {
    const id = await server.createServiceNow({}, { is_active: true })
    await server.sync(id)
    expect((await server.get('/api/sn/problems')).body).toMatchObject({ problems: [], skipped: [] })
    const sysId = 'a'.repeat(32)
    const database = new Database(join(server.dataDir, 'snowline.db'))
    const skipped = JSON.stringify([{ sysId, u: '2026-11-01 10:00:00' }])
    database.prepare('update sl_states set skipped = ?').run(skipped)
    database.close()
    expect((await server.get('/api/sn/problems')).body.skipped).toEqual([
      {
        sys_id: sysId,
        updated_on: '2026-11-01T10:00:00Z',
        open_url: expect.stringContaining(`sys_id%3D${sysId}`),
      },
    ])
  } finally {
    await server.close()
  }
})
