/** Counts by state, priority and age: worked out by the instance, by the stored copy the same, and each told apart from the other. */
import { type IncidentStats, paths } from '@snowline/protocol'
import { createInstance } from '@snowline/simulator'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { INSTANCE, TestServer } from '../kit.ts'

let server: TestServer
const DAY_MS = 86_400_000

function stamp(ms: number): string {
  return new Date(ms).toISOString().slice(0, 19).replace('T', ' ')
}

beforeAll(async () => {
  server = await TestServer.open({ instance: createInstance({ seed: 2, incidents: 90 }) })
  const { control } = server.instance
  const now = server.clock.now()
  // Ages that lie on both sides of each border, and one that the instance has given no date.
  const ages = [0, 0.5, 1, 1.5, 6.9, 7, 20, 30, 31, 400]
  const rows = control.records('incident').slice(0, ages.length + 1)
  control.load(
    'incident',
    rows.map((row, index) => ({
      ...row,
      sys_id: row.sys_id ?? '',
      opened_at: index < ages.length ? stamp(now - (ages[index] ?? 0) * DAY_MS) : '',
      ...(index === 3 ? { state: '18', priority: '' } : {}),
    })),
  )
  const id = await server.createServiceNow({}, { is_active: true })
  const end = (await server.sync(id)).at(-1)
  expect(end?.type, JSON.stringify(end)).toBe('complete')
})

afterAll(() => server.close())
afterEach(() => server.instance.control.clearFaults())

async function stats(query = '', as: 'admin' | 'agent' = 'agent'): Promise<IncidentStats> {
  const answer = await server.get(`${paths.incidentStats}${query}`, { as })
  expect(answer.status, answer.text).toBe(200)
  return answer.body as unknown as IncidentStats
}

type Row = Readonly<Record<string, string>>

/** What a person would count. */
function byHand(keep: (row: Row) => boolean = () => true) {
  const rows = (server.instance.control.records('incident') as Row[]).filter(keep)
  const counted = (field: string) => {
    const counts = new Map<string, number>()
    for (const row of rows) counts.set(row[field] ?? '', (counts.get(row[field] ?? '') ?? 0) + 1)
    return counts
  }
  const now = server.clock.now()
  const between = (from: number, to: number) =>
    rows.filter(
      ({ opened_at: at = '' }) =>
        at !== '' && at > stamp(now - to * DAY_MS) && at <= stamp(now - from * DAY_MS),
    ).length
  return {
    total: rows.length,
    state: counted('state'),
    priority: counted('priority'),
    ages: [between(-9_999, 1), between(1, 7), between(7, 30), between(30, 20_000)],
  }
}

function expectTrue(told: IncidentStats, keep?: (row: Row) => boolean): void {
  const truth = byHand(keep)
  expect(told.total).toBe(truth.total)
  expect(new Map(told.by_state.map(({ value, count }) => [value, count]))).toEqual(truth.state)
  expect(new Map(told.by_priority.map(({ value, count }) => [value, count]))).toEqual(truth.priority)
  expect(told.by_age.map(({ count }) => count)).toEqual(truth.ages)
}

test('the instance counts; lists are in order and in words', async () => {
  const told = await stats()
  expect(told).toMatchObject({ success: true, source: 'live', asOf: '2026-11-02T09:00:00Z' })
  expect(told).not.toHaveProperty('stale')
  expectTrue(told)
  expect(told.by_age.map(({ label }) => label)).toEqual([
    'Under 1 day',
    '1 to 7 days',
    '7 to 30 days',
    'Over 30 days',
  ])
  expect(told.by_state).toContainEqual(expect.objectContaining({ value: '1', label: 'New' }))
  expect(told.by_state).toContainEqual({ value: '18', label: '18', count: 1 })
  expect(told.by_priority).toContainEqual({ value: '', label: '(empty)', count: 1 })
  for (const list of [told.by_state, told.by_priority]) {
    const values = list.map(({ value }) => Number(value))
    expect(values).toEqual([...values].sort((a, b) => a - b))
  }
  const asked = server.outbound.slice(-20).map(({ url }) => new URL(url))
  expect(asked.some(({ pathname }) => pathname === '/api/now/stats/incident')).toBe(true)
  expect(asked.every(({ origin }) => origin === INSTANCE)).toBe(true)
})

test('the stored copy counts the same, and asks nobody', async () => {
  const live = await stats()
  const before = server.outbound.length
  const told = await stats('?source=mirror')
  expect(told).toEqual({ ...live, source: 'mirror', asOf: told.asOf })
  expect(server.outbound.length).toBe(before)
})

test('the filters of the list narrow both', async () => {
  for (const source of ['live', 'mirror']) {
    expectTrue(await stats(`?source=${source}&state=New,2`), ({ state = '' }) => ['1', '2'].includes(state))
    expectTrue(
      await stats(`?source=${source}&query=${encodeURIComponent('priority=1^NQpriority=3')}&state=1`),
      ({ priority = '', state }) => ['1', '3'].includes(priority) && state === '1',
    )
    expectTrue(await stats(`?source=${source}&q=no-such-words`), () => false)
  }
})

test('an instance that is away, or refuses to count: the stored copy, marked', async () => {
  for (const fault of [
    { kind: 'hibernating' },
    { kind: 'refuse' },
    { kind: 'status', status: 403 },
  ] as const) {
    server.instance.control.setFault(fault)
    const told = await stats()
    expect(told).toMatchObject({ source: 'mirror', stale: true, reason: expect.stringMatching(/\w{3}/) })
    expectTrue(told)
    const insisted = await server.get(`${paths.incidentStats}?source=live`)
    expect(insisted.status).toBeGreaterThanOrEqual(502)
  }
})

test('who may not, what may not be asked, and what is not there', async () => {
  expect((await server.get(paths.incidentStats, { as: 'viewer' })).status).toBe(403)
  expect((await server.get(paths.incidentStats, { as: 'nobody' })).status).toBe(401)
  expect((await server.get(`${paths.incidentStats}?query=u_secret%3D1`)).body.code).toBe('invalid_query')
  expect((await server.get(`${paths.incidentStats}?cursor=x`)).status).toBe(422)
  const bare = await TestServer.open({ incidents: 1 })
  try {
    expect((await bare.get(paths.incidentStats)).body.code).toBe('sn_not_configured')
  } finally {
    await bare.close()
  }
})
