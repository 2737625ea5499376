/** Facts of the Table API and of incidents that no other test of this folder holds: limits, headers, moving pages, people's freedoms. */
import { expect, test } from 'vitest'
import { createInstance, type Instance } from '../src/index.ts'
import { ask, INCIDENT, listPath, ORIGIN } from './door.ts'

async function create(instance: Instance, body: object = {}): Promise<Record<string, string>> {
  return (await ask(instance, 'POST', INCIDENT, { short_description: 'x', ...body })).row()
}

test('without sysparm_limit a list has 10,000 rows at most (1.2)', async () => {
  const sn = createInstance({ bulkIncidents: 10_001 })
  const { headers, rows } = await ask(sn, 'GET', `${INCIDENT}?sysparm_fields=number`)
  expect([rows().length, headers.get('x-total-count')]).toEqual([10_000, '10001'])
})

test('a negative offset, as prev links have it, is read as none (1.2)', async () => {
  const sn = createInstance({ incidents: 5 })
  const page = (offset: number) =>
    ask(sn, 'GET', listPath('ORDERBYsys_id', { sysparm_offset: String(offset), sysparm_limit: '2' }))
  expect((await page(-2)).text).toBe((await page(0)).text)
})

test('parameters that name no column do not filter: sysparm_query_category and the like (1.2)', async () => {
  const sn = createInstance({ incidents: 5 })
  const { headers } = await ask(sn, 'GET', `${INCIDENT}?sysparm_query_category=reports&sysparm_suppress_x=1`)
  expect(headers.get('x-total-count')).toBe('5')
})

test('the constant headers and the session cookie of a recorded answer (1.6)', async () => {
  const { headers } = await ask(createInstance(), 'GET', INCIDENT)
  expect(Object.fromEntries(headers)).toMatchObject({
    server: 'snow_adc',
    'cache-control': 'no-cache,no-store,must-revalidate,max-age=-1',
    pragma: 'no-store,no-cache',
    expires: '0',
    'x-content-type-options': 'nosniff',
    'strict-transport-security': 'max-age=63072000; includeSubDomains',
  })
  expect(headers.get('server-timing')).toMatch(/^sem_wait;dur=0, sesh_wait;dur=0, t;desc="[0-9a-f]{32}"$/)
  expect(headers.get('set-cookie')).toMatch(/^JSESSIONID=[0-9A-F]{32}; Path=\/; HttpOnly/)
  const kept = await ask(createInstance(), 'GET', INCIDENT, undefined, { cookie: 'JSESSIONID=1' })
  expect(kept.headers.get('set-cookie')).toBeNull()
})

test('a reference of a task column links to the base table, a domain to the word global (1.4)', async () => {
  const sn = createInstance()
  const parent = await create(sn)
  const { sys_id } = await create(sn, { parent: parent.sys_id })
  const row = (await ask(sn, 'GET', `${INCIDENT}/${sys_id}`)).row() as unknown as Record<
    string,
    { link: string }
  >
  expect(row.parent?.link).toContain(`/api/now/table/task/${parent.sys_id}`)
  expect(row.sys_domain).toMatchObject({
    link: expect.stringMatching(/\/sys_user_group\/global$/),
    value: 'global',
  })
})

test('offset pages over rows that move lose one, and a keyset sees it again (3.4)', async () => {
  const sn = createInstance()
  for (let at = 0; at < 6; at++) {
    await create(sn)
    sn.control.clock.advance(1)
  }
  const all = sn.control.records('incident').map((row) => row.sys_id ?? '')
  const page = async (query: string, offset: number) =>
    (await ask(sn, 'GET', listPath(query, { sysparm_limit: '3', sysparm_offset: String(offset) }))).rows()
  const order = 'ORDERBYsys_updated_on^ORDERBYsys_id'
  const first = await page(order, 0)
  const [moved] = first
  await ask(sn, 'PATCH', `${INCIDENT}/${moved?.sys_id}`, { urgency: '1' })
  const byOffset = [...first, ...(await page(order, 3))].map((row) => row.sys_id)
  expect(all.filter((id) => !byOffset.includes(id))).toHaveLength(1)
  const last = first.at(-1)
  const after = `sys_updated_on>=${last?.sys_updated_on}^sys_updated_on>${last?.sys_updated_on}^ORsys_id>${last?.sys_id}`
  const byKey = [...first, ...(await page(`${after}^${order}`, 0)), ...(await page(`${after}^${order}`, 3))]
  expect(new Set(byKey.map((row) => row.sys_id)).size).toBe(6)
  expect(byKey.filter((row) => row.sys_id === moved?.sys_id)).toHaveLength(2)
})

test('a strict watermark loses the rows of its own second (3.6)', async () => {
  const sn = createInstance()
  const { sys_updated_on } = await create(sn)
  await create(sn)
  const count = async (sign: string) =>
    (await ask(sn, 'GET', listPath(`sys_updated_on${sign}${sys_updated_on}`))).rows()
  expect([(await count('>')).length, (await count('>=')).length]).toEqual([0, 2])
})

test('a journal entry moves the stamp and the count; a renamed caller moves nothing (3.9)', async () => {
  const sn = createInstance({ incidents: 1 })
  const [caller] = sn.control.records('sys_user')
  const made = await create(sn, { caller_id: caller?.sys_id })
  sn.control.clock.advance(5)
  const noted = (await ask(sn, 'PATCH', `${INCIDENT}/${made.sys_id}`, { work_notes: 'seen' })).row()
  expect([noted.sys_updated_on, noted.sys_mod_count]).toEqual(['2026-11-02 09:00:05', '1'])
  sn.control.clock.advance(5)
  await ask(sn, 'PATCH', `/api/now/table/sys_user/${caller?.sys_id}`, { first_name: 'Renamed' })
  const path = `${INCIDENT}/${made.sys_id}?sysparm_display_value=all`
  const row = (await ask(sn, 'GET', path)).row() as unknown as Record<
    string,
    { value: string; display_value: string }
  >
  expect(row.caller_id?.display_value).toMatch(/^Renamed /)
  expect(row.sys_updated_on?.value).toBe('2026-11-02 09:00:05')
})

test('REST may hold without a reason, note on a closed incident, and change the group without clearing the person (7)', async () => {
  const sn = createInstance({ incidents: 1 })
  const [person] = sn.control.records('sys_user')
  const [one, two] = sn.control.records('sys_user_group')
  const made = await create(sn, { assigned_to: person?.sys_id, assignment_group: one?.sys_id })
  const patch = async (body: object) =>
    ask(sn, 'PATCH', `${INCIDENT}/${made.sys_id}?sysparm_exclude_reference_link=true`, body)
  expect((await patch({ state: '3' })).row()).toMatchObject({ state: '3', hold_reason: '' })
  expect((await patch({ assignment_group: two?.sys_id })).row()).toMatchObject({
    assigned_to: person?.sys_id,
    reassignment_count: '1',
  })
  await patch({ state: '7', close_code: 'Solution provided', close_notes: 'done' })
  const noted = await patch({ work_notes: 'one more thing' })
  expect([noted.status, noted.row().state, noted.row().work_notes]).toEqual([200, '7', ''])
  expect(sn.control.records('sys_journal_field').some((row) => row.value === 'one more thing')).toBe(true)
})

test('stamps name people by user_name, and an unknown state is kept as it came (7)', async () => {
  const made = await create(createInstance(), { state: '42' })
  expect(made).toMatchObject({
    sys_created_by: 'admin',
    sys_updated_by: 'admin',
    state: '42',
    incident_state: '42',
  })
})

test('nothing stops two records of one correlation_id, and there is no ETag to lock by (8)', async () => {
  const sn = createInstance()
  await create(sn, { correlation_id: 'ticket-1' })
  await create(sn, { correlation_id: 'ticket-1' })
  const { headers, rows } = await ask(sn, 'GET', listPath('correlation_id=ticket-1'))
  expect(rows()).toHaveLength(2)
  expect(headers.get('etag')).toBeNull()
})

test('a path beside the API is a login page at 200, not JSON (9)', async () => {
  const { status, headers, text } = await ask(createInstance(), 'GET', '/login.do')
  expect([status, headers.get('content-type')]).toEqual([200, 'text/html;charset=UTF-8'])
  expect(text).toContain('Log in')
})

test('an offset beyond every number is one behind the last row, and Link can be read (1.2)', async () => {
  const sn = createInstance({ incidents: 3 })
  for (const digits of ['99999999999', `1${'0'.repeat(23)}`]) {
    const page = await ask(sn, 'GET', `${INCIDENT}?sysparm_limit=2&sysparm_offset=${digits}`)
    expect([page.status, page.rows(), page.headers.get('x-total-count')]).toEqual([200, [], '3'])
    expect(page.headers.get('link')).not.toContain('e+')
  }
  const words = await ask(sn, 'GET', `${INCIDENT}?sysparm_limit=2&sysparm_offset=1e23`)
  expect(words.rows()).toHaveLength(2)
})

test('an error has no X-Total-Count and no Link (1.6)', async () => {
  const sn = createInstance({ incidents: 5 })
  sn.control.queryAcl({ table: 'incident', field: 'number', answer: 'forbidden' })
  for (const path of [
    '/api/now/table/ghost',
    `${INCIDENT}?sysparm_limit=0`,
    listPath('ORDERBYnumber', { sysparm_limit: '2' }),
    '/api/now/v1/table/incident?sysparm_query=number%3DINC0',
  ]) {
    const { status, headers } = await ask(sn, 'GET', path)
    expect(status).toBeGreaterThanOrEqual(400)
    expect([headers.get('x-total-count'), headers.get('link')]).toEqual([null, null])
  }
})

test('next carries every other parameter, the query encoded anew (1.6, 3.16)', async () => {
  const sn = createInstance({ incidents: 5 })
  const asked = {
    sysparm_query: 'active=true^ORactive=false^ORDERBYsys_id',
    sysparm_fields: 'number,caller_id.email',
    sysparm_display_value: 'all',
    sysparm_exclude_reference_link: 'true',
    sysparm_view: 'mobile',
    'x-unknown': 'ä &',
    sysparm_limit: '2',
  }
  const { headers } = await ask(sn, 'GET', `${INCIDENT}?${new URLSearchParams(asked)}`)
  const next = /<([^>]+)>;rel="next"/.exec(headers.get('link') ?? '')?.[1] ?? ''
  expect(Object.fromEntries(new URL(next).searchParams)).toEqual({ ...asked, sysparm_offset: '2' })
  const after = await ask(sn, 'GET', next.replace(ORIGIN, ''))
  expect(Object.keys(after.rows()[0] ?? {})).toEqual(['number', 'caller_id.email'])
})

test('each call without a cookie begins a session of its own (4)', async () => {
  const sn = createInstance()
  const cookie = async () => (await ask(sn, 'GET', INCIDENT)).headers.get('set-cookie')
  expect(await cookie()).not.toBe(await cookie())
})

test('a comma always parts the list of IN, and an @ the edges of BETWEEN: neither can be escaped (2.1)', async () => {
  const sn = createInstance()
  for (const short_description of ['a,b', 'a', 'b', 'x@y']) await create(sn, { short_description })
  const found = async (query: string) =>
    (await ask(sn, 'GET', listPath(query))).rows().map((row) => row.short_description)
  for (const comma of [',', '\\,', ',,'])
    expect(await found(`short_descriptionINa${comma}b`)).not.toContain('a,b')
  expect((await found('short_descriptionINa,b')).sort()).toEqual(['a', 'b'])
  expect(await found('short_descriptionBETWEENx@y@x@z')).toEqual(['x@y'])
  expect(await found('short_descriptionBETWEENx@y')).toEqual(['x@y'])
})
