/** Syncs that nobody presses: which integrations have them, what a pause holds back and who lifts it, and what a failure leaves behind. */
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { SN } from '../desk.ts'
import { type LogLine, TestServer, type TestServerOptions } from '../kit.ts'

let server: TestServer

async function open(options: TestServerOptions = {}): Promise<void> {
  await server.close()
  server = await TestServer.open({ incidents: 12, ...options })
}

beforeEach(async () => {
  server = await TestServer.open({ incidents: 12 })
})

afterEach(() => server.close())

const HOURLY = { schedule: '0 * * * *' }

interface Run {
  id: string
  trigger: string
  state: string
}

async function runs(id: string): Promise<Run[]> {
  return (await server.get(`/api/integrations/${id}/runs`)).body.runs as Run[]
}

async function integration(id: string): Promise<Record<string, unknown>> {
  return (await server.get(`/api/integrations/${id}`)).body.integration as Record<string, unknown>
}

/** An hour goes by on both clocks, the scheduler looks, and what it began is over. */
async function anHour(of: TestServer = server): Promise<void> {
  of.clock.advance(3_600)
  of.instance.control.clock.advance(3_600)
  await of.app.services.scheduler.tick()
  await ended(of)
}

async function ended(of: TestServer): Promise<void> {
  const { integrations, syncRuns } = of.app.services
  for (const { id } of await integrations.list()) {
    for (const run of (await syncRuns.list(id, { limit: 1 })).runs) {
      if (run.state !== 'running' && run.state !== 'queued') continue
      const source = await syncRuns.follow(run.id, 0)
      for await (const _frame of source.frames(new AbortController().signal));
    }
  }
}

/** Entries of the audit log with this action. */
function audit(action: string): number {
  const database = new Database(join(server.dataDir, 'snowline.db'), { readonly: true })
  try {
    return database.prepare('select seq from app_audit where action = ?').all(action).length
  } finally {
    database.close()
  }
}

describe('what is synced', () => {
  test('an active integration with a schedule, at its time, as a run like any other', async () => {
    const id = await server.createServiceNow(HOURLY, { is_active: true })
    await server.app.services.scheduler.tick()
    expect(await runs(id)).toEqual([])
    await anHour()
    expect(await runs(id)).toMatchObject([{ trigger: 'schedule', state: 'success' }])
    await server.app.services.scheduler.tick()
    expect(await runs(id)).toHaveLength(1)
    await anHour()
    expect(await runs(id)).toHaveLength(2)
    const [version] = (await server.get(`/api/datasets?integration=${id}`)).body.versions as {
      created_by: string
    }[]
    expect(version?.created_by).toBe('schedule')
  })

  test('not one that is inactive, paused, without a schedule, or of another service', async () => {
    const inactive = await server.createServiceNow(HOURLY)
    const paused = await server.createServiceNow(HOURLY, { is_active: true })
    await server.post(`/api/integrations/${paused}/pause`)
    const without = await server.createServiceNow({}, { is_active: true })
    const jira = await server.post('/api/integrations', {
      service_name: 'Jira',
      auth_type: 'basic_auth',
      config: { ...HOURLY, url: 'https://jira.example' },
      is_active: true,
    })
    const other = (jira.body.integration as { id: string }).id
    await server.app.services.scheduler.tick()
    await anHour()
    for (const id of [inactive, paused, without, other]) expect(await runs(id), id).toEqual([])
    expect(server.outbound).toEqual([])
  })

  test('a schedule that is changed counts from then on', async () => {
    const id = await server.createServiceNow({ schedule: '0 0 1 1 *' }, { is_active: true })
    await server.app.services.scheduler.tick()
    await anHour()
    expect(await runs(id)).toEqual([])
    await server.call('PATCH', `/api/integrations/${id}`, { body: { config: HOURLY } })
    await server.app.services.scheduler.tick()
    expect(await runs(id)).toEqual([])
    await anHour()
    expect(await runs(id)).toHaveLength(1)
  })

  test('two servers on one database: one run, and no word about it', async () => {
    const id = await server.createServiceNow(HOURLY, { is_active: true })
    const two = await TestServer.open({ dataDir: server.dataDir, instance: server.instance })
    try {
      await server.app.services.scheduler.tick()
      await two.app.services.scheduler.tick()
      server.clock.advance(3_600)
      two.clock.advance(3_600)
      await Promise.all([server.app.services.scheduler.tick(), two.app.services.scheduler.tick()])
      await ended(server)
      expect(await runs(id)).toHaveLength(1)
      const told = (line: LogLine) => line.level === 'warn' && line.event.startsWith('schedule')
      expect([...server.log, ...two.log].filter(told)).toEqual([])
    } finally {
      await two.app.stop()
    }
  })

  test('a sync that is still running at the next time goes on alone', async () => {
    let release: () => void = () => undefined
    const held = new Promise<void>((resolve) => {
      release = resolve
    })
    await open({
      wire: async (request, pass) => {
        await held
        return pass(request)
      },
    })
    const id = await server.createServiceNow(HOURLY, { is_active: true })
    await server.app.services.scheduler.tick()
    server.clock.advance(3_600)
    await server.app.services.scheduler.tick()
    server.clock.advance(3_600)
    await server.app.services.scheduler.tick()
    expect(await runs(id)).toMatchObject([{ state: 'running' }])
    expect(server.log.filter(({ event }) => event === 'schedule.skipped')).toHaveLength(1)
    expect(await integration(id)).toMatchObject({ last_sync_status: null })
    release()
    await ended(server)
    expect(await runs(id)).toMatchObject([{ state: 'success' }])
  })

  test('a sync that cannot begin leaves its reason where people look', async () => {
    const id = await server.createServiceNow(HOURLY, { is_active: true })
    await server.call('PATCH', `/api/integrations/${id}`, { body: { config: { password: null } } })
    await server.app.services.scheduler.tick()
    await anHour()
    expect(await runs(id)).toEqual([])
    expect(await integration(id)).toMatchObject({
      last_sync_status: 'error',
      last_sync_error: 'config.password is required for basic_auth',
      last_synced_at: null,
    })
    expect(audit('sync.error')).toBe(1)
  })

  test('a server that stops begins nothing any more', async () => {
    const id = await server.createServiceNow(HOURLY, { is_active: true })
    await server.app.start()
    await server.app.drain()
    await server.app.services.scheduler.tick()
    await anHour()
    expect(await runs(id)).toEqual([])
    expect(await integration(id)).toMatchObject({ last_sync_status: null })
  })
})

describe('the pause', () => {
  test('is shown with reason, time and person; resume lifts it; both are audited', async () => {
    const id = await server.createServiceNow(HOURLY, { is_active: true })
    const paused = await server.post(`/api/integrations/${id}/pause`, { reason: '  moving house ' })
    const pause = { reason: 'moving house', since: '2026-11-02T09:00:00Z', by: 'admin@kit.test' }
    expect(paused.status).toBe(200)
    expect(paused.body.integration).toMatchObject({ id, schedule_paused: pause })
    expect(await integration(id)).toMatchObject({ schedule_paused: pause })
    await server.app.services.scheduler.tick()
    await anHour()
    expect(await runs(id)).toEqual([])
    const resumed = await server.post(`/api/integrations/${id}/resume`)
    expect(resumed.body.integration).toMatchObject({ schedule_paused: null })
    expect(await runs(id)).toEqual([])
    await server.app.services.scheduler.tick()
    await anHour()
    expect(await runs(id)).toHaveLength(1)
    expect([audit('integration.pause'), audit('integration.resume')]).toEqual([1, 1])
  })

  test('a sync by hand lifts it, in the book too; a sync that is refused does not', async () => {
    const id = await server.createServiceNow(HOURLY, { is_active: true })
    await server.post(`/api/integrations/${id}/pause`)
    expect(await integration(id)).toMatchObject({ schedule_paused: { reason: 'paused by hand' } })
    expect((await server.post(`/api/integrations/${id}/sync`, undefined, { as: 'agent' })).status).toBe(403)
    expect((await server.post(`/api/integrations/${id}/sync`, { nonsense: 1 })).status).toBe(422)
    expect((await integration(id)).schedule_paused).not.toBeNull()
    await server.sync(id)
    expect((await integration(id)).schedule_paused).toBeNull()
    expect(audit('integration.resume')).toBe(1)
    await server.sync(id)
    expect(audit('integration.resume')).toBe(1)
  })

  test('is nothing a PUT can set or lift', async () => {
    const id = await server.createServiceNow(HOURLY, { is_active: true })
    await server.post(`/api/integrations/${id}/pause`, { reason: 'mine' })
    const served = await integration(id)
    await server.call('PUT', `/api/integrations/${id}`, { body: { ...served, schedule_paused: null } })
    expect((await integration(id)).schedule_paused).toEqual(served.schedule_paused)
  })

  test('is for those who may sync, with a reason of a reasonable length', async () => {
    const id = await server.createServiceNow()
    for (const path of ['pause', 'resume']) {
      for (const as of ['agent', 'viewer'] as const) {
        expect((await server.post(`/api/integrations/${id}/${path}`, {}, { as })).status, path).toBe(403)
      }
      expect((await server.post(`/api/integrations/${crypto.randomUUID()}/${path}`)).status).toBe(404)
    }
    for (const body of [
      { reason: 'x'.repeat(501) },
      { reason: 5 },
      { reason: null },
      { until: 'tomorrow' },
    ]) {
      expect((await server.post(`/api/integrations/${id}/pause`, body)).status).toBe(422)
    }
    expect((await integration(id)).schedule_paused).toBeNull()
  })

  test('that comes in the moment a tick is taken still holds', async () => {
    const id = await server.createServiceNow(HOURLY, { is_active: true })
    const { syncRuns } = server.app.services
    await server.post(`/api/integrations/${id}/pause`)
    const by = { principal: { userId: 'schedule', email: '' }, actor: { id: 'system', requestId: null } }
    await expect(syncRuns.start(id, { ...by, trigger: 'schedule' })).rejects.toMatchObject({
      code: 'conflict',
    })
    expect(await runs(id)).toEqual([])
  })
})

describe("the environment's connection", () => {
  test('is synced by SYNC_CRON, into its own mirror', async () => {
    await open({ env: { ...SN, SYNC_CRON: '*/30 * * * *' } })
    await server.app.services.scheduler.tick()
    await anHour()
    const versions = async () => (await server.get('/api/datasets?integration=env')).body.versions
    await expect.poll(versions).toMatchObject([{ number: 1, incident_count: 12, created_by: 'schedule' }])
    expect(audit('sync.complete')).toBe(1)
  })

  test('a rollback holds it back until somebody pulls by hand', async () => {
    await open({ env: { ...SN, SYNC_CRON: '0 * * * *' } })
    await server.post('/api/sn/sync/pull', {})
    const back = await server.post('/api/datasets/1/rollback?integration=env', { reason: 'a bad day' })
    expect(back.status, back.text).toBe(201)
    const health = (await server.get('/api/sn/health?fresh=1')).body
    expect(health.checks).toContainEqual({
      id: 'schedule',
      status: 'warn',
      message: 'Schedule paused since 2026-11-02T09:00:00Z: rolled back to version 1 by admin@kit.test.',
      hint: expect.stringContaining('Pull'),
    })
    const { scheduler } = server.app.services
    await scheduler.tick()
    server.outbound.length = 0
    await anHour()
    expect(server.outbound).toEqual([])
    expect((await server.post('/api/sn/sync/pull', {})).status).toBe(200)
    expect(audit('integration.resume')).toBe(1)
    await scheduler.tick()
    server.outbound.length = 0
    await anHour()
    await expect.poll(() => server.outbound.length).toBeGreaterThan(0)
  })

  test('without a whole connection there is nothing to do, and nothing to complain about', async () => {
    await open({ env: { SN_INSTANCE_URL: SN.SN_INSTANCE_URL, SYNC_CRON: '0 * * * *' } })
    await server.app.services.scheduler.tick()
    await anHour()
    expect(server.outbound).toEqual([])
    expect(server.log.filter(({ level }) => level === 'error')).toEqual([])
  })
})
