/** Types from the dictionary of the pretend instance itself: all it shows of an incident is typed, inherited fields too. */
import { createInstance } from '@snowline/simulator'
import { expect, test } from 'vitest'
import { readDictionary } from '../../src/typegen/read-dictionary.ts'
import { writeTypes } from '../../src/typegen/write-types.ts'
import { type Block, typeFaults } from '../readme/blocks.ts'
import { clientOf } from './platform.ts'

test('incident, user and group', { timeout: 30_000 }, async () => {
  const instance = createInstance({ seed: 4, incidents: 3 })
  const dictionary = await readDictionary(clientOf(instance), ['incident', 'sys_user', 'sys_user_group'])
  expect(dictionary.unread).toEqual([])
  expect(dictionary.tables).toContainEqual({ name: 'incident', label: 'Incident', parent: 'task' })
  const text = writeTypes(dictionary)
  const incident = /interface IncidentRecord \{([\s\S]*?)\n\}/.exec(text)?.[1] ?? ''
  const typed = [...incident.matchAll(/^ {2}(\w+): /gm)].map(([, name]) => name)
  expect(typed).toEqual(expect.arrayContaining(Object.keys(instance.control.records('incident')[0] ?? {})))
  expect(incident).toMatch(/ {2}state: Choice<'1' \| '2' \| '3' \| '6' \| '7' \| '8'>/)
  expect(incident).toMatch(/ {2}caller_id: Reference<'sys_user'>/)
  expect(incident).toMatch(/ {2}active: 'true' \| 'false'/)
  const block: Block = { language: 'ts', code: text, heading: '', line: 1 }
  expect(typeFaults([block], {})).toEqual([])
})
