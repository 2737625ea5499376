/** Records as one user sees them, through the control: what a list would show that user, and no more. */
import { expect, test } from 'vitest'
import { createInstance } from '../src/index.ts'
import { fromScenario } from '../src/scenario.ts'

test('journals of hidden rows and of unreadable columns stay unseen, as over the API', () => {
  const { control } = createInstance({
    incidents: 6,
    users: [
      { user: 'admin', password: 'admin' },
      { user: 'limited', password: 'x', roles: ['itil'], unreadable: { incident: ['work_notes'] } },
    ],
  })
  const entry = (sys_id: string, element_id: string, element: string) => {
    return { sys_id: sys_id.repeat(32), name: 'incident', element, element_id, value: 'a secret' }
  }
  const [shown = '', hidden = ''] = control.records('incident').map(({ sys_id }) => sys_id ?? '')
  const before = control.records('sys_journal_field', { user: 'limited' }).length
  const entries = [
    entry('a', hidden, 'comments'),
    entry('b', shown, 'work_notes'),
    entry('c', shown, 'comments'),
  ]
  control.load('sys_journal_field', entries)
  control.hide([hidden], 'limited')
  const ids = (user: string) => control.records('sys_journal_field', { user }).map(({ sys_id }) => sys_id)
  expect(ids('admin')).toEqual(expect.arrayContaining(entries.map(({ sys_id }) => sys_id)))
  const seen = ids('limited')
  expect(seen).toContain(entries[2]?.sys_id)
  expect(seen).not.toContain(entries[0]?.sys_id)
  expect(seen).not.toContain(entries[1]?.sys_id)
  expect(seen.length).toBeLessThanOrEqual(before + 1)
})

test('a property over a preset leaves the others of the preset', () => {
  const options = fromScenario({
    preset: 'customised',
    properties: { 'glide.invalid_query.returns_no_rows': 'true' },
  })
  expect(options.properties).toEqual({
    'glide.sys.language': 'de',
    'glide.invalid_query.returns_no_rows': 'true',
  })
})
