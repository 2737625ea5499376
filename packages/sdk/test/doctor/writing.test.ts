/** The check that writes: on request only, tidy, and honest about what it could not take back. */
import { expect, test } from 'vitest'
import { check, openWard } from './examine.ts'

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
