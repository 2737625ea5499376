/** A list in lanes, and rows that are checked against what was asked. */
import { createInstance } from '@snowline/simulator'
import { expect, test } from 'vitest'
import { QueryError, UnexpectedResponseError } from '../../src/base/errors.ts'
import { createClient } from '../../src/client/client.ts'
import type { ListOptions } from '../../src/client/table-client.ts'
import { basicAuth } from '../../src/http/auth.ts'
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
  [{ lanes: 2, orderBy: [{ field: 'sys_updated_on' }] }],
  [{ lanes: 2, paging: 'offset' }],
])('%j is refused', async (options) => {
  const { client } = fakeInstance([json({ result: [] })])
  await expect(client.incidents.list(options).toArray({ limit: 1 })).rejects.toBeInstanceOf(QueryError)
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

test('verify: what cannot be judged passes: other spellings, alternatives, dots, fields that are not shown, display values', async () => {
  const { client } = fakeInstance([json({ result: [row] })])
  const passes = async (options: ListOptions<IncidentRecord, never, false>) =>
    expect((await client.incidents.list({ ...options, verify: true })).records).toHaveLength(1)
  await passes({ where: { short_description: 'elan', active: false } })
  await passes({
    where: (q) =>
      q.anyOf(
        (a) => a.field('state').eq('1'),
        (b) => b.field('active').eq(true),
      ),
  })
  await passes({ where: { 'caller_id.email': 'x', priority: '1' } })
  const shown = client.incidents.list({ where: { active: true }, displayValue: true, verify: true })
  expect((await shown).records).toHaveLength(1)
})
