/** Integrations over HTTP: the object, masks, origins, conditions, and the abuse cases 6 to 13. */
import { createInstance } from '@snowline/simulator'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { INSTANCE, TestServer } from '../kit.ts'

const MASK = '********'
const OTHER = 'https://attacker.service-now.com'

interface Integration {
  id: string
  config: Record<string, unknown>
  [member: string]: unknown
}

let server: TestServer

beforeAll(async () => {
  server = await TestServer.open({ env: { SN_ALLOWED_ORIGINS: 'http://127.0.0.1:4412' } })
})

afterAll(() => server.close())

async function read(id: string): Promise<Integration> {
  return (await server.get(`/api/integrations/${id}`)).body.integration as Integration
}

async function put(id: string, body: unknown, headers: Record<string, string> = {}) {
  return server.call('PUT', `/api/integrations/${id}`, { body, headers })
}

/** True when a sync with what is stored gets through: the proof that a secret is still the right one. */
async function works(id: string): Promise<boolean> {
  return (await server.sync(id)).at(-1)?.type === 'complete'
}

test('create: 201, exactly the members of the contract, the caller is its user', async () => {
  const answer = await server.post('/api/integrations', {
    service_name: 'ServiceNow',
    auth_type: 'basic_auth',
    config: { url: `${INSTANCE}/`, username: 'admin', password: 'admin', lastSynced: '2026-03-01 10:30:00' },
  })
  const me = await server.get('/api/auth/me')
  expect(answer.status).toBe(201)
  const integration = answer.body.integration as Integration
  expect(answer.headers.get('location')).toBe(`/api/integrations/${integration.id}`)
  expect(integration).toEqual({
    id: expect.stringMatching(/^[0-9a-f-]{36}$/),
    service_name: 'ServiceNow',
    auth_type: 'basic_auth',
    config: { url: INSTANCE, username: 'admin', password: MASK, lastSynced: '2026-03-01T10:30:00Z' },
    is_active: false,
    last_synced_at: null,
    last_sync_status: null,
    last_sync_error: null,
    created_at: '2026-11-02T09:00:00Z',
    updated_at: '2026-11-02T09:00:00Z',
    user_id: (me.body.user as { id: string }).id,
    configured_secrets: ['password'],
    connector_type: 'servicenow',
    schedule_paused: null,
  })
  expect(await read(integration.id)).toEqual(integration)
  const list = (await server.get('/api/integrations')).body.integrations as Integration[]
  expect(list.find((each) => each.id === integration.id)).toEqual(integration)
})

test('what is required depends on how one signs in', async () => {
  const create = (auth_type: string, config: Record<string, unknown>) =>
    server.post('/api/integrations', { service_name: 'ServiceNow', auth_type, config })
  const detail = async (auth_type: string, config: Record<string, unknown>) =>
    (await create(auth_type, config)).body.detail
  expect(await detail('basic_auth', { url: INSTANCE, username: 'a' })).toBe(
    'config.password is required for basic_auth',
  )
  expect(await detail('basic_auth', { url: INSTANCE, username: '', password: 'x' })).toBe(
    'config.username is required for basic_auth',
  )
  expect(await detail('api_token', { api_token: 'x' })).toBe('config.url is required for api_token')
  expect(await detail('oauth2', { url: INSTANCE })).toBe('config.access_token is required for oauth2')
  expect((await create('oauth2', { url: INSTANCE, access_token: 't' })).status).toBe(201)
  expect((await create('oauth2', { url: INSTANCE, client_id: 'c', client_secret: 's' })).status).toBe(201)
  expect((await create('api_token', { url: INSTANCE, api_token: 't' })).status).toBe(201)
  expect((await create('carrier_pigeon', {})).body.code).toBe('validation_failed')
})

test('values may come as texts; wrong ones are named', async () => {
  const id = await server.createServiceNow({ batchSize: '25', table: 'incident', fields: 'number,state' })
  expect((await read(id)).config).toMatchObject({ batchSize: 25, fields: 'number,state' })
  const patched = await server.call('PATCH', `/api/integrations/${id}`, {
    body: { config: { schedule: '*/15 * * * *' } },
  })
  expect(patched.body.integration).toMatchObject({ config: { schedule: '*/15 * * * *' } })
  for (const [config, path] of [
    [{ batchSize: '501' }, 'config.batchSize'],
    [{ batchSize: 2.5 }, 'config.batchSize'],
    [{ table: 'incident^x' }, 'config.table'],
    [{ fields: ['a b'] }, 'config.fields'],
    [{ lastSynced: 'yesterday' }, 'config.lastSynced'],
    [{ lastSynced: '2026-02-30' }, 'config.lastSynced'],
    [{ username: 5 }, 'config.username'],
    [{ schedule: 'every day' }, 'config.schedule'],
    [{ schedule: '* * * * * *' }, 'config.schedule'],
    [{ schedule: '0 0 30 2 *' }, 'config.schedule'],
    [{ schedule: ['* * * * *'] }, 'config.schedule'],
  ] as const) {
    const answer = await server.post('/api/integrations', {
      service_name: 'ServiceNow',
      auth_type: 'basic_auth',
      config: { url: INSTANCE, username: 'admin', password: 'admin', ...config },
    })
    expect(answer.status, path).toBe(422)
    expect(answer.body.errors, path).toEqual([expect.objectContaining({ path })])
  }
  for (const query of ['active=true^NQactive=false', 'nosuch(1)', 'active=true^ORDERBYnumber']) {
    const answer = await server.post('/api/integrations', {
      service_name: 'ServiceNow',
      auth_type: 'basic_auth',
      config: { url: INSTANCE, username: 'admin', password: 'admin', query },
    })
    expect(answer.body.code, query).toBe('invalid_query')
  }
})

describe('secrets', () => {
  test('case 6: every secret and every member that looks like one is a mask', async () => {
    const secrets = {
      password: 'p-canary',
      api_token: 't-canary',
      client_secret: 'c-canary',
      refresh_token: 'r-canary',
      api_key: 'k-canary',
      myPassphrase: 'f-canary',
      webhookSecret: 'w-canary',
      options: { nested: { token: 'n-canary' } },
    }
    const id = await server.createServiceNow({ ...secrets, note: 'plain' })
    const answer = await server.get(`/api/integrations/${id}`)
    const { config, configured_secrets } = answer.body.integration as Integration
    for (const member of Object.keys(secrets)) expect(config[member], member).toBe(MASK)
    expect(config.note).toBe('plain')
    expect(configured_secrets).toEqual(Object.keys(secrets).sort())
    expect(answer.text).not.toContain('canary')
  })

  test('case 7: the body of a GET can be PUT back, and the connection still works', async () => {
    const id = await server.createServiceNow()
    const before = await read(id)
    const answer = await put(id, before)
    expect(answer.status).toBe(200)
    expect(await read(id)).toEqual(before)
    expect(await works(id)).toBe(true)
    // Also after a sync has filled in its times.
    expect((await put(id, await read(id))).status).toBe(200)
    expect(await works(id)).toBe(true)
  })

  test('case 8: anything that is nearly a mask is refused and nothing changes', async () => {
    const id = await server.createServiceNow()
    const body = await read(id)
    for (const password of [`${MASK}x`, '•••••••• ', '*****', `x${MASK}`, '***** *']) {
      const answer = await put(id, { ...body, config: { ...body.config, password } })
      expect(answer.status, password).toBe(422)
      expect(answer.body.code, password).toBe('masked_value')
    }
    expect(await works(id)).toBe(true)
    expect(
      (
        await server.post('/api/integrations', {
          service_name: 'ServiceNow',
          auth_type: 'basic_auth',
          config: { url: INSTANCE, username: 'admin', password: MASK },
        })
      ).body.code,
    ).toBe('masked_value')
  })

  test('case 9: a new address never gets the stored secret', async () => {
    const id = await server.createServiceNow()
    const body = await read(id)
    const outbound = server.outbound.length
    for (const config of [
      { ...body.config, url: OTHER },
      { url: OTHER, username: 'admin' },
      { ...body.config, token_url: `${OTHER}/oauth_token.do` },
    ]) {
      const answer = await put(id, { ...body, config })
      expect(answer.status).toBe(422)
      expect(answer.body.code).toBe('secret_required_for_new_origin')
    }
    const patched = await server.call('PATCH', `/api/integrations/${id}`, {
      body: { config: { url: OTHER } },
    })
    expect(patched.body.code).toBe('secret_required_for_new_origin')
    expect(server.outbound.length).toBe(outbound)
    const moved = await put(id, { ...body, config: { ...body.config, url: OTHER, password: 'another' } })
    expect(moved.status).toBe(200)
    expect((await read(id)).config.url).toBe(OTHER)
  })

  test('case 10: identity is fixed, times are the server’s, unknown members are told', async () => {
    const id = await server.createServiceNow()
    const body = await read(id)
    expect((await put(id, { ...body, id: crypto.randomUUID() })).status).toBe(422)
    expect((await put(id, { ...body, user_id: crypto.randomUUID() })).status).toBe(422)
    const unknown = await put(id, { ...body, colour: 'blue' })
    expect(unknown.body.errors).toEqual([{ path: 'colour', message: expect.any(String) }])
    const served = {
      last_synced_at: '2999-01-01T00:00:00Z',
      last_sync_status: 'success',
      last_sync_error: 'x',
      created_at: '1970-01-01T00:00:00Z',
      updated_at: '1970-01-01T00:00:00Z',
      configured_secrets: ['nothing'],
      schedule_paused: { reason: 'x' },
    }
    for (const lastSynced of ['2999-01-01T00:00:00Z', '1970-01-01T00:00:00Z']) {
      expect((await put(id, { ...body, ...served, config: { ...body.config, lastSynced } })).status).toBe(200)
      expect(await read(id)).toEqual(body)
    }
  })

  test('case 11: another way to sign in inherits nothing', async () => {
    const id = await server.createServiceNow({ client_secret: 'kept' })
    const body = await read(id)
    const masked = { url: INSTANCE, client_id: 'c', client_secret: MASK }
    expect((await put(id, { ...body, auth_type: 'oauth2', config: masked })).body.code).toBe('masked_value')
    const absent = { url: INSTANCE, client_id: 'c' }
    expect((await put(id, { ...body, auth_type: 'oauth2', config: absent })).body.code).toBe(
      'validation_failed',
    )
    expect(await works(id)).toBe(true)
    const fresh = { url: INSTANCE, client_id: 'c', client_secret: 'new' }
    expect((await put(id, { ...body, auth_type: 'oauth2', config: fresh })).status).toBe(200)
    expect((await read(id)).configured_secrets).toEqual(['client_secret'])
  })

  test('null and an empty text clear; the sync then says what is missing', async () => {
    const id = await server.createServiceNow({ api_key: 'extra' })
    const body = await read(id)
    expect((await put(id, { ...body, config: { ...body.config, api_key: null, password: '' } })).status).toBe(
      200,
    )
    expect((await read(id)).configured_secrets).toEqual([])
    expect((await put(id, await read(id))).status).toBe(200)
    const answer = await server.post(`/api/integrations/${id}/sync`, undefined, {
      headers: { accept: 'application/json' },
    })
    expect(answer.status).toBe(422)
    expect(answer.body.detail).toBe('config.password is required for basic_auth')
  })

  test('a secret that is absent in a PUT stays', async () => {
    const id = await server.createServiceNow()
    const body = await read(id)
    const { password: _left, ...config } = body.config
    expect((await put(id, { ...body, config })).status).toBe(200)
    expect(await works(id)).toBe(true)
  })
})

describe('addresses', () => {
  const create = (url: string, more: Record<string, unknown> = {}) =>
    server.post('/api/integrations', {
      service_name: 'ServiceNow',
      auth_type: 'basic_auth',
      config: { url, username: 'a', password: 'b', ...more },
    })

  test('case 12: wrong scheme, user info and port', async () => {
    for (const url of [
      'http://dev1.service-now.com',
      'ftp://dev1.service-now.com',
      'file:///etc/passwd',
      'data:text/plain,x',
      'https://user:pass@dev1.service-now.com',
      'https://dev1.service-now.com:22',
    ]) {
      const answer = await create(url)
      expect(answer.status, url).toBe(422)
      expect(answer.body.code, url).toBe('url_not_allowed')
    }
  })

  test('case 13: every other destination', async () => {
    const outbound = server.outbound.length
    for (const url of [
      'https://127.0.0.1',
      'https://0x7f.1',
      'https://2130706433',
      'https://[::1]',
      'https://[::ffff:a9fe:a9fe]',
      'https://0.0.0.0',
      'https://169.254.169.254',
      'https://100.100.100.200',
      'https://metadata.google.internal',
      'https://evil\\@dev1.service-now.com',
      'https://dev1.service-now.com.evil.example',
      'https://evil-service-now.com',
    ]) {
      const answer = await create(url)
      expect(answer.status, url).toBe(422)
      expect(answer.body.code, url).toBe('destination_blocked')
    }
    expect((await create(INSTANCE, { token_url: 'https://evil.example/t' })).body.code).toBe(
      'destination_blocked',
    )
    expect(server.outbound.length).toBe(outbound)
  })

  test('a pasted path is cut, a name is enough, an allowed origin passes', async () => {
    const saved = async (url: string) => ((await create(url)).body.integration as Integration).config.url
    expect(await saved('https://dev1.service-now.com/nav_to.do?uri=x')).toBe('https://dev1.service-now.com')
    expect(await saved('https://dev1.service-now.com/')).toBe('https://dev1.service-now.com')
    expect(await saved('dev1')).toBe('https://dev1.service-now.com')
    expect(await saved('http://127.0.0.1:4412')).toBe('http://127.0.0.1:4412')
  })
})

describe('other services', () => {
  test('are stored with any address, masked, and never dialled', async () => {
    const outbound = server.outbound.length
    const answer = await server.post('/api/integrations', {
      service_name: 'Jira',
      auth_type: 'api_token',
      config: { url: 'http://jira.internal:8080/base', email: 'a@b.c', api_token: 'jira-canary' },
    })
    const integration = answer.body.integration as Integration
    expect(integration).toMatchObject({
      connector_type: null,
      config: { url: 'http://jira.internal:8080/base', api_token: MASK },
    })
    const sync = await server.post(`/api/integrations/${integration.id}/sync`, undefined, {
      headers: { accept: 'application/json' },
    })
    expect(sync.status).toBe(422)
    expect(sync.body.detail).toContain('only ServiceNow')
    expect(server.outbound.length).toBe(outbound)
  })

  test('a kind is recognised by name or address, stated kinds are kept by updates that omit them', async () => {
    const kind = async (body: Record<string, unknown>) => {
      const config = { url: INSTANCE, username: 'a', password: 'b' }
      const answer = await server.post('/api/integrations', { auth_type: 'basic_auth', config, ...body })
      return answer.body.integration as Integration
    }
    expect((await kind({ service_name: 'Our Service-Now (prod)' })).connector_type).toBe('servicenow')
    expect((await kind({ service_name: 'Tickets' })).connector_type).toBe('servicenow')
    const stated = await kind({ service_name: 'ServiceNow', connector_type: 'Archive' })
    expect(stated.connector_type).toBe('archive')
    const renamed = await server.call('PATCH', `/api/integrations/${stated.id}`, {
      body: { service_name: 'ServiceNow 2' },
    })
    expect((renamed.body.integration as Integration).connector_type).toBe('archive')
    const recognised = await kind({ service_name: 'ServiceNow' })
    const jira = await put(recognised.id, {
      ...recognised,
      service_name: 'Jira',
      config: { url: 'https://jira.example', password: 'new' },
    })
    expect((jira.body.integration as Integration).connector_type).toBeNull()
  })
})

describe('conditions', () => {
  test('If-Match: the present tag or *, else 412; If-None-Match answers 304', async () => {
    const id = await server.createServiceNow()
    const first = await server.get(`/api/integrations/${id}`)
    const etag = first.headers.get('etag') ?? ''
    expect((await server.get(`/api/integrations/${id}`, { headers: { 'if-none-match': etag } })).status).toBe(
      304,
    )
    const body = first.body.integration
    const changed = await put(id, { ...(body as object), is_active: true }, { 'if-match': etag })
    expect(changed.status).toBe(200)
    expect(changed.headers.get('etag')).toBe(
      (await server.get(`/api/integrations/${id}`)).headers.get('etag'),
    )
    const stale = await put(id, body, { 'if-match': etag })
    expect(stale.status).toBe(412)
    expect(stale.body.code).toBe('precondition_failed')
    expect((await put(id, body, { 'if-match': '*' })).status).toBe(200)
    expect(
      (await server.call('DELETE', `/api/integrations/${id}`, { headers: { 'if-match': '"old"' } })).status,
    ).toBe(412)
  })

  test('PATCH changes the named members only; PUT replaces the whole configuration', async () => {
    const id = await server.createServiceNow({ table: 'incident', note: 'a' }, { is_active: true })
    const patched = await server.call('PATCH', `/api/integrations/${id}`, { body: { config: { note: 'b' } } })
    expect(patched.body.integration).toMatchObject({
      is_active: true,
      config: { note: 'b', table: 'incident', url: INSTANCE },
    })
    const body = {
      service_name: 'ServiceNow',
      auth_type: 'basic_auth',
      config: { url: INSTANCE, username: 'admin' },
    }
    const replaced = (await put(id, body)).body.integration as Integration
    expect(replaced.config).toEqual({ url: INSTANCE, username: 'admin', password: MASK })
    expect(replaced.is_active).toBe(false)
  })

  test('DELETE is for good and says so; the second one finds nothing', async () => {
    const id = await server.createServiceNow()
    const answer = await server.call('DELETE', `/api/integrations/${id}`)
    expect(answer.body).toEqual({ success: true, message: 'Integration deleted successfully' })
    expect((await server.get(`/api/integrations/${id}`)).status).toBe(404)
    expect((await server.call('DELETE', `/api/integrations/${id}`)).body.code).toBe('not_found')
    expect((await put(id, {})).status).toBe(422)
  })

  test('pause shows reason, time and person; resume lifts it', async () => {
    const id = await server.createServiceNow()
    const paused = await server.post(`/api/integrations/${id}/pause`, { reason: 'maintenance window' })
    expect((paused.body.integration as Integration).schedule_paused).toEqual({
      reason: 'maintenance window',
      since: '2026-11-02T09:00:00Z',
      by: 'admin@kit.test',
    })
    expect((await server.post(`/api/integrations/${id}/pause`)).status).toBe(200)
    const resumed = await server.post(`/api/integrations/${id}/resume`)
    expect((resumed.body.integration as Integration).schedule_paused).toBeNull()
  })
})

test('without a key in production nothing is saved, and everything else works', async () => {
  const own = await TestServer.open({
    env: { NODE_ENV: 'production' },
    instance: createInstance({ seed: 1 }),
  })
  try {
    const body = {
      service_name: 'ServiceNow',
      auth_type: 'basic_auth',
      config: { url: INSTANCE, username: 'a', password: 'b' },
    }
    const answer = await own.post('/api/integrations', body)
    expect(answer.status).toBe(503)
    expect(answer.body.code).toBe('secret_key_missing')
    expect((await own.get('/api/integrations')).body.integrations).toEqual([])
    expect((await own.get('/readyz')).status).toBe(200)
  } finally {
    await own.close()
  }
})
