/** What a client looks up: aggregates, journals, choices, people and groups. */
import { createInstance } from '@snowline/simulator'
import { expect, expectTypeOf, test } from 'vitest'
import { QueryError, UnexpectedResponseError } from '../../src/base/errors.ts'
import { createClient } from '../../src/client/client.ts'
import { parseJournalText } from '../../src/client/journal.ts'
import { basicAuth } from '../../src/http/auth.ts'
import { fakeClock, fakeInstance, json } from './fake-instance.ts'

const sysId = '46f09e75a9fe198100f4ffd8d366d17b'
const refused = (status: number) => json({ error: { message: 'nope' } }, { status })
const rows = (...result: object[]) => json({ result })

function open(options: Parameters<typeof createInstance>[0] = {}) {
  const instance = createInstance({
    seed: 7,
    incidents: 40,
    clock: { start: '2026-11-02T09:00:00Z' },
    ...options,
  })
  const client = createClient({
    instanceUrl: 'dev00000',
    auth: basicAuth({ username: 'admin', password: 'admin' }),
    fetch: instance.fetch,
    clock: fakeClock(),
    random: () => 0,
  })
  return { instance, client }
}

test('an aggregate of a table agrees with its records', async () => {
  const { client } = open()
  const records = await client.incidents.list({ fields: ['state', 'reassignment_count', 'sys_updated_on'] })
  const whole = await client.incidents.aggregate({ avg: ['reassignment_count'], max: ['sys_updated_on'] })
  expectTypeOf(whole.avg).toEqualTypeOf<{ reassignment_count: number | null }>()
  expectTypeOf(whole.count).toEqualTypeOf<number | null>()
  const counts = records.records.map(({ reassignment_count: count }) => Number(count))
  expect(whole.count).toBe(40)
  expect(whole.avg.reassignment_count).toBeCloseTo(counts.reduce((a, b) => a + b, 0) / 40, 3)
  expect(whole.max.sys_updated_on).toBe(
    records.records
      .map(({ sys_updated_on: at }) => at)
      .sort()
      .at(-1),
  )
})

test('groups, their order and what they must have', async () => {
  const { client } = open()
  const groups = await client.incidents.aggregate({ groupBy: ['state'], orderBy: [{ field: 'state' }] })
  expectTypeOf(groups[0]?.group).toEqualTypeOf<{ state: string } | undefined>()
  const { records } = await client.incidents.list({ fields: ['state'] })
  const expected = Map.groupBy(records, ({ state }) => state)
  expect(new Map(groups.map(({ group, count }) => [group.state, count]))).toEqual(
    new Map([...expected].map(([state, list]) => [state, list.length])),
  )
  const large = await client.incidents.aggregate({
    groupBy: ['state'],
    having: [{ measure: 'count', field: 'state', operator: '>', value: 9 }],
  })
  expect(large.map(({ count }) => count)).toEqual(
    groups.map(({ count }) => count).filter((count) => Number(count) > 9),
  )
})

test('what an aggregate sends, and what it refuses', async () => {
  const { client, requests } = fakeInstance([
    json({ result: { stats: { sum: { impact: '' }, avg: { impact: '1.5000' } } } }),
  ])
  const { data } = await client.incidents
    .aggregate({
      count: false,
      sum: ['impact'],
      avg: ['impact'],
      where: { active: true },
      displayValue: true,
    })
    .withResponse()
  expect(data).toEqual({ count: null, sum: { impact: null }, avg: { impact: 1.5 }, min: {}, max: {} })
  const unknown = await client.incidents.aggregate({
    count: false,
    avg: ['u_nope', 'impact'],
    max: ['u_nope'],
  })
  expect([unknown.avg, unknown.max]).toEqual([{ u_nope: null, impact: 1.5 }, { u_nope: null }])
  expect(Object.fromEntries(requests[0]?.url.searchParams ?? [])).toEqual({
    sysparm_query: 'active=true',
    sysparm_avg_fields: 'impact',
    sysparm_sum_fields: 'impact',
    sysparm_display_value: 'true',
  })
  expect(requests[0]?.url.pathname).toBe('/api/now/stats/incident')
  await expect(client.incidents.aggregate({ count: false })).rejects.toBeInstanceOf(QueryError)
  // @ts-expect-error no such field
  await expect(client.incidents.aggregate({ avg: ['a b'] })).rejects.toBeInstanceOf(QueryError)
  const odd = fakeInstance([json({ result: 'x' })])
  await expect(odd.client.incidents.aggregate()).rejects.toBeInstanceOf(UnexpectedResponseError)
})

test('a journal is structured, newest first', async () => {
  const { client, instance } = open()
  const { sys_id: id } = await client.incidents.create({ short_description: 'x' })
  await client.incidents.addWorkNote(id, 'first\n\nwith a gap')
  instance.control.clock.advance(60)
  await client.incidents.addComment(id, 'second')
  expect(await client.incidents.journal(id)).toEqual({
    source: 'journal',
    entries: [
      { field: 'comments', text: 'second', author: 'admin', at: '2026-11-02 09:01:00', shownAt: null },
      {
        field: 'work_notes',
        text: 'first\n\nwith a gap',
        author: 'admin',
        at: '2026-11-02 09:00:00',
        shownAt: null,
      },
    ],
  })
  const one = await client.incidents.journal(id, { fields: ['work_notes'], limit: 1 })
  expect(one.entries.map(({ field }) => field)).toEqual(['work_notes'])
})

test.each([
  ['empty', rows()],
  ['refused', refused(403)],
])('a journal table that is %s: the display text is read', async (_, answer) => {
  const text =
    '02-Nov-2026 10:01:00 - Abel Tuter (Additional comments)\nhello\n\n02-Nov-2026 10:00:00 - Ann - Lee (Additional comments)\nbye\n\n'
  const { client, requests } = fakeInstance([answer, json({ result: { comments: text, work_notes: '' } })])
  expect(await client.incidents.journal(sysId)).toEqual({
    source: 'display_text',
    entries: [
      { field: 'comments', text: 'hello', author: 'Abel Tuter', at: null, shownAt: '02-Nov-2026 10:01:00' },
      { field: 'comments', text: 'bye', author: 'Ann - Lee', at: null, shownAt: '02-Nov-2026 10:00:00' },
    ],
  })
  expect(requests[1]?.url.searchParams.get('sysparm_display_value')).toBe('true')
})

test.each(['empty', 'forbidden'] as const)('an instance whose journal table is %s', async (answer) => {
  const { client, instance } = open()
  instance.control.tableAcl({ table: 'sys_journal_field', answer })
  const { sys_id: id } = await client.incidents.create({ short_description: 'x', work_notes: 'one\n\ntwo' })
  instance.control.clock.advance(60)
  await client.incidents.addWorkNote(id, 'three')
  const { entries, source } = await client.incidents.journal(id)
  expect([source, entries.map(({ text, at }) => [text, at])]).toEqual([
    'display_text',
    [
      ['three', null],
      ['one\n\ntwo', null],
    ],
  ])
})

test.each([
  ['', []],
  ['no heading at all', []],
  [
    '2026-01-01 10:00:00 - A (Work notes)\nx\n2026-01-01 09:00:00 - B (Work notes)\ny',
    ['x\n2026-01-01 09:00:00 - B (Work notes)\ny'],
  ],
  [
    '2026-01-01 10:00:00 - A (Work notes)\nx\n\nlast year - it broke (badly)\ny\n\n',
    ['x\n\nlast year - it broke (badly)\ny'],
  ],
  [
    '2026-01-01 10:00:00 - A (Work notes)\nx\n\n2026-01-01 09:00:00 - B (Comments)\ny',
    ['x\n\n2026-01-01 09:00:00 - B (Comments)\ny'],
  ],
  [
    '2026-01-01 10:00:00 - A (Work notes)\r\nx\r\n\r\n2026-01-01 09:00:00 - B (Work notes)\r\ny\r\n',
    ['x', 'y'],
  ],
])('journal text %j', (text, expected) => {
  expect(parseJournalText('work_notes', text).map((entry) => entry.text)).toEqual(expected)
})

test('choices stand on the nearest table, in their order, and are remembered', async () => {
  const choice = (name: string, value: string, more: object = {}) => ({
    name,
    element: 'state',
    language: 'en',
    value,
    label: `${name} ${value}`,
    inactive: 'false',
    dependent_value: '',
    ...more,
  })
  const { client, requests, clock } = fakeInstance([
    rows({ name: 'incident', 'super_class.name': 'task' }),
    rows({ name: 'task', 'super_class.name': '' }),
    rows(choice('task', '1'), choice('incident', '2'), choice('incident', '9', { inactive: 'true' })),
  ])
  expect(await client.incidents.choices('state')).toEqual([
    { value: '2', label: 'incident 2', dependentValue: '', inactive: false },
  ])
  expect((await client.incidents.choices('state', { inactive: true })).map(({ value }) => value)).toEqual([
    '2',
    '9',
  ])
  expect(requests[2]?.url.searchParams.get('sysparm_query')).toBe(
    'nameINincident,task^element=state^language=en^ORDERBYsequence^ORDERBYsys_id',
  )
  expect(requests).toHaveLength(3)
  await clock.sleep(5 * 60_000)
  await client.incidents.choices('state')
  expect(requests).toHaveLength(4)
})

test('without rights on the dictionary the parents of incidents are still known', async () => {
  const { client, requests } = fakeInstance([rows()])
  expect(await client.incidents.choices('state')).toEqual([])
  expect(requests.at(-1)?.url.searchParams.get('sysparm_query')).toContain('nameINincident,task')
})

test('choices against the instance', async () => {
  const { client } = open()
  const states = await client.incidents.choices('state')
  expect(states.map(({ value, label }) => `${value} ${label}`)).toContain('6 Resolved')
})

test('people and groups: one active match, several, none', async () => {
  const { client } = open()
  const { records } = await client
    .table('sys_user')
    .list({ fields: ['sys_id', 'email', 'user_name', 'name'], where: { active: true } })
  const user = records.find(
    ({ email }) => records.filter((other) => other.email === email).length === 1 && email !== '',
  )
  const email = user?.email ?? ''
  expect(await client.users.find({ email: email.toUpperCase() })).toMatchObject({
    matches: 1,
    record: { sys_id: user?.sys_id },
  })
  expect(await client.users.find({ userName: user?.user_name ?? '' })).toMatchObject({ matches: 1 })
  expect(await client.users.find({ email: 'nobody@example.com' })).toEqual({ record: null, matches: 0 })
  const group = (await client.table('sys_user_group').list({ fields: ['sys_id', 'name'], pageLimit: 1 }))
    .records[0]
  expect((await client.groups.find({ name: group?.name ?? '' })).record?.sys_id).toBe(group?.sys_id)
})

test('look-ups share a request, are remembered, and forget failures; strangers are no match', async () => {
  const ann = { sys_id: sysId, email: 'ann@example.com' }
  const { client, requests, clock } = fakeInstance([rows(ann)])
  const key = { email: 'ann@example.com' }
  const [first, second] = await Promise.all([
    client.users.find(key),
    client.users.find({ email: ' ANN@example.com' }),
  ])
  expect([first.matches, second.matches, requests.length]).toEqual([1, 1, 1])
  await clock.sleep(5 * 60_000)
  await client.users.find(key)
  expect(requests).toHaveLength(2)
  const several = fakeInstance([rows(ann, { ...ann, sys_id: '0'.repeat(32) })])
  expect(await several.client.users.find(key)).toEqual({ record: null, matches: 2 })
  const strangers = fakeInstance([rows({ sys_id: sysId, email: 'bob@example.com' })])
  expect(await strangers.client.users.find(key)).toEqual({ record: null, matches: 0 })
  const flaky = fakeInstance([refused(403), rows(ann)])
  await expect(flaky.client.users.find(key)).rejects.toMatchObject({ status: 403 })
  expect((await flaky.client.users.find(key)).matches).toBe(1)
  await expect(client.users.find({ email: ' ' })).rejects.toBeInstanceOf(QueryError)
})

test('the memory is bounded: what was unused longest is asked for again', async () => {
  const { client, requests } = fakeInstance([rows()])
  for (let at = 0; at <= 500; at++) await client.users.find({ userName: `u${at}` })
  await client.users.find({ userName: 'u500' })
  expect(requests).toHaveLength(501)
  await client.users.find({ userName: 'u0' })
  expect(requests).toHaveLength(502)
})

test('an abort leaves a shared look-up to the others', async () => {
  let release = () => {}
  const gate = new Promise<void>((resolve) => {
    release = resolve
  })
  const { client } = fakeInstance([async () => gate.then(() => rows({ sys_id: sysId, name: 'Ann' }))])
  const controller = new AbortController()
  const mine = client.users.find({ name: 'Ann' }, { signal: controller.signal })
  const theirs = client.users.find({ name: 'Ann' })
  const reason = new Error('enough')
  controller.abort(reason)
  await expect(mine).rejects.toBe(reason)
  release()
  expect((await theirs).matches).toBe(1)
})

test('look-ups open the answer behind them; a remembered one the answer it came in', async () => {
  const headers = { 'x-transaction-id': 'abc' }
  const ann = { sys_id: sysId, email: 'ann@example.com', name: 'Ann' }
  const { client, requests } = fakeInstance([json({ result: [ann] }, { headers })])
  const first = await client.users.find({ email: 'ann@example.com' }).withResponse()
  expect([first.data.matches, first.transactionId, first.response.status]).toEqual([1, 'abc', 200])
  const again = await client.users.find({ email: 'ann@example.com' }).asResponse()
  expect(await again.json()).toEqual({ result: [ann] })
  const group = await client.groups.find({ email: 'ann@example.com' }).withResponse()
  expect([group.transactionId, requests.length]).toEqual(['abc', 2])
  const { client: instance } = open()
  const { data: choices, response } = await instance.incidents.choices('state').withResponse()
  expect([choices.length > 0, response.status]).toEqual([true, 200])
  const { sys_id: id } = await instance.incidents.create({ short_description: 'x', work_notes: 'hello' })
  const journal = await instance.incidents.journal(id).withResponse()
  expect([journal.data.entries.length, journal.attempts]).toEqual([1, 1])
  expect(await (await instance.incidents.journal(id).asResponse()).json()).toMatchObject({
    result: [{ value: 'hello' }],
  })
})

test('what was looked up belongs to who asked: changing it changes nothing for the next', async () => {
  const { client } = fakeInstance([rows({ sys_id: sysId, email: 'ann@example.com' })])
  const first = await client.users.find({ email: 'ann@example.com' })
  Object.assign(first.record ?? {}, { email: 'changed' })
  Object.assign(first, { matches: 7 })
  expect(await client.users.find({ email: 'ann@example.com' })).toEqual({
    matches: 1,
    record: { sys_id: sysId, email: 'ann@example.com' },
  })
  const { client: instance } = open()
  const [choice] = await instance.incidents.choices('state')
  Object.assign(choice ?? {}, { label: 'changed' })
  expect((await instance.incidents.choices('state')).map(({ label }) => label)).not.toContain('changed')
})

test('a look-up by two keys is refused, in types too', async () => {
  const { client, requests } = fakeInstance([rows()])
  // @ts-expect-error one of them
  await expect(client.users.find({ email: 'a@b.c', userName: 'a' })).rejects.toBeInstanceOf(QueryError)
  // @ts-expect-error groups have no user name
  await expect(client.groups.find({ userName: 'a' })).rejects.toBeInstanceOf(QueryError)
  expect(requests).toHaveLength(0)
})
