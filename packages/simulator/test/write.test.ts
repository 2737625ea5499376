/** Business rules on the wire: stamps, priority, states, data policy, dropped values, recorded deletes (sections 1.5, 7, 8). */
import { expect, test } from 'vitest'
import { baseTables, createInstance, type Instance } from '../src/index.ts'
import { ask, INCIDENT } from './door.ts'

const [incidentTable] = baseTables.filter(({ name }) => name === 'incident') as [(typeof baseTables)[number]]
const incidentFields = incidentTable.fields

async function create(
  instance: Instance,
  body: Record<string, unknown> = {},
  query = '',
): Promise<Record<string, string>> {
  return (await ask(instance, 'POST', `${INCIDENT}?sysparm_exclude_reference_link=true${query}`, body)).row()
}

const patch = (instance: Instance, id: string | undefined, body: unknown, query = '') =>
  ask(instance, 'PATCH', `${INCIDENT}/${id}?sysparm_exclude_reference_link=true${query}`, body)

const DONE = { close_code: 'Solution provided', close_notes: 'Restarted it' }

test.each([
  ['1', '1', '1'],
  ['1', '2', '2'],
  ['1', '3', '3'],
  ['2', '1', '2'],
  ['2', '2', '3'],
  ['2', '3', '4'],
  ['3', '1', '3'],
  ['3', '2', '4'],
  ['3', '3', '5'],
])('impact %s and urgency %s make priority %s, whatever the body says', async (impact, urgency, priority) => {
  const row = await create(createInstance(), { impact, urgency, priority: '1' })
  expect(row.priority).toBe(priority)
})

test('setting priority alone has no effect and is no change', async () => {
  const instance = createInstance()
  const { sys_id } = await create(instance)
  instance.control.clock.advance(60)
  const answer = await patch(instance, sys_id, { priority: '1' })
  expect(answer.row()).toMatchObject({
    priority: '5',
    sys_mod_count: '0',
    sys_updated_on: '2026-11-02 09:00:00',
  })
})

test('a real change adds one to sys_mod_count and stamps; a change of nothing leaves both', async () => {
  const instance = createInstance()
  const { sys_id } = await create(instance, { short_description: 'x' })
  instance.control.clock.advance(61.7)
  const changed = (await patch(instance, sys_id, { short_description: 'y' })).row()
  expect(changed).toMatchObject({
    sys_mod_count: '1',
    sys_updated_on: '2026-11-02 09:01:01',
    sys_updated_by: 'admin',
  })
  instance.control.clock.advance(60)
  const same = (await patch(instance, sys_id, { short_description: 'y' })).row()
  expect(same).toMatchObject({ sys_mod_count: '1', sys_updated_on: '2026-11-02 09:01:01' })
})

test('state and incident_state stay equal, whichever is sent', async () => {
  const instance = createInstance()
  const { sys_id } = await create(instance)
  expect((await patch(instance, sys_id, { state: '2' })).row()).toMatchObject({
    state: '2',
    incident_state: '2',
  })
  expect((await patch(instance, sys_id, { incident_state: '3' })).row()).toMatchObject({
    state: '3',
    incident_state: '3',
  })
})

test('resolving without code and notes is 403 naming the labels; an invalid code is dropped and then missing', async () => {
  const instance = createInstance()
  const { sys_id } = await create(instance)
  const bare = await patch(instance, sys_id, { state: '6' })
  expect([bare.status, bare.json().error]).toEqual([
    403,
    {
      message: 'Operation Failed',
      detail: 'Data Policy Exception: The following fields are mandatory: Resolution code, Resolution notes',
    },
  ])
  const wrong = await patch(instance, sys_id, { state: '6', close_code: 'Fixed it', close_notes: 'x' })
  expect(wrong.status).toBe(403)
  expect(wrong.text).toContain('The following fields are mandatory: Resolution code"')
  expect(instance.control.records('incident')[0]).toMatchObject({ state: '1', sys_mod_count: '0' })
})

test('6 sets resolved_at and by; 7 closed_at, by and active; back to 2 clears them and counts', async () => {
  const instance = createInstance()
  const { sys_id, opened_by } = await create(instance)
  instance.control.clock.advance(3600)
  const resolved = (await patch(instance, sys_id, { state: '6', ...DONE })).row()
  expect(resolved).toMatchObject({
    resolved_at: '2026-11-02 10:00:00',
    resolved_by: opened_by,
    active: 'true',
    calendar_duration: '1970-01-01 01:00:00',
    calendar_stc: '3600',
  })
  const reopened = (await patch(instance, sys_id, { state: '2' })).row()
  expect(reopened).toMatchObject({ resolved_at: '', resolved_by: '', active: 'true', reopen_count: '1' })
  const closed = (await patch(instance, sys_id, { state: '7' })).row()
  expect(closed).toMatchObject({ closed_at: '2026-11-02 10:00:00', closed_by: opened_by, active: 'false' })
})

test('unknown and system fields are dropped with a 2xx; an admin may give stamps with the parameter', async () => {
  const instance = createInstance()
  const body = {
    ghost: '1',
    sys_created_by: 'eve',
    sys_updated_on: '2001-01-01 00:00:00',
    short_description: 'x',
  }
  const plain = await create(instance, body)
  expect(plain).toMatchObject({ sys_created_by: 'admin', sys_updated_on: '2026-11-02 09:00:00' })
  expect('ghost' in plain).toBe(false)
  const given = await create(instance, body, '&sysparm_suppress_auto_sys_field=true')
  expect(given).toMatchObject({ sys_created_by: 'eve', sys_updated_on: '2001-01-01 00:00:00' })
})

test('a client-chosen sys_id is taken once; the same one again is refused', async () => {
  const instance = createInstance()
  const sys_id = '0123456789abcdef0123456789abcdef'
  expect((await create(instance, { sys_id })).sys_id).toBe(sys_id)
  expect((await ask(instance, 'POST', INCIDENT, { sys_id })).status).toBe(403)
  expect((await create(instance, { sys_id: 'short' })).sys_id).toMatch(/^[0-9a-f]{32}$/)
  expect(instance.control.records('incident')).toHaveLength(2)
})

test('sysparm_input_display_value reads names and labels', async () => {
  const instance = createInstance()
  const [group] = instance.control.records('sys_user_group')
  const row = await create(
    instance,
    { assignment_group: group?.name, state: 'In Progress' },
    '&sysparm_input_display_value=true',
  )
  expect(row).toMatchObject({ assignment_group: group?.sys_id, state: '2' })
})

test('a reference takes an id, known or not, and a known name; an unknown name is dropped', async () => {
  const instance = createInstance()
  instance.control.load('sys_user', [{ sys_id: 'loo', name: 'David Loo' }])
  const dangling = 'F'.repeat(32)
  const refer = async (caller_id: string) => (await create(instance, { caller_id })).caller_id
  expect([
    await refer('loo'),
    await refer('David Loo'),
    await refer(dangling),
    await refer('Nobody'),
  ]).toEqual(['loo', 'loo', dangling.toLowerCase(), ''])
})

test('"" clears a field, but not a choice field without an empty choice', async () => {
  const instance = createInstance()
  const { sys_id } = await create(instance, { description: 'x', hold_reason: '1' })
  const row = (await patch(instance, sys_id, { description: '', hold_reason: '', impact: '' })).row()
  expect(row).toMatchObject({ description: '', hold_reason: '', impact: '3' })
})

test('each repeat of a journal write appends another entry, and the statistics show the double (8)', async () => {
  const instance = createInstance()
  const { sys_id } = await create(instance)
  await patch(instance, sys_id, { work_notes: 'once' })
  await patch(instance, sys_id, { work_notes: 'once' })
  expect(instance.control.records('sys_journal_field')).toHaveLength(2)
  expect(instance.control.stats().duplicates.journal).toEqual([
    { element_id: sys_id, value: 'once', times: 2 },
  ])
})

test('a delete is recorded in sys_audit_delete, which only an admin may read', async () => {
  const instance = createInstance({
    users: [
      { user: 'admin', password: 'admin' },
      { user: 'agent', password: 'agent' },
    ],
  })
  const { sys_id, number } = await create(instance)
  await ask(instance, 'DELETE', `${INCIDENT}/${sys_id}`)
  const path = '/api/now/table/sys_audit_delete?sysparm_query=tablename=incident'
  const seen = await ask(instance, 'GET', path)
  expect(seen.rows()).toMatchObject([
    { documentkey: sys_id, display_value: number, sys_created_on: '2026-11-02 09:00:00' },
  ])
  const blind = await ask(instance, 'GET', path, undefined, { authorization: `Basic ${btoa('agent:agent')}` })
  expect([blind.status, blind.rows(), blind.headers.get('x-total-count')]).toEqual([200, [], '1'])
})

test('numbers skip those that loaded records have', async () => {
  const instance = createInstance()
  instance.control.load('incident', [{ sys_id: 'x', number: 'INC0010001' }])
  expect((await create(instance)).number).toBe('INC0010002')
})

test.each([
  ['12abc', undefined],
  ['abc', undefined],
  ['1.5', undefined],
  ['1e3', undefined],
  ['3000000000', undefined],
  ['9'.repeat(60_000), undefined],
  ['12', '12'],
  ['-7', '-7'],
  ['007', '7'],
  ['1,234', '1234'],
  ['', ''],
])('a whole-number column takes %s as %s', async (given, taken) => {
  const sn = createInstance()
  const { sys_id } = await create(sn, { order: '5' })
  const row = (await patch(sn, sys_id, { order: given })).row()
  expect(row.order).toBe(taken ?? '5')
})

test('a level that is no number is dropped, and the priority stays', async () => {
  const sn = createInstance()
  const { sys_id } = await create(sn, { impact: '1', urgency: '1' })
  expect((await patch(sn, sys_id, { impact: 'abc' })).row()).toMatchObject({ impact: '1', priority: '1' })
})

test.each([
  '2026-02-31 25:61:61',
  '2026-02-29 00:00:00',
  '2026-13-01 00:00:00',
  '2026-00-10',
  '0000-00-00 00:00:00',
  'soon',
])('a date that is none is dropped: %s', async (follow_up) => {
  const sn = createInstance()
  const { sys_id } = await create(sn, { follow_up: '2026-02-28 23:59:59' })
  expect((await patch(sn, sys_id, { follow_up })).row().follow_up).toBe('2026-02-28 23:59:59')
})

test('a day stays a day in every zone', async () => {
  const fields = [{ name: 'u_day', label: 'Day', kind: 'date' as const }, ...incidentFields]
  const users = [{ user: 'admin', password: 'admin', timeZone: 'Asia/Tokyo', dateFormat: 'dd.MM.yyyy' }]
  const sn = createInstance({ users, tables: [{ ...incidentTable, fields }] })
  const shown = await create(sn, { u_day: '29.02.2028' }, '&sysparm_input_display_value=true')
  expect(shown.u_day).toBe('2028-02-29')
  expect((await patch(sn, shown.sys_id, { u_day: '2027-02-29' })).row().u_day).toBe('2028-02-29')
})

test.each([
  ['short_description', 160],
  ['correlation_id', 100],
  ['correlation_display', 100],
  ['number', 40],
])('%s keeps %i characters, and says nothing of the rest (7)', async (name, length) => {
  const sn = createInstance()
  const row = await create(sn, { [name]: 'x'.repeat(length + 1) })
  expect(row[name]).toBe('x'.repeat(length))
  // Half of a pair is no character.
  expect((await patch(sn, row.sys_id, { [name]: `${'y'.repeat(length - 1)}😀` })).row()[name]).toBe(
    'y'.repeat(length - 1),
  )
})
