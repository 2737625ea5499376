/** A dictionary of which the user sees a part: what is hidden is counted and said. */
import { expect, test } from 'vitest'
import { createClient } from '../../src/client/client.ts'
import { basicAuth } from '../../src/http/auth.ts'
import { unreadOf } from '../../src/typegen/dictionary.ts'
import { readDictionary } from '../../src/typegen/read-dictionary.ts'
import { writeTypes } from '../../src/typegen/write-types.ts'
import { clientOf, dictionaryInstance } from './platform.ts'

test.each([
  ['sys_dictionary', 'number', /^sys_dictionary hides 1 of its 12 rows of incident, task from this user/],
  ['sys_choice', 'priority', /^sys_choice hides 4 of its 8 rows of incident, task from this user/],
])('rows of %s that are hidden', async (table, element, message) => {
  const instance = dictionaryInstance()
  const rows = instance.control.records(table).filter((row) => row.element === element)
  instance.control.hide(rows.map(({ sys_id = '' }) => sys_id))
  const dictionary = await readDictionary(clientOf(instance), ['incident'])
  expect(unreadOf(dictionary)).toEqual([expect.stringMatching(message)])
  expect(writeTypes(dictionary)).toMatch(/^\/\/ Not read: sys_(dictionary|choice) hides/m)
})

test('a column of the dictionary that is hidden', async () => {
  const unreadable = { sys_dictionary: ['internal_type'] }
  const instance = dictionaryInstance({ users: [{ user: 'admin', password: 'admin', unreadable }] })
  const dictionary = await readDictionary(clientOf(instance), ['incident'])
  expect(unreadOf(dictionary)).toEqual([
    expect.stringMatching(/sys_dictionary does not show its internal_type to this user: .*incident, task/),
  ])
})

test('an instance that does not count: it cannot be told', async () => {
  const instance = dictionaryInstance()
  const client = createClient({
    instanceUrl: 'dev00001',
    auth: basicAuth({ username: 'admin', password: 'admin' }),
    maxRetries: 0,
    fetch: async (request) => {
      const { body, headers, status } = await instance.fetch(request)
      const kept = new Headers(headers)
      kept.delete('x-total-count')
      return new Response(body, { status, headers: kept })
    },
  })
  expect(unreadOf(await readDictionary(client, ['incident'])).join('\n')).toMatch(
    /did not count the rows of sys_dictionary.*\n.*did not count the rows of sys_choice/,
  )
})

test('a child whose entries are hidden keeps the inherited types; its own come from a record', async () => {
  const instance = dictionaryInstance()
  const own = instance.control.records('sys_dictionary').filter(({ name }) => name === 'incident')
  instance.control.remove(
    'sys_dictionary',
    own.map(({ sys_id = '' }) => sys_id),
  )
  const dictionary = await readDictionary(clientOf(instance), ['incident'])
  expect(unreadOf(dictionary)).toEqual([
    'sys_dictionary shows no field of incident: the fields that are not inherited are those of one record, all as texts.',
  ])
  const text = writeTypes(dictionary)
  expect(text).toMatch(/^ {2}active: 'true' \| 'false'$/m)
  expect(text).toMatch(/^ {2}short_description: string$/m)

  const empty = dictionaryInstance({ incidents: 0 })
  empty.control.remove(
    'sys_dictionary',
    own.map(({ sys_id = '' }) => sys_id),
  )
  expect(unreadOf(await readDictionary(clientOf(empty), ['incident']))).toEqual([
    'sys_dictionary shows no field of incident: no record was shown either, so only the inherited fields are here.',
  ])
})
