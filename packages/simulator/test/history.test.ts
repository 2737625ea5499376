/** The instance's own history: what I2 and I4 of sync.md section 6 ask of a checker's witness. */
import { expect, test } from 'vitest'
import { createInstance } from '../src/index.ts'
import { ask, INCIDENT } from './door.ts'

test('every version of a record is there, with its stamp, count, values and times; an unchanged record has one', async () => {
  const instance = createInstance({ incidents: 2 })
  const { control } = instance
  const [first, other] = control.records('incident')
  const id = first?.sys_id ?? ''
  control.clock.advance(10.5)
  await ask(instance, 'PATCH', `${INCIDENT}/${id}`, { short_description: 'a' })
  await ask(instance, 'PATCH', `${INCIDENT}/${id}`, { short_description: 'a' })
  control.clock.advance(10)
  control.load('incident', [{ sys_id: id, short_description: 'b' }])
  await ask(instance, 'DELETE', `${INCIDENT}/${id}`)
  const versions = control.history('incident', id)
  expect(versions.map(({ op, u, committedAt }) => [op, u, committedAt])).toEqual([
    ['load', first?.sys_updated_on, '2026-11-02T09:00:00.000Z'],
    ['update', '2026-11-02 09:00:10', '2026-11-02T09:00:10.500Z'],
    ['load', '2026-11-02 09:00:10', '2026-11-02T09:00:20.500Z'],
    ['delete', '', '2026-11-02T09:00:20.500Z'],
  ])
  expect(versions.map(({ value }) => value?.short_description)).toEqual([
    first?.short_description,
    'a',
    'b',
    undefined,
  ])
  expect(versions[1]?.mod).toBe(Number(first?.sys_mod_count) + 1)
  expect(versions[0]?.value).toEqual(first)
  expect(control.history('incident', other?.sys_id ?? '')).toMatchObject([{ op: 'load', value: other }])
  expect(control.history('incident', 'nobody')).toEqual([])
  expect(() => control.history('ghosts', id)).toThrow('no table ghosts')
})

test('the history is bounded, oldest first to go, and can be switched off', async () => {
  const instance = createInstance()
  const { control } = instance
  control.keepHistory(3)
  const { sys_id = '' } = (await ask(instance, 'POST', INCIDENT, {})).row()
  for (const text of ['a', 'b', 'c', 'd'])
    await ask(instance, 'PATCH', `${INCIDENT}/${sys_id}`, { short_description: text })
  const texts = () => control.history('incident', sys_id).map(({ value }) => value?.short_description)
  expect(texts()).toEqual(['b', 'c', 'd'])
  control.keepHistory(0)
  await ask(instance, 'PATCH', `${INCIDENT}/${sys_id}`, { short_description: 'e' })
  expect(texts()).toEqual(['e'])
  expect(() => control.keepHistory(-1)).toThrow(RangeError)
})

test('records can be asked for as one user sees them: without hidden rows and unreadable columns', () => {
  const users = [
    { user: 'admin', password: 'admin' },
    { user: 'agent', password: 'agent', unreadable: { incident: ['description'] } },
  ]
  const { control } = createInstance({ incidents: 3, users })
  const all = control.records('incident')
  control.hide([all[0]?.sys_id ?? ''], 'agent')
  const agent = control.records('incident', { user: 'agent' })
  expect([agent.length, control.records('incident', { user: 'admin' }).length]).toEqual([2, 3])
  expect(agent.some((row) => 'description' in row)).toBe(false)
  expect(control.records('sys_audit_delete', { user: 'agent' })).toEqual([])
  expect(() => control.records('incident', { user: 'ghost' })).toThrow('no user ghost')
})

test('rows are hidden and shown for one user at run time; the count stays blind and the limit comes first (3.2, 3.3)', async () => {
  const users = ['admin', 'agent'].map((user) => ({ user, password: user }))
  const instance = createInstance({ incidents: 6, users })
  const { control } = instance
  const ids = control
    .records('incident')
    .map((row) => row.sys_id ?? '')
    .sort()
  const page = (user: string) =>
    ask(instance, 'GET', `${INCIDENT}?sysparm_query=ORDERBYsys_id&sysparm_limit=3`, undefined, {
      authorization: `Basic ${btoa(`${user}:${user}`)}`,
    })
  control.hide(ids.slice(0, 2), 'agent')
  control.hide(ids.slice(2, 3))
  const seen = async (user: string) => {
    const answer = await page(user)
    return [answer.rows().length, answer.headers.get('x-total-count')]
  }
  expect([await seen('admin'), await seen('agent')]).toEqual([
    [2, '6'],
    [0, '6'],
  ])
  control.reveal(undefined, 'agent')
  expect([await seen('admin'), await seen('agent')]).toEqual([
    [2, '6'],
    [2, '6'],
  ])
  control.reveal(ids.slice(2, 3))
  expect(await seen('agent')).toEqual([3, '6'])
})
