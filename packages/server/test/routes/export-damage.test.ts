/** An export that meets a damaged page: refused in words while nothing has been sent, broken off afterwards, never whole to look at. */
import { closeSync, openSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { TestServer } from '../kit.ts'

let server: TestServer
let id: string

beforeEach(async () => {
  // More than is read from the database at once.
  server = await TestServer.open({ incidents: 700 })
  id = await server.createServiceNow()
  expect((await server.sync(id)).at(-1)?.type).toBe('complete')
})

afterEach(() => server.close())

/** Writes zeros over the page of the file that holds the first or last record by sys_id. */
function damage(order: 'asc' | 'desc'): void {
  const file = join(server.dataDir, 'snowline.db')
  const database = new Database(file)
  // What stands in the log would be read in place of the damage.
  database.pragma('wal_checkpoint(TRUNCATE)')
  const size = database.pragma('page_size', { simple: true }) as number
  const first = database.prepare(`select rowid from sl_rows order by sys_id ${order} limit 1`).pluck().get()
  const before = database.prepare('select count(*) from sl_rows where rowid < ?').pluck().get(first) as number
  const leaves = database
    .prepare(`select pageno, ncell from dbstat where name = 'sl_rows' and pagetype = 'leaf' order by path`)
    .all() as { pageno: number; ncell: number }[]
  database.close()
  let seen = 0
  const leaf = leaves.find(({ ncell }) => {
    seen += ncell
    return seen > before
  })
  if (leaf === undefined) throw new Error('no page')
  const handle = openSync(file, 'r+')
  writeSync(handle, Buffer.alloc(size), 0, size, (leaf.pageno - 1) * size)
  closeSync(handle)
}

const path = (format: string) => `/api/datasets/1/export?integration=${id}&format=${format}`

test.each(['ndjson', 'csv'])('damage in the first page: store_failed, as %s', async (format) => {
  damage('asc')
  const answer = await server.get(path(format))
  expect(answer.status, answer.text).toBe(502)
  expect(answer.headers.get('content-type')).toContain('application/problem+json')
  expect(answer.headers.get('content-disposition')).toBeNull()
  expect(answer.body).toMatchObject({ success: false, code: 'store_failed' })
  expect(answer.text).not.toMatch(/SQLITE|sl_rows/)
})

test('damage further on: what was begun is broken off', async () => {
  damage('desc')
  const response = await server.fetch('GET', path('ndjson'))
  expect(response.status).toBe(200)
  await expect(response.text()).rejects.toThrow()
  expect((await server.get('/healthz')).status).toBe(200)
})

test('a reader that leaves in the middle ends the reading', async () => {
  const response = await server.fetch('GET', path('ndjson'))
  const reader = response.body?.getReader()
  const { value } = (await reader?.read()) ?? {}
  expect(value?.length).toBeGreaterThan(10_000)
  await reader?.cancel()
  const whole = await server.get(path('ndjson'))
  expect(whole.text.trimEnd().split('\n')).toHaveLength(700)
})
