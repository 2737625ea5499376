/** What the doctor says of a healthy instance, and of each illness there is. */
import { expect, test } from 'vitest'
import { basicAuth } from '../../src/http/auth.ts'
import { check, lines, openWard, startMs } from './examine.ts'

const healthy = [
  'url ok',
  'answer ok',
  'auth ok',
  'clock ok',
  'zone ok',
  'read incident ok',
  'fields incident ok',
  'order incident ok',
  'count incident ok',
  'deletes incident ok',
  'journal incident ok',
]

test('a healthy instance: every check in order, in at most ten requests, nothing written', async () => {
  const { instance, examine } = openWard()
  const report = await examine()
  expect(lines(report)).toEqual(healthy)
  expect(report).toMatchObject({ ok: true, origin: 'https://dev00001.service-now.com' })
  expect(report.checks.every((each) => each.mend === undefined)).toBe(true)
  const log = instance.control.requestLog()
  expect(log.length).toBeLessThanOrEqual(10)
  expect(new Set(log.map((entry) => entry.method))).toEqual(new Set(['GET']))
})

test('every check that does not say ok says what to do, and shows no secret', async () => {
  const { examine } = openWard({}, { auth: basicAuth({ username: 'admin', password: 'not the password' }) })
  const report = await examine()
  expect(lines(report)).toEqual(['url ok', 'answer ok', 'auth fail'])
  expect(report.ok).toBe(false)
  expect(check(report, 'auth').mend).toMatch(/password/)
  expect(JSON.stringify(report)).not.toContain('not the password')
})

test.each([
  ['hibernating', /hibernat/i],
  ['login', /login|sign/i],
  ['maintenance', /maint|serve/i],
  ['refuse', /refused|network|failed/i],
] as const)('%s: the answer fails and nothing else is asked', async (kind, message) => {
  const { instance, examine } = openWard()
  instance.control.setFault({ kind })
  const report = await examine()
  expect(lines(report)).toEqual(['url ok', 'answer fail'])
  expect(`${check(report, 'answer').message} ${check(report, 'answer').mend}`).toMatch(message)
  expect(instance.control.requestLog()).toHaveLength(1)
})

test.each([
  ['behind', -400_000, /400 s behind/, /JWT/],
  ['ahead', 90_000, /90 s ahead/, /NTP/],
] as const)('a clock that is %s', async (_, skewMs, message, mend) => {
  const clock = { now: () => startMs + skewMs, sleep: async () => undefined }
  const report = await openWard({}, { clock }).examine()
  expect(check(report, 'clock')).toMatchObject({
    status: 'warn',
    message: expect.stringMatching(message),
    mend: expect.stringMatching(mend),
  })
  expect(report.ok).toBe(true)
})

test.each([
  [{ timeZone: 'Asia/Kolkata' }, /UTC\+05:30/],
  [{ timeZone: 'America/New_York' }, /UTC-0[45]:00/],
  [{ dateFormat: 'dd-MMM-yyyy' }, /format of their own/],
])('zone and format of the user: %o', async (how, message) => {
  const { examine } = openWard({ users: [{ user: 'admin', password: 'admin', ...how }] })
  expect(check(await examine(), 'zone')).toMatchObject({
    status: 'warn',
    message: expect.stringMatching(message),
  })
})

test('a closed table fails by itself; the others are examined', async () => {
  const { instance, examine } = openWard()
  instance.control.tableAcl({ table: 'incident', answer: 'forbidden' })
  const report = await examine({ tables: ['incident', 'sys_user_group', 'no_such_table'] })
  expect(lines(report)).toEqual([
    'url ok',
    'answer ok',
    'auth ok',
    'read incident fail',
    'read sys_user_group ok',
    'fields sys_user_group ok',
    'order sys_user_group ok',
    'count sys_user_group ok',
    'deletes sys_user_group ok',
    'journal sys_user_group ok',
    'read no_such_table fail',
  ])
  const [closed, , unknown] = report.checks.filter((each) => each.name === 'read')
  expect(closed?.mend).toMatch(/itil/)
  expect(unknown).toMatchObject({ table: 'no_such_table', mend: expect.stringMatching(/Check the name/) })
})

test('a table whose rows are all hidden', async () => {
  const { instance, examine } = openWard()
  instance.control.tableAcl({ table: 'incident', answer: 'empty' })
  expect(check(await examine(), 'read')).toMatchObject({
    status: 'fail',
    message: expect.stringMatching(/counts 200 .* shows none/),
  })
})

test('an empty table', async () => {
  const report = await openWard({ incidents: 0 }).examine()
  expect(check(report, 'read')).toMatchObject({ status: 'warn', message: 'incident is empty.' })
  expect(check(report, 'fields').status).toBe('warn')
  expect(report.ok).toBe(true)
})

test('fields that do not come back', async () => {
  const unreadable = { incident: ['close_notes', 'caller_id'] }
  const { examine } = openWard({ users: [{ user: 'admin', password: 'admin', unreadable }] })
  expect(check(await examine(), 'fields')).toMatchObject({
    status: 'warn',
    message: expect.stringMatching(/close_notes, caller_id|caller_id, close_notes/),
  })
  const misspelt = await examine({ fields: { incident: ['number', 'shortdescription'] } })
  expect(check(misspelt, 'fields').message).toBe('Missing in every record: shortdescription.')
})

test('fields without which nothing can be paged', async () => {
  const unreadable = { incident: ['sys_updated_on'] }
  const { examine } = openWard({ users: [{ user: 'admin', password: 'admin', unreadable }] })
  const report = await examine()
  expect(check(report, 'fields')).toMatchObject({
    status: 'fail',
    message: expect.stringMatching(/sys_updated_on/),
  })
  expect(report.ok).toBe(false)
})

test.each(['ignored', 'forbidden'] as const)('a query ACL on sys_updated_on that is %s', async (answer) => {
  const { instance, examine } = openWard()
  instance.control.queryAcl({ table: 'incident', field: 'sys_updated_on', answer })
  const report = await examine()
  expect(check(report, 'order')).toMatchObject({ status: 'fail', mend: expect.stringMatching(/query_range/) })
  expect(report.checks.some((each) => each.name === 'count')).toBe(false)
})

test('hidden rows that are counted', async () => {
  const { instance, examine } = openWard()
  const newest = instance.control
    .records('incident')
    .sort((a, b) => ((a.sys_updated_on ?? '') < (b.sys_updated_on ?? '') ? 1 : -1))
  instance.control.hide(newest.slice(5, 15).map((record) => record.sys_id ?? ''))
  expect(check(await examine(), 'count')).toMatchObject({
    status: 'warn',
    message: expect.stringMatching(/hidden/),
  })
})

test('deletes: hidden, closed, recorded', async () => {
  const agent = { user: 'agent', password: 'pw', roles: ['itil'] }
  const auth = basicAuth({ username: 'agent', password: 'pw' })
  const { instance, examine } = openWard({ users: [agent] }, { auth })
  expect(check(await examine(), 'deletes').status).toBe('ok')
  instance.control.remove('incident', [instance.control.records('incident')[0]?.sys_id ?? ''])
  expect(check(await examine(), 'deletes')).toMatchObject({
    status: 'warn',
    mend: expect.stringMatching(/admin/),
  })
  instance.control.tableAcl({ table: 'sys_audit_delete', answer: 'forbidden' })
  expect(check(await examine(), 'deletes').status).toBe('warn')

  const admin = openWard()
  admin.instance.control.remove('incident', [admin.instance.control.records('incident')[0]?.sys_id ?? ''])
  expect(check(await admin.examine(), 'deletes').message).toBe('Deletes are recorded and can be read.')
})

test('a journal that is closed, and one whose entries are hidden', async () => {
  const { instance, examine } = openWard()
  instance.control.tableAcl({ table: 'sys_journal_field', answer: 'empty' })
  expect(check(await examine(), 'journal')).toMatchObject({
    status: 'warn',
    message: expect.stringMatching(/hidden/),
  })
  instance.control.tableAcl({ table: 'sys_journal_field', answer: 'forbidden' })
  expect(check(await examine(), 'journal').status).toBe('warn')
})

test('a journal that says "none" although records show notes', async () => {
  const { instance, examine } = openWard()
  const silent = (request: Request) => {
    const url = new URL(request.url)
    if (!url.pathname.endsWith('/sys_journal_field')) return instance.fetch(request)
    return Promise.resolve(Response.json({ result: [] }, { headers: { 'x-total-count': '0' } }))
  }
  const fooled = openWard({}, { fetch: silent })
  expect(check(await fooled.examine(), 'journal').message).toMatch(/show notes/)
  expect(check(await examine(), 'journal').status).toBe('ok')
})

test('an abort is thrown as it is', async () => {
  const reason = new Error('enough')
  await expect(openWard().examine({ signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
})
