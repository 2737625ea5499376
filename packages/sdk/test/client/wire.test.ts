/** The client against the simulated instance, request by request: reading, writing, refusals, faults and types. */
import type { Fault } from '@snowline/simulator'
import { createInstance, type Instance, type InstanceOptions } from '@snowline/simulator'
import { describe, expect, expectTypeOf, test } from 'vitest'
import {
  AuthenticationError,
  DataPolicyError,
  InvalidRequestError,
  NotFoundError,
  OutcomeUnknownError,
  PermissionError,
  QueryError,
} from '../../src/base/errors.ts'
import { createClient } from '../../src/client/client.ts'
import type { ClientOptions } from '../../src/client/options.ts'
import { basicAuth } from '../../src/http/auth.ts'
import type { IncidentRecord } from '../../src/tables/incident.ts'
import { fakeClock } from './fake-instance.ts'

const start = '2026-11-02T09:00:00Z'

function open(options: InstanceOptions = {}, more: Partial<ClientOptions> = {}) {
  const instance = createInstance({ seed: 7, clock: { start }, ...options })
  const client = createClient({
    instanceUrl: 'dev00000',
    auth: basicAuth({ username: 'admin', password: 'admin' }),
    fetch: instance.fetch,
    clock: fakeClock(),
    random: () => 0,
    timeoutMs: 2000,
    ...more,
  })
  return { instance, client }
}

const requestsOf = (instance: Instance) => instance.control.stats().requests

describe('one record', () => {
  test('create, get, update and delete', async () => {
    const { client, instance } = open()
    const created = await client.incidents.create({
      short_description: 'Printer ^ on fire',
      impact: 1,
      urgency: 2,
      caller_id: null,
    })
    expect(created).toMatchObject({
      short_description: 'Printer ^ on fire',
      priority: '2',
      state: '1',
      active: 'true',
      caller_id: '',
      sys_created_on: '2026-11-02 09:00:00',
    })
    instance.control.clock.advance(30)
    const updated = await client.incidents.update(created.sys_id, {
      state: '2',
      due_date: new Date('2026-11-03T10:00:00Z'),
    })
    expect(updated).toMatchObject({
      state: '2',
      due_date: '2026-11-03 10:00:00',
      sys_updated_on: '2026-11-02 09:00:30',
    })
    const read = await client.incidents.get(created.sys_id, { fields: ['number', 'opened_by.user_name'] })
    expect(read).toEqual({ number: created.number, 'opened_by.user_name': 'admin' })
    await client.incidents.delete(created.sys_id)
    await expect(client.incidents.get(created.sys_id)).rejects.toBeInstanceOf(NotFoundError)
  })

  test('display values, alone and beside the raw ones', async () => {
    const { client } = open()
    const { sys_id } = await client.incidents.create({ short_description: 'x', state: '2' })
    const shown = await client.incidents.get(sys_id, { fields: ['state', 'opened_by'], displayValue: true })
    expect(shown).toEqual({ state: 'In Progress', opened_by: 'System Administrator' })
    const both = await client.incidents.get(sys_id, { fields: ['state'], displayValue: 'all' })
    expect(both).toEqual({ state: { value: '2', display_value: 'In Progress' } })
    expectTypeOf(both.state.value).toEqualTypeOf<IncidentRecord['state']>()
    expectTypeOf(shown.state).toEqualTypeOf<string>()
  })

  test('a data policy names its fields', async () => {
    const { client } = open()
    const { sys_id } = await client.incidents.create({ short_description: 'x' })
    const failure = await client.incidents.update(sys_id, { state: '6' }).catch((error: unknown) => error)
    expect(failure).toBeInstanceOf(DataPolicyError)
    expect((failure as DataPolicyError).labels.length).toBeGreaterThan(0)
    const resolved = await client.incidents.update(sys_id, {
      state: '6',
      close_code: 'Duplicate',
      close_notes: 'same as before',
    })
    expect(resolved).toMatchObject({ state: '6', incident_state: '6' })
  })

  test.each(['46f09e75', '46F09E75A9FE198100F4FFD8D366D17B', '../../x', ''])(
    'refuses the id %j before anything is sent',
    async (id) => {
      const { client, instance } = open()
      await expect(client.incidents.get(id)).rejects.toBeInstanceOf(QueryError)
      await expect(client.incidents.update(id, { state: '2' })).rejects.toBeInstanceOf(QueryError)
      await expect(client.incidents.delete(id)).rejects.toBeInstanceOf(QueryError)
      expect(requestsOf(instance)).toBe(0)
    },
  )
})

describe('refusals', () => {
  test('wrong credentials', async () => {
    const { client, instance } = open(
      {},
      { auth: basicAuth({ username: 'admin', password: 'wrong-secret' }) },
    )
    const failure = await client.incidents.count().catch((error: unknown) => error)
    expect(failure).toBeInstanceOf(AuthenticationError)
    expect(JSON.stringify(failure)).not.toContain('wrong-secret')
    expect(requestsOf(instance)).toBe(1)
  })

  test('an unknown table, and a table that may not be written', async () => {
    const users = [{ user: 'admin', password: 'admin', cannot: { incident: ['insert' as const] } }]
    const { client } = open({ users })
    await expect(client.table('u_nothing').list()).rejects.toBeInstanceOf(InvalidRequestError)
    await expect(client.incidents.create({ short_description: 'x' })).rejects.toMatchObject({
      constructor: PermissionError,
      code: 'instance.write_acl',
    })
    expect(() => client.table('incident/../sys_user')).toThrow(QueryError)
  })

  test('the raw door keeps to the instance', async () => {
    const { client, instance } = open({ incidents: 3 })
    const answer = await client.request('get', '/api/now/table/incident', {
      query: { sysparm_limit: 2, sysparm_fields: 'number' },
    })
    expect(answer).toMatchObject({ status: 200, json: { result: [{}, {}] } })
    for (const path of [
      '//evil.example/x',
      'https://evil.example/',
      '\\\\evil.example',
      'api/now',
      '/\\evil.example',
    ]) {
      await expect(client.request('GET', path)).rejects.toBeInstanceOf(QueryError)
    }
    expect(requestsOf(instance)).toBe(1)
  })
})

describe('faults', () => {
  const survived: Fault[] = [
    { kind: 'rate-limit', retryAfter: 3 },
    { kind: 'semaphore' },
    { kind: 'status', status: 500 },
    { kind: 'status', status: 503 },
    { kind: 'maintenance' },
    { kind: 'dropped' },
    { kind: 'refuse' },
    { kind: 'hang' },
    { kind: 'cut' },
    { kind: 'cut-json' },
    { kind: 'error-in-result' },
    { kind: 'lost-answer' },
    { kind: 'lost-answer-hang' },
  ]
  test.each(survived)('a read survives $kind $status once', async (fault) => {
    const { client, instance } = open({ incidents: 5 }, { timeoutMs: 250 })
    instance.control.setFault({ ...fault, count: 1 })
    const { records } = await client.incidents.list({ fields: ['number'] })
    expect(records).toHaveLength(5)
    expect(requestsOf(instance)).toBe(2)
  })

  test.each<[Fault, string]>([
    [{ kind: 'hibernating' }, 'response.hibernating'],
    [{ kind: 'login' }, 'response.login_page'],
    [{ kind: 'maintenance' }, 'response.maintenance'],
    [{ kind: 'wrong-credential' }, 'instance.unauthenticated'],
    [{ kind: 'wrong-credential-empty' }, 'instance.unauthenticated'],
    [{ kind: 'dropped' }, 'response.dropped'],
    [{ kind: 'cut' }, 'transport.reset'],
    [{ kind: 'cut-json' }, 'response.cut_json'],
    [{ kind: 'error-in-result' }, 'response.error_in_body'],
    [{ kind: 'empty-answer' }, 'response.empty'],
  ])('%o that stays is told as %s', async (fault, code) => {
    const { client, instance } = open({ incidents: 5 })
    instance.control.setFault(fault)
    await expect(client.incidents.list()).rejects.toMatchObject({ code })
  })

  test.each<Fault>([
    { kind: 'lost-answer' },
    { kind: 'lost-answer-hang' },
    { kind: 'cut' },
    { kind: 'cut-json' },
    { kind: 'empty-answer' },
    { kind: 'status', status: 502 },
  ])('a create never makes two incidents through $kind', async (fault) => {
    const { client, instance } = open({}, { timeoutMs: 60 })
    instance.control.setFault({ ...fault, match: { method: 'POST' } })
    const failure = await client.incidents
      .create({ short_description: 'x', correlation_id: 'k1' })
      .catch((error: unknown) => error)
    expect(failure).toBeInstanceOf(OutcomeUnknownError)
    expect(requestsOf(instance)).toBe(1)
    expect(instance.control.records('incident').length).toBeLessThanOrEqual(1)
  })

  test('a create goes through a 429 and makes one incident', async () => {
    const { client, instance } = open()
    instance.control.setFault({ kind: 'rate-limit', retryAfter: 5, count: 2 })
    await client.incidents.create({ short_description: 'x' })
    expect(instance.control.records('incident')).toHaveLength(1)
    expect(requestsOf(instance)).toBe(3)
  })
})

test('a selection has exactly the fields asked for, in types and at run time', async () => {
  const { client } = open({ incidents: 3 })
  const { records } = await client
    .table('incident')
    .list({ fields: ['number', 'priority', 'assigned_to.name'], where: { active: true } })
  for (const row of records) {
    expect(Object.keys(row).sort()).toEqual(['assigned_to.name', 'number', 'priority'])
    expectTypeOf(row.priority).toEqualTypeOf<IncidentRecord['priority']>()
    expectTypeOf(row['assigned_to.name']).toEqualTypeOf<string>()
    // @ts-expect-error not selected
    row.short_description satisfies unknown
  }
  // @ts-expect-error no such field
  client.table('incident').list({ fields: ['short_descripton'] })
  // @ts-expect-error no such field
  client.incidents.create({ short_descripton: 'x' }).catch(() => {})
  const generic = await client.table('sys_choice').list({ pageLimit: 1, fields: ['value'] })
  expectTypeOf(generic.records[0]?.value).toEqualTypeOf<string | undefined>()
})
