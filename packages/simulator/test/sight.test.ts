/** What one caller may not see stays unseen by every way: lists, dot-walks, journals, numbers, parents, files (servicenow.md 1.2, 1.4, 1.5, 2.3, 3.10). */
import { expect, test } from 'vitest'
import { createInstance, type InstanceOptions, type UserOptions } from '../src/index.ts'
import { ask, INCIDENT, ORIGIN } from './door.ts'

const ID = '1'.repeat(32)
const OTHER = '2'.repeat(32)
const CALLER = 'c'.repeat(32)
const BOSS = 'b'.repeat(32)
const TASK = '/api/now/table/task'
const JOURNAL = '/api/now/table/sys_journal_field'
const agent = { authorization: `Basic ${btoa('agent:agent')}` }

/** Two incidents with a caller and notes; `agent` may what its options say. */
async function world(own: Partial<UserOptions> = {}, more: InstanceOptions = {}) {
  const sn = createInstance({
    users: [
      { user: 'admin', password: 'admin' },
      { user: 'agent', password: 'agent', ...own },
    ],
    records: {
      sys_user: [
        { sys_id: BOSS, name: 'Bo Boss', user_name: 'bo', email: 'bo@example.com', title: 'Chief' },
        { sys_id: CALLER, name: 'Cara Call', user_name: 'cara', email: 'cara@example.com', manager: BOSS },
      ],
      incident: [
        { sys_id: ID, number: 'INC1', caller_id: CALLER, cause: 'secret cause', sys_domain: 'd1' },
        { sys_id: OTHER, number: 'INC2', caller_id: BOSS, cause: 'another', sys_domain: 'd2' },
      ],
    },
    ...more,
  })
  await ask(sn, 'PATCH', `${INCIDENT}/${ID}`, { comments: 'hello', work_notes: 'secret note' })
  await ask(sn, 'PATCH', `${INCIDENT}/${OTHER}`, { work_notes: 'other note' })
  return {
    sn,
    as: (method: string, path: string, body?: unknown) => ask(sn, method, path, body, agent),
    list: (table: string, search: Record<string, string>) =>
      ask(sn, 'GET', `/api/now/table/${table}?${new URLSearchParams(search)}`, undefined, agent),
    stats: async (search: string, table = 'incident') =>
      ask(sn, 'GET', `/api/now/stats/${table}?${search}`, undefined, agent),
  }
}

const numbers = (rows: readonly Record<string, string>[]) => rows.map(({ number }) => number).sort()

test('the text of both journals holds only what the caller may read (7)', async () => {
  const { list } = await world({ unreadable: { incident: ['work_notes'] } })
  const shown = async (fields: string) =>
    (
      await list('incident', {
        sysparm_query: 'number=INC1',
        sysparm_display_value: 'true',
        sysparm_fields: fields,
      })
    ).text
  expect(await shown('comments_and_work_notes')).toContain('hello')
  expect(await shown('comments_and_work_notes')).not.toContain('secret note')
  expect(await shown('work_notes,comments')).not.toContain('secret note')
})

test('journal entries are seen where their column and their record are (6)', async () => {
  const { sn, as, stats } = await world({ unreadable: { incident: ['work_notes'] } })
  const seen = async () => (await as('GET', JOURNAL)).rows().map(({ value }) => value)
  expect(await seen()).toEqual(['hello'])
  expect((await as('GET', JOURNAL)).headers.get('x-total-count')).toBe('3')
  const note = sn.control.records('sys_journal_field').find(({ value }) => value === 'secret note')
  expect((await as('GET', `${JOURNAL}/${note?.sys_id}`)).status).toBe(404)
  expect((await stats('sysparm_count=true&sysparm_group_by=value', 'sys_journal_field')).text).not.toContain(
    'secret',
  )
  sn.control.hide([ID], 'agent')
  expect(await seen()).toEqual([])
  sn.control.reveal()
  sn.control.tableAcl({ table: 'incident', user: 'agent', answer: 'empty' })
  expect(await seen()).toEqual([])
  sn.control.tableAcl({ table: 'sys_journal_field', answer: 'empty' })
  const closed = await ask(sn, 'GET', JOURNAL)
  expect([closed.status, closed.rows()]).toEqual([200, []])
})

const HIDDEN_PARTS = [
  'cause=another',
  'causeSTARTSWITHan',
  'causeISEMPTY',
  'numberSAMEAScause',
  'caller_id.email=bo@example.com',
  'caller_id.manager.emailISNOTEMPTY',
]
const closed = { unreadable: { incident: ['cause'], sys_user: ['email'] } }

test.each(HIDDEN_PARTS)(
  '%s asks for what the caller may not read: dropped, or 403 where the instance enforces it (1.5, 2.3)',
  async (part) => {
    const { sn, list } = await world(closed)
    const both = await list('incident', { sysparm_query: part })
    expect([both.status, numbers(both.rows())]).toEqual([200, ['INC1', 'INC2']])
    sn.control.property('glide.export.query.enforce_field_acl', 'true')
    const refused = await list('incident', { sysparm_query: part })
    expect([refused.status, refused.json().error]).toEqual([
      403,
      {
        message: "Operation against file 'incident' was denied due to table security.",
        detail: 'Field(s) present in the query do not have permission to be read.',
      },
    ])
    expect((await ask(sn, 'GET', `${INCIDENT}?sysparm_query=${part}`)).status).toBe(200)
  },
)

test('a query ACL on an unreadable column is 403 too, for equality as well (1.5)', async () => {
  const { sn, list } = await world(closed)
  sn.control.queryAcl({ table: 'incident', field: 'cause', answer: 'forbidden' })
  expect((await list('incident', { sysparm_query: 'cause=another' })).status).toBe(403)
})

test('an order by an unreadable column says nothing of it (2.3)', async () => {
  const { sn, list } = await world(closed)
  const orders = new Set<string>()
  for (let times = 0; times < 30; times++)
    orders.add(
      (await list('incident', { sysparm_query: 'ORDERBYcause' }))
        .rows()
        .map((row) => row.number)
        .join(),
    )
  expect(orders.size).toBe(2)
  sn.control.property('glide.export.query.enforce_field_acl', 'true')
  expect((await list('incident', { sysparm_query: 'ORDERBYcause' })).status).toBe(403)
  expect((await list('incident', { sysparm_query: 'ORDERBYnumber' })).status).toBe(200)
})

test('a search in the text leaves unreadable columns out', async () => {
  const { list } = await world(closed)
  const found = async (words: string) =>
    numbers((await list('incident', { sysparm_query: `123TEXTQUERY321=${words}` })).rows())
  expect([await found('secret'), await found('INC1')]).toEqual([[], ['INC1']])
})

test.each([
  ['an unreadable column', { unreadable: { sys_user: ['email'] } }],
  ['a table that cannot be read', { cannot: { sys_user: ['read'] as const } }],
])('a dot-walk through %s has no key in the answer and no say in a query (1.4)', async (_, own) => {
  const { list } = await world(own)
  const answer = await list('incident', {
    sysparm_query: 'caller_id.emailLIKEbo@^ORDERBYnumber',
    sysparm_fields: 'number,caller_id.email,caller_id.manager.email',
  })
  expect(answer.rows()).toEqual([{ number: 'INC1' }, { number: 'INC2' }])
})

test('a dot-walk through an unreadable reference ends there', async () => {
  const { list } = await world({ unreadable: { incident: ['caller_id'] } })
  const answer = await list('incident', {
    sysparm_query: 'ORDERBYnumber',
    sysparm_fields: 'number,caller_id.email',
  })
  expect(answer.rows()[0]).toEqual({ number: 'INC1' })
})

test('numbers of what the caller may not read are refused, by dot-walk too; having and order leave it out (6)', async () => {
  const { stats } = await world(closed)
  for (const search of [
    'sysparm_min_fields=cause',
    'sysparm_max_fields=caller_id.email',
    'sysparm_group_by=caller_id.manager.email',
  ])
    expect((await stats(search)).status).toBe(403)
  const having = await stats('sysparm_count=true&sysparm_having=MAX^cause^=^x')
  expect(having.json().result).toEqual({ stats: { count: '2' } })
})

test('an unreadable column is not written, journals neither (1.4)', async () => {
  const { sn, as } = await world({ unreadable: { incident: ['cause', 'work_notes'] } })
  const answer = await as('PATCH', `${INCIDENT}/${ID}`, {
    cause: 'mine',
    work_notes: 'mine',
    description: 'mine',
  })
  expect(answer.status).toBe(200)
  expect(sn.control.records('incident').find(({ sys_id }) => sys_id === ID)).toMatchObject({
    cause: 'secret cause',
    description: 'mine',
  })
  expect(sn.control.records('sys_journal_field').map(({ value }) => value)).not.toContain('mine')
  await as('POST', INCIDENT, { number: 'INC3', cause: 'mine' })
  expect(sn.control.records('incident').find(({ number }) => number === 'INC3')).toMatchObject({ cause: '' })
})

async function withFile(own: Partial<UserOptions> = {}) {
  const held = await world(own)
  const fileId = held.sn.control.attach({ sysId: ID, fileName: 'a.txt', sizeBytes: 5 })
  return { ...held, fileId }
}

test('a closed table is closed through its parent and its files (1.5, 3.10)', async () => {
  const { sn, as, stats, fileId } = await withFile()
  sn.control.tableAcl({ table: 'incident', user: 'agent', answer: 'forbidden' })
  const tasks = await as('GET', TASK)
  expect([tasks.status, tasks.rows(), tasks.headers.get('x-total-count')]).toEqual([200, [], '2'])
  expect((await as('GET', `${TASK}/${ID}`)).status).toBe(404)
  expect((await as('PATCH', `${TASK}/${ID}`, { impact: '1' })).status).toBe(404)
  expect((await as('DELETE', `${TASK}/${ID}`)).status).toBe(404)
  expect((await stats('sysparm_count=true', 'task')).json().result).toEqual({ stats: { count: '0' } })
  expect((await as('GET', '/api/now/attachment')).rows()).toEqual([])
  expect((await as('GET', `/api/now/attachment/${fileId}`)).status).toBe(404)
  expect((await as('GET', '/api/now/table/sys_attachment')).rows()).toEqual([])
  const upload = `/api/now/attachment/file?table_name=incident&table_sys_id=${ID}&file_name=b`
  expect((await as('POST', upload, 'x')).status).toBe(404)
  expect((await as('GET', JOURNAL)).rows()).toEqual([])
  sn.control.tableAcl({ table: 'incident', user: 'agent', answer: 'open' })
  sn.control.tableAcl({ table: 'task', user: 'agent', answer: 'empty' })
  expect([(await as('GET', TASK)).rows(), (await as('GET', INCIDENT)).rows().length]).toEqual([[], 2])
})

test('rules on the parent act on the class: cannot, unreadable, query rights (3.10)', async () => {
  const { as, list, sn } = await world({ cannot: { task: ['update'] }, unreadable: { task: ['number'] } })
  expect((await as('PATCH', `${INCIDENT}/${ID}`, { impact: '1' })).status).toBe(403)
  const [row] = (await list('incident', { sysparm_fields: 'number,cause' })).rows()
  expect(Object.keys(row ?? {})).toEqual(['cause'])
  sn.control.queryAcl({ table: 'task', field: 'sys_updated_on', answer: 'forbidden' })
  const ranged = { sysparm_query: 'sys_updated_on>2026-01-01' }
  expect((await list('incident', ranged)).status).toBe(403)
  // The rule of the class itself goes before that of its parent.
  sn.control.queryAcl({ table: 'incident', field: 'sys_updated_on', user: 'agent', answer: 'open' })
  expect((await list('incident', ranged)).status).toBe(200)
})

test('rules on the parent act on the class: data policies and business rules (3.10, 1.5)', async () => {
  const { as, sn } = await world()
  sn.control.dataPolicy({ table: 'task', mandatory: ['description'], when: 'impact=1' })
  const refused = await as('PATCH', `${INCIDENT}/${ID}`, { impact: '1' })
  expect([refused.status, refused.text]).toEqual([403, expect.stringContaining('mandatory: Description')])
  sn.control.clearPolicies()
  sn.control.businessRule({ table: 'task', name: 'No deletes', on: ['delete'] })
  const aborted = await as('DELETE', `${INCIDENT}/${ID}`)
  expect([aborted.status, aborted.text]).toEqual([403, expect.stringContaining("Business Rule 'No deletes")])
})

const CROSSER = ['itil', 'query_no_domain_table_api']

test('domains hold for files and journals as for their records, unless a caller may cross (1.2)', async () => {
  const { sn, as, fileId } = await withFile({ domain: 'd2' })
  const mine = sn.control.attach({ sysId: OTHER, fileName: 'b.txt', sizeBytes: 5 })
  const files = '/api/now/attachment'
  expect((await as('GET', files)).rows().map((row) => row.sys_id)).toEqual([mine])
  for (const path of [`${files}/${fileId}`, `${files}/${fileId}/file`])
    expect((await as('GET', path)).status).toBe(404)
  expect((await as('DELETE', `${files}/${fileId}`)).status).toBe(404)
  const upload = `${files}/file?table_name=incident&table_sys_id=${ID}&file_name=b`
  expect((await as('POST', upload, 'x')).status).toBe(404)
  expect((await as('GET', JOURNAL)).rows().map(({ value }) => value)).toEqual(['other note'])
  expect((await as('GET', `${files}?sysparm_query_no_domain=true`)).rows()).toHaveLength(1)
})

test('sysparm_query_no_domain crosses for lists, single records, writes, numbers and files, with the role (1.2)', async () => {
  const { as, stats, sn, fileId } = await withFile({ domain: 'd2', roles: CROSSER })
  const crossing = 'sysparm_query_no_domain=true'
  expect((await as('GET', `${INCIDENT}/${ID}`)).status).toBe(404)
  expect((await as('GET', `${INCIDENT}/${ID}?${crossing}`)).status).toBe(200)
  expect((await as('PATCH', `${INCIDENT}/${ID}`, { impact: '1' })).status).toBe(404)
  expect((await as('PATCH', `${INCIDENT}/${ID}?${crossing}`, { impact: '1' })).status).toBe(200)
  expect((await stats('sysparm_count=true')).json().result).toEqual({ stats: { count: '1' } })
  expect((await stats(`sysparm_count=true&${crossing}`)).json().result).toEqual({ stats: { count: '2' } })
  expect((await as('GET', `/api/now/attachment/${fileId}?${crossing}`)).status).toBe(200)
  expect((await as('GET', `${JOURNAL}?${crossing}`)).rows()).toHaveLength(3)
  expect((await as('DELETE', `${INCIDENT}/${ID}`)).status).toBe(404)
  expect((await as('DELETE', `${INCIDENT}/${ID}?${crossing}`)).status).toBe(204)
  expect(sn.control.records('incident')).toHaveLength(1)
})

test('links and display values of what is seen stay as they are', async () => {
  const { as } = await world({ cannot: { sys_user: ['read'] } })
  const row = (await as('GET', `${INCIDENT}/${ID}?sysparm_fields=caller_id&sysparm_display_value=all`)).row()
  expect(row.caller_id).toMatchObject({ link: `${ORIGIN}/api/now/table/sys_user/${CALLER}`, value: CALLER })
})
