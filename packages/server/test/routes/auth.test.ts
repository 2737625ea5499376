/** Sign-in over HTTP: sessions, cookies from our own pages only, limits, tokens for programs and widgets, JWTs of a host. */
import { SignJWT } from 'jose'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { shadowUserId } from '../../src/auth/jwt.ts'
import { ORIGIN, PASSWORD, TestServer } from '../kit.ts'

let server: TestServer
const JWT_SECRET = 'a secret of the host, its very own one'

beforeAll(async () => {
  server = await TestServer.open({
    env: {
      TRUST_PROXY: 'on',
      AUTH_JWT_SECRET: JWT_SECRET,
      AUTH_JWT_ISSUER: 'desk',
      AUTH_JWT_AUDIENCE: 'snowline',
      AUTH_ROLE_MAP: 'staff=agent, boss=admin',
    },
  })
})

afterAll(() => server.close())

const login = (email: string, password: string, address = '192.0.2.1') =>
  server.post(
    '/api/auth/login',
    { email, password },
    { as: 'nobody', headers: { 'x-forwarded-for': address } },
  )

describe('sign-in', () => {
  test('gives a token, its end, the person, and a cookie scripts cannot read', async () => {
    const answer = await login(' Agent@Kit.test ', PASSWORD)
    expect(answer.status).toBe(200)
    expect(answer.body).toEqual({
      success: true,
      token: expect.stringMatching(/^sns_[\w-]{43}$/),
      expiresAt: '2026-11-02T21:00:00Z',
      user: {
        id: expect.any(String),
        email: 'agent@kit.test',
        role: 'agent',
        permissions: [
          'integration.view',
          'incident.view',
          'incident.push',
          'dataset.view',
          'knowledge.search',
          'ticket.view',
          'ticket.edit',
        ],
      },
    })
    const cookie = answer.headers.get('set-cookie')
    expect(cookie).toBe(
      `snowline_session=${answer.body.token}; Path=/; Max-Age=43200; HttpOnly; SameSite=Lax`,
    )
    const headers = { cookie: `other=1; snowline_session=${answer.body.token}` }
    expect((await server.get('/api/auth/me', { as: 'nobody', headers })).body.user).toEqual(answer.body.user)
  })

  test('a session ends with its time and with sign-out', async () => {
    const { token } = (await login('viewer@kit.test', PASSWORD)).body
    const headers = { authorization: `Bearer ${token}` }
    expect((await server.get('/api/auth/me', { as: 'nobody', headers })).status).toBe(200)
    const out = await server.post('/api/auth/logout', undefined, { as: 'nobody', headers })
    expect(out.headers.get('set-cookie')).toContain('Max-Age=0')
    expect((await server.get('/api/auth/me', { as: 'nobody', headers })).status).toBe(401)
    const second = (await login('viewer@kit.test', PASSWORD)).body.token
    server.clock.advance(12 * 3_600)
    expect(
      (await server.get('/api/auth/me', { as: 'nobody', headers: { authorization: `Bearer ${second}` } }))
        .status,
    ).toBe(401)
    server.clock.advance(-12 * 3_600)
  })

  test('case 33: an unknown account and a wrong password answer alike; after ten failures one waits', async () => {
    const wrong = await login('agent@kit.test', 'wrong', '192.0.2.7')
    const unknown = await login('nobody@kit.test', 'wrong', '192.0.2.7')
    const strip = ({ body }: typeof wrong) => ({ ...body, requestId: '' })
    expect(wrong.status).toBe(401)
    expect(strip(unknown)).toEqual(strip(wrong))
    for (let i = 0; i < 8; i += 1)
      expect((await login(`user${i}@kit.test`, 'wrong', '192.0.2.7')).status).toBe(401)
    const limited = await login('agent@kit.test', PASSWORD, '192.0.2.7')
    expect(limited.status).toBe(429)
    expect(limited.body.code).toBe('rate_limited')
    expect(Number(limited.headers.get('retry-after'))).toBeGreaterThan(0)
    // The owner comes in from elsewhere, and from here after a minute.
    expect((await login('agent@kit.test', PASSWORD, '192.0.2.8')).status).toBe(200)
    server.clock.advance(61)
    expect((await login('agent@kit.test', PASSWORD, '192.0.2.7')).status).toBe(200)
  })
})

describe('the cookie', () => {
  test('case 26: unsafe methods need a caller of the same origin', async () => {
    const { token } = (await login('admin@kit.test', PASSWORD)).body
    const change = (headers: Record<string, string>) =>
      server.post(
        '/api/integrations',
        {},
        { as: 'nobody', headers: { cookie: `snowline_session=${token}`, ...headers } },
      )
    const foreign: Record<string, string>[] = [
      {},
      { origin: 'https://evil.example' },
      { origin: 'null' },
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site', origin: ORIGIN },
      { 'sec-fetch-site': 'same-origin', origin: 'https://evil.example' },
      { 'sec-fetch-site': 'none' },
    ]
    for (const headers of foreign) {
      const answer = await change(headers)
      expect(answer.status, JSON.stringify(headers)).toBe(403)
      expect(answer.body.code, JSON.stringify(headers)).toBe('csrf')
    }
    // Behind a proxy that ends TLS the page is https and we see http.
    const proxied = { 'sec-fetch-site': 'same-origin', origin: ORIGIN.replace('http:', 'https:') }
    expect((await change(proxied)).status).toBe(422)
    // 422: it passed the door, the body is empty.
    expect((await change({ origin: ORIGIN })).status).toBe(422)
    expect((await change({ 'sec-fetch-site': 'same-origin' })).status).toBe(422)
    const read = await server.get('/api/integrations', {
      as: 'nobody',
      headers: { cookie: `snowline_session=${token}`, 'sec-fetch-site': 'cross-site' },
    })
    expect(read.status).toBe(200)
  })

  test('does not mend a bad bearer token', async () => {
    const { token } = (await login('admin@kit.test', PASSWORD)).body
    for (const authorization of ['Bearer nonsense', 'Basic YWRtaW46YWRtaW4=', 'Bearer ']) {
      const headers = { cookie: `snowline_session=${token}`, authorization }
      expect((await server.get('/api/auth/me', { as: 'nobody', headers })).status, authorization).toBe(401)
    }
  })
})

describe('API tokens', () => {
  test('are shown once, act in their role, end by time and by revocation', async () => {
    const made = await server.post('/api/admin/tokens', {
      name: 'nightly',
      role: 'agent',
      expiresAt: '2026-11-03T09:00:00Z',
    })
    expect(made.status).toBe(201)
    const token = String(made.body.token)
    expect(token).toMatch(/^snl_[\w-]{43}$/)
    const headers = { authorization: `Bearer ${token}` }
    expect((await server.get('/api/integrations', { as: 'nobody', headers })).status).toBe(200)
    expect((await server.post('/api/integrations', {}, { as: 'nobody', headers })).status).toBe(403)
    const list = await server.get('/api/admin/tokens')
    expect(list.text).not.toContain(token)
    const { id } = made.body.apiToken as { id: string }
    server.clock.advance(86_400)
    expect((await server.get('/api/integrations', { as: 'nobody', headers })).status).toBe(401)
    server.clock.advance(-86_400)
    expect((await server.call('DELETE', `/api/admin/tokens/${id}`)).status).toBe(200)
    expect((await server.get('/api/integrations', { as: 'nobody', headers })).status).toBe(401)
    expect((await server.call('DELETE', `/api/admin/tokens/${id}`)).status).toBe(404)
    expect(
      (
        await server.post('/api/admin/tokens', {
          name: 'x',
          role: 'agent',
          expiresAt: '2020-01-01T00:00:00Z',
        })
      ).status,
    ).toBe(422)
    expect((await server.post('/api/admin/tokens', { name: 'x', role: 'root' })).status).toBe(422)
  })
})

describe('widget tokens', () => {
  test('carry view and push only, live ten minutes, and make no others', async () => {
    const made = await server.post('/api/widget-token', undefined, { as: 'admin' })
    expect(made.body.expiresAt).toBe('2026-11-02T09:11:01Z')
    const headers = { authorization: `Bearer ${made.body.token}` }
    const me = await server.get('/api/auth/me', { as: 'nobody', headers })
    expect(me.body.user).toMatchObject({
      role: 'admin',
      permissions: ['incident.view', 'incident.push', 'knowledge.search', 'ticket.view'],
    })
    expect((await server.get('/api/integrations', { as: 'nobody', headers })).status).toBe(403)
    expect((await server.post('/api/widget-token', undefined, { as: 'nobody', headers })).status).toBe(403)
    server.clock.advance(601)
    expect((await server.get('/api/auth/me', { as: 'nobody', headers })).status).toBe(401)
    server.clock.advance(-601)
    const broken = `${String(made.body.token).slice(0, -3)}abc`
    expect(
      (await server.get('/api/auth/me', { as: 'nobody', headers: { authorization: `Bearer ${broken}` } }))
        .status,
    ).toBe(401)
  })
})

describe('JWTs of the host', () => {
  const sign = (
    claims: Record<string, unknown>,
    options: { secret?: string; issuer?: string; audience?: string; end?: number } = {},
  ) => {
    const {
      secret = JWT_SECRET,
      issuer = 'desk',
      audience = 'snowline',
      end = Date.parse('2026-11-02T10:00:00Z') / 1000,
    } = options
    return new SignJWT(claims)
      .setProtectedHeader({ alg: 'HS256' })
      .setSubject('person-7')
      .setIssuer(issuer)
      .setAudience(audience)
      .setExpirationTime(end)
      .sign(new TextEncoder().encode(secret))
  }
  const me = async (token: string) =>
    server.get('/api/auth/me', { as: 'nobody', headers: { authorization: `Bearer ${token}` } })

  test('a role is read through the map, an unknown one is a viewer, the person has an id that stays', async () => {
    const id = shadowUserId('desk', 'person-7')
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
    expect((await me(await sign({ role: 'staff', email: 'p@desk.example' }))).body.user).toMatchObject({
      id,
      role: 'agent',
      email: 'p@desk.example',
    })
    expect((await me(await sign({ role: 'boss' }))).body.user).toMatchObject({ role: 'admin' })
    expect((await me(await sign({ role: 'end_user' }))).body.user).toMatchObject({ role: 'viewer' })
    expect(
      (await me(await sign({ role: 'end_user', permissions: ['incident.view', 'nonsense'] }))).body.user,
    ).toMatchObject({ permissions: ['incident.view'] })
  })

  test('another key, issuer, audience, an old end or no algorithm is nobody', async () => {
    const end = Date.parse('2026-11-02T08:59:00Z') / 1000
    const unsigned = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${Buffer.from('{"sub":"x","role":"boss"}').toString('base64url')}.`
    for (const token of [
      await sign({ role: 'boss' }, { secret: 'another secret, just as long as it' }),
      await sign({ role: 'boss' }, { issuer: 'evil' }),
      await sign({ role: 'boss' }, { audience: 'other' }),
      await sign({ role: 'boss' }, { end }),
      unsigned,
    ]) {
      expect((await me(token)).status).toBe(401)
    }
  })
})

test('600 changes a minute, told in headers', async () => {
  const own = await TestServer.open()
  try {
    const change = () => own.post('/api/integrations', {}, { as: 'admin' })
    const first = await change()
    expect(first.headers.get('ratelimit-limit')).toBe('600')
    expect(first.headers.get('ratelimit-remaining')).toBe('599')
    for (let i = 1; i < 600; i += 1) await change()
    const limited = await change()
    expect(limited.status).toBe(429)
    expect(limited.headers.get('retry-after')).toBe('60')
    own.clock.advance(61)
    expect((await change()).status).toBe(422)
  } finally {
    await own.close()
  }
})
