/** The test of stored settings: what is asked of the instance, what is answered, who may, and that it is written down. */
import { join } from 'node:path'
import { type HealthCheck, type IntegrationTest, paths } from '@snowline/protocol'
import Database from 'better-sqlite3'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { INSTANCE, TestServer } from '../kit.ts'

const UUID = /^[0-9a-f-]{36}$/

let server: TestServer

beforeEach(async () => {
  server = await TestServer.open({ incidents: 5 })
})

afterEach(() => server.close())

const states = (checks: unknown) =>
  (checks as readonly HealthCheck[]).map(({ id, status }) => `${id} ${status}`)

function audited(): { target: string; actor: string; action: string }[] {
  const database = new Database(join(server.dataDir, 'snowline.db'), { readonly: true })
  try {
    const sql = "select target, actor, action from app_audit where action = 'integration.test'"
    return database.prepare(sql).all() as { target: string; actor: string; action: string }[]
  } finally {
    database.close()
  }
}

test('right settings, of an integration that is not active: every check is ok, and it is audited', async () => {
  const id = await server.createServiceNow({}, { is_active: false })
  const answer = await server.post(paths.testIntegration(id))
  expect(answer.status, answer.text).toBe(200)
  const whole: IntegrationTest = {
    success: true,
    checks: [
      { id: 'configuration', status: 'ok', message: 'Address and credentials are set.' },
      { id: 'connection', status: 'ok', message: 'The instance answers with JSON.' },
      { id: 'authentication', status: 'ok', message: 'The credentials are accepted.' },
      { id: 'read', status: 'ok', message: 'Incidents can be read.' },
      { id: 'sync', status: 'ok', message: expect.stringContaining('can be synced') },
    ],
    checked_at: '2026-11-02T09:00:00Z',
  }
  expect(answer.body).toEqual(whole)
  expect(audited()).toEqual([
    {
      action: 'integration.test',
      target: `integration:${id}`,
      actor: expect.stringMatching(UUID),
    },
  ])
  const after = (await server.get(paths.integration(id))).body.integration
  expect(after).toMatchObject({ last_sync_status: null, last_synced_at: null, is_active: false })
})

test('a wrong password: as far as it got, with what to do; each test asks anew', async () => {
  const id = await server.createServiceNow({ password: 'wrong-canary' })
  const wrong = await server.post(paths.testIntegration(id))
  expect(wrong.status).toBe(200)
  expect(states(wrong.body.checks)).toEqual(['configuration ok', 'connection ok', 'authentication fail'])
  expect((wrong.body.checks as HealthCheck[]).at(-1)?.hint).toBeTruthy()
  expect(wrong.text).not.toContain('canary')
  await server.call('PATCH', paths.integration(id), { body: { config: { password: 'admin' } } })
  expect(states((await server.post(paths.testIntegration(id))).body.checks)).toHaveLength(5)
})

test.each([
  [{ kind: 'hibernating' }, ['configuration ok', 'connection fail']],
  [{ kind: 'refuse' }, ['configuration ok', 'connection fail']],
  [{ kind: 'login' }, ['configuration ok', 'connection fail']],
  [{ kind: 'status', status: 403 }, ['configuration ok', 'connection ok', 'authentication ok', 'read fail']],
] as const)('%j', async (fault, expected) => {
  const id = await server.createServiceNow()
  server.instance.control.setFault(fault)
  const answer = await server.post(paths.testIntegration(id))
  expect(answer.status, answer.text).toBe(200)
  expect(states(answer.body.checks)).toEqual(expected)
})

test('it is the settings of this integration that are tested, not those of the help desk', async () => {
  await server.close()
  server = await TestServer.open({
    env: { SN_INSTANCE_URL: 'https://another.service-now.com', SN_USERNAME: 'env', SN_PASSWORD: 'env' },
  })
  const id = await server.createServiceNow()
  await server.post(paths.testIntegration(id))
  expect(server.outbound.length).toBeGreaterThan(0)
  expect(new Set(server.outbound.map(({ url }) => new URL(url).origin))).toEqual(new Set([INSTANCE]))
})

test('another service is told apart, an unknown id is 404, and only administrators may', async () => {
  const jira = await server.post('/api/integrations', {
    service_name: 'Jira',
    auth_type: 'api_token',
    config: { url: 'https://jira.example', api_token: 'x' },
  })
  const { id } = jira.body.integration as { id: string }
  const refused = await server.post(paths.testIntegration(id))
  expect([refused.status, refused.body.code]).toEqual([422, 'validation_failed'])
  expect(refused.body.detail).toContain('only ServiceNow can be tested or synced')
  const unknown = await server.post(paths.testIntegration(crypto.randomUUID()))
  expect([unknown.status, unknown.body.code]).toEqual([404, 'not_found'])
  const own = await server.createServiceNow()
  for (const as of ['agent', 'viewer'] as const) {
    expect((await server.post(paths.testIntegration(own), undefined, { as })).status).toBe(403)
  }
  expect((await server.post(paths.testIntegration(own), undefined, { as: 'nobody' })).status).toBe(401)
  expect(server.outbound).toEqual([])
  expect(audited()).toEqual([])
})
