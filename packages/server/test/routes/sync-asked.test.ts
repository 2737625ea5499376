/** What a sync may be asked to do beside reading what is new, what it tells of deletes, and the history of runs. */
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { readEvents, type SseEvent, TestServer } from '../kit.ts'

let server: TestServer

beforeEach(async () => {
  server = await TestServer.open({ incidents: 120 })
})

afterEach(() => server.close())

const last = (events: readonly SseEvent[]): SseEvent => events.at(-1) as SseEvent
const ids = () => server.instance.control.records('incident').map((row) => row.sys_id ?? '')

function aMinute(): void {
  server.clock.advance(60)
  server.instance.control.clock.advance(60)
}

async function sync(id: string, body: unknown): Promise<SseEvent[]> {
  return readEvents(await server.fetch('POST', `/api/integrations/${id}/sync`, { body }))
}

/** Actions of the audit log, in order. */
function audited(): string[] {
  const database = new Database(join(server.dataDir, 'snowline.db'), { readonly: true })
  try {
    const rows = database.prepare('select action from app_audit order by seq').all() as { action: string }[]
    return rows.map(({ action }) => action).filter((action) => action.startsWith('sync.'))
  } finally {
    database.close()
  }
}

describe('deletes', () => {
  test('are in no batch; they show after the last one, in the stats, in the run and in the version', async () => {
    const id = await server.createServiceNow()
    await server.sync(id)
    aMinute()
    server.instance.control.remove('incident', ids().slice(0, 3))
    server.instance.control.mutate({ seed: 4, count: 2 })
    aMinute()
    const events = await server.sync(id)
    const { stats, version, runId } = last(events).data as {
      stats: { added: number; updated: number; deleted: number; total: number }
      version: number
      runId: string
    }
    expect(stats.deleted).toBe(3)
    expect(stats.total).toBe(stats.added + stats.updated + 3)
    expect(version).toBe(2)
    const batches = events.filter(({ data }) => (data.incidents as string[] | undefined)?.length)
    expect(batches.every(({ data }) => data.deleted === 0)).toBe(true)
    expect(batches.flatMap(({ data }) => data.incidents)).toHaveLength(stats.added + stats.updated)
    expect(events.map(({ data }) => data.message)).toContain('3 incidents removed (3 deleted in ServiceNow)')
    expect((await server.get(`/api/runs/${runId}`)).body.run).toMatchObject({ counts: { deleted: 3 } })
    expect(await readEvents(await server.fetch('GET', `/api/runs/${runId}/events`))).toEqual(events)
    const numbers = events.map((event) => Number(event.id?.split(':')[1]))
    expect(numbers).toEqual(numbers.map((_, index) => index + 1))
    const { versions } = (await server.get(`/api/datasets?integration=${id}`)).body
    expect(versions).toMatchObject([{ number: 2, incident_count: ids().length, deleted: 3 }, { number: 1 }])
  })
})

describe('a full read', () => {
  test('reads everything again, as a new generation, with its line and its entry', async () => {
    const id = await server.createServiceNow()
    await server.sync(id)
    aMinute()
    const events = await sync(id, { full: true })
    expect(last(events)).toMatchObject({ type: 'complete', data: { stats: { total: 0, unchanged: 120 } } })
    expect(events[0]?.data).toMatchObject({
      phase: 'validate',
      message: 'A full read was asked for: every record is read again',
    })
    expect(audited()).toEqual([
      'sync.start',
      'sync.complete',
      'sync.generation.new',
      'sync.start',
      'sync.complete',
    ])
    const numbers = events.map((event) => Number(event.id?.split(':')[1]))
    expect(numbers).toEqual(numbers.map((_, index) => index + 1))
  })
})

describe('a reconcile', () => {
  test('finds what left no trace, and brings back what nobody stamped', async () => {
    const id = await server.createServiceNow()
    await server.sync(id)
    aMinute()
    server.instance.control.remove('incident', ids().slice(0, 2), { audited: false })
    expect(last(await server.sync(id)).data.stats).toMatchObject({ deleted: 0 })
    aMinute()
    const events = await sync(id, { reconcile: true })
    expect(last(events).data.stats).toMatchObject({ deleted: 2, total: 2 })
    expect(events.map(({ data }) => data.message)).toContain('2 incidents removed (2 gone from view)')
    expect(server.log.some(({ level, event }) => level === 'info' && event === 'sync.reconcile.done')).toBe(
      true,
    )
  })

  test('asks a person when too much is gone; with the confirmation it goes', async () => {
    const id = await server.createServiceNow()
    await server.sync(id)
    const before = (await server.get(`/api/integrations/${id}`)).body.integration as Record<string, unknown>
    aMinute()
    server.instance.control.remove('incident', ids().slice(0, 70), { audited: false })
    const refused = await sync(id, { reconcile: true })
    expect(last(refused)).toMatchObject({
      type: 'error',
      data: {
        code: 'reconcile_needs_confirmation',
        message: '70 of 120 incidents are not visible in ServiceNow any more; nothing was removed.',
        hint: expect.stringContaining('{"reconcile": true, "confirm_deletes": true}'),
      },
    })
    const { last_synced_at } = (await server.get(`/api/integrations/${id}`)).body.integration as Record<
      string,
      unknown
    >
    expect(last_synced_at).toBe(before.last_synced_at)
    expect((await server.get(`/api/datasets?integration=${id}`)).body.versions).toHaveLength(1)
    const done = await sync(id, { reconcile: true, confirm_deletes: true })
    expect(last(done)).toMatchObject({ type: 'complete', data: { stats: { deleted: 70 }, version: 2 } })
  })
})

describe('the body', () => {
  test('is strict; its faults are an event to those who read events, a problem to the others', async () => {
    const id = await server.createServiceNow()
    for (const body of [
      { full: 'yes' },
      { full: null },
      { confirmDeletes: true },
      { confirm_deletes: 1 },
      [],
      'full',
      7,
      null,
    ]) {
      const response = await server.fetch('POST', `/api/integrations/${id}/sync`, { body })
      if (body === null) {
        expect(last(await readEvents(response)).type).toBe('complete')
        continue
      }
      expect(response.status, JSON.stringify(body)).toBe(422)
      expect(await readEvents(response)).toMatchObject([
        { type: 'error', data: { success: false, code: 'validation_failed', runId: null } },
      ])
      const json = await server.call('POST', `/api/integrations/${id}/sync`, {
        body,
        headers: { accept: 'application/json' },
      })
      expect(json.body).toMatchObject({ code: 'validation_failed', errors: expect.any(Array) })
    }
    expect((await server.get(`/api/integrations/${id}/runs`)).body.runs).toHaveLength(1)
  })

  test('says what a member must be in words of people', async () => {
    const id = await server.createServiceNow()
    const wrong = { full: 'yes', reconcile: 1 }
    const headers = { accept: 'application/json' }
    const { body } = await server.call('POST', `/api/integrations/${id}/sync`, { body: wrong, headers })
    expect(body.errors).toEqual([
      { path: 'full', message: 'must be true or false' },
      { path: 'reconcile', message: 'must be true or false' },
    ])
  })

  test('false asks for nothing, and the older door reads none', async () => {
    const id = await server.createServiceNow()
    await server.sync(id)
    await sync(id, { full: false, reconcile: false, confirm_deletes: false })
    const older = await server.fetch('POST', `/api/integrations/sync/${id}`, { body: { full: true } })
    expect(last(await readEvents(older)).type).toBe('complete')
    expect(audited()).not.toContain('sync.generation.new')
  })
})

describe('the history of runs', () => {
  test('comes newest first, in pages without a gap, also within one second', async () => {
    const id = await server.createServiceNow()
    for (let run = 0; run < 5; run += 1) {
      await server.sync(id)
      if (run % 2 === 0) aMinute()
    }
    const whole = (await server.get(`/api/integrations/${id}/runs`)).body
    const runs = whole.runs as { id: string; started_at: string }[]
    expect(whole.nextCursor).toBeNull()
    expect(runs).toHaveLength(5)
    const starts = runs.map((run) => run.started_at)
    expect(starts).toEqual([...starts].sort().reverse())
    const paged: unknown[] = []
    for (let cursor: unknown = ''; cursor !== null; ) {
      const query = cursor === '' ? '' : `&cursor=${encodeURIComponent(String(cursor))}`
      const page = (await server.get(`/api/integrations/${id}/runs?limit=2${query}`, { as: 'agent' })).body
      paged.push(...(page.runs as unknown[]))
      cursor = page.nextCursor
    }
    expect(paged).toEqual(runs)
  })

  test('takes no strange cursor, limit or caller', async () => {
    const id = await server.createServiceNow()
    const path = `/api/integrations/${id}/runs`
    for (const query of [
      'cursor=x',
      'cursor=',
      "cursor=2026-01-01' or 1=1--_x",
      'limit=0',
      'limit=201',
      'page=2',
    ]) {
      expect((await server.get(`${path}?${query}`)).status, query).toBe(422)
    }
    expect((await server.get(path, { as: 'viewer' })).status).toBe(403)
    expect((await server.get(`/api/integrations/${crypto.randomUUID()}/runs`)).status).toBe(404)
  })
})
