/** The control methods and their twins under `/__sim/`: load, play, clock, mutate, statistics, reset. */
import { expect, test } from 'vitest'
import { createInstance, type PlayLine } from '../src/index.ts'
import { ask, INCIDENT, listPath, ORIGIN } from './door.ts'

const ID = '1'.repeat(32)

test('load stores records as they are, whatever a business rule would say', async () => {
  const instance = createInstance()
  const odd = {
    sys_id: ID,
    state: '-100',
    impact: '3',
    urgency: '3',
    priority: '4',
    sys_mod_count: '17',
    sys_updated_on: '2016-01-01 00:00:00',
    u_symptom: 'Symptom 72',
  }
  expect(instance.control.load('incident', [odd])).toBe(1)
  const row = (await ask(instance, 'GET', `${INCIDENT}/${ID}`)).row()
  expect(row).toMatchObject({ ...odd, short_description: '' })
  expect(Object.keys(row)).toHaveLength(93)
  expect((await ask(instance, 'GET', listPath('u_symptom=symptom 72'))).rows()).toHaveLength(1)
  instance.control.load('incident', [{ sys_id: ID, state: '2' }])
  expect(instance.control.records('incident')).toMatchObject([{ state: '2', sys_mod_count: '17' }])
  expect(() => instance.control.load('ghosts', [])).toThrow('no table ghosts')
  expect(() => instance.control.load('incident', [{}])).toThrow('needs a sys_id')
})

const lines: readonly PlayLine[] = [
  {
    seq: 1,
    at: '2016-02-29T01:23:00Z',
    op: 'insert',
    sys_id: ID,
    set: { sys_id: ID, state: '1', sys_updated_on: '2016-02-29 01:23:00' },
  },
  {
    seq: 2,
    at: '2016-02-29T05:30:00Z',
    op: 'update',
    sys_id: ID,
    set: { state: '7', sys_mod_count: '1', sys_updated_on: '2016-02-29 05:30:00' },
  },
]

test('play stores a change stream as it is and sets the clock to each line', async () => {
  const { control, ...instance } = createInstance()
  expect(control.play(lines.slice(0, 1))).toBe(1)
  expect(control.clock.now().toISOString()).toBe('2016-02-29T01:23:00.000Z')
  control.play(lines.slice(1))
  expect(control.records('incident')).toMatchObject([{ state: '7', incident_state: '', sys_mod_count: '1' }])
  const query = listPath('sys_updated_on>=2016-02-29 05:30:00^ORDERBYsys_updated_on^ORDERBYsys_id')
  const seen = await ask({ control, ...instance }, 'GET', query)
  expect([seen.rows().length, seen.headers.get('date')]).toEqual([1, 'Mon, 29 Feb 2016 05:30:00 GMT'])
  control.play([{ at: '2016-03-01T00:00:00Z', op: 'delete', sys_id: ID }])
  expect(control.records('incident')).toEqual([])
  expect(control.records('sys_audit_delete')).toMatchObject([
    { documentkey: ID, sys_created_on: '2016-03-01 00:00:00' },
  ])
})

test('mutate is the same for a seed, stamps with the clock, and never breaks a rule of the instance', () => {
  const run = () => {
    const { control } = createInstance({ incidents: 60 })
    control.clock.advance(300)
    const done = control.mutate({ seed: 5, count: 200 })
    return { done, records: control.records('incident') }
  }
  const { done, records } = run()
  expect(run().done).toEqual(done)
  expect(done).toHaveLength(200)
  expect(new Set(done.map(({ op }) => op))).toEqual(new Set(['insert', 'update']))
  const touched = new Set(done.map(({ sys_id }) => sys_id))
  const moved = records.filter((row) => row.sys_updated_on === '2026-11-02 09:05:00')
  expect(new Set(moved.map((row) => row.sys_id))).toEqual(touched)
  for (const row of records) {
    expect(row.state).toBe(row.incident_state)
    if (row.state === '6' || row.state === '7') expect(row.close_code).not.toBe('')
  }
})

test('mutate can stamp late commits: visible now, stamped before', () => {
  const { control } = createInstance({ incidents: 5 })
  control.clock.advance(600)
  const done = control.mutate({ seed: 1, count: 30, lateBySeconds: 20 })
  const touched = new Set(done.map(({ sys_id }) => sys_id))
  const stamps = control
    .records('incident')
    .filter((row) => touched.has(row.sys_id ?? ''))
    .map((row) => row.sys_updated_on ?? '')
  expect(stamps.every((stamp) => stamp >= '2026-11-02 09:09:40' && stamp <= '2026-11-02 09:10:00')).toBe(true)
  expect(new Set(stamps).size).toBeGreaterThan(5)
})

test('statistics count requests, bytes, doubles, and who sent credentials', async () => {
  const instance = createInstance()
  await ask(instance, 'POST', INCIDENT, { correlation_id: 'k' })
  await ask(instance, 'POST', INCIDENT, { correlation_id: 'k' })
  const page = await ask(instance, 'GET', INCIDENT)
  await instance.fetch(`${ORIGIN}${INCIDENT}`)
  const stats = instance.control.stats()
  expect(stats).toMatchObject({
    requests: 4,
    byMethod: { POST: 2, GET: 2 },
    byStatus: { 201: 2, 200: 1, 401: 1 },
    maxConcurrent: 1,
    duplicates: { correlation: [{ correlation_id: 'k' }], journal: [] },
  })
  expect(stats.bytes).toBeGreaterThan(page.text.length)
  expect(stats.log.map(({ credentials, user }) => [credentials, user])).toEqual([
    [true, 'admin'],
    [true, 'admin'],
    [true, 'admin'],
    [false, undefined],
  ])
})

test('the log keeps the last 1,000 requests; concurrency is counted while answers wait', async () => {
  const waiting: (() => void)[] = []
  const sleep = () => new Promise<void>((resolve) => void waiting.push(resolve))
  const instance = createInstance({ latencyMs: 1, sleep })
  const all = Array.from({ length: 1005 }, (_, at) =>
    ask(instance, 'GET', `/api/now/table/incident?sysparm_limit=1&n=${at}`),
  )
  while (waiting.length < 1005) await new Promise((resolve) => setImmediate(resolve))
  for (const go of waiting) go()
  await Promise.all(all)
  const { log, maxConcurrent, requests } = instance.control.stats()
  expect([log.length, maxConcurrent, requests]).toEqual([1000, 1005, 1005])
  expect(log.at(-1)?.url).toContain('n=1004')
  expect(log[0]?.url).toContain('n=5')
})

test('reset goes back to the first data, clock and order, without faults or hidden rows', async () => {
  const instance = createInstance({ incidents: 10 })
  const { control } = instance
  const before = control.records('incident')
  const first = (await ask(instance, 'GET', INCIDENT)).text
  control.mutate({ seed: 1, count: 20 })
  control.setFault({ kind: 'hibernating' })
  control.hide(before.map((row) => row.sys_id ?? ''))
  control.clock.advance(1000)
  control.reset()
  expect(control.records('incident')).toEqual(before)
  expect(control.clock.now().toISOString()).toBe('2026-11-02T09:00:00.000Z')
  expect(control.stats().requests).toBe(0)
  expect((await ask(instance, 'GET', INCIDENT)).text).toBe(first)
})

test('the door under /__sim does the same over HTTP, without sign-in and outside the statistics', async () => {
  const instance = createInstance()
  const sim = async (method: string, path: string, body?: unknown) =>
    (await ask(instance, method, `/__sim/${path}`, body, { authorization: '' })).json() as Record<
      string,
      unknown
    >
  expect(
    await sim('POST', 'load', { table: 'incident', records: [{ sys_id: ID, state: 2, number: 'INC9' }] }),
  ).toEqual({ loaded: 1 })
  expect(await sim('GET', 'records/incident')).toMatchObject({ records: [{ state: '2' }] })
  expect(await sim('POST', 'play', lines.map((line) => JSON.stringify(line)).join('\n'))).toEqual({
    played: 2,
  })
  expect(await sim('POST', 'play', { lines: lines.slice(1) })).toEqual({ played: 1 })
  expect(await sim('POST', 'clock', { set: '2026-01-01T00:00:00Z', advance: 5 })).toEqual({
    now: '2026-01-01T00:00:05.000Z',
  })
  expect(await sim('GET', 'clock')).toEqual({ now: '2026-01-01T00:00:05.000Z' })
  expect(await sim('POST', 'faults', { kind: 'login', count: 1 })).toEqual({ id: 'fault-1' })
  expect(await sim('GET', 'faults')).toMatchObject({ faults: [{ id: 'fault-1', kind: 'login', fired: 0 }] })
  expect((await ask(instance, 'GET', INCIDENT)).headers.get('content-type')).toContain('text/html')
  expect(await sim('DELETE', 'faults')).toEqual({ cleared: true })
  expect(await sim('POST', 'hide', { sys_ids: [ID] })).toEqual({ hidden: true })
  expect((await ask(instance, 'GET', INCIDENT)).rows()).toEqual([])
  expect(await sim('POST', 'reveal', {})).toEqual({ revealed: true })
  expect((await sim('POST', 'mutate', { seed: 1, count: 3 })).mutations).toHaveLength(3)
  expect(await sim('GET', 'stats')).toMatchObject({ requests: 2 })
  expect(await sim('POST', 'reset')).toEqual({ reset: true })
  expect(await sim('GET', 'records/incident')).toEqual({ records: [] })
  expect(await sim('POST', 'faults', { kind: 'gremlin' })).toMatchObject({
    error: expect.stringContaining('setFault: kind: "gremlin" is not known here.'),
    problems: [{ path: 'kind', message: '"gremlin" is not known here.' }],
  })
  expect((await ask(instance, 'POST', '/__sim/load', { table: 'ghosts', records: [] })).status).toBe(400)
  expect((await ask(instance, 'POST', '/__sim/nothing')).status).toBe(404)
})
