/** The types a user meets: tables given by hand or generated, selections, and names that are not known. */
import { expect, expectTypeOf, test } from 'vitest'
import type { Client } from '../../src/client/client.ts'
import { createClient } from '../../src/client/client.ts'
import type { ListPage } from '../../src/client/list-plan.ts'
import type { Row, ValuePair } from '../../src/client/selection.ts'
import { basicAuth } from '../../src/http/auth.ts'
import type { IncidentRecord } from '../../src/tables/incident.ts'
import type { GenericRecord } from '../../src/tables/tables.ts'
import { fakeInstance, json } from './fake-instance.ts'

interface MyTables {
  u_asset: { sys_id: string; u_tag: string; u_state: '1' | '2' }
}

test('tables of one’s own', () => {
  const client = createClient<MyTables>({
    instanceUrl: 'dev00001',
    auth: basicAuth({ username: 'u', password: 'p' }),
  })
  const list = client.table('u_asset').list({ fields: ['u_state'], where: { u_tag: 'x' } })
  expectTypeOf(list).resolves.toEqualTypeOf<ListPage<{ u_state: '1' | '2' }>>()
  const generic = client.table('anything').list()
  expectTypeOf(generic).resolves.toEqualTypeOf<ListPage<GenericRecord>>()
  expect(client.origin).toBe('https://dev00001.service-now.com')
})

test('rows', () => {
  expectTypeOf<Row<IncidentRecord, 'number' | 'caller_id.email', false>>().toEqualTypeOf<{
    number: string
    'caller_id.email': string
  }>()
  expectTypeOf<Row<IncidentRecord, 'state', true>>().toEqualTypeOf<{ state: string }>()
  expectTypeOf<Row<IncidentRecord, 'state', 'all'>>().toEqualTypeOf<{
    state: ValuePair<IncidentRecord['state']>
  }>()
  expectTypeOf<Row<IncidentRecord, never, false>>().toEqualTypeOf<{
    [K in keyof IncidentRecord]: IncidentRecord[K]
  }>()
  expectTypeOf<'6'>().toExtend<IncidentRecord['state']>()
  expectTypeOf<'-77'>().toExtend<IncidentRecord['state']>()
})

test('writes know their fields', async () => {
  const { client, requests } = fakeInstance([json({ result: { sys_id: 'x' } })])
  expectTypeOf(client).toEqualTypeOf<Client>()
  const created = await client.incidents.create({
    impact: 1,
    active: true,
    u_mine: null,
    opened_at: new Date(0),
    description: undefined,
  })
  expectTypeOf(created).toEqualTypeOf<IncidentRecord>()
  expect(JSON.parse(requests[0]?.body ?? '')).toEqual({
    impact: '1',
    active: 'true',
    u_mine: '',
    opened_at: '1970-01-01 00:00:00',
  })
  // @ts-expect-error no such field
  await client.incidents.create({ impct: 1 })
})
