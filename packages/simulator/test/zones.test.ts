/** Views, zones and domains: answers and bodies that depend on who asks (servicenow.md 1.2, 1.4, 7). */
import { expect, test } from 'vitest'
import { createInstance } from '../src/index.ts'
import { readDisplayStamp } from '../src/stamp.ts'
import { ask, INCIDENT } from './door.ts'

const users = [
  { user: 'admin', password: 'admin' },
  {
    user: 'lara',
    password: 'p',
    name: 'Lara Ames',
    timeZone: 'America/Los_Angeles',
    dateFormat: 'dd-MMM-yyyy',
  },
  { user: 'ann', password: 'p', domain: 'a'.repeat(32) },
  { user: 'ben', password: 'p', domain: 'b'.repeat(32) },
  { user: 'cleo', password: 'p', domain: 'b'.repeat(32), roles: ['itil', 'query_no_domain_table_api'] },
]
const as = (user: string) => ({ authorization: `Basic ${btoa(`${user}:p`)}` })

test('sysparm_input_display_value: dates in the zone and format of the caller, else UTC (1.2)', async () => {
  const sn = createInstance({ users })
  const follow_up = '13-Jul-2026 10:29:21'
  const shown = await ask(
    sn,
    'POST',
    `${INCIDENT}?sysparm_input_display_value=true`,
    { follow_up },
    as('lara'),
  )
  expect(shown.row().follow_up).toBe('2026-07-13 17:29:21')
  const raw = await ask(sn, 'POST', INCIDENT, { follow_up: '2026-07-13 10:29:21' }, as('lara'))
  expect(raw.row().follow_up).toBe('2026-07-13 10:29:21')
  const wrong = await ask(sn, 'POST', INCIDENT, { follow_up: '13-Jul-2026 10:29:21' }, as('lara'))
  expect([wrong.status, wrong.row().follow_up]).toEqual([201, ''])
  const cleared = await ask(sn, 'PATCH', `${INCIDENT}/${raw.row().sys_id}`, { follow_up: '' })
  expect(cleared.row().follow_up).toBe('')
})

test.each([
  ['2026-07-13 10:29:21', 'UTC', 'yyyy-MM-dd', '2026-07-13 10:29:21'],
  ['13.07.2026 10:29:21', 'Europe/Berlin', 'dd.MM.yyyy', '2026-07-13 08:29:21'],
  ['2026-07-13 10:29:21', 'Europe/Berlin', 'dd.MM.yyyy', '2026-07-13 08:29:21'],
  ['07/13/2026', 'UTC', 'MM/dd/yyyy', '2026-07-13 00:00:00'],
  ['13-Foo-2026 10:29:21', 'UTC', 'dd-MMM-yyyy', undefined],
  ['tomorrow', 'UTC', 'yyyy-MM-dd', undefined],
])('%s in %s as %s', (text, zone, format, raw) => {
  expect(readDisplayStamp(text, zone, format)).toBe(raw)
})

test('journals in display mode: newest first, in the zone and format of the caller; raw they are empty (7)', async () => {
  const sn = createInstance({ users })
  sn.control.clock.set('2026-07-14T00:28:00Z')
  const { sys_id } = (await ask(sn, 'POST', INCIDENT, { work_notes: 'first' }, as('lara'))).row()
  sn.control.clock.advance(61)
  await ask(sn, 'PATCH', `${INCIDENT}/${sys_id}`, { work_notes: 'second', comments: 'hello' })
  const read = async (mode: string, user: Record<string, string> = {}) =>
    (
      await ask(
        sn,
        'GET',
        `${INCIDENT}/${sys_id}?sysparm_fields=work_notes,comments&sysparm_display_value=${mode}`,
        undefined,
        user,
      )
    ).row()
  expect(await read('false')).toEqual({ work_notes: '', comments: '' })
  expect((await read('true', as('lara'))).work_notes).toBe(
    '13-Jul-2026 17:29:01 - Admin (Work notes)\nsecond\n\n13-Jul-2026 17:28:00 - Lara Ames (Work notes)\nfirst\n\n',
  )
  expect((await read('all')).comments).toEqual({
    display_value: '2026-07-14 00:29:01 - Admin (Additional comments)\nhello\n\n',
    value: '',
  })
})

test('sysparm_view chooses the columns of a form; sysparm_fields goes before it; an unknown view shows all (1.2)', async () => {
  const sn = createInstance({ incidents: 1 })
  const keys = async (query: string) =>
    Object.keys((await ask(sn, 'GET', `${INCIDENT}?sysparm_limit=1&${query}`)).rows()[0] ?? {})
  expect(await keys('sysparm_view=mobile')).toEqual([
    'number',
    'caller_id',
    'state',
    'priority',
    'assigned_to',
    'short_description',
    'opened_at',
  ])
  expect((await keys('sysparm_view=desktop')).length).toBeGreaterThan(20)
  expect(await keys('sysparm_view=both')).toContain('opened_at')
  expect(await keys('sysparm_view=mobile&sysparm_fields=sys_id')).toEqual(['sys_id'])
  expect(await keys('sysparm_view=ghost')).toHaveLength(92)
})

test('domains: a user of one sees its own and global, in counts too; who may cross says so (1.2)', async () => {
  const sn = createInstance({ users })
  const own = (await ask(sn, 'POST', INCIDENT, { short_description: 'of a' }, as('ann'))).row()
  await ask(sn, 'POST', INCIDENT, { short_description: 'of all' })
  expect(own.sys_domain).toMatchObject({ value: 'a'.repeat(32) })
  const count = async (user: string, more = '') =>
    (
      await ask(sn, 'GET', `${INCIDENT}?sysparm_limit=9${more}`, undefined, user === 'admin' ? {} : as(user))
    ).headers.get('x-total-count')
  expect([await count('admin'), await count('ann'), await count('ben'), await count('cleo')]).toEqual([
    '2',
    '2',
    '1',
    '1',
  ])
  const crossing = '&sysparm_query_no_domain=true'
  expect([await count('ben', crossing), await count('cleo', crossing)]).toEqual(['1', '2'])
  expect((await ask(sn, 'GET', `${INCIDENT}/${own.sys_id}`, undefined, as('ben'))).status).toBe(404)
  const [globalRow] = (
    await ask(sn, 'GET', `${INCIDENT}?short_description=of+all`, undefined, as('ben'))
  ).rows()
  expect(globalRow).toMatchObject({ sys_domain: { value: 'global' }, sys_domain_path: '/' })
})

test('system fields are given by anybody who asks, or by admins only where the property says so (1.2)', async () => {
  const sn = createInstance({ users })
  const given = { sys_id: '7'.repeat(32), sys_created_on: '2020-01-01 00:00:00', sys_created_by: 'somebody' }
  const path = `${INCIDENT}?sysparm_suppress_auto_sys_field=true`
  expect((await ask(sn, 'POST', path, given, as('lara'))).row()).toMatchObject(given)
  sn.control.property('glide.rest.table_api.admin_only_sys_fields', 'true')
  const other = { ...given, sys_id: '8'.repeat(32) }
  const refused = (await ask(sn, 'POST', path, other, as('lara'))).row()
  expect([refused.sys_id === other.sys_id, refused.sys_created_by]).toEqual([false, 'lara'])
  expect((await ask(sn, 'POST', path, other)).row()).toMatchObject(other)
})
