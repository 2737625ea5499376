/** tableSource against the simulated instance: a whole table through slices, and hostile answers that never become records. */
import { createInstance } from '@snowline/simulator'
import { expect, test } from 'vitest'
import { tableSource } from '../../src/adapters/table-source.ts'
import type { SysId, UtcStamp } from '../../src/base/values.ts'
import { createClient } from '../../src/client/client.ts'
import { basicAuth } from '../../src/http/auth.ts'
import type { SourcePage, TableSource } from '../../src/ports/source.ts'
import { fakeClock } from '../client/fake-instance.ts'

function open(incidents: number) {
  const instance = createInstance({ seed: 11, incidents })
  const client = createClient({
    instanceUrl: 'dev00000',
    auth: basicAuth({ username: 'admin', password: 'admin' }),
    fetch: instance.fetch,
    clock: fakeClock(),
  })
  return { instance, client }
}

/** Reads [from, end] by the last stamp of each page, and a full second by ids. */
async function readAll(source: TableSource, limit: number): Promise<Map<string, string>> {
  const seen = new Map<string, string>()
  const keep = (page: SourcePage) => {
    for (const row of page.records) seen.set(row.sys_id, row.sys_updated_on)
  }
  let from: UtcStamp | null = null
  for (;;) {
    const page = await source.page({ slice: { from, to: null }, limit, order: 'ascending' })
    keep(page)
    const last = page.records.at(-1)
    if (page.link !== 'next' || last === undefined) return seen
    if (last.sys_updated_on === from) throw new Error('the second is fuller than a page')
    from = last.sys_updated_on
  }
}

test('a table read by slices is the table', async () => {
  const { instance, client } = open(250)
  const seen = await readAll(tableSource(client, 'incident'), 40)
  const held = instance.control.records('incident')
  expect(seen.size).toBe(250)
  for (const record of held) expect(seen.get(record.sys_id ?? '')).toBe(record.sys_updated_on)
})

test('a record comes whole and raw', async () => {
  const { instance, client } = open(5)
  const page = await tableSource(client, 'incident').page({
    slice: { from: null, to: null },
    limit: 10,
    order: 'ascending',
  })
  expect(page.total).toBe(5)
  expect(page.servedAt).toBe('2026-11-02 09:00:00')
  for (const record of page.records) {
    const held = instance.control.records('incident').find(({ sys_id }) => sys_id === record.sys_id)
    // Journal fields are kept apart and read as empty.
    expect(record).toEqual({ ...held, comments: '', work_notes: '', comments_and_work_notes: '' })
  }
})

test('a filter with an OR of its own keeps to the slice', async () => {
  const { instance, client } = open(200)
  const source = tableSource(client, 'incident', {
    filter: 'priority=1^ORpriority=2^active=true',
    fields: ['priority'],
  })
  const newest = await source.page({ slice: { from: null, to: null }, limit: 1, order: 'newest' })
  const to = newest.records[0]?.sys_updated_on ?? null
  const page = await source.page({ slice: { from: null, to }, limit: 1000, order: 'ascending' })
  const wanted = instance.control
    .records('incident')
    .filter(({ priority, active }) => /^[12]$/.test(priority ?? '') && active === 'true')
  expect(page.records).toHaveLength(wanted.length)
  expect(page.total).toBe(wanted.length)
  expect(Object.keys(page.records[0] ?? {}).sort()).toEqual([
    'priority',
    'sys_id',
    'sys_mod_count',
    'sys_updated_on',
  ])
})

test('a full second is read by id and by prefix', async () => {
  const { instance, client } = open(0)
  const at = '2026-10-01 10:00:00' as UtcStamp
  const ids = Array.from(
    { length: 64 },
    (_, n) => ((n * 4).toString(16).padStart(2, '0') + '0'.repeat(30)) as SysId,
  )
  instance.control.load(
    'incident',
    ids.map((sys_id) => ({ sys_id, sys_updated_on: at })),
  )
  const source = tableSource(client, 'incident')
  const seen: string[] = []
  let after: SysId | undefined
  for (;;) {
    const slice = { from: at, to: at, ...(after === undefined ? {} : { after }) }
    const { records, link } = await source.page({ slice, limit: 10, order: 'ascending' })
    seen.push(...records.map((row) => row.sys_id))
    after = records.at(-1)?.sys_id
    if (link !== 'next') break
  }
  expect(seen).toEqual([...ids].sort())
  const a = await source.page({ slice: { from: at, to: at, prefix: 'a' }, limit: 100, order: 'ascending' })
  expect(a.records.map((row) => row.sys_id)).toEqual(ids.filter((one) => one.startsWith('a')))
})

test('a field the user may not read ends the reading by name', async () => {
  const users = [{ user: 'admin', password: 'admin', unreadable: { incident: ['sys_updated_on'] } }]
  const instance = createInstance({ seed: 11, incidents: 5, users })
  const client = createClient({
    instanceUrl: 'dev00000',
    auth: basicAuth({ username: 'admin', password: 'admin' }),
    fetch: instance.fetch,
  })
  const request = { slice: { from: null, to: null }, limit: 10, order: 'ascending' } as const
  await expect(tableSource(client, 'incident').page(request)).rejects.toMatchObject({
    name: expect.stringMatching(/UnexpectedResponse|Permission/),
  })
})
