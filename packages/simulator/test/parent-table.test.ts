/** `task` as the parent of `incident`: same rows, same sys_ids, the columns that task declares (servicenow.md 3.10). */
import { expect, test } from 'vitest'
import { createInstance } from '../src/index.ts'
import { ask, INCIDENT, ORIGIN } from './door.ts'

const TASK = '/api/now/table/task'

test('the rows of incidents, with their class, and only the columns that task declares', async () => {
  const sn = createInstance({ incidents: 12 })
  const tasks = (await ask(sn, 'GET', `${TASK}?sysparm_limit=50`)).rows()
  const ids = sn.control.records('incident').map((row) => row.sys_id)
  expect(new Set(tasks.map((row) => row.sys_id))).toEqual(new Set(ids))
  expect(tasks[0]).toMatchObject({ sys_class_name: 'incident' })
  expect(Object.keys(tasks[0] ?? {})).toHaveLength(92 - 24)
  expect(Object.keys(tasks[0] ?? {})).not.toContain('caller_id')
  const one = await ask(sn, 'GET', `${TASK}/${ids[0]}?sysparm_fields=number,caller_id`)
  expect(Object.keys(one.row())).toEqual(['number'])
  const asked = await ask(
    sn,
    'GET',
    `${TASK}?sysparm_query=${encodeURIComponent('caller_id=x^sys_class_nameINSTANCEOFtask')}`,
  )
  expect(asked.headers.get('x-total-count')).toBe('12')
})

test('a reference to a task shows its number and its link can be followed', async () => {
  const sn = createInstance({ incidents: 2 })
  const [a, b] = sn.control.records('incident')
  const path = `${INCIDENT}/${a?.sys_id}?sysparm_display_value=all&sysparm_fields=parent`
  await ask(sn, 'PATCH', path, { parent: b?.sys_id })
  const { parent } = (await ask(sn, 'GET', path)).row() as unknown as { parent: Record<string, string> }
  expect(parent).toEqual({
    display_value: b?.number,
    link: `${ORIGIN}${TASK}/${b?.sys_id}`,
    value: b?.sys_id,
  })
  expect((await ask(sn, 'GET', (parent.link ?? '').replace(ORIGIN, ''))).row().number).toBe(b?.number)
})

test('writes go to the record; its class decides rules and rights; nothing is inserted as a bare task', async () => {
  const users = [
    { user: 'admin', password: 'admin' },
    { user: 'ann', password: 'p', cannot: { incident: ['read', 'update'] as const } },
  ]
  const sn = createInstance({ incidents: 1, users })
  const id = sn.control.records('incident')[0]?.sys_id
  const ann = { authorization: `Basic ${btoa('ann:p')}` }
  expect(
    (await ask(sn, 'PATCH', `${TASK}/${id}`, { impact: '1', urgency: '1', caller_id: '' })).row().priority,
  ).toBe('1')
  expect(sn.control.records('incident')[0]?.caller_id).not.toBe('')
  expect((await ask(sn, 'PATCH', `${TASK}/${id}`, { impact: '2' }, ann)).status).toBe(404)
  const vanished = await ask(sn, 'GET', TASK, undefined, ann)
  expect([vanished.rows(), vanished.headers.get('x-total-count')]).toEqual([[], '1'])
  expect((await ask(sn, 'POST', TASK, { short_description: 'x' })).status).toBe(403)
  expect(
    (await ask(sn, 'GET', '/api/now/stats/task?sysparm_count=true&sysparm_group_by=sys_class_name')).text,
  ).toContain('"value":"incident"')
  sn.control.tableAcl({ table: 'task', answer: 'forbidden' })
  expect([(await ask(sn, 'GET', TASK)).status, (await ask(sn, 'GET', INCIDENT)).status]).toEqual([403, 200])
})
