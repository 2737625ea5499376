/** Reading to the end: keyset and offset, hidden rows, changes on the way, cursors, and the pure steps beneath. */
import { createInstance, type Instance, type InstanceOptions } from '@snowline/simulator'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { QueryError, UnexpectedResponseError } from '../../src/base/errors.ts'
import { createClient } from '../../src/client/client.ts'
import { advance, nextQuery, planPaging, startOfReading } from '../../src/client/keyset.ts'
import { basicAuth } from '../../src/http/auth.ts'
import { encodeQuery } from '../../src/query/encode.ts'
import { parseQuery } from '../../src/query/parse.ts'
import { type Query, rawQuery } from '../../src/query/query.ts'
import type { IncidentRecord } from '../../src/tables/incident.ts'
import { fakeClock, fakeInstance, json } from './fake-instance.ts'

const id = (n: number) => n.toString(16).padStart(32, '0')
const stamp = (n: number) =>
  `2026-10-01 00:${String(Math.floor(n / 60)).padStart(2, '0')}:${String(n % 60).padStart(2, '0')}`

/** `count` incidents, `ties` to a second, ids running against the stamps. */
function open(count: number, ties = 3, options: InstanceOptions = {}) {
  const records = Array.from({ length: count }, (_, n) => ({
    sys_id: id(count - n),
    number: `INC${String(n).padStart(7, '0')}`,
    sys_updated_on: stamp(Math.floor(n / ties)),
    sys_created_on: stamp(0),
    state: String((n % 3) + 1),
    priority: String((n % 5) + 1),
    active: 'true',
  }))
  const instance = createInstance({ seed: 3, records: { incident: records }, ...options })
  const client = createClient({
    instanceUrl: 'dev00000',
    auth: basicAuth({ username: 'admin', password: 'admin' }),
    fetch: instance.fetch,
    clock: fakeClock(),
  })
  return { instance, client, ids: records.map(({ sys_id }) => sys_id) }
}

const queriesOf = (instance: Instance) =>
  instance.control.stats().log.map(({ url }) => new URL(url, 'https://x').searchParams.get('sysparm_query'))

const sorted = (ids: Iterable<string>) => [...ids].sort()

describe('all records, once each', () => {
  test('by sys_id when no order is asked for', async () => {
    const { client, instance, ids } = open(53)
    const rows = await client.incidents.list({ fields: ['sys_id'], pageLimit: 10 }).toArray({ limit: 1000 })
    expect(rows.map((row) => row.sys_id)).toEqual(sorted(ids))
    expect(queriesOf(instance).slice(0, 2)).toEqual(['ORDERBYsys_id', `sys_id>${id(10)}^ORDERBYsys_id`])
    expect(instance.control.stats().requests).toBe(6)
  })

  test('by sys_updated_on with more ties than a page', async () => {
    const { client, instance, ids } = open(60, 25)
    const list = client.incidents.list({
      fields: ['sys_id'],
      pageLimit: 7,
      where: (q) => q.orderBy('sys_updated_on'),
    })
    const rows = await list.toArray({ limit: 1000 })
    expect(sorted(rows.map((row) => row.sys_id))).toEqual(sorted(ids))
    expect(rows).toHaveLength(60)
    const at = stamp(0)
    expect(queriesOf(instance)[1]).toBe(
      `sys_updated_on>=${at}^sys_updated_on>${at}^ORsys_id>${id(42)}^ORDERBYsys_updated_on^ORDERBYsys_id`,
    )
  })

  test('newest first, with display values in another zone', async () => {
    const users = [{ user: 'admin', password: 'admin', timeZone: 'US/Pacific', dateFormat: 'dd-MMM-yyyy' }]
    const { client } = open(20, 3, { users })
    const list = client.incidents.list({
      fields: ['number', 'state', 'sys_updated_on'],
      displayValue: true,
      pageLimit: 6,
      where: (q) => q.orderByDesc('sys_updated_on'),
    })
    const rows = await list.toArray({ limit: 100 })
    expect(rows).toHaveLength(20)
    expect(rows[0]).toEqual({ number: 'INC0000018', state: 'New', sys_updated_on: '30-Sep-2026 17:00:06' })
  })

  test('in an order given beside the object form', async () => {
    const { client, instance } = open(8)
    const orderBy = [{ field: 'priority', direction: 'desc' }, { field: 'number' }] as const
    await client.incidents.list({ where: { active: true }, orderBy, fields: ['number'] })
    expect(queriesOf(instance)).toEqual(['active=true^ORDERBYDESCpriority^ORDERBYnumber^ORDERBYsys_id'])
  })

  test('by another column, which takes offsets and sys_id as the last key', async () => {
    const { client, instance, ids } = open(25)
    const list = client.incidents.list({
      fields: ['sys_id', 'priority'],
      pageLimit: 10,
      where: (q) => q.orderByDesc('priority'),
    })
    const rows = await list.toArray({ limit: 100 })
    expect(sorted(rows.map((row) => row.sys_id))).toEqual(sorted(ids))
    expect(rows.map((row) => row.priority)).toEqual(
      rows
        .map((row) => row.priority)
        .sort()
        .reverse(),
    )
    expect(new Set(queriesOf(instance))).toEqual(new Set(['ORDERBYDESCpriority^ORDERBYDESCsys_id']))
  })

  test.each([
    ['an OR', 'state=1^ORpriority=5'],
    ['new-query blocks', 'state=1^active=true^NQpriority=5'],
  ])('with %s among the conditions', async (_, text) => {
    const { client, instance } = open(60)
    const rows = await client
      .table('incident')
      .list({ where: rawQuery(text), fields: ['sys_id'], pageLimit: 7 })
      .toArray({ limit: 100 })
    const wanted = instance.control
      .records('incident')
      .filter(({ state, priority }) => state === '1' || priority === '5')
    expect(rows.map((row) => row.sys_id)).toEqual(sorted(wanted.map((record) => record.sys_id ?? '')))
  })

  test('every page of any size gives the same rows', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 12 }),
        fc.integer({ min: 1, max: 20 }),
        fc.uniqueArray(fc.integer({ min: 1, max: 40 }), { maxLength: 38 }),
        fc.constantFrom('sys_id', 'sys_updated_on', 'number') as fc.Arbitrary<
          'sys_id' | 'sys_updated_on' | 'number'
        >,
        fc.boolean(),
        async (pageLimit, ties, hidden, field, descending) => {
          const { client, instance, ids } = open(40, ties)
          instance.control.hide(hidden.map(id))
          const where = (q: Query<IncidentRecord>) => (descending ? q.orderByDesc(field) : q.orderBy(field))
          const rows = await client.incidents
            .list({ where, fields: ['sys_id'], pageLimit })
            .toArray({ limit: 100 })
          const visible = ids.filter((one) => !hidden.map(id).includes(one))
          expect(sorted(rows.map((row) => row.sys_id))).toEqual(sorted(visible))
        },
      ),
      { numRuns: 60 },
    )
  })
})

describe('hidden rows', () => {
  test('empty pages in the middle do not end the reading', async () => {
    const { client, instance, ids } = open(60)
    const hidden = sorted(ids).slice(10, 45)
    instance.control.hide(hidden)
    const pages: number[] = []
    const seen: string[] = []
    for await (const page of client.incidents.list({ fields: ['sys_id'], pageLimit: 10 }).pages()) {
      pages.push(page.records.length)
      seen.push(...page.records.map((row) => row.sys_id))
      expect(page.total).toBe(60)
    }
    expect(seen).toEqual(sorted(ids).filter((one) => !hidden.includes(one)))
    expect(pages).toEqual([10, 0, 0, 0, 5, 10])
  })

  test('count is blind to them', async () => {
    const { client, instance, ids } = open(9)
    instance.control.hide(ids.slice(0, 4))
    expect(await client.incidents.count()).toBe(9)
    expect(await client.incidents.count({ state: '1' })).toBe(3)
    expect(await client.incidents.count((q) => q.field('state').in(['1', '2']))).toBe(6)
  })
})

test('rows that change while they are read by sys_updated_on come again, and none is missed', async () => {
  const { client, instance, ids } = open(50, 5)
  const seen = new Map<string, number>()
  let step = 0
  for await (const page of client.incidents
    .list({ fields: ['sys_id'], pageLimit: 6, where: (q) => q.orderBy('sys_updated_on') })
    .pages()) {
    for (const { sys_id } of page.records) seen.set(sys_id, (seen.get(sys_id) ?? 0) + 1)
    const moved = ids[step * 3]
    if (step < 5 && moved !== undefined) {
      const later = { sys_id: moved, sys_updated_on: stamp(100 + step), state: '6' }
      instance.control.load('incident', [later])
    }
    step += 1
  }
  expect(sorted(seen.keys())).toEqual(sorted(ids))
})

test('rows inserted and deleted while they are read by sys_id cost no other row', async () => {
  const { client, instance, ids } = open(50)
  const seen: string[] = []
  let step = 0
  for await (const row of client.incidents.list({ fields: ['sys_id'], pageLimit: 5 })) {
    seen.push(row.sys_id)
    if (step++ % 5 === 4) {
      const gone = seen.at(-1)
      instance.control.play([{ op: 'delete', sys_id: gone ?? '', at: '2026-11-02T10:00:00Z' }])
      instance.control.load('incident', [{ sys_id: `f${id(step).slice(1)}`, sys_updated_on: stamp(1) }])
    }
  }
  expect(ids.filter((one) => !seen.includes(one))).toEqual([])
  expect(new Set(seen).size).toBe(seen.length)
})

describe('one page after another', () => {
  test('awaited it is the first page, next() goes on, a cursor resumes in another client', async () => {
    const { client, instance, ids } = open(12)
    const options = { fields: ['sys_id'], pageLimit: 5 } as const
    const first = await client.incidents.list(options)
    expect(first).toMatchObject({ total: 12, cursor: expect.any(String) })
    const second = await first.next()
    const resumed = await client.incidents.list({ ...options, cursor: first.cursor ?? '' })
    expect(resumed.records).toEqual(second?.records)
    expect(resumed.total).toBe(12)
    const third = await resumed.next()
    expect(third?.records).toHaveLength(2)
    expect(third?.cursor).toBeNull()
    expect(await third?.next()).toBeNull()
    expect([first, second, third].flatMap((page) => page?.records.map((row) => row.sys_id))).toEqual(
      sorted(ids),
    )
    expect(instance.control.stats().requests).toBe(4)
  })

  test('a cursor of another query, a broken one and a forged one are refused before anything is sent', async () => {
    const { client, instance } = open(12)
    const { cursor } = await client.incidents.list({ fields: ['sys_id'], pageLimit: 5 })
    const before = instance.control.stats().requests
    const other = { fields: ['sys_id'], pageLimit: 5, where: { state: '1' }, cursor: cursor ?? '' } as const
    await expect(client.incidents.list(other)).rejects.toThrow(/another query/)
    for (const broken of [
      '',
      'x',
      btoa('[]'),
      btoa('{"a":1}'),
      btoa(JSON.stringify([1, 0, null, 'x^NQactive=true', 0, null])),
    ]) {
      await expect(client.incidents.list({ fields: ['sys_id'], cursor: broken })).rejects.toBeInstanceOf(
        QueryError,
      )
    }
    expect(instance.control.stats().requests).toBe(before)
  })

  test('a cursor belongs to its table and its instance', async () => {
    const { client, instance } = open(12)
    const options = { fields: ['sys_id'], pageLimit: 5 } as const
    const { cursor } = await client.incidents.list(options)
    expect(cursor).not.toBeNull()
    const before = instance.control.stats().requests
    const given = { ...options, cursor: cursor ?? '' }
    await expect(client.table('task').list(given)).rejects.toThrow(/another query, table or instance/)
    const elsewhere = createClient({
      instanceUrl: 'dev00009',
      auth: basicAuth({ username: 'admin', password: 'admin' }),
      fetch: instance.fetch,
    })
    await expect(elsewhere.incidents.list(given)).rejects.toBeInstanceOf(QueryError)
    expect(instance.control.stats().requests).toBe(before)
    expect((await client.incidents.list(given)).records).toHaveLength(5)
  })

  test('a list that cannot be says so where it is read, as every call does', async () => {
    const { client, instance } = open(3)
    const list = client.incidents.list({ paging: 'keyset', orderBy: [{ field: 'number' }] })
    await expect(list).rejects.toBeInstanceOf(QueryError)
    const told = await list.catch((error: unknown) => (error as QueryError).hint)
    expect(told).toContain('order')
    const never = client.incidents.list({ fields: [] })
    await expect(never).rejects.toMatchObject({ hint: expect.stringContaining('Leave fields out') })
    await expect(client.incidents.get(id(1), { fields: [] })).rejects.toBeInstanceOf(QueryError)
    await expect(client.incidents.list({ pageLimit: 0 })).rejects.toThrow(/pageLimit/)
    await expect(client.incidents.list({ pageLimit: 10_001 })).rejects.toThrow(/pageLimit/)
    // @ts-expect-error no such field
    await expect(client.incidents.count({ 'Bad Name': 1 })).rejects.toBeInstanceOf(QueryError)
    await expect(client.attachments.list({ where: { 'Bad Name': 1 } })).rejects.toBeInstanceOf(QueryError)
    // @ts-expect-error a method is a text
    await expect(client.request(7, '/x')).rejects.toBeInstanceOf(Error)
    expect(instance.control.stats().requests).toBe(0)
  })

  test('a list is a whole thenable', async () => {
    const { client } = open(3)
    let ended = 0
    const page = await client.incidents.list({ fields: ['sys_id'] }).finally(() => {
      ended += 1
    })
    expect([page.records.length, ended]).toEqual([3, 1])
    expect(await client.incidents.list({ fields: ['sys_id'] }).catch(() => null)).not.toBeNull()
  })

  test('toArray asks for no more than it may keep', async () => {
    const { client, instance } = open(40)
    expect(await client.incidents.list().toArray({ limit: 3 })).toHaveLength(3)
    const [entry] = instance.control.stats().log
    expect(entry?.url).toContain('sysparm_limit=3')
    await expect(client.incidents.list().toArray({ limit: 0 })).rejects.toBeInstanceOf(QueryError)
  })

  test('an abort between pages ends the reading', async () => {
    const { client, instance } = open(40)
    const controller = new AbortController()
    const read = async () => {
      for await (const _ of client.incidents.list({ pageLimit: 5 }, { signal: controller.signal }).pages())
        controller.abort(new Error('enough'))
    }
    await expect(read()).rejects.toThrow('enough')
    expect(instance.control.stats().requests).toBe(1)
  })

  test.each([0, -1, 1.5, 10_001, Number.NaN])(
    'a page of %s records is refused before anything is sent',
    async (pageLimit) => {
      const { client, instance } = open(1)
      await expect(client.incidents.list({ pageLimit })).rejects.toBeInstanceOf(QueryError)
      expect(instance.control.stats().requests).toBe(0)
    },
  )
})

describe('an instance that misleads', () => {
  const page = (ids: string[], total: number | null, link?: string) =>
    json(
      { result: ids.map((sys_id) => ({ sys_id })) },
      {
        headers: {
          ...(total === null ? {} : { 'x-total-count': String(total) }),
          ...(link === undefined ? {} : { link }),
        },
      },
    )
  const read = (answers: Response[]) => {
    const { client, requests } = fakeInstance(answers)
    const rows = client.incidents.list({ fields: ['sys_id'], pageLimit: 2 }).toArray({ limit: 100 })
    return { rows, requests }
  }
  const next = '<https://dev00001.service-now.com/x>;rel="next"'

  test('rows out of order are refused rather than lost', async () => {
    const { rows } = read([page([id(2), id(1)], 9)])
    const failure = await rows.catch((error: unknown) => error)
    expect(failure).toBeInstanceOf(UnexpectedResponseError)
    expect(failure).toMatchObject({
      call: { method: 'GET', url: 'https://dev00001.service-now.com/api/now/table/incident' },
    })
  })

  test('a condition that is ignored does not loop', async () => {
    const { rows, requests } = read([page([id(1), id(2)], 9)])
    await expect(rows).rejects.toMatchObject({ kind: 'shape' })
    expect(requests).toHaveLength(2)
  })

  test('without a count the Link decides', async () => {
    const { rows, requests } = read([
      page([id(1)], null, next),
      page([], null, next),
      page([id(3)], null, '<x>;rel="first"'),
    ])
    expect(await rows).toHaveLength(2)
    expect(requests.map(({ url }) => url.searchParams.get('sysparm_offset'))).toEqual([null, null, '2'])
  })

  test('with neither count nor Link a short page does not end the reading, an empty one does', async () => {
    const { rows, requests } = read([page([id(1), id(2)], null), page([id(3)], null), page([], null)])
    expect(await rows).toHaveLength(3)
    expect(requests).toHaveLength(3)
  })

  test('rows without the key are refused with a way out', async () => {
    const { client } = fakeInstance([json({ result: [{ number: 'x' }] })])
    await expect(client.incidents.list()).rejects.toMatchObject({
      kind: 'shape',
      hint: expect.stringContaining('offset'),
    })
    expect((await client.incidents.list({ paging: 'offset' })).records).toHaveLength(1)
  })

  test('a missing count is an error of count()', async () => {
    const { client } = fakeInstance([json({ result: [] })])
    await expect(client.incidents.count()).rejects.toMatchObject({ kind: 'shape' })
  })
})

describe('plans', () => {
  const order = (text: string) => parseQuery(text).order
  test.each([
    ['', 'keyset', 'ORDERBYsys_id'],
    ['ORDERBYDESCsys_id', 'keyset', 'ORDERBYDESCsys_id'],
    ['ORDERBYsys_updated_on', 'keyset', 'ORDERBYsys_updated_on^ORDERBYsys_id'],
    ['ORDERBYDESCsys_updated_on', 'keyset', 'ORDERBYDESCsys_updated_on^ORDERBYDESCsys_id'],
    ['ORDERBYDESCsys_updated_on^ORDERBYsys_id', 'offset', 'ORDERBYDESCsys_updated_on^ORDERBYsys_id'],
    ['ORDERBYnumber', 'offset', 'ORDERBYnumber^ORDERBYsys_id'],
    ['ORDERBYsys_id^ORDERBYnumber', 'offset', 'ORDERBYsys_id^ORDERBYnumber'],
  ])('%j is read by %s', (text, kind, whole) => {
    const plan = planPaging(order(text), undefined)
    expect(plan.kind).toBe(kind)
    expect(encodeQuery({ where: null, order: plan.order })).toBe(whole)
  })

  test('keyset on any other order is refused, offset may always be asked for', () => {
    expect(() => planPaging(order('ORDERBYnumber'), 'keyset')).toThrow(QueryError)
    expect(planPaging([], 'offset').kind).toBe('offset')
  })

  test('the key stands in every new-query block', () => {
    const state = { ...startOfReading, after: { stamp: null, id: id(7) } }
    const tree = nextQuery(planPaging([], undefined), parseQuery('state=1^NQstate=2^ORstate=3').where, state)
    expect(encodeQuery(tree)).toBe(
      `state=1^sys_id>${id(7)}^NQstate=2^ORstate=3^sys_id>${id(7)}^ORDERBYsys_id`,
    )
  })

  test('a reading ends when the count is covered, though a Link says more and rows are gone', () => {
    const plan = planPaging([], 'offset')
    const call = { method: 'GET', url: 'https://dev00001.service-now.com/api/now/table/incident' }
    const step = { rows: 0, keys: [], limit: 10, total: 15, link: 'next' as const, call }
    expect(advance(plan, startOfReading, step)).toMatchObject({ offset: 10 })
    expect(advance(plan, { ...startOfReading, offset: 10 }, step)).toBeNull()
  })
})
