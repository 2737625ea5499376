/** What people do with sealed versions: look at what differs, and go back; who may, what it pauses, and what happens when two want to. */
import { join } from 'node:path'
import type { DatasetDifference, IncidentDifference } from '@snowline/protocol'
import Database from 'better-sqlite3'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type Answer, TestServer, type TestServerOptions } from '../kit.ts'

let server: TestServer
let id: string

async function open(options: TestServerOptions = {}): Promise<void> {
  server = await TestServer.open({ incidents: 30, ...options })
  id = await server.createServiceNow()
}

function aMinute(): void {
  server.clock.advance(60)
  server.instance.control.clock.advance(60)
}

/** Version 1: thirty incidents. Version 2: some changed. Version 3: two gone, one new. */
async function threeVersions(): Promise<void> {
  const { control } = server.instance
  await server.sync(id)
  aMinute()
  control.mutate({ seed: 3, count: 6 })
  await server.sync(id)
  aMinute()
  const rows = control.records('incident')
  control.remove(
    'incident',
    rows.slice(0, 2).map((row) => row.sys_id ?? ''),
  )
  const stamp = new Date(control.clock.now()).toISOString().slice(0, 19).replace('T', ' ')
  const fresh = {
    ...rows[2],
    sys_id: 'f'.repeat(32),
    number: 'INC9999999',
    sys_updated_on: stamp,
    close_code: '',
  }
  control.load('incident', [fresh])
  aMinute()
  await server.sync(id)
}

beforeEach(() => open())
afterEach(() => server.close())

type Records = Map<string, Record<string, string>>

async function recordsOf(number: number): Promise<Records> {
  const { text } = await server.get(`/api/datasets/${number}/export?integration=${id}`)
  const records = text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, string>)
  return new Map(records.map((record) => [record.sys_id ?? '', record]))
}

async function diff(from: number, to: number, limit = 200): Promise<DatasetDifference> {
  const changes: IncidentDifference[] = []
  for (let cursor: string | null = ''; cursor !== null; ) {
    const query: string = cursor === '' ? '' : `&cursor=${cursor}`
    const path = `/api/datasets/${from}/diff/${to}?integration=${id}&limit=${limit}${query}`
    const answer = await server.get(path, { as: 'agent' })
    expect(answer.status, answer.text).toBe(200)
    const page = answer.body as unknown as DatasetDifference
    expect(page.changes.length).toBeLessThanOrEqual(limit)
    changes.push(...page.changes)
    cursor = page.nextCursor
    if (cursor === null) return { ...page, changes }
  }
  throw new Error('no page')
}

/** What a person would find by laying the two exports side by side. */
function byHand(before: Records, after: Records): Map<string, string> {
  const kinds = new Map<string, string>()
  for (const sysId of new Set([...before.keys(), ...after.keys()])) {
    const [old, now] = [before.get(sysId), after.get(sysId)]
    if (old === undefined) kinds.set(sysId, 'added')
    else if (now === undefined) kinds.set(sysId, 'deleted')
    else if (JSON.stringify(old) !== JSON.stringify(now)) kinds.set(sysId, 'updated')
  }
  return kinds
}

function audited(action: string): { target: string; actor: string }[] {
  const database = new Database(join(server.dataDir, 'snowline.db'), { readonly: true })
  try {
    const rows = database.prepare('select target, actor from app_audit where action = ?').all(action)
    return rows as { target: string; actor: string }[]
  } finally {
    database.close()
  }
}

describe('the difference', () => {
  test('is what the two exports say, field by field, forwards and backwards, in pages of any size', async () => {
    await threeVersions()
    for (const [from, to] of [
      [1, 2],
      [2, 3],
      [1, 3],
      [3, 1],
      [2, 2],
    ] as const) {
      const [before, after] = [await recordsOf(from), await recordsOf(to)]
      const whole = await diff(from, to)
      const kinds = byHand(before, after)
      expect(whole).toMatchObject({ success: true, from, to })
      expect(new Map(whole.changes.map((change) => [change.sys_id, change.kind]))).toEqual(kinds)
      const count = (kind: string) => [...kinds.values()].filter((each) => each === kind).length
      expect(whole.counts).toEqual({
        added: count('added'),
        updated: count('updated'),
        deleted: count('deleted'),
      })
      for (const { sys_id, number, fields } of whole.changes) {
        const [old, now] = [before.get(sys_id), after.get(sys_id)]
        expect(number).toBe((now ?? old)?.number)
        expect(fields.length).toBeGreaterThan(0)
        for (const { field, from: was, to: is } of fields) {
          expect([was, is], field).toEqual([old?.[field] ?? null, now?.[field] ?? null])
        }
      }
      expect((await diff(from, to, 1)).changes).toEqual(whole.changes)
    }
  })

  test('of strange numbers, cursors and callers is none', async () => {
    await threeVersions()
    const path = (from: unknown, to: unknown, more = '') =>
      `/api/datasets/${from}/diff/${to}?integration=${id}${more}`
    for (const strange of [path(1, 99), path(99, 1), path(0, 1), path(1, '2;drop'), path('-1', 2)]) {
      expect((await server.get(strange)).body.code, strange).toBe('not_found')
    }
    for (const more of [
      '&cursor=x',
      '&cursor=',
      '&limit=0',
      '&limit=201',
      '&x=1',
      '&cursor=%27%20or%201=1',
    ]) {
      expect((await server.get(path(1, 2, more))).status, more).toBe(422)
    }
    expect((await server.get('/api/datasets/1/diff/2')).status).toBe(422)
    expect((await server.get(`/api/datasets/1/diff/2?integration=${crypto.randomUUID()}`)).status).toBe(404)
    expect((await server.get(path(1, 2), { as: 'viewer' })).status).toBe(403)
    expect((await server.get(path(1, 2), { as: 'nobody' })).status).toBe(401)
  })
})

const rollback = (
  number: unknown,
  body: unknown = { reason: 'a bad import' },
  as: 'admin' | 'agent' | 'viewer' = 'admin',
) => server.post(`/api/datasets/${number}/rollback?integration=${id}`, body, { as })

async function versions(): Promise<Record<string, unknown>[]> {
  return (await server.get(`/api/datasets?integration=${id}`)).body.versions as Record<string, unknown>[]
}

describe('the way back', () => {
  test('is a new version equal to the old one; what is served follows; the next sync goes forward again', async () => {
    await threeVersions()
    const before = await versions()
    const [first] = before.filter(({ number }) => number === 1)
    const { counts } = await diff(3, 1)
    const answer = await rollback(1)
    expect(answer.status, answer.text).toBe(201)
    expect(answer.body).toEqual({
      success: true,
      version: {
        ...first,
        number: expect.any(Number),
        status: 'active',
        ...counts,
        created_at: expect.stringMatching(/Z$/),
        created_by: 'admin@kit.test',
        run_id: null,
        parent: 3,
        cause: 'rollback:1',
        notes: 'a bad import',
      },
    })
    const { number } = answer.body.version as { number: number }
    expect(number).toBeGreaterThan(3)
    expect((await versions()).slice(1)).toEqual(before.map((each) => ({ ...each, status: 'inactive' })))
    expect(await recordsOf(number)).toEqual(await recordsOf(1))
    expect((await diff(1, number)).changes).toEqual([])
    aMinute()
    const events = await server.sync(id)
    expect(events.at(-1)).toMatchObject({ type: 'complete' })
    const forward = Number(events.at(-1)?.data.version)
    expect(await recordsOf(forward)).toEqual(await recordsOf(3))
  })

  test('pauses the schedule, with its reason, and is audited once', async () => {
    await threeVersions()
    aMinute()
    await rollback(2)
    const { integration } = (await server.get(`/api/integrations/${id}`)).body
    expect(integration).toMatchObject({
      schedule_paused: {
        reason: 'rolled back to version 2 by admin@kit.test',
        by: 'admin@kit.test',
        since: new Date(server.clock.now()).toISOString().replace('.000', ''),
      },
    })
    expect(audited('dataset.rollback')).toEqual([{ target: `integration:${id}`, actor: expect.any(String) }])
    await server.sync(id)
    expect((await server.get(`/api/integrations/${id}`)).body.integration).toMatchObject({
      schedule_paused: null,
    })
  })

  test('needs a reason, a version that is there, and an administrator', async () => {
    await threeVersions()
    const before = await versions()
    for (const body of [{}, { reason: '' }, { reason: '   ' }, { reason: 'x'.repeat(501) }, { reason: 1 }]) {
      expect((await rollback(1, body)).status, JSON.stringify(body)).toBe(422)
    }
    expect((await rollback(1, { reason: 'x', number: 2 })).status).toBe(422)
    for (const number of [99, 0, -1, '1;drop', '1e3']) {
      expect((await rollback(number)).body.code, String(number)).toBe('not_found')
    }
    expect((await server.post('/api/datasets/1/rollback', { reason: 'x' })).status).toBe(422)
    const strange = `/api/datasets/1/rollback?integration=${crypto.randomUUID()}`
    expect((await server.post(strange, { reason: 'x' })).status).toBe(404)
    for (const as of ['agent', 'viewer'] as const)
      expect((await rollback(1, undefined, as)).status, as).toBe(403)
    expect(await versions()).toEqual(before)
    expect(audited('dataset.rollback')).toEqual([])
    expect((await server.get(`/api/integrations/${id}`)).body.integration).toMatchObject({
      schedule_paused: null,
    })
  })

  test('of many at once, those that come in between are told; no two share a number', async () => {
    await threeVersions()
    const answers = await Promise.all([1, 2, 3, 1, 2, 3].map((number) => rollback(number)))
    const made = answers.filter(({ status }) => status === 201)
    const refused = answers.filter(({ status }) => status !== 201)
    expect(made.length).toBeGreaterThan(0)
    for (const answer of refused) expect(answer.body).toMatchObject({ status: 409, code: 'conflict' })
    expect(refused.length).toBeGreaterThan(0)
    const numbers = made.map(({ body }) => (body.version as { number: number }).number)
    expect(new Set(numbers).size).toBe(made.length)
    expect(audited('dataset.rollback')).toHaveLength(made.length)
    const active = (await versions()).filter(({ status }) => status === 'active')
    expect(active).toHaveLength(1)
  })

  test('waits for no run: 409 sync_running with its id, and nothing has happened', async () => {
    await server.close()
    let release: () => void = () => undefined
    let hold = false
    const held = new Promise<void>((resolve) => {
      release = resolve
    })
    await open({
      wire: async (request, pass) => {
        if (hold) await held
        return pass(request)
      },
    })
    await threeVersions()
    hold = true
    const response = await server.fetch('POST', `/api/integrations/${id}/sync`)
    const runId = response.headers.get('location')?.replace('/api/runs/', '')
    const answer: Answer = await rollback(1)
    expect(answer.body).toMatchObject({ status: 409, code: 'sync_running', runId })
    release()
    await response.text()
    expect((await rollback(1)).status).toBe(201)
  })

  test('is there for a version whose integration is gone, too', async () => {
    await threeVersions()
    await server.call('DELETE', `/api/integrations/${id}`)
    expect((await rollback(1)).status).toBe(201)
  })
})
