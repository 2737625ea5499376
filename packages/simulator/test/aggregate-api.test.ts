/** The Aggregate API on the wire (servicenow.md 6, c_AggregateAPI). */
import { expect, test } from 'vitest'
import { createInstance, type Instance } from '../src/index.ts'
import { ask } from './door.ts'

const stats = (query: Readonly<Record<string, string>>, table = 'incident') =>
  `/api/now/stats/${table}?${new URLSearchParams(query)}`

interface Group {
  readonly stats: Record<string, unknown>
  readonly groupby_fields: readonly Record<string, string>[]
}

async function groups(sn: Instance, query: Readonly<Record<string, string>>): Promise<readonly Group[]> {
  return (await ask(sn, 'GET', stats(query))).json().result
}

function sample() {
  const sn = createInstance()
  const row = (at: number, more: Record<string, string>) => ({ sys_id: String(at).repeat(32), ...more })
  sn.control.load('incident', [
    row(1, {
      state: '1',
      reassignment_count: '1',
      sys_updated_on: '2026-11-01 10:00:00',
      time_worked: '1970-01-01 00:30:00',
    }),
    row(2, {
      state: '1',
      reassignment_count: '2',
      sys_updated_on: '2026-11-01 09:00:00',
      time_worked: '1970-01-01 01:00:00',
    }),
    row(3, { state: '2', reassignment_count: '10', sys_updated_on: '2026-11-01 11:00:00' }),
    row(4, { state: '6', reassignment_count: '', sys_updated_on: '2026-11-01 08:00:00' }),
  ])
  return sn
}

test('ungrouped: counts and measures of the query, all as texts, averages with four decimals', async () => {
  const sn = sample()
  const count = await ask(sn, 'GET', stats({ sysparm_count: 'true' }))
  expect(count.text).toBe('{"result":{"stats":{"count":"4"}}}')
  const all = await ask(
    sn,
    'GET',
    stats({
      sysparm_count: 'true',
      sysparm_query: 'stateIN1,2',
      sysparm_avg_fields: 'reassignment_count',
      sysparm_sum_fields: 'reassignment_count,time_worked,short_description',
      sysparm_min_fields: 'reassignment_count,sys_updated_on',
      sysparm_max_fields: 'reassignment_count,sys_updated_on,ghost',
    }),
  )
  expect(all.json()).toEqual({
    result: {
      stats: {
        count: '3',
        avg: { reassignment_count: '4.3333' },
        min: { reassignment_count: '1', sys_updated_on: '2026-11-01 09:00:00' },
        max: { reassignment_count: '10', sys_updated_on: '2026-11-01 11:00:00' },
        sum: { reassignment_count: '13', time_worked: '1970-01-01 01:30:00' },
      },
    },
  })
  expect((await ask(sn, 'GET', stats({}))).text).toBe('{"result":{"stats":{}}}')
  expect((await ask(sn, 'GET', '/api/now/stats/incident?state=New&sysparm_count=true')).text).toContain('"2"')
})

test('grouped: one entry a group with its fields; having and order by field or aggregate', async () => {
  const sn = sample()
  const byState = await groups(sn, {
    sysparm_count: 'true',
    sysparm_group_by: 'state',
    sysparm_order_by: 'state',
  })
  expect(byState).toEqual([
    { stats: { count: '2' }, groupby_fields: [{ field: 'state', value: '1' }] },
    { stats: { count: '1' }, groupby_fields: [{ field: 'state', value: '2' }] },
    { stats: { count: '1' }, groupby_fields: [{ field: 'state', value: '6' }] },
  ])
  const values = async (more: Record<string, string>) =>
    (await groups(sn, { sysparm_group_by: 'state', ...more })).map((group) => group.groupby_fields[0]?.value)
  expect(await values({ sysparm_order_by: 'state^DESC' })).toEqual(['6', '2', '1'])
  expect(await values({ sysparm_order_by: 'AVG^reassignment_count^DESC' })).toEqual(['2', '1', '6'])
  expect(await values({ sysparm_order_by: 'COUNT^DESC,state^DESC' })).toEqual(['1', '6', '2'])
  expect(await values({ sysparm_having: 'count^state^>^1' })).toEqual(['1'])
  expect(await values({ sysparm_having: 'sum^reassignment_count^>=^3,count^state^=^1' })).toEqual(['2'])
  const two = await groups(sn, {
    sysparm_count: 'true',
    sysparm_group_by: 'state,caller_id',
    sysparm_having: 'count^state^>^1',
  })
  expect(two[0]?.groupby_fields).toEqual([
    { field: 'state', value: '1' },
    { field: 'caller_id', value: '' },
  ])
})

test('sysparm_display_value: what people see, or both', async () => {
  const sn = sample()
  const first = async (display: string) =>
    (
      await groups(sn, {
        sysparm_group_by: 'state',
        sysparm_display_value: display,
        sysparm_order_by: 'state',
      })
    )[0]?.groupby_fields[0]
  expect(await first('true')).toEqual({ field: 'state', value: 'New' })
  expect(await first('all')).toEqual({ display_value: 'New', field: 'state', value: '1' })
})

test('groups agree with the records on a seeded instance, through references too', async () => {
  const sn = createInstance({ incidents: 300, seed: 4 })
  const records = sn.control.records('incident')
  const users = new Map(sn.control.records('sys_user').map((user) => [user.sys_id, user]))
  const wanted = new Map<string, number>()
  for (const row of records) {
    const place = users.get(row.caller_id)?.location ?? ''
    wanted.set(place, (wanted.get(place) ?? 0) + 1)
  }
  const found = await groups(sn, { sysparm_count: 'true', sysparm_group_by: 'caller_id.location' })
  expect(new Map(found.map((group) => [group.groupby_fields[0]?.value, Number(group.stats.count)]))).toEqual(
    wanted,
  )
})

test('rights: hidden rows count, closed tables and unreadable columns are 403', async () => {
  const users = [
    { user: 'admin', password: 'admin' },
    { user: 'ann', password: 'p', unreadable: { incident: ['impact'] } },
  ]
  const sn = createInstance({ incidents: 5, users })
  const ann = { authorization: `Basic ${btoa('ann:p')}` }
  sn.control.hide(sn.control.records('incident').map((row) => row.sys_id ?? ''))
  expect((await ask(sn, 'GET', stats({ sysparm_count: 'true' }))).text).toContain('"count":"5"')
  expect((await ask(sn, 'GET', stats({ sysparm_max_fields: 'impact' }), undefined, ann)).status).toBe(403)
  expect(
    (await ask(sn, 'GET', stats({ sysparm_count: 'true' }, 'sys_audit_delete'), undefined, ann)).status,
  ).toBe(403)
  sn.control.tableAcl({ table: 'incident', answer: 'forbidden' })
  expect((await ask(sn, 'GET', stats({ sysparm_count: 'true' }))).status).toBe(403)
  expect((await ask(sn, 'GET', stats({}, 'ghosts'))).json()).toMatchObject({
    error: { message: 'Invalid table ghosts' },
  })
  expect((await ask(sn, 'POST', stats({}), {})).status).toBe(405)
})

test('an unreadable part of the query is dropped; with the property nothing is counted (1.5)', async () => {
  const sn = createInstance({ incidents: 5 })
  const asked = stats({ sysparm_count: 'true', sysparm_query: 'ghost=1' })
  expect((await ask(sn, 'GET', asked)).text).toContain('"count":"5"')
  sn.control.property('glide.invalid_query.returns_no_rows', 'true')
  expect((await ask(sn, 'GET', asked)).text).toContain('"count":"0"')
})
