/** The tables of the platform itself: who may write them, what they say of the instance (servicenow.md 1.5, 6). */
import { expect, test } from 'vitest'
import { createInstance } from '../src/index.ts'
import { ask } from './door.ts'

const users = [
  { user: 'admin', password: 'admin' },
  { user: 'agent', password: 'agent', roles: ['itil'] },
  { user: 'uma', password: 'uma', roles: ['itil', 'user_admin'] },
]
const as = (user: string) => ({ authorization: `Basic ${btoa(`${user}:${user}`)}` })

test.each([
  'sys_user',
  'sys_user_group',
  'sys_choice',
  'sys_journal_field',
  'sys_audit_delete',
  'cmn_location',
  'core_company',
])('%s is not written by everybody: 403 with the words of the ACL, and nothing is stored', async (table) => {
  const sn = createInstance({ users, incidents: 2 })
  const path = `/api/now/table/${table}`
  const before = sn.control.records(table).length
  const post = await ask(sn, 'POST', path, { name: 'x' }, as('agent'))
  expect([post.status, post.json().error]).toEqual([
    403,
    { message: 'Operation Failed', detail: 'ACL Exception Insert Failed due to security constraints' },
  ])
  const id = sn.control.records(table)[0]?.sys_id
  if (id !== undefined && table !== 'sys_audit_delete') {
    expect((await ask(sn, 'PATCH', `${path}/${id}`, { name: 'x' }, as('agent'))).status).toBe(403)
    expect((await ask(sn, 'DELETE', `${path}/${id}`, undefined, as('agent'))).status).toBe(403)
  }
  expect(sn.control.records(table)).toHaveLength(before)
  expect((await ask(sn, 'POST', path, { name: 'x' })).status).toBe(201)
})

test('user_admin keeps users and groups', async () => {
  const sn = createInstance({ users })
  for (const table of ['sys_user', 'sys_user_group'])
    expect((await ask(sn, 'POST', `/api/now/table/${table}`, { name: 'x' }, as('uma'))).status).toBe(201)
})

test('a user has a company, as the SDK and every instance know it', async () => {
  const company = 'f'.repeat(32)
  const sn = createInstance({ users, records: { core_company: [{ sys_id: company, name: 'Acme' }] } })
  const admin = sn.control.records('sys_user').find(({ user_name }) => user_name === 'admin')?.sys_id
  const path = `/api/now/table/sys_user/${admin}?sysparm_display_value=all&sysparm_fields=company,company.name`
  const { company: own, 'company.name': name } = (await ask(sn, 'PATCH', path, { company: 'Acme' })).row()
  expect([own, name]).toMatchObject([{ display_value: 'Acme', value: company }, { display_value: 'Acme' }])
})

test('nothing stops two people of one e-mail and one user name (6)', async () => {
  const sn = createInstance({ users })
  const twin = { user_name: 'twin', email: 'twin@example.com' }
  for (let times = 0; times < 2; times++)
    expect((await ask(sn, 'POST', '/api/now/table/sys_user', twin)).status).toBe(201)
  for (const query of ['user_name=twin', 'email=twin@example.com'])
    expect((await ask(sn, 'GET', `/api/now/table/sys_user?sysparm_query=${query}`)).rows()).toHaveLength(2)
})
