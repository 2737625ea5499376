/** The older door: the whole life of an integration by its paths, what it ignores, and a sync that always answers with a stream. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { INSTANCE, readEvents, TestServer } from '../kit.ts'

let server: TestServer

beforeAll(async () => {
  server = await TestServer.open({ incidents: 7 })
})

afterAll(() => server.close())

describe.each(['/integrations', '/api/integrations'])('%s', (door) => {
  test('create, read, update, sync, delete', async () => {
    const created = await server.post(`${door}/create`, {
      service_name: 'ServiceNow',
      auth_type: 'basic_auth',
      config: { url: INSTANCE, username: 'admin', password: 'admin' },
      is_active: true,
      colour: 'ignored',
      user_id: 'ignored too',
    })
    expect(created.status).toBe(201)
    const integration = created.body.integration as { id: string; config: object }
    const { id } = integration
    expect((await server.get(`${door}/id/${id}`)).body).toEqual({ success: true, integration })
    const all = (await server.get(`${door}/all`)).body.integrations as { id: string }[]
    expect(all.map((each) => each.id)).toContain(id)

    const updated = await server.call('PUT', `${door}/update/${id}`, {
      body: {
        ...integration,
        service_name: 'ServiceNow 2',
        id: 'another',
        last_synced_at: '2999-01-01T00:00:00Z',
      },
    })
    expect(updated.status).toBe(200)
    expect(updated.body.integration).toMatchObject({ id, service_name: 'ServiceNow 2', last_synced_at: null })

    const events = await readEvents(await server.fetch('POST', `${door}/sync/${id}`))
    expect(events.at(-1)).toMatchObject({ type: 'complete', data: { stats: { added: 7, total: 7 } } })
    expect(events.filter(({ type }) => type === 'progress').length).toBeGreaterThan(2)

    const gone = await server.call('DELETE', `${door}/delete/${id}`)
    expect(gone.body).toEqual({ success: true, message: 'Integration deleted successfully' })
    expect((await server.get(`${door}/id/${id}`)).status).toBe(404)
  })

  test('lastSynced in an update is ignored, empty or not', async () => {
    const id = await server.createServiceNow()
    await server.sync(id)
    const body = (await server.get(`${door}/id/${id}`)).body.integration as { config: object }
    for (const lastSynced of [null, '', '1970-01-01T00:00:00Z']) {
      const answer = await server.call('PUT', `${door}/update/${id}`, {
        body: { ...body, config: { ...body.config, lastSynced } },
      })
      expect((answer.body.integration as { config: object }).config).toEqual(body.config)
    }
    const again = await server.sync(id)
    expect(again.at(-1)?.data).toMatchObject({ stats: { total: 0 } })
  })

  test('every failure of a sync is 200 and one error event', async () => {
    const jira = await server.post(`${door}/create`, {
      service_name: 'Jira',
      auth_type: 'api_token',
      config: { url: 'https://jira.example', api_token: 'x' },
    })
    const jiraId = (jira.body.integration as { id: string }).id
    const cases = [
      [crypto.randomUUID(), 'not_found'],
      ['not-an-id', 'not_found'],
      [jiraId, 'validation_failed'],
    ] as const
    for (const [id, code] of cases) {
      const response = await server.fetch('POST', `${door}/sync/${id}`, {
        headers: { accept: 'application/json' },
      })
      expect(response.status).toBe(200)
      expect(response.headers.get('content-type')).toContain('text/event-stream')
      expect(await readEvents(response)).toMatchObject([{ type: 'error', data: { success: false, code } }])
    }
  })

  test('permissions hold as everywhere', async () => {
    expect((await server.get(`${door}/all`, { as: 'nobody' })).status).toBe(401)
    expect((await server.get(`${door}/all`, { as: 'agent' })).status).toBe(200)
    expect(
      (await server.post(`${door}/sync/${crypto.randomUUID()}`, undefined, { as: 'agent' })).body.code,
    ).toBe('forbidden')
    expect((await server.get(`${door}/nothing`, { as: 'nobody' })).status).toBe(401)
  })
})
