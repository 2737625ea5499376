/** The value shapes of section 1.4, every mode, and journals as section 7 shows them. */
import { expect, test } from 'vitest'
import { createInstance } from '../src/index.ts'
import { ask, INCIDENT, ORIGIN } from './door.ts'

const CALLER = 'c'.repeat(32)
const ID = 'a'.repeat(32)

function world() {
  const instance = createInstance({
    users: [
      {
        user: 'admin',
        password: 'admin',
        name: 'System Administrator',
        timeZone: 'America/Los_Angeles',
        dateFormat: 'dd-MMM-yyyy',
      },
    ],
  })
  instance.control.load('sys_user', [
    { sys_id: CALLER, name: 'David Loo', user_name: 'david.loo', email: 'david@example.com' },
  ])
  instance.control.load('incident', [
    {
      sys_id: ID,
      number: 'INC1',
      state: '3',
      caller_id: CALLER,
      short_description: 'say "hi" \\ caf\u00e9 \ud83d\udda8\n\u2028end',
      opened_at: '2026-07-13 17:29:21',
      calendar_duration: '1970-01-01 08:00:00',
      calendar_stc: '102197',
      comments: 'never shown raw',
    },
  ])
  return instance
}

const FIELDS = 'state,caller_id,assigned_to,opened_at,calendar_duration,calendar_stc,caller_id.email,ghost'
const read = async (mode: string, more = '') =>
  (
    await ask(
      world(),
      'GET',
      `${INCIDENT}/${ID}?sysparm_fields=${FIELDS}&sysparm_display_value=${mode}${more}`,
    )
  ).row() as unknown
const link = `${ORIGIN}/api/now/table/sys_user/${CALLER}`

test('false: raw texts, references as link and value, empty references as empty text', async () => {
  expect(await read('false')).toEqual({
    state: '3',
    caller_id: { link, value: CALLER },
    assigned_to: '',
    opened_at: '2026-07-13 17:29:21',
    calendar_duration: '1970-01-01 08:00:00',
    calendar_stc: '102197',
    'caller_id.email': 'david@example.com',
  })
  expect(await read('false', '&sysparm_exclude_reference_link=true')).toMatchObject({
    caller_id: CALLER,
    assigned_to: '',
  })
})

test('true: labels, names, the zone and format of the caller, no value beside the link', async () => {
  expect(await read('true')).toEqual({
    state: 'On Hold',
    caller_id: { display_value: 'David Loo', link },
    assigned_to: '',
    opened_at: '13-Jul-2026 10:29:21',
    calendar_duration: '8 Hours',
    calendar_stc: '102,197',
    'caller_id.email': 'david@example.com',
  })
  expect(await read('true', '&sysparm_exclude_reference_link=true')).toMatchObject({ caller_id: 'David Loo' })
})

test('all: both, and both empty for what is empty', async () => {
  expect(await read('all')).toMatchObject({
    state: { display_value: 'On Hold', value: '3' },
    caller_id: { display_value: 'David Loo', link, value: CALLER },
    assigned_to: { display_value: '', value: '' },
    opened_at: { display_value: '13-Jul-2026 10:29:21', value: '2026-07-13 17:29:21' },
  })
  const bare = await read('all', '&sysparm_exclude_reference_link=true')
  expect(bare).toMatchObject({ caller_id: { display_value: 'David Loo', value: CALLER } })
})

test('any text survives the way: quotes, backslashes, controls, emoji', async () => {
  const { row } = await ask(world(), 'GET', `${INCIDENT}/${ID}`)
  expect(row()).toMatchObject({
    short_description: 'say "hi" \\ caf\u00e9 \ud83d\udda8\n\u2028end',
    comments: '',
  })
  expect(Object.keys(row())).toHaveLength(92)
})

test.each([
  ['number', { number: 'INC1' }],
  ['ghost', {}],
  ['assigned_to,number', { assigned_to: '', number: 'INC1' }],
  ['assigned_to,work_notes', { assigned_to: '', work_notes: '' }],
  ['caller_id,number', { caller_id: { link, value: CALLER }, number: 'INC1' }],
  ['assigned_to,caller_id', { assigned_to: '', caller_id: { link, value: CALLER } }],
])('sysparm_fields=%s gives those keys alone', async (fields, wanted) => {
  expect((await ask(world(), 'GET', `${INCIDENT}/${ID}?sysparm_fields=${fields}`)).row()).toEqual(wanted)
})

test('journals: raw always empty, shown newest first in the zone of the caller, structured in sys_journal_field', async () => {
  const instance = world()
  const { clock } = instance.control
  clock.set('2026-07-13T00:28:00Z')
  const first = await ask(instance, 'PATCH', `${INCIDENT}/${ID}`, { work_notes: 'Checked the cable' })
  expect(first.row()).toMatchObject({
    work_notes: '',
    sys_mod_count: '1',
    sys_updated_on: '2026-07-13 00:28:00',
  })
  clock.advance(60)
  await ask(instance, 'PATCH', `${INCIDENT}/${ID}`, { comments: 'Please try again' })
  const shown = (await ask(instance, 'GET', `${INCIDENT}/${ID}?sysparm_display_value=true`)).row()
  expect(shown.work_notes).toBe(
    '12-Jul-2026 17:28:00 - System Administrator (Work notes)\nChecked the cable\n\n',
  )
  expect(shown.comments_and_work_notes).toBe(
    '12-Jul-2026 17:29:00 - System Administrator (Additional comments)\nPlease try again\n\n' +
      '12-Jul-2026 17:28:00 - System Administrator (Work notes)\nChecked the cable\n\n',
  )
  const entries = await ask(
    instance,
    'GET',
    `/api/now/table/sys_journal_field?sysparm_query=element_id=${ID}^element=work_notes`,
  )
  expect(entries.rows()).toMatchObject([
    {
      name: 'incident',
      element: 'work_notes',
      value: 'Checked the cable',
      sys_created_by: 'admin',
      sys_created_on: '2026-07-13 00:28:00',
    },
  ])
})

test('a field the caller may not read is absent, not empty (1.4)', async () => {
  const instance = createInstance({
    incidents: 1,
    users: [{ user: 'admin', password: 'admin', unreadable: { incident: ['description'] } }],
  })
  const [row = {}] = (await ask(instance, 'GET', INCIDENT)).rows()
  expect('description' in row).toBe(false)
  expect(Object.keys(row)).toHaveLength(91)
})

test('a number of 60,000 digits is shown as quickly as any other', async () => {
  const instance = world()
  instance.control.load('incident', [
    { sys_id: ID, order: '1'.repeat(60_000), calendar_stc: '-1234567', impact: '' },
  ])
  const began = performance.now()
  const path = `${INCIDENT}/${ID}?sysparm_display_value=true&sysparm_fields=order,calendar_stc`
  const row = (await ask(instance, 'GET', path)).row()
  expect([row.order?.length, row.calendar_stc]).toEqual([79_999, '-1,234,567'])
  // It took 3.5 s when each digit looked at all behind it.
  expect(performance.now() - began).toBeLessThan(1500)
})

test('a journal of a referenced record is that of the record it leads to', async () => {
  const instance = world()
  const parent = 'b'.repeat(32)
  instance.control.load('incident', [{ sys_id: parent, number: 'INC2' }])
  await ask(instance, 'PATCH', `${INCIDENT}/${parent}`, { work_notes: 'of the parent' })
  await ask(instance, 'PATCH', `${INCIDENT}/${ID}`, { parent, work_notes: 'of the child' })
  const path = `${INCIDENT}/${ID}?sysparm_display_value=true&sysparm_fields=parent.work_notes`
  const shown = (await ask(instance, 'GET', path)).row()['parent.work_notes']
  expect(shown).toContain('of the parent')
  expect(shown).not.toContain('of the child')
})
