/** Writes that are told of honestly: creates found again by their key, fields an instance dropped, notes written once. */
import { createInstance, type Instance } from '@snowline/simulator'
import { expect, test } from 'vitest'
import {
  OutcomeUnknownError,
  PermissionError,
  QueryError,
  UnexpectedResponseError,
} from '../../src/base/errors.ts'
import { createClient } from '../../src/client/client.ts'
import type { ClientOptions } from '../../src/client/options.ts'
import { basicAuth } from '../../src/http/auth.ts'
import { fakeClock, fakeInstance, json } from './fake-instance.ts'

const sysId = '46f09e75a9fe198100f4ffd8d366d17b'
const key = 'copilot:17'
const none = () => json({ result: [] }, { headers: { 'x-total-count': '0' } })
const found = () =>
  json({ result: [{ sys_id: sysId, correlation_id: key }] }, { headers: { 'x-total-count': '1' } })
const made = () =>
  json({ result: { sys_id: sysId, correlation_id: key, short_description: 'x' } }, { status: 201 })
const refused = (status: number) => json({ error: { message: 'nope' } }, { status })
const create = (answers: Parameters<typeof fakeInstance>[0]) => {
  const instance = fakeInstance(answers)
  const call = instance.client.incidents.create({ short_description: 'x' }, { idempotencyKey: key })
  return {
    ...instance,
    outcome: call.catch((error: unknown) => error),
    methods: () => instance.requests.map(({ method }) => method),
  }
}

function open(more: Partial<ClientOptions> = {}, options: Parameters<typeof createInstance>[0] = {}) {
  const instance = createInstance({
    seed: 7,
    incidents: 20,
    clock: { start: '2026-11-02T09:00:00Z' },
    ...options,
  })
  const client = createClient({
    instanceUrl: 'dev00000',
    auth: basicAuth({ username: 'admin', password: 'admin' }),
    fetch: instance.fetch,
    clock: fakeClock(),
    random: () => 0,
    timeoutMs: 250,
    ...more,
  })
  return { instance, client }
}

/** A fetch that carries the first request of the method out and loses its answer. */
function losing(instance: Instance, method: string): (request: Request) => Promise<Response> {
  let lost = false
  return async (request) => {
    const response = await instance.fetch(request)
    if (request.method !== method || lost) return response
    lost = true
    throw new TypeError('fetch failed', { cause: Object.assign(new Error('reset'), { code: 'ECONNRESET' }) })
  }
}

test('one key makes one record, however often it is called', async () => {
  const { client } = open()
  const first = await client.incidents.create({ short_description: 'x' }, { idempotencyKey: key })
  const second = await client.incidents.create({ short_description: 'x' }, { idempotencyKey: key })
  expect(second.sys_id).toBe(first.sys_id)
  expect(first.correlation_id).toBe(key)
  expect(await client.incidents.count({ correlation_id: key })).toBe(1)
  expect(await client.resolveCreate(key)).toMatchObject({
    state: 'found',
    duplicates: 0,
    record: { number: first.number },
  })
  expect(await client.resolveCreate('other', { table: 'incident' })).toEqual({ state: 'absent' })
})

test('a lost answer: nothing is sent again, the error names the key, and resolveCreate finds the record', async () => {
  const { instance } = open()
  const { client } = open({ fetch: losing(instance, 'POST') })
  const failure = await client.incidents
    .create({ short_description: 'x' }, { idempotencyKey: key })
    .catch((error: unknown) => error)
  expect(failure).toBeInstanceOf(OutcomeUnknownError)
  expect(failure).toMatchObject({
    details: { idempotencyKey: key },
    hint: expect.stringContaining('resolveCreate'),
  })
  expect(await client.resolveCreate(key)).toMatchObject({ state: 'found' })
  expect(await client.incidents.count({ correlation_id: key })).toBe(1)
})

test('a 202 is surely not carried out: with a key it is sent again, without one it is the caller’s', async () => {
  const dropped = () => new Response(null, { status: 202 })
  const keyed = create([none(), dropped(), made()])
  expect(await keyed.outcome).toMatchObject({ sys_id: sysId })
  expect(keyed.methods()).toEqual(['GET', 'POST', 'POST'])
  const bare = fakeInstance([dropped()])
  await expect(bare.client.incidents.create({})).rejects.toMatchObject({ code: 'response.dropped' })
  expect(bare.requests).toHaveLength(1)
})

test('a record that carries the key already is given, and nothing is written', async () => {
  const { outcome, methods } = create([found()])
  expect(await outcome).toMatchObject({ sys_id: sysId })
  expect(methods()).toEqual(['GET'])
})

test('403 after the insert (KB2697679): the count shows the record the answer hides', async () => {
  const hidden = json({ result: [] }, { headers: { 'x-total-count': '1' } })
  const after = create([none(), refused(403), hidden])
  const failure = await after.outcome
  expect(failure).toBeInstanceOf(PermissionError)
  expect(failure).toMatchObject({ code: 'instance.inserted_hidden', details: { idempotencyKey: key } })
  expect(after.methods()).toEqual(['GET', 'POST', 'GET'])
  const before = create([hidden])
  expect(await before.outcome).toMatchObject({ code: 'instance.inserted_hidden' })
  expect(before.methods()).toEqual(['GET'])
  const plain = create([none(), refused(403), none()])
  expect(await plain.outcome).toMatchObject({ code: 'instance.forbidden' })
})

const said = (message: string) => json({ error: { message } }, { status: 403 })
const insertAcl = 'ACL Exception Insert Failed due to security constraints'

test('403 in the words of an insert ACL: the key is looked up, and the record is given when it is there', async () => {
  const there = create([none(), said(insertAcl), found()])
  expect(await there.outcome).toMatchObject({ sys_id: sysId, correlation_id: key })
  expect(there.methods()).toEqual(['GET', 'POST', 'GET'])
  const nothing = create([none(), said(insertAcl), none()])
  expect(await nothing.outcome).toMatchObject({ code: 'instance.write_acl' })
  const closed = create([none(), said(insertAcl), refused(403)])
  expect(await closed.outcome).toMatchObject({
    code: 'instance.write_acl',
    hint: expect.stringContaining('resolveCreate'),
    details: { idempotencyKey: key },
  })
})

test.each([
  [
    "Operation against file 'incident' was aborted by Business Rule 'Guard^46f09e75a9fe198100f4ffd8d366d17b'.",
  ],
  ['Data Policy Exception: The following fields are mandatory: Resolution code'],
  ['Failed API level ACL Validation'],
])('403 %j proves that nothing was inserted: nobody looks', async (message) => {
  const { outcome, methods } = create([none(), said(message)])
  expect(await outcome).toBeInstanceOf(PermissionError)
  expect(methods()).toEqual(['GET', 'POST'])
})

test('403 without a key keeps its code and says that the record may be there', async () => {
  const bare = fakeInstance([said(insertAcl)])
  await expect(bare.client.incidents.create({ short_description: 'x' })).rejects.toMatchObject({
    code: 'instance.write_acl',
    status: 403,
    details: { operation: 'insert' },
    hint: expect.stringContaining('KB2697679'),
  })
})

test('an instance that inserts and then answers 403: one key, one record', async () => {
  const { client, instance } = open()
  instance.control.setFault({ kind: 'forbidden-after-write', match: { method: 'POST' }, count: 1 })
  const call = client.incidents.create({ short_description: 'x', u_ghost: 'boo' }, { idempotencyKey: key })
  const { data, dropped } = await call.withResponse()
  expect([data.correlation_id, dropped.map(({ field }) => field)]).toEqual([key, ['u_ghost']])
  expect(await client.incidents.count({ correlation_id: key })).toBe(1)
})

test('keys that differ only in case or accents are two keys', async () => {
  const { client } = open()
  const first = await client.incidents.create({ short_description: 'x' }, { idempotencyKey: 'Key-ABC' })
  expect(await client.resolveCreate('key-abc')).toEqual({ state: 'absent' })
  const second = await client.incidents.create({ short_description: 'x' }, { idempotencyKey: 'key-abc' })
  expect(second.sys_id).not.toBe(first.sys_id)
  expect(await client.resolveCreate('Key-ABC')).toMatchObject({
    state: 'found',
    duplicates: 0,
    record: { sys_id: first.sys_id },
  })
  const accents = fakeInstance([json({ result: [{ sys_id: sysId, correlation_id: 'clé' }] })])
  expect(await accents.client.resolveCreate('Cle')).toEqual({ state: 'absent' })
})

test('rows without the key prove nothing', async () => {
  const strangers = json({ result: [{ sys_id: sysId, correlation_id: '' }] })
  const { outcome, methods } = create([strangers])
  expect(await outcome).toBeInstanceOf(UnexpectedResponseError)
  expect(methods()).toEqual(['GET'])
  const many = fakeInstance([json({ result: [] }, { headers: { 'x-total-count': '5000' } })])
  await expect(many.client.resolveCreate(key)).rejects.toMatchObject({ code: 'response.shape' })
})

test.each([
  '',
  ' a',
  'x'.repeat(101),
  'a\nb',
  'javascript:gs.getUserID()',
  'JavaScript:1',
  'a\ud800',
  17 as unknown as string,
])('%j is no key', async (bad) => {
  const { client, requests } = fakeInstance([none()])
  for (const call of [client.incidents.create({}, { idempotencyKey: bad }), client.resolveCreate(bad)]) {
    const failure = await call.catch((error: unknown) => error)
    expect(failure).toBeInstanceOf(QueryError)
    expect((failure as QueryError).hint).toBeTruthy()
  }
  expect(requests).toHaveLength(0)
})

test('a correlation_id of its own beside a key is refused', async () => {
  const { client, requests } = fakeInstance([none()])
  const call = client.incidents.create({ correlation_id: 'other' }, { idempotencyKey: key })
  await expect(call).rejects.toBeInstanceOf(QueryError)
  expect(requests).toHaveLength(0)
})

test('what the instance dropped or changed is reported and logged, never its values', async () => {
  const logged: unknown[] = []
  const logger = {
    debug() {},
    info() {},
    error() {},
    warn: (event: string, fields?: object) => logged.push([event, fields]),
  }
  const { client } = open({ logger })
  const { data, dropped } = await client.incidents
    .create({
      short_description: 'x',
      impact: 3,
      urgency: 3,
      priority: '1',
      u_ghost: 'boo',
      work_notes: 'hello',
      active: 1,
    })
    .withResponse()
  expect(dropped).toEqual([
    { field: 'priority', sent: '1', shown: '5' },
    { field: 'u_ghost', sent: 'boo', shown: null },
  ])
  expect(logged).toEqual([['write.fields_dropped', { table: 'incident', fields: ['priority', 'u_ghost'] }]])
  const all = await client.incidents
    .update(data.sys_id, { short_description: 'y', due_date: new Date(0) })
    .withResponse()
  expect(all.dropped).toEqual([])
})

test('readBack reads the record anew after the write', async () => {
  const now = json({ result: { sys_id: sysId, state: '1' } })
  const { client, requests } = fakeInstance([json({ result: { sys_id: sysId, state: '2' } }), now])
  const { data, dropped } = await client.incidents
    .update(sysId, { state: '2' }, { readBack: true })
    .withResponse()
  expect(requests.map(({ method }) => method)).toEqual(['PATCH', 'GET'])
  expect([data.state, dropped]).toEqual(['1', [{ field: 'state', sent: '2', shown: '1' }]])
})

test('readBack: a reading that fails does not hide that the write was carried out', async () => {
  const logged: unknown[] = []
  const logger = {
    debug() {},
    info() {},
    error() {},
    warn: (event: string, fields?: object) => logged.push([event, fields]),
  }
  const patched = json({ result: { sys_id: sysId, state: '2', urgency: '3' } })
  const { client } = fakeInstance([patched, refused(404)], { logger })
  const { data, dropped, readBackError } = await client.incidents
    .update(sysId, { state: '2', urgency: 1 }, { readBack: true })
    .withResponse()
  expect([data.state, dropped]).toEqual(['2', [{ field: 'urgency', sent: '1', shown: '3' }]])
  expect(readBackError).toMatchObject({ code: 'instance.not_found' })
  expect(logged).toContainEqual(['write.read_back_failed', { table: 'incident', code: 'instance.not_found' }])
  const controller = new AbortController()
  const aborting = fakeInstance([
    patched,
    () => {
      controller.abort(new Error('enough'))
      return refused(500)
    },
  ])
  const call = aborting.client.incidents.update(
    sysId,
    { state: '2' },
    { readBack: true, signal: controller.signal },
  )
  await expect(call).rejects.toThrow('enough')
})

test('a note that is undefined is none: the update may be repeated', async () => {
  const lost = new TypeError('fetch failed', {
    cause: Object.assign(new Error('reset'), { code: 'ECONNRESET' }),
  })
  const { client, requests } = fakeInstance([lost, json({ result: { sys_id: sysId, state: '2' } })])
  const updated = await client.incidents.update(sysId, { state: '2', work_notes: undefined })
  expect([updated.state, requests.length]).toEqual(['2', 2])
  expect(JSON.parse(requests[1]?.body ?? '')).toEqual({ state: '2' })
})

test('a note with a key is written once, also when the answer was lost', async () => {
  const { instance } = open()
  const { client } = open({ fetch: instance.fetch })
  const unlucky = open({ fetch: losing(instance, 'PATCH') }).client
  const { sys_id: id } = await client.incidents.create({ short_description: 'x' })
  await client.incidents.addWorkNote(id, 'Restart the spooler', { idempotencyKey: 'n1' })
  await client.incidents.addWorkNote(id, 'Restart the spooler', { idempotencyKey: 'n1' })
  await unlucky.incidents.addComment(id, 'Done', { idempotencyKey: 'n2' })
  const { entries } = await client.table('incident').journal(id)
  expect(entries.map(({ field, text }) => [field, text.split('\n')[0]]).sort()).toEqual([
    ['comments', 'Done'],
    ['work_notes', 'Restart the spooler'],
  ])
  expect(entries[0]?.text).toMatch(/\n\[ref:[0-9a-f]{12}\]$/)
  await expect(client.incidents.addComment(id, ' ')).rejects.toBeInstanceOf(QueryError)
})

test('a note is written once where the journal table is closed too', async () => {
  const { client, instance } = open()
  instance.control.tableAcl({ table: 'sys_journal_field', answer: 'empty' })
  const { sys_id: id } = await client.incidents.create({ short_description: 'x' })
  for (let time = 0; time < 2; time++)
    await client.incidents.addWorkNote(id, 'once', { idempotencyKey: 'n4' })
  const { entries, source } = await client.incidents.journal(id)
  expect([source, entries.length]).toEqual(['display_text', 1])
})

test('a note without a key, and one that is not found after a lost answer, are unknown', async () => {
  const lost = new TypeError('fetch failed', {
    cause: Object.assign(new Error('reset'), { code: 'ECONNRESET' }),
  })
  const bare = fakeInstance([lost])
  await expect(bare.client.incidents.addWorkNote(sysId, 'x')).rejects.toBeInstanceOf(OutcomeUnknownError)
  const nothing = json({ result: { work_notes: '' } })
  const keyed = fakeInstance([none(), nothing, lost, none(), nothing])
  const failure = await keyed.client.incidents
    .addWorkNote(sysId, 'x', { idempotencyKey: 'n3' })
    .catch((error: unknown) => error)
  expect(failure).toMatchObject({ code: 'write.outcome_unknown', details: { idempotencyKey: 'n3' } })
  expect(keyed.requests.map(({ method }) => method)).toEqual(['GET', 'GET', 'PATCH', 'GET', 'GET'])
})
