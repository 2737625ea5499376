/** The check that writes: on request only, tidy, and honest about what it could not take back. */
import { expect, test } from 'vitest'
import { check, openWard, type Ward } from './examine.ts'

const agent = (cannot: readonly ('insert' | 'update' | 'delete')[]) => ({
  users: [{ user: 'admin', password: 'admin', cannot: { incident: cannot } }],
})

test('allowed: made, changed and deleted again', async () => {
  const { instance, examine } = openWard()
  const report = await examine({ write: true })
  expect(check(report, 'write')).toMatchObject({ status: 'ok', table: 'incident' })
  const methods = instance.control.requestLog().map((entry) => entry.method)
  expect(methods.filter((method) => method !== 'GET')).toEqual(['POST', 'PATCH', 'DELETE'])
  expect(instance.control.records('incident')).toHaveLength(200)
})

test('no right to create: nothing is written', async () => {
  const { instance, examine } = openWard(agent(['insert']))
  expect(check(await examine({ write: true }), 'write')).toMatchObject({
    status: 'fail',
    mend: expect.stringMatching(/sn_incident_write/),
  })
  expect(instance.control.records('incident')).toHaveLength(200)
})

test('no right to update: told, and the record is gone', async () => {
  const { instance, examine } = openWard(agent(['update']))
  expect(check(await examine({ write: true }), 'write')).toMatchObject({
    status: 'fail',
    mend: expect.stringMatching(/update/),
  })
  expect(instance.control.records('incident')).toHaveLength(200)
})

test('no right to delete: the record that stays is named', async () => {
  const { instance, examine } = openWard(agent(['delete']))
  const { status, message } = check(await examine({ write: true }), 'write')
  const left = instance.control
    .records('incident')
    .find((record) => /doctor/.test(record.short_description ?? ''))
  expect(status).toBe('warn')
  expect(message).toContain(left?.number)
})

test('fields that are dropped in silence', async () => {
  const { instance } = openWard()
  const dropping = async (request: Request) => {
    if (request.method !== 'PATCH') return instance.fetch(request)
    return instance.fetch(new Request(request.url, { method: 'PATCH', headers: request.headers, body: '{}' }))
  }
  const report = await openWard({}, { fetch: dropping }).examine({ write: true })
  expect(check(report, 'write')).toMatchObject({
    status: 'warn',
    message: 'Written and not kept: correlation_display.',
  })
})

const left = (instance: Ward['instance']) =>
  instance.control.records('incident').filter((record) => /doctor/.test(record.short_description ?? ''))

test.each([
  [
    'lost-answer',
    'POST',
    /^The POST was sent .* made all the same\. INC\d+ was deleted again\.$/,
    /answer was lost/,
  ],
  ['empty-answer', 'POST', /does not show it\. .*INC\d+ was deleted again\.$/, /lost or empty/],
  ['refuse', 'POST', /None is there now; should it come later, .*correlation_id snowline-doctor-/, /lost/],
] as const)('%s on %s: what was made is looked for, and said', async (kind, method, message, mend) => {
  const { instance, examine } = openWard()
  instance.control.setFault({ kind, match: { method, table: 'incident' } })
  expect(check(await examine({ write: true }), 'write')).toMatchObject({
    status: 'fail',
    message: expect.stringMatching(message),
    mend: expect.stringMatching(mend),
  })
  expect(left(instance)).toEqual([])
})

test.each(['lost-answer', 'forbidden-after-write', 'empty-answer'] as const)(
  '%s on DELETE: the record is gone, and nothing else is claimed',
  async (kind) => {
    const { instance, examine } = openWard()
    instance.control.setFault({ kind, match: { method: 'DELETE', table: 'incident' } })
    expect(check(await examine({ write: true }), 'write').status).toBe('ok')
    expect(left(instance)).toEqual([])
  },
)

test('a create that is refused after it was written is found under its key by the client, and deleted again', async () => {
  const { instance, examine } = openWard()
  instance.control.setFault({ kind: 'forbidden-after-write', match: { method: 'POST', table: 'incident' } })
  expect(check(await examine({ write: true }), 'write').status).toBe('ok')
  expect(left(instance)).toEqual([])
})

test('neither the delete nor the question after it is answered: not known', async () => {
  const { instance, examine } = openWard()
  instance.control.setFault({ kind: 'lost-answer', match: { method: 'DELETE', table: 'incident' } })
  instance.control.setFault({ kind: 'refuse', match: { method: 'GET', path: 'sysparm_query=sys_id=' } })
  expect(check(await examine({ write: true }), 'write')).toMatchObject({
    status: 'warn',
    message: expect.stringMatching(/^Whether the record INC\d+ was deleted again is not known: /),
  })
})

test('a create whose answer is lost, and no answer to the question: a record may be there', async () => {
  const { instance, examine } = openWard()
  instance.control.setFault({ kind: 'lost-answer', match: { method: 'POST', table: 'incident' } })
  const match = { method: 'GET', path: 'sysparm_query=correlation_id=' }
  instance.control.setFault({ kind: 'refuse', match, skip: 2 })
  expect(check(await examine({ write: true }), 'write').message).toMatch(
    /A record may be there: look for it by hand \(correlation_id snowline-doctor-/,
  )
})

test('a table that has not what is written is left alone', async () => {
  const { instance, examine } = openWard()
  const before = instance.control.records('sys_user').length
  const report = await examine({ tables: ['sys_user', 'sys_user_group'], write: true })
  const found = report.checks.filter(({ name }) => name === 'write')
  expect(found).toEqual([
    expect.objectContaining({
      status: 'warn',
      message: expect.stringMatching(/^Not tried: sys_user shows no/),
    }),
    expect.objectContaining({ status: 'warn', table: 'sys_user_group' }),
  ])
  expect(instance.control.records('sys_user')).toHaveLength(before)
  expect(instance.control.requestLog().filter(({ method }) => method !== 'GET')).toEqual([])
})

test('an empty table of incidents is known to have what is written', async () => {
  const { instance, examine } = openWard({ incidents: 0 })
  expect(check(await examine({ write: true }), 'write').status).toBe('ok')
  expect(instance.control.records('incident')).toEqual([])
})

test('an instance that does not obey the look-up by key: nothing is written, and no stranger deleted', async () => {
  const { instance } = openWard()
  const deaf = async (request: Request) => {
    const url = new URL(request.url)
    if (url.searchParams.get('sysparm_query')?.startsWith('correlation_id=') === true)
      url.searchParams.delete('sysparm_query')
    return instance.fetch(new Request(url, request))
  }
  expect(check(await openWard({}, { fetch: deaf }).examine({ write: true }), 'write')).toMatchObject({
    status: 'warn',
    message: expect.stringMatching(/^Not tried: incident cannot be searched by correlation_id/),
  })
  expect(instance.control.requestLog().filter(({ method }) => method !== 'GET')).toEqual([])
})
