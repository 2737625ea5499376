/** tableSource: the exact request of each slice, and every row that must not be believed. */
import { expect, test } from 'vitest'
import { tableSource } from '../../src/adapters/table-source.ts'
import { QueryError, UnexpectedResponseError } from '../../src/base/errors.ts'
import type { SysId, UtcStamp } from '../../src/base/values.ts'
import type { Slice } from '../../src/model/slice.ts'
import { fakeInstance, json } from '../client/fake-instance.ts'

const day1 = '2026-01-01 00:00:00' as UtcStamp
const day2 = '2026-01-02 00:00:00' as UtcStamp
const id = (n: number) => n.toString(16).padStart(32, '0') as SysId
const row = (n: number, stamp: string = day1, more: Record<string, unknown> = {}) => ({
  sys_id: id(n),
  sys_updated_on: stamp,
  ...more,
})

const ask = async (slice: Slice, options = {}, order: 'ascending' | 'newest' = 'ascending') => {
  const { client, requests } = fakeInstance([json({ result: [] })])
  await tableSource(client, 'incident', options).page({ slice, limit: 1000, order })
  return Object.fromEntries(requests[0]?.url.searchParams ?? [])
}

test.each<[string, Slice, object, 'ascending' | 'newest', string]>([
  [
    'a window',
    { from: day1, to: day2 },
    {},
    'ascending',
    `sys_updated_on>=${day1}^sys_updated_on<=${day2}^ORDERBYsys_updated_on^ORDERBYsys_id`,
  ],
  [
    'from the beginning',
    { from: null, to: day2 },
    {},
    'ascending',
    `sys_updated_on<=${day2}^ORDERBYsys_updated_on^ORDERBYsys_id`,
  ],
  [
    'open at the end',
    { from: day1, to: null },
    {},
    'ascending',
    `sys_updated_on>=${day1}^ORDERBYsys_updated_on^ORDERBYsys_id`,
  ],
  ['one second', { from: day1, to: day1 }, {}, 'ascending', `sys_updated_on=${day1}^ORDERBYsys_id`],
  [
    'one second after an id under a prefix',
    { from: day1, to: day1, after: id(5), prefix: '0' },
    {},
    'ascending',
    `sys_updated_on=${day1}^sys_id>${id(5)}^sys_idSTARTSWITH0^ORDERBYsys_id`,
  ],
  ['the newest', { from: null, to: null }, {}, 'newest', 'ORDERBYDESCsys_updated_on'],
  [
    'a filter with an OR of its own, and a start date',
    { from: day1, to: day2 },
    { filter: 'active=true^ORstate=6^priority=1', createdFrom: day1 },
    'ascending',
    `sys_updated_on>=${day1}^sys_updated_on<=${day2}^active=true^ORstate=6^priority=1^sys_created_on>=${day1}^ORDERBYsys_updated_on^ORDERBYsys_id`,
  ],
])('asks for %s', async (_, slice, options, order, query) => {
  expect(await ask(slice, options, order)).toEqual({
    sysparm_query: query,
    sysparm_limit: '1000',
    sysparm_display_value: 'false',
    sysparm_exclude_reference_link: 'true',
  })
})

test('adds what a sync needs to a field list', async () => {
  const sent = await ask({ from: null, to: null }, { fields: ['number', 'sys_id'] })
  expect(sent.sysparm_fields).toBe('sys_id,sys_updated_on,sys_mod_count,number')
})

test.each([
  'active=true^NQstate=1',
  'active=true^ORDERBYnumber',
  'active=true^EQ',
  'caller_id=javascript:gs.getUserID()',
  'what is this',
])('refuses the filter %s', (filter) => {
  const { client } = fakeInstance([json({ result: [] })])
  expect(() => tableSource(client, 'incident', { filter })).toThrow(QueryError)
})

test('the fingerprint tells sources apart and does not depend on the order of the fields', () => {
  const { client } = fakeInstance([json({ result: [] })])
  const print = (options: object, table = 'incident') => tableSource(client, table, options).fingerprint
  expect(print({ fields: ['number', 'state'] })).toBe(print({ fields: ['state', 'number'] }))
  const all = [
    print({}),
    print({}, 'problem'),
    print({ filter: 'active=true' }),
    print({ fields: ['state'] }),
    print({ createdFrom: day1 }),
  ]
  expect(new Set(all).size).toBe(5)
})

const read = async (
  rows: unknown[],
  slice: Slice = { from: day1, to: day2 },
  order: 'ascending' | 'newest' = 'ascending',
) => {
  const headers = {
    date: 'Thu, 01 Jan 2026 10:00:00 GMT',
    'x-total-count': '7',
    link: '<https://a/b>;rel="next"',
  }
  const { client } = fakeInstance([json({ result: rows }, { headers })])
  return tableSource(client, 'incident').page({ slice, limit: 1000, order })
}

test('gives the page as the port demands it, every value a text', async () => {
  const page = await read([
    row(1, day1, {
      caller_id: { link: 'https://a/b', value: 'abc' },
      comments: null,
      priority: '3',
      sys_mod_count: 4,
    }),
    row(2, day1),
    row(1 + 2, day2),
  ])
  expect(page.records[0]).toEqual({
    ...row(1),
    caller_id: 'abc',
    comments: '',
    priority: '3',
    sys_mod_count: '4',
  })
  expect(page).toMatchObject({ total: 7, link: 'next', servedAt: '2026-01-01 10:00:00' })
  expect(JSON.parse(page.text).result).toHaveLength(3)
})

test.each<[string, unknown[], Slice, 'ascending' | 'newest', RegExp]>([
  [
    'a strange sys_id',
    [{ ...row(1), sys_id: '../../x' }],
    { from: day1, to: day2 },
    'ascending',
    /valid sys_id/,
  ],
  [
    'a stamp in a user format',
    [row(1, '01-Jan-2026 00:00:00')],
    { from: day1, to: day2 },
    'ascending',
    /valid sys_updated_on/,
  ],
  [
    'an impossible stamp',
    [row(1, '2026-01-01 25:00:00')],
    { from: day1, to: day2 },
    'ascending',
    /valid sys_updated_on/,
  ],
  ['no stamp', [{ sys_id: id(1) }], { from: day1, to: day2 }, 'ascending', /valid sys_updated_on/],
  [
    'a row before the slice',
    [row(1, '2025-12-31 23:59:59')],
    { from: day1, to: day2 },
    'ascending',
    /outside the slice/,
  ],
  [
    'a row after the slice',
    [row(1, '2026-01-02 00:00:01')],
    { from: day1, to: day2 },
    'ascending',
    /outside the slice/,
  ],
  [
    'an id not after the key',
    [row(1)],
    { from: day1, to: day1, after: id(1) },
    'ascending',
    /outside the slice/,
  ],
  [
    'an id without the prefix',
    [row(1)],
    { from: day1, to: day1, prefix: 'f' },
    'ascending',
    /outside the slice/,
  ],
  ['stamps going back', [row(1, day2), row(2, day1)], { from: day1, to: day2 }, 'ascending', /not in order/],
  ['ids going back', [row(2), row(1)], { from: day1, to: day2 }, 'ascending', /not in order/],
  [
    'newest first going forward',
    [row(2, day1), row(1, day2)],
    { from: null, to: null },
    'newest',
    /not in order/,
  ],
  ['a row twice', [row(1), row(1)], { from: day1, to: day2 }, 'ascending', /twice/],
])('refuses %s', async (_, rows, slice, order, message) => {
  const failure = await read(rows, slice, order).catch((error: unknown) => error)
  expect(failure).toBeInstanceOf(UnexpectedResponseError)
  expect(failure).toMatchObject({ kind: 'shape', message: expect.stringMatching(message) })
})
