/** A list in lanes, and rows that are checked against what was asked. */
import { createInstance } from '@snowline/simulator'
import { expect, test } from 'vitest'
import { QueryError, UnexpectedResponseError } from '../../src/base/errors.ts'
import { createClient } from '../../src/client/client.ts'
import type { ListOptions } from '../../src/client/table-client.ts'
import { basicAuth } from '../../src/http/auth.ts'
import { rawQuery } from '../../src/query/query.ts'
import type { IncidentRecord } from '../../src/tables/incident.ts'
import { fakeClock, fakeInstance, json } from './fake-instance.ts'

function open() {
  const instance = createInstance({ seed: 7, incidents: 300, clock: { start: '2026-11-02T09:00:00Z' } })
  const state = { inFlight: 0, most: 0 }
  const client = createClient({
    instanceUrl: 'dev00000',
    auth: basicAuth({ username: 'admin', password: 'admin' }),
    clock: fakeClock(),
    fetch: async (request) => {
      state.inFlight += 1
      state.most = Math.max(state.most, state.inFlight)
      const response = await instance.fetch(request)
      state.inFlight -= 1
      return response
    },
  })
  return { client, state }
}

test.each([2, 3, 4, 16])('%i lanes give every record once', async (lanes) => {
  const { client, state } = open()
  const ids: string[] = []
  const options = { fields: ['sys_id'], where: { active: true }, pageLimit: 10 } as const
  for await (const { sys_id: id } of client.incidents.list({ ...options, lanes })) ids.push(id)
  const expected = await client.incidents.list(options).toArray({ limit: 1000 })
  expect(ids.sort()).toEqual(expected.map(({ sys_id: id }) => id))
  expect(state.most).toBe(Math.min(lanes, 4))
})

test('pages of lanes have no cursor; leaving the loop ends all lanes', async () => {
  const { client } = open()
  for await (const page of client.incidents.list({ lanes: 3, pageLimit: 5, fields: ['sys_id'] }).pages()) {
    expect([page.cursor, page.total, page.records.length]).toEqual([null, null, 5])
    break
  }
  expect(await client.incidents.list({ lanes: 3, fields: ['sys_id'] }).toArray({ limit: 7 })).toHaveLength(7)
})

test('an abort and an error end them all', async () => {
  const { client } = open()
  const reason = new Error('enough')
  const controller = new AbortController()
  const read = async () => {
    for await (const _ of client.incidents.list({ lanes: 3, pageLimit: 5 }, { signal: controller.signal })) {
      controller.abort(reason)
    }
  }
  await expect(read()).rejects.toBe(reason)
  const odd = fakeInstance([json({ result: 'x' })])
  await expect(odd.client.incidents.list({ lanes: 2 }).toArray({ limit: 5 })).rejects.toBeInstanceOf(
    UnexpectedResponseError,
  )
})

test.each<[ListOptions<IncidentRecord, never, false>]>([
  [{ lanes: 0 }],
  [{ lanes: 17 }],
  [{ lanes: 1.5 }],
  [{ lanes: 99 }],
  [{ lanes: 2, orderBy: [{ field: 'sys_updated_on' }] }],
  [{ lanes: 2, paging: 'offset' }],
])('%j is refused', async (options) => {
  const { client } = fakeInstance([json({ result: [] })])
  const list = client.incidents.list(options)
  for (const read of [list.toArray({ limit: 1 }), list.then(), list.pages().next()]) {
    const failure = await read.catch((error: unknown) => error)
    expect(failure).toBeInstanceOf(QueryError)
    expect((failure as QueryError).hint).toBeTruthy()
  }
})

const row = {
  sys_id: '46f09e75a9fe198100f4ffd8d366d17b',
  state: '7',
  short_description: 'Élan ',
  active: 'false',
}

test('verify: a row that contradicts a condition is an error, also in a list that is read by display value and raw', async () => {
  const { client } = fakeInstance([json({ result: [row] })])
  const failing = client.incidents.list({ where: { active: true }, verify: true })
  await expect(failing).rejects.toMatchObject({
    code: 'response.shape',
    details: { field: 'active', operator: '=' },
  })
  await expect(client.incidents.list({ where: { state: ['1', '2'] }, verify: true })).rejects.toBeInstanceOf(
    UnexpectedResponseError,
  )
  const both = fakeInstance([
    json({
      result: [
        {
          ...row,
          sys_id: { value: row.sys_id, display_value: row.sys_id },
          active: { value: 'false', display_value: 'false' },
        },
      ],
    }),
  ])
  await expect(
    both.client.incidents.list({ where: { active: true }, displayValue: 'all', verify: true }),
  ).rejects.toBeInstanceOf(UnexpectedResponseError)
})

test('verify: what cannot be judged passes: other spellings, alternatives, dots, fields that some rows hide', async () => {
  const { client } = fakeInstance([
    json({ result: [row, { ...row, sys_id: 'f'.repeat(32), priority: '1' }] }),
  ])
  const passes = async (options: ListOptions<IncidentRecord, never, false>) =>
    expect((await client.incidents.list({ ...options, verify: true })).records).toHaveLength(2)
  await passes({ where: { short_description: 'elan', active: false } })
  await passes({
    where: (q) =>
      q.anyOf(
        (a) => a.field('state').eq('1'),
        (b) => b.field('active').eq(true),
      ),
  })
  await passes({ where: { 'caller_id.email': 'x', priority: '1' } })
  await passes({ where: (q) => q.field('active').eq(0).field('active').in(['0', 'x']) })
})

test('verify: a condition on a field that no row shows is an error; an empty page proves nothing', async () => {
  const { client } = fakeInstance([json({ result: [row] })])
  for (const where of [
    { u_not_there: 'x' },
    { u_not_there: '' },
    rawQuery<IncidentRecord>('u_not_thereLIKEx'),
    rawQuery<IncidentRecord>('u_not_thereISEMPTY'),
  ]) {
    await expect(client.incidents.list({ where, verify: true })).rejects.toMatchObject({
      code: 'response.shape',
      details: { field: 'u_not_there' },
    })
  }
  const empty = fakeInstance([json({ result: [] }, { headers: { 'x-total-count': '0' } })])
  const none = await empty.client.incidents.list({ where: { u_not_there: 'x' }, verify: true })
  expect(none.records).toEqual([])
})

test('verify asks for the columns of its conditions, and gives only what was asked for', async () => {
  const { client, requests } = fakeInstance([json({ result: [{ ...row }] })])
  const list = client.incidents.list({
    fields: ['short_description'],
    where: { active: false },
    verify: true,
  })
  expect((await list).records).toEqual([{ short_description: 'Élan ', state: '7' }])
  expect(requests[0]?.url.searchParams.get('sysparm_fields')).toBe('short_description,sys_id,active')
})

test('verify against an instance that drops a condition, raw and by display value', async () => {
  const { client } = open()
  const fields = ['number', 'state'] as const
  await expect(
    client.incidents.list({ fields, where: { u_not_there: 'x' }, verify: true }),
  ).rejects.toMatchObject({
    details: { field: 'u_not_there', operator: '=' },
  })
  const where = { active: 1, sys_created_on: new Date(0) } as const
  const shown = client.incidents.list({ fields, where, displayValue: true, verify: true })
  expect((await shown).records).toEqual([])
  const active = await client.incidents.list({
    fields,
    where: { active: 1 },
    displayValue: true,
    verify: true,
  })
  expect(active.records.length).toBeGreaterThan(0)
  expect(Object.keys(active.records[0] ?? {}).sort()).toEqual(['number', 'state'])
  expect(active.records.every(({ state }) => !/^\d+$/.test(state))).toBe(true)
})
