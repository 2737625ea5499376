/** Access: rows vanish after the limit, counts stay blind, writes are refused with the platform's words (3.2, 1.5). */
import { expect, test } from 'vitest'
import { createInstance } from '../src/index.ts'
import { ask, INCIDENT, listPath } from './door.ts'

test('hidden rows leave pages short or empty while the count and later pages stay', async () => {
  const instance = createInstance({ incidents: 30 })
  const page = (offset: number) =>
    ask(
      instance,
      'GET',
      `${listPath('ORDERBYsys_id')}&sysparm_limit=10&sysparm_offset=${offset}&sysparm_fields=sys_id`,
    )
  const first = (await page(0)).rows().map((row) => row.sys_id ?? '')
  instance.control.hide(first)
  const empty = await page(0)
  expect([empty.rows(), empty.headers.get('x-total-count')]).toEqual([[], '30'])
  expect(empty.headers.get('link')).toContain('rel="next"')
  expect((await page(10)).rows()).toHaveLength(10)
  expect((await ask(instance, 'GET', `${INCIDENT}/${first[0]}`)).status).toBe(404)
  instance.control.reveal(first.slice(0, 3))
  expect((await page(0)).rows()).toHaveLength(3)
  instance.control.reveal()
  expect((await page(0)).rows()).toHaveLength(10)
})

test('rows may be hidden from one user alone', async () => {
  const users = ['admin', 'agent'].map((user) => ({ user, password: user }))
  const instance = createInstance({ incidents: 3, users })
  instance.control.hide(
    instance.control.records('incident').map((row) => row.sys_id ?? ''),
    'agent',
  )
  const as = async (user: string) =>
    (
      await ask(instance, 'GET', INCIDENT, undefined, { authorization: `Basic ${btoa(`${user}:${user}`)}` })
    ).rows().length
  expect([await as('admin'), await as('agent')]).toEqual([3, 0])
})

test.each([
  ['insert', 'POST', 'Insert'],
  ['update', 'PATCH', 'Update'],
  ['delete', 'DELETE', 'Delete'],
] as const)('a user who cannot %s gets 403 with the words of the ACL', async (operation, method, word) => {
  const users = [{ user: 'admin', password: 'admin', cannot: { incident: [operation] } }]
  const instance = createInstance({ incidents: 1, users })
  const id = instance.control.records('incident')[0]?.sys_id
  const path = method === 'POST' ? INCIDENT : `${INCIDENT}/${id}`
  const answer = await ask(
    instance,
    method,
    path,
    method === 'DELETE' ? undefined : { short_description: 'x' },
  )
  expect([answer.status, answer.json().error]).toEqual([
    403,
    { message: 'Operation Failed', detail: `ACL Exception ${word} Failed due to security constraints` },
  ])
})

test('a writer who cannot read gets 201 with an empty body, and the row is there (KB3047115)', async () => {
  const instance = createInstance({
    users: [{ user: 'admin', password: 'admin', cannot: { incident: ['read'] } }],
  })
  const answer = await ask(instance, 'POST', INCIDENT, { short_description: 'x' })
  expect([answer.status, answer.text]).toEqual([201, ''])
  expect(instance.control.records('incident')).toHaveLength(1)
})

test('a record that exists and may not be read is 404, in the words of one that does not exist (1.5)', async () => {
  const instance = createInstance({ incidents: 1 })
  const id = instance.control.records('incident')[0]?.sys_id ?? ''
  instance.control.hide([id])
  for (const [method, body] of [['GET'], ['PATCH', {}], ['DELETE']] as const) {
    const hidden = await ask(instance, method, `${INCIDENT}/${id}`, body)
    const absent = await ask(instance, method, `${INCIDENT}/${'0'.repeat(32)}`, body)
    expect([hidden.status, hidden.text]).toEqual([404, absent.text])
  }
  expect(instance.control.records('incident')).toHaveLength(1)
})
