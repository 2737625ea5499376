/** Incidents that are made when they are read: queries, changes and states treat them like all others. */
import { expect, test } from 'vitest'
import { createInstance } from '../../src/index.ts'
import { ask, INCIDENT, listPath } from '../door.ts'

const COUNT = 3000

test('they are the same for a seed, complete and believable, and reads of one agree', async () => {
  const instance = createInstance({ bulkIncidents: COUNT })
  const { control } = instance
  const rows = control.records('incident')
  expect(rows).toHaveLength(COUNT)
  expect(createInstance({ bulkIncidents: COUNT }).control.records('incident')).toEqual(rows)
  expect(new Set(rows.map((row) => row.sys_id)).size).toBe(COUNT)
  expect(rows[0]?.number).toBe('INC0010001')
  expect(rows.at(-1)?.number).toBe(`INC${String(10_000 + COUNT).padStart(7, '0')}`)
  const people = new Set(control.records('sys_user').map((row) => row.sys_id))
  for (const row of rows) {
    expect(row.sys_created_on && row.sys_created_on <= (row.sys_updated_on ?? '')).toBe(true)
    expect((row.sys_updated_on ?? '') <= '2026-11-02 09:00:00').toBe(true)
    expect(people.has(row.caller_id)).toBe(true)
    if (row.state === '6') expect([row.close_code !== '', row.resolved_at !== '']).toEqual([true, true])
  }
  const one = (
    await ask(instance, 'GET', `${INCIDENT}/${rows[7]?.sys_id}?sysparm_exclude_reference_link=true`)
  ).row()
  expect(one).toEqual({ ...rows[7], comments: '', work_notes: '' })
})

test('windows, prefixes, lists of ids and the newest are answered as for stored rows', async () => {
  const lazy = createInstance({ bulkIncidents: COUNT })
  const stored = createInstance({ records: { incident: lazy.control.records('incident') } })
  const some = lazy.control
    .records('incident')
    .slice(40, 60)
    .map((row) => row.sys_id)
  for (const query of [
    'sys_updated_on>=2026-09-20 00:00:00^sys_updated_on<=2026-10-20 12:00:00^ORDERBYsys_updated_on^ORDERBYsys_id',
    'sys_id>8^ORDERBYsys_id',
    'sys_idSTARTSWITHa^ORDERBYDESCsys_id',
    `sys_idIN${some.join()}^ORDERBYsys_id`,
    'ORDERBYDESCsys_updated_on^ORDERBYDESCsys_id',
    'state=2^sys_created_on>=2026-10-01 00:00:00^ORDERBYnumber',
    'number=INC0010123',
  ]) {
    const [a, b] = [
      await ask(lazy, 'GET', `${listPath(query)}&sysparm_limit=50&sysparm_offset=5`),
      await ask(stored, 'GET', `${listPath(query)}&sysparm_limit=50&sysparm_offset=5`),
    ]
    expect(a.text).toBe(b.text)
    expect(a.headers.get('x-total-count')).toBe(b.headers.get('x-total-count'))
  }
})

test('single ones are changed, deleted, restored and remembered; new numbers go on after them', async () => {
  const instance = createInstance()
  const { control } = instance
  expect(control.bulk({ seed: 4, count: 500, sameSecond: 60 })).toBe(500)
  const before = control.records('incident')
  const counts = new Map<string, number>()
  for (const { sys_updated_on = '' } of before)
    counts.set(sys_updated_on, (counts.get(sys_updated_on) ?? 0) + 1)
  expect(Math.max(...counts.values())).toBeGreaterThanOrEqual(60)
  const token = control.snapshot()
  const [first, second] = before
  await ask(instance, 'PATCH', `${INCIDENT}/${first?.sys_id}`, { short_description: 'changed' })
  await ask(instance, 'DELETE', `${INCIDENT}/${second?.sys_id}`)
  expect((await ask(instance, 'GET', listPath('ORDERBYDESCsys_updated_on'))).rows()[0]).toMatchObject({
    sys_id: first?.sys_id,
    short_description: 'changed',
  })
  expect(control.history('incident', first?.sys_id ?? '')).toMatchObject([
    { op: 'load', value: first },
    { op: 'update' },
  ])
  expect((await ask(instance, 'POST', INCIDENT, {})).row().number).toBe('INC0010501')
  control.mutate({ seed: 1, count: 40 })
  control.restore(token)
  const sorted = (rows: readonly Record<string, string>[]) => rows.map((row) => JSON.stringify(row)).sort()
  expect(sorted(control.records('incident'))).toEqual(sorted(before))
  expect(control.stats().duplicates.correlation).toEqual([])
})

test('the door takes it, and a count that cannot be is refused', async () => {
  const instance = createInstance()
  const bulk = async (body: unknown) => (await ask(instance, 'POST', '/__sim/bulk', body)).json()
  expect(await bulk({ seed: 1, count: 20 })).toEqual({ added: 20 })
  expect(await bulk({ seed: 1, count: -1 })).toMatchObject({
    error: expect.stringContaining('count: -1 is not'),
  })
  expect(await bulk({ seed: 1, count: 2, sameSecond: 3 })).toMatchObject({
    error: expect.stringContaining('sameSecond: 3 is more'),
  })
  instance.control.reset()
  expect(instance.control.records('incident')).toEqual([])
})
