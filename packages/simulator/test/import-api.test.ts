/** The Import Set API on the wire (servicenow.md 6, c_ImportSetAPI). */
import { expect, test } from 'vitest'
import { createInstance } from '../src/index.ts'
import { ask, ORIGIN } from './door.ts'

const IMPORT = '/api/now/import/imp_user'
const imports = [
  {
    staging: 'imp_user',
    target: 'sys_user',
    name: 'User',
    fields: { first_name: 'first_name', last_name: 'last_name', user_id: 'user_name', email: 'email' },
    coalesce: ['user_name'],
  },
]
const person = {
  first_name: 'John',
  last_name: 'Public',
  user_id: 'john.public',
  email: 'john.public@example.com',
}

const resultOf = (json: unknown) => (json as { result: Record<string, string>[] }).result[0]

test('a row is staged and transformed: inserted, ignored, updated by its coalesce key', async () => {
  const sn = createInstance({ imports })
  const first = await ask(sn, 'POST', IMPORT, person)
  const id = sn.control.records('sys_user').find((row) => row.user_name === 'john.public')?.sys_id
  expect([first.status, first.json()]).toEqual([
    201,
    {
      import_set: 'ISET0010001',
      staging_table: 'imp_user',
      result: [
        {
          transform_map: 'User',
          table: 'sys_user',
          display_name: 'name',
          display_value: 'John Public',
          record_link: `${ORIGIN}/api/now/table/sys_user/${id}`,
          status: 'inserted',
          sys_id: id,
        },
      ],
    },
  ])
  expect(resultOf((await ask(sn, 'POST', IMPORT, person)).json())).toMatchObject({
    status: 'ignored',
    sys_id: id,
  })
  const third = await ask(sn, 'POST', IMPORT, { ...person, email: 'jp@example.com' })
  expect(resultOf(third.json())).toMatchObject({ status: 'updated', sys_id: id })
  expect(sn.control.records('sys_user').filter((row) => row.user_name === 'john.public')).toMatchObject([
    { email: 'jp@example.com' },
  ])
  const staged = sn.control.records('imp_user').find((row) => row.sys_import_state === 'updated')
  expect(staged).toMatchObject({
    sys_import_set: 'ISET0010003',
    sys_target_sys_id: id,
    user_id: 'john.public',
  })
  const again = await ask(sn, 'GET', `${IMPORT}/${staged?.sys_id}`)
  expect([again.status, again.json()]).toEqual([200, third.json()])
})

test('an empty key matches nothing, so each such row inserts (kibana#107871)', async () => {
  const sn = createInstance()
  sn.control.importMap({ staging: 'u_inc', target: 'incident', coalesce: ['correlation_id'] })
  const post = (body: unknown) => ask(sn, 'POST', '/api/now/import/u_inc', body)
  await post({ u_short_description: 'a', u_correlation_id: '' })
  await post({ u_short_description: 'b' })
  await post({ short_description: 'c', correlation_id: 'k' })
  await post({ short_description: 'd', correlation_id: 'k' })
  expect(
    sn.control
      .records('incident')
      .map((row) => row.short_description)
      .sort(),
  ).toEqual(['a', 'b', 'd'])
})

test('a row that a data policy refuses is "error" within a 201', async () => {
  const sn = createInstance()
  sn.control.importMap({ staging: 'u_inc', target: 'incident' })
  const answer = await ask(sn, 'POST', '/api/now/import/u_inc', { short_description: 'x', state: '6' })
  expect(answer.status).toBe(201)
  expect(resultOf(answer.json())).toMatchObject({
    status: 'error',
    table: 'incident',
    error_message: expect.stringContaining('Data Policy Exception'),
  })
  expect(sn.control.records('incident')).toEqual([])
})

test('insertMultiple: many rows, an answer that names the sets only', async () => {
  const sn = createInstance({ imports })
  const records = [person, { ...person, user_id: 'jane', first_name: 'Jane' }]
  const answer = await ask(sn, 'POST', `${IMPORT}/insertMultiple?multi_import_set_id=${'a'.repeat(32)}`, {
    records,
  })
  expect([answer.status, answer.json()]).toEqual([
    201,
    { import_set_id: expect.stringMatching(/^[0-9a-f]{32}$/), multi_import_set_id: 'a'.repeat(32) },
  ])
  expect(
    sn.control.records('sys_user').filter((row) => ['jane', 'john.public'].includes(row.user_name ?? '')),
  ).toHaveLength(2)
  expect(sn.control.records('imp_user')).toHaveLength(2)
})

test('only staging tables, only JSON, only texts', async () => {
  const sn = createInstance({ imports })
  expect((await ask(sn, 'POST', '/api/now/import/incident', {})).json()).toMatchObject({
    error: { message: 'Invalid table incident' },
  })
  expect((await ask(sn, 'POST', IMPORT, '{')).status).toBe(400)
  expect((await ask(sn, 'GET', `${IMPORT}/none`)).status).toBe(404)
  await ask(sn, 'POST', IMPORT, { ...person, extra: { a: 1 } })
  expect(sn.control.records('imp_user')[0]?.extra).toBe('{"a"=1}')
  expect(() => sn.control.importMap({ staging: 's', target: 'ghosts' })).toThrow('no table ghosts')
})

test('staging tables are described like every other, whenever they come', async () => {
  const sn = createInstance({ imports })
  sn.control.importMap({ staging: 'imp_late', target: 'incident' })
  sn.control.importMap({ staging: 'imp_late', target: 'sys_user' })
  const tables = sn.control.records('sys_db_object')
  const named = (name: string) => tables.filter((row) => row.name === name)
  const [parent] = named('sys_import_set_row')
  for (const name of ['imp_user', 'imp_late'])
    expect(named(name)).toMatchObject([{ super_class: parent?.sys_id }])
  expect(named('sys_import_set_row')).toHaveLength(1)
  const columns = sn.control.records('sys_dictionary').filter((row) => row.name === 'imp_late')
  expect(columns.map((row) => row.element)).toContain('sys_import_state')
  expect(columns.filter((row) => row.internal_type === 'collection')).toHaveLength(1)
})
