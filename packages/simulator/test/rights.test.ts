/** Query rights (servicenow.md 2.3) and closed tables (1.5, 3.11), changed while the instance runs. */
import { expect, test } from 'vitest'
import { createInstance, type QueryAcl } from '../src/index.ts'
import { ask, INCIDENT, listPath } from './door.ts'

const users = ['admin', 'agent'].map((user) => ({ user, password: user }))
const as = (user: string) => ({ authorization: `Basic ${btoa(`${user}:${user}`)}` })
const FROM = 'sys_updated_on>=2026-10-01 00:00:00'

function guarded(answer: QueryAcl['answer'], user?: string) {
  const instance = createInstance({ incidents: 40, users })
  instance.control.queryAcl({
    table: 'incident',
    field: 'sys_updated_on',
    answer,
    ...(user === undefined ? {} : { user }),
  })
  return instance
}

test('without query_range a range and an order by the column have no effect, and nothing says so (2.3)', async () => {
  const instance = guarded('ignored')
  const all = (await ask(instance, 'GET', listPath('ORDERBYsys_id'))).rows().length
  const ranged = await ask(instance, 'GET', listPath('sys_updated_on>=2030-01-01 00:00:00'))
  expect([ranged.status, ranged.rows().length, ranged.headers.get('x-total-count')]).toEqual([
    200,
    all,
    String(all),
  ])
  const stamps = (await ask(instance, 'GET', listPath('ORDERBYsys_updated_on')))
    .rows()
    .map((row) => row.sys_updated_on ?? '')
  expect(stamps).not.toEqual([...stamps].sort())
})

test.each(['<', '<=', '>', '>=', 'STARTSWITH', 'LIKE', 'BETWEEN'])(
  '%s is a range, so 403 with the words of table security (1.5, 2.3)',
  async (operator) => {
    const value = operator === 'BETWEEN' ? '2026-01-01@2026-02-01' : '2026-10-01'
    const answer = await ask(guarded('forbidden'), 'GET', listPath(`sys_updated_on${operator}${value}`))
    expect([answer.status, answer.json()]).toEqual([
      403,
      {
        error: {
          message: "Operation against file 'incident' was denied due to table security.",
          detail: 'Field(s) present in the query do not have permission to be read.',
        },
        status: 'failure',
      },
    ])
  },
)

test.each([
  'sys_updated_on=2026-10-01 00:00:00',
  'sys_updated_on!=2026-10-01 00:00:00',
  'sys_updated_onIN2026-10-01 00:00:00',
  'sys_updated_onISEMPTY',
  'sys_updated_onISNOTEMPTY',
  'sys_updated_onANYTHING',
  'sys_created_on>=2026-10-01 00:00:00^ORDERBYsys_id',
])('%s needs no query_range on the column', async (query) => {
  expect((await ask(guarded('forbidden'), 'GET', listPath(query))).status).toBe(200)
})

test('an order by the column is refused too, and by dot-walk the table in the end decides', async () => {
  const instance = guarded('forbidden')
  expect((await ask(instance, 'GET', listPath('ORDERBYDESCsys_updated_on'))).status).toBe(403)
  instance.control.queryAcl({ table: 'sys_user', field: 'email', answer: 'forbidden' })
  expect((await ask(instance, 'GET', listPath('caller_id.emailSTARTSWITHa'))).status).toBe(403)
  expect((await ask(instance, 'GET', listPath('caller_id.email=a'))).status).toBe(200)
})

test('a rule may be for one user, and is taken away again', async () => {
  const instance = guarded('forbidden', 'agent')
  const status = async (user: string) =>
    (await ask(instance, 'GET', listPath(FROM), undefined, as(user))).status
  expect([await status('admin'), await status('agent')]).toEqual([200, 403])
  instance.control.queryAcl({ table: 'incident', field: 'sys_updated_on', answer: 'open' })
  expect(await status('agent')).toBe(200)
  expect(() =>
    instance.control.queryAcl({ table: 'incident', field: 'state', answer: 'maybe' as 'open' }),
  ).toThrow('answer: "maybe" is not known here.')
})

test('recorded deletes can be forbidden or empty for a user, with a count that stays blind (3.11, 1.5, 3.2)', async () => {
  const instance = createInstance({
    incidents: 4,
    users: [
      { user: 'admin', password: 'admin' },
      { user: 'agent', password: 'agent', roles: ['itil', 'admin'] },
    ],
  })
  const { control } = instance
  control.remove(
    'incident',
    control.records('incident').map((row) => row.sys_id ?? ''),
  )
  const read = () => ask(instance, 'GET', '/api/now/table/sys_audit_delete', undefined, as('agent'))
  expect((await read()).rows()).toHaveLength(4)
  control.tableAcl({ table: 'sys_audit_delete', user: 'agent', answer: 'empty' })
  const empty = await read()
  expect([empty.status, empty.rows(), empty.headers.get('x-total-count')]).toEqual([200, [], '4'])
  expect(control.records('sys_audit_delete', { user: 'agent' })).toEqual([])
  control.tableAcl({ table: 'sys_audit_delete', user: 'agent', answer: 'forbidden' })
  const closed = await read()
  expect([closed.status, closed.json().error]).toEqual([
    403,
    { message: 'User Not Authorized', detail: 'Failed API level ACL Validation' },
  ])
  expect((await ask(instance, 'GET', '/api/now/table/sys_audit_delete')).rows()).toHaveLength(4)
  control.tableAcl({ table: 'sys_audit_delete', user: 'agent', answer: 'open' })
  expect((await read()).rows()).toHaveLength(4)
})

test('the door takes both', async () => {
  const instance = createInstance({ incidents: 2 })
  const sim = async (path: string, body: unknown) =>
    (await ask(instance, 'POST', `/__sim/${path}`, body)).json() as unknown
  expect(await sim('query-acl', { table: 'incident', field: 'sys_id', answer: 'forbidden' })).toEqual({
    set: true,
  })
  expect((await ask(instance, 'GET', listPath('ORDERBYsys_id'))).status).toBe(403)
  expect(await sim('table-acl', { table: 'incident', answer: 'empty' })).toEqual({ set: true })
  expect((await ask(instance, 'GET', INCIDENT)).rows()).toEqual([])
  expect(await sim('table-acl', { table: 'incident', answer: 'shut' })).toMatchObject({
    error: expect.stringContaining('answer: "shut" is not known here.'),
  })
  instance.control.reset()
  expect((await ask(instance, 'GET', listPath('ORDERBYsys_id'))).rows()).toHaveLength(2)
})
