/** A manual sync over the wire: its events to the letter, replay, cancel, the second press, and every way it can fail. */
import { existsSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { createInstance } from '@snowline/simulator'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { INSTANCE, readEvents, type SseEvent, TestServer, type TestServerOptions } from '../kit.ts'

let server: TestServer

async function open(options: TestServerOptions = {}): Promise<void> {
  await server.close()
  server = await TestServer.open(options)
}

beforeEach(async () => {
  server = await TestServer.open({ incidents: 12 })
})

afterEach(() => server.close())

const last = (events: readonly SseEvent[]): SseEvent => events.at(-1) as SseEvent
const batches = (events: readonly SseEvent[]) =>
  events.filter(({ type, data }) => type === 'progress' && (data.incidents as string[]).length > 0)

async function integration(id: string): Promise<Record<string, unknown>> {
  return (await server.get(`/api/integrations/${id}`)).body.integration as Record<string, unknown>
}

/** A gate in the wire: the first request for a page waits until it is opened. */
function gate() {
  let open: () => void = () => undefined
  const opened = new Promise<void>((resolve) => {
    open = resolve
  })
  let reached: () => void = () => undefined
  const waiting = new Promise<void>((resolve) => {
    reached = resolve
  })
  const wire: TestServerOptions['wire'] = async (request, pass) => {
    reached()
    await Promise.race([
      opened,
      new Promise((_resolve, reject) =>
        request.signal.addEventListener('abort', () => reject(request.signal.reason)),
      ),
    ])
    return pass(request)
  }
  return { open: () => open(), waiting, wire }
}

describe('the stream', () => {
  test('bytes, headers and events are exactly the contract', async () => {
    const id = await server.createServiceNow()
    const response = await server.fetch('POST', `/api/integrations/${id}/sync`)
    expect(response.status).toBe(200)
    expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8')
    expect(response.headers.get('cache-control')).toBe('no-cache, no-transform')
    expect(response.headers.get('x-accel-buffering')).toBe('no')
    const runId = response.headers.get('location')?.replace('/api/runs/', '') ?? ''
    const chunks: string[] = []
    const decoder = new TextDecoder()
    for await (const chunk of response.body ?? []) chunks.push(decoder.decode(chunk))
    expect(chunks[0]).toBe('retry: 3000\n\n')
    for (const [index, chunk] of chunks.slice(1).entries()) {
      expect(chunk).toMatch(
        new RegExp(`^id: ${runId}:${index + 1}\\nevent: (progress|complete)\\ndata: \\{[^\\n]*\\}\\n\\n$`),
      )
    }
  })

  test('progress tells batches 1 to N without a gap, each incident once; complete tells what was done', async () => {
    const id = await server.createServiceNow()
    const events = await server.sync(id)
    const told = batches(events)
    expect(told.map(({ data }) => data.batch)).toEqual([1, 2, 3])
    expect(told.map(({ data }) => (data.incidents as string[]).length)).toEqual([5, 5, 2])
    const numbers = told.flatMap(({ data }) => data.incidents as string[])
    expect([...numbers].sort()).toEqual(
      server.instance.control
        .records('incident')
        .map((row) => row.number)
        .sort(),
    )
    expect(told[2]?.data).toEqual({
      batch: 3,
      totalBatches: 3,
      totalIncidents: 12,
      incidents: numbers.slice(10),
      message: 'Batch 3 of 3 processed (2 incidents)',
      phase: 'ingest',
      processed: 12,
      added: 12,
      updated: 0,
      unchanged: 0,
      deleted: 0,
      etaMs: null,
    })
    for (const { data } of told) expect(data).toMatchObject({ totalBatches: 3, totalIncidents: 12 })
    const phases = events.filter(({ type }) => type === 'progress').map(({ data }) => data.phase)
    expect([...new Set(phases)]).toEqual(['validate', 'fetch', 'store', 'ingest', 'version', 'update'])
    for (const { data } of events.filter(({ data }) => data.phase === 'validate' || data.phase === 'fetch')) {
      expect(data).toMatchObject({ batch: 0, totalBatches: 0, totalIncidents: 0 })
    }
    expect(events.filter(({ type }) => type !== 'progress')).toHaveLength(1)
    const runId = last(events).id?.split(':')[0]
    expect(last(events)).toMatchObject({
      type: 'complete',
      data: {
        success: true,
        integration: await integration(id),
        stats: {
          added: 12,
          updated: 0,
          unchanged: 0,
          deleted: 0,
          total: 12,
          last_synced: '2026-11-02T09:00:00Z',
        },
        version: 1,
        runId,
      },
    })
    expect(await integration(id)).toMatchObject({
      last_synced_at: '2026-11-02T09:00:00Z',
      last_sync_status: 'success',
      last_sync_error: null,
      config: { lastSynced: '2026-11-02T09:00:00Z' },
    })
  })

  test('nothing new: complete with zeros, no version, no batch, the time moves', async () => {
    const id = await server.createServiceNow()
    await server.sync(id)
    server.clock.advance(60)
    server.instance.control.clock.advance(60)
    const events = await server.sync(id)
    expect(batches(events)).toEqual([])
    expect(last(events).data).toMatchObject({
      stats: { added: 0, updated: 0, deleted: 0, total: 0, last_synced: '2026-11-02T09:01:00Z' },
      version: 1,
    })
    const versions = (await server.get(`/api/datasets?integration=${id}`)).body.versions as unknown[]
    expect(versions).toHaveLength(1)
  })

  test('what changed is told as updated, in the batch size of the integration', async () => {
    const id = await server.createServiceNow({ batchSize: '2' })
    await server.sync(id)
    server.instance.control.clock.advance(60)
    const changed = server.instance.control.mutate({ seed: 7, count: 5 })
    const events = await server.sync(id)
    const ids = new Set(changed.map((change) => change.number))
    expect(new Set(batches(events).flatMap(({ data }) => data.incidents as string[]))).toEqual(ids)
    expect(last(events).data.stats).toMatchObject({ total: ids.size })
    expect(batches(events).every(({ data }) => (data.incidents as string[]).length <= 2)).toBe(true)
  })

  test('an empty instance completes with zeros and without a version', async () => {
    await open({ instance: createInstance({ seed: 1 }) })
    const id = await server.createServiceNow()
    expect(last(await server.sync(id))).toMatchObject({
      type: 'complete',
      data: { stats: { total: 0 }, version: null },
    })
  })

  test('text that looks like an event stays inside its line', async () => {
    const [row] = server.instance.control.records('incident')
    const number = 'INC1\n\nevent: complete\ndata: {}'
    server.instance.control.load('incident', [{ ...row, sys_id: row?.sys_id ?? '', number }])
    const id = await server.createServiceNow()
    const events = await server.sync(id)
    expect(events.filter(({ type }) => type === 'complete')).toHaveLength(1)
    expect(batches(events).flatMap(({ data }) => data.incidents as string[])).toContain(number)
  })

  test('the start date bounds what is read; null asks for a full read', async () => {
    const newest = server.instance.control
      .records('incident')
      .map((row) => row.sys_created_on ?? '')
      .sort()
      .at(-1)
    const id = await server.createServiceNow({ lastSynced: newest })
    expect(last(await server.sync(id)).data.stats).toMatchObject({ total: 1 })
    const full = await server.call('PATCH', `/api/integrations/${id}`, {
      body: { config: { lastSynced: null } },
    })
    expect(full.status).toBe(200)
    const again = await server.sync(id)
    expect(last(again)).toMatchObject({ type: 'complete', data: { stats: { unchanged: 1, total: 0 } } })
  })
})

describe('the stored run', () => {
  test('a reader that comes back gets what it missed, and nothing twice', async () => {
    const id = await server.createServiceNow()
    const events = await server.sync(id)
    const runId = last(events).id?.split(':')[0] ?? ''
    const path = `/api/runs/${runId}/events`
    expect(await readEvents(await server.fetch('GET', path))).toEqual(events)
    for (const seen of [1, 4, 6, events.length - 1, events.length]) {
      const rest = await readEvents(
        await server.fetch('GET', path, { headers: { 'last-event-id': `${runId}:${seen}` } }),
      )
      expect(rest).toEqual(events.slice(seen))
    }
    expect(await readEvents(await server.fetch('GET', path, { as: 'agent' }))).toEqual(events)
  })

  test('Last-Event-ID of another run, negative or huge is refused', async () => {
    const id = await server.createServiceNow()
    const runId = last(await server.sync(id)).id?.split(':')[0] ?? ''
    for (const header of [
      `${crypto.randomUUID()}:1`,
      `${runId}:-1`,
      `${runId}:1e20`,
      `${runId}:99999999999999999999`,
      'x',
    ]) {
      const answer = await server.get(`/api/runs/${runId}/events`, { headers: { 'last-event-id': header } })
      expect(answer.status, header).toBe(422)
    }
    expect((await server.get(`/api/runs/${crypto.randomUUID()}/events`)).status).toBe(404)
    expect((await server.get(`/api/runs/${runId}/events`, { as: 'viewer' })).status).toBe(403)
  })

  test('the run and the list of runs say the same', async () => {
    const id = await server.createServiceNow()
    const runId = last(await server.sync(id)).id?.split(':')[0] ?? ''
    const run = (await server.get(`/api/runs/${runId}`)).body.run
    expect(run).toEqual({
      id: runId,
      integration_id: id,
      trigger: 'manual',
      state: 'success',
      started_at: '2026-11-02T09:00:00Z',
      finished_at: '2026-11-02T09:00:00Z',
      counts: { added: 12, updated: 0, unchanged: 0, deleted: 0, total: 12 },
      error: null,
    })
    expect((await server.get(`/api/integrations/${id}/runs`)).body.runs).toEqual([run])
  })

  test('a reader that joins in the middle sees the rest live', async () => {
    const held = gate()
    await open({ incidents: 12, wire: held.wire })
    const id = await server.createServiceNow()
    const first = server.sync(id)
    await held.waiting
    const runs = (await server.get(`/api/integrations/${id}/runs`)).body.runs as {
      id: string
      state: string
    }[]
    expect(runs[0]?.state).toBe('running')
    const second = readEvents(await server.fetch('GET', `/api/runs/${runs[0]?.id}/events`))
    held.open()
    expect(await second).toEqual(await first)
  })

  test('a client that goes away does not stop the run', async () => {
    const held = gate()
    await open({ incidents: 12, wire: held.wire })
    const id = await server.createServiceNow()
    const response = await server.fetch('POST', `/api/integrations/${id}/sync`)
    await held.waiting
    await response.body?.cancel()
    held.open()
    const runId = response.headers.get('location') ?? ''
    const events = await readEvents(await server.fetch('GET', `${runId}/events`))
    expect(last(events).type).toBe('complete')
  })
})

describe('one at a time', () => {
  test('of many presses one goes on, the others are told which', async () => {
    const held = gate()
    await open({ incidents: 12, wire: held.wire })
    const id = await server.createServiceNow()
    const first = await server.fetch('POST', `/api/integrations/${id}/sync`)
    const runId = first.headers.get('location')?.replace('/api/runs/', '')
    const others = await Promise.all(
      Array.from({ length: 20 }, () => server.post(`/api/integrations/${id}/sync`)),
    )
    for (const answer of others) {
      expect(answer.status).toBe(409)
      expect(answer.headers.get('content-type')).toContain('application/problem+json')
      expect(answer.body).toMatchObject({ code: 'sync_running', runId })
    }
    held.open()
    expect(last(await readEvents(first)).type).toBe('complete')
    expect((await server.get(`/api/integrations/${id}/runs`)).body.runs).toHaveLength(1)
    expect(last(await server.sync(id)).type).toBe('complete')
  })

  test('cancel: one terminal event, run_cancelled, and the next sync finishes the work', async () => {
    const held = gate()
    await open({ incidents: 12, wire: held.wire })
    const id = await server.createServiceNow()
    const response = await server.fetch('POST', `/api/integrations/${id}/sync`)
    await held.waiting
    const path = response.headers.get('location') ?? ''
    expect((await server.call('DELETE', path, { as: 'agent' })).status).toBe(403)
    expect((await server.call('DELETE', path)).status).toBe(200)
    const events = await readEvents(response)
    expect(last(events)).toMatchObject({
      type: 'error',
      data: { success: false, code: 'run_cancelled', message: 'The sync was cancelled.' },
    })
    expect((await server.get(path)).body.run).toMatchObject({
      state: 'cancelled',
      error: { code: 'run_cancelled' },
    })
    expect(await integration(id)).toMatchObject({ last_synced_at: null, last_sync_status: 'error' })
    held.open()
    expect(last(await server.sync(id)).data.stats).toMatchObject({ total: 12 })
  })

  test('deleting an integration ends its run first', async () => {
    const held = gate()
    await open({ incidents: 12, wire: held.wire })
    const id = await server.createServiceNow()
    const response = await server.fetch('POST', `/api/integrations/${id}/sync`)
    await held.waiting
    expect((await server.call('DELETE', `/api/integrations/${id}`)).status).toBe(200)
    expect(last(await readEvents(response))).toMatchObject({ type: 'error', data: { code: 'run_cancelled' } })
  })

  test('more than five streams of one person: 429, and the run of others goes on', async () => {
    const id = await server.createServiceNow()
    const runId = last(await server.sync(id)).id?.split(':')[0]
    const held = await Promise.all(
      Array.from({ length: 5 }, () => server.fetch('GET', `/api/runs/${runId}/events`)),
    )
    const sixth = await server.get(`/api/runs/${runId}/events`)
    expect(sixth.status).toBe(429)
    expect(sixth.headers.get('retry-after')).toBe('15')
    expect((await server.fetch('GET', `/api/runs/${runId}/events`, { as: 'agent' })).status).toBe(200)
    await Promise.all(held.map((response) => response.body?.cancel()))
    expect((await server.fetch('GET', `/api/runs/${runId}/events`)).status).toBe(200)
  })
})

describe('failures', () => {
  const faults = [
    [{ kind: 'wrong-credential' }, 'sn_auth_failed'],
    [{ kind: 'status', status: 403 }, 'sn_forbidden'],
    [{ kind: 'rate-limit', retryAfter: 3_600 }, 'sn_rate_limited'],
    [{ kind: 'hibernating' }, 'sn_unavailable'],
    [{ kind: 'maintenance' }, 'sn_unavailable'],
    [{ kind: 'login' }, 'sn_unexpected_response'],
    [{ kind: 'cut-json' }, 'sn_unexpected_response'],
    [{ kind: 'error-in-result' }, 'sn_unexpected_response'],
    [{ kind: 'refuse' }, 'sn_unreachable'],
    [{ kind: 'cut' }, 'sn_unreachable'],
    [{ kind: 'status', status: 500 }, 'sn_error'],
  ] as const

  for (const [fault, code] of faults) {
    test(`${JSON.stringify(fault)}: ${code}, once, stored, and nothing else moves`, async () => {
      const id = await server.createServiceNow()
      await server.sync(id)
      const before = await integration(id)
      server.clock.advance(60)
      server.instance.control.setFault(fault)
      const events = await server.sync(id)
      const { data, type } = last(events)
      expect(type).toBe('error')
      expect(data).toMatchObject({
        success: false,
        code,
        hint: expect.stringMatching(/\w{3}/),
        message: expect.stringMatching(/\w{3}/),
      })
      expect(events.filter((event) => event.type !== 'progress')).toHaveLength(1)
      const runId = String(data.runId)
      expect(await readEvents(await server.fetch('GET', `/api/runs/${runId}/events`))).toEqual(events)
      expect((await server.get(`/api/runs/${runId}`)).body.run).toMatchObject({
        state: 'error',
        error: { code },
      })
      const after = await integration(id)
      expect(after).toEqual({ ...before, last_sync_status: 'error', last_sync_error: data.message })
      server.instance.control.clearFaults()
      // The pause an instance asks for is kept, also by the next run.
      server.clock.advance(3_600)
      expect(last(await server.sync(id)).type).toBe('complete')
    })
  }

  test('a redirect is never followed', async () => {
    await open({
      wire: async () =>
        new Response(null, { status: 307, headers: { location: 'https://169.254.169.254/' } }),
    })
    const id = await server.createServiceNow()
    expect(last(await server.sync(id)).data.code).toBe('redirect_refused')
    expect(server.outbound.every((request) => request.url.startsWith(INSTANCE))).toBe(true)
  })

  test('known before the run: one error event with the status, a problem body for callers of JSON alone', async () => {
    const unknown = `/api/integrations/${crypto.randomUUID()}/sync`
    for (const accept of [undefined, '*/*', 'text/event-stream', 'application/json, text/event-stream']) {
      const response = await server.fetch('POST', unknown, {
        headers: accept === undefined ? {} : { accept },
      })
      expect(response.status, accept).toBe(404)
      expect(response.headers.get('content-type')).toContain('text/event-stream')
      const events = await readEvents(response)
      expect(events).toHaveLength(1)
      expect(events[0]).toMatchObject({
        type: 'error',
        data: { success: false, code: 'not_found', runId: null },
      })
    }
    const json = await server.post(unknown, undefined, { headers: { accept: 'application/json' } })
    expect(json.status).toBe(404)
    expect(json.body.code).toBe('not_found')
    const denied = await server.post(unknown, undefined, {
      as: 'viewer',
      headers: { accept: 'text/event-stream' },
    })
    expect(denied.headers.get('content-type')).toContain('application/problem+json')
    expect((await server.get(unknown)).status).toBe(405)
  })

  test('a sync takes no body, and minds none', async () => {
    const id = await server.createServiceNow()
    for (const options of [
      { headers: { 'content-type': 'text/plain' } },
      { raw: '{}', headers: { 'content-type': 'application/json' } },
    ]) {
      expect(
        last(await readEvents(await server.fetch('POST', `/api/integrations/${id}/sync`, options))).type,
      ).toBe('complete')
    }
    const csrf = await server.post(`/api/integrations/${id}/sync`, undefined, {
      raw: 'x=1',
      headers: { 'content-type': 'text/plain' },
    })
    expect(csrf.body.code).toBe('unsupported_media_type')
  })
})

describe('the raw copy', () => {
  test('is one JSON array of the last run, for its owner alone', async () => {
    const id = await server.createServiceNow()
    await server.sync(id)
    const file = join(server.dataDir, 'incidentspulledfromsnow.json')
    const records = JSON.parse(readFileSync(file, 'utf8')) as { sys_id: string }[]
    const expected = server.instance.control.records('incident').map((row) => row.sys_id)
    expect(records.map((record) => record.sys_id).sort()).toEqual(expected.sort())
    expect(statSync(file).mode & 0o777).toBe(0o600)
  })

  test('is not written when it is switched off', async () => {
    await open({ env: { RAW_DUMP: 'off' } })
    const id = await server.createServiceNow()
    expect(last(await server.sync(id)).type).toBe('complete')
    expect(existsSync(join(server.dataDir, 'incidentspulledfromsnow.json'))).toBe(false)
  })
})

describe('stopping', () => {
  test('ends a run with run_interrupted, its stream hears it, and the next server goes on', async () => {
    const held = gate()
    await open({ incidents: 12, wire: held.wire })
    const id = await server.createServiceNow()
    const events = server.sync(id)
    await held.waiting
    await server.app.drain()
    expect(last(await events)).toMatchObject({ type: 'error', data: { code: 'run_interrupted' } })
    const refused = await server.post(`/api/integrations/${id}/sync`, undefined, {
      headers: { accept: 'application/json' },
    })
    expect(refused.body.code).toBe('shutting_down')
    await server.app.stop()
    const next = await TestServer.open({ dataDir: server.dataDir, instance: server.instance })
    try {
      expect(last(await next.sync(id)).data.stats).toMatchObject({ total: 12 })
    } finally {
      await next.close()
    }
  })
})
