/** The wire schemas: what an instance sends passes, customised or not; what is no record does not. */
import { createInstance } from '@snowline/simulator'
import { expect, test } from 'vitest'
import { createClient } from '../../src/client/client.ts'
import { basicAuth } from '../../src/http/auth.ts'
import {
  errorBodySchema,
  incidentListSchema,
  incidentSchema,
  valuePairSchema,
} from '../../src/schemas/index.ts'

const instance = createInstance({ seed: 2, incidents: 20 })
const client = createClient({
  instanceUrl: 'dev00000',
  auth: basicAuth({ username: 'admin', password: 'admin' }),
  fetch: instance.fetch,
})

test('incidents as an instance sends them, with and without links', async () => {
  for (const links of [true, false]) {
    const query = { sysparm_limit: 20, sysparm_exclude_reference_link: links }
    const { json } = await client.request('GET', '/api/now/table/incident', { query })
    expect(incidentListSchema.parse(json).result).toHaveLength(20)
  }
  const { records } = await client.incidents.page({ query: '', limit: 1, displayValue: 'all' })
  for (const cell of Object.values(records[0] ?? {})) valuePairSchema.parse(cell)
})

test('a customised record passes, and its own fields with it', () => {
  const record = { sys_id: 'a'.repeat(32), state: '-42', u_team: { anything: true } }
  expect(incidentSchema.parse(record)).toEqual(record)
})

test.each([
  {},
  { sys_id: '../../x' },
  { sys_id: 'a'.repeat(32), sys_updated_on: '01-Jan-2026' },
  { sys_id: 'a'.repeat(32), state: 3 },
])('%o is no raw incident', (record) => {
  expect(incidentSchema.safeParse(record).success).toBe(false)
})

test('the body of a refusal', () => {
  errorBodySchema.parse({ error: { message: 'No Record found', detail: null }, status: 'failure' })
})
