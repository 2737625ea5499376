/** The walk: every route with every kind of caller, from the list the app itself serves; a route that is missing here fails. */
import { problemStatuses } from '@snowline/protocol'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Route } from '../src/routes/route.ts'
import { TestServer } from './kit.ts'

/** Who gets past the door of each route. */
type Door = 'anyone' | 'signed-in' | 'agent' | 'admin'

const doors: Readonly<Record<string, Door>> = {
  'POST /api/auth/login': 'anyone',
  'POST /api/auth/logout': 'signed-in',
  'GET /api/auth/me': 'signed-in',
  'POST /api/widget-token': 'signed-in',
  'POST /api/admin/tokens': 'admin',
  'GET /api/admin/tokens': 'admin',
  'DELETE /api/admin/tokens/:id': 'admin',
  'GET /api/integrations': 'agent',
  'GET /api/integrations/:id': 'agent',
  'POST /api/integrations': 'admin',
  'PUT /api/integrations/:id': 'admin',
  'PATCH /api/integrations/:id': 'admin',
  'DELETE /api/integrations/:id': 'admin',
  'POST /api/integrations/:id/test': 'admin',
  'POST /api/integrations/:id/pause': 'admin',
  'POST /api/integrations/:id/resume': 'admin',
  'POST /api/integrations/:id/sync': 'admin',
  'GET /api/integrations/:id/runs': 'agent',
  'GET /api/runs/:id': 'agent',
  'GET /api/runs/:id/events': 'agent',
  'GET /api/runs/:id/raw': 'admin',
  'DELETE /api/runs/:id': 'admin',
  'GET /api/datasets': 'agent',
  'GET /api/datasets/:number/incidents': 'agent',
  'GET /api/datasets/:number/export': 'agent',
  'GET /api/datasets/:number/diff/:other': 'agent',
  'POST /api/datasets/:number/rollback': 'admin',
  'GET /api/sn/health': 'signed-in',
  'GET /api/sn/incidents': 'agent',
  'GET /api/sn/incidents/stats': 'agent',
  'GET /api/sn/incidents/:sys_id': 'agent',
  'GET /api/tickets': 'signed-in',
  'POST /api/tickets': 'signed-in',
  'GET /api/tickets/:id': 'signed-in',
  'PATCH /api/tickets/:id': 'signed-in',
  'GET /api/tickets/:id/sn': 'signed-in',
  'POST /api/tickets/:id/sn/retry': 'agent',
  'GET /api/tickets/:id/sn/preview': 'agent',
  'POST /api/tickets/:id/sn/link': 'agent',
  'DELETE /api/tickets/:id/sn/link': 'agent',
  'POST /api/sn/incidents/create-from-ticket/:ticket_id': 'agent',
  'PATCH /api/sn/incidents/:sys_id/sync-ticket/:ticket_id': 'agent',
  'POST /api/sn/incidents/:sys_id/work-note': 'agent',
  'GET /api/sn/problems': 'agent',
  'POST /api/sn/problems/:id/resolve': 'agent',
  'POST /api/sn/sync/pull': 'admin',
  'GET /healthz': 'anyone',
  'GET /readyz': 'anyone',
  'GET /integrations/all': 'agent',
  'GET /integrations/id/:id': 'agent',
  'POST /integrations/create': 'admin',
  'PUT /integrations/update/:id': 'admin',
  'DELETE /integrations/delete/:id': 'admin',
  'POST /integrations/sync/:id': 'admin',
  'GET /api/integrations/all': 'agent',
  'GET /api/integrations/id/:id': 'agent',
  'POST /api/integrations/create': 'admin',
  'PUT /api/integrations/update/:id': 'admin',
  'DELETE /api/integrations/delete/:id': 'admin',
  'POST /api/integrations/sync/:id': 'admin',
  'GET /api/demo': 'anyone',
  'POST /api/demo/fault': 'agent',
  'POST /api/demo/mutate': 'agent',
  'GET /': 'anyone',
  'GET /servicenow': 'anyone',
  'GET /tickets': 'anyone',
  'GET /tickets/:id': 'anyone',
  'GET /problems': 'anyone',
  'GET /integrations': 'anyone',
  'GET /datasets': 'anyone',
  'GET /sign-in': 'anyone',
  'GET /pages/:file': 'anyone',
  'GET /widget/:file': 'anyone',
  'GET /docs/errors': 'anyone',
}

const ranks = { nobody: 0, viewer: 1, agent: 2, admin: 3 } as const
const needed: Readonly<Record<Door, number>> = { anyone: 0, 'signed-in': 1, agent: 2, admin: 3 }
const UNKNOWN = '00000000-0000-4000-8000-000000000000'

let server: TestServer

beforeAll(async () => {
  server = await TestServer.open({
    demo: {
      accounts: [],
      simulatorUrl: 'http://127.0.0.1:1',
      faults: ['none'],
      current: () => 'none',
      setFault: async () => undefined,
      mutate: async () => 0,
    },
  })
})

afterAll(() => server.close())

function addressOf(route: Pick<Route, 'path'>): string {
  const path = route.path
    .replace(':id', UNKNOWN)
    .replace(':sys_id', '0'.repeat(32))
    .replace(':ticket_id', '999999')
    .replace(':number', '1')
    .replace(':other', '2')
    .replace(':file', 'nothing.css')
  return path.includes('datasets') ? `${path}?integration=${UNKNOWN}` : path
}

const nameOf = ({ method, path }: Pick<Route, 'method' | 'path'>): string => `${method} ${path}`

test('the table names every route, and no other', () => {
  expect(server.app.routes.map(nameOf).sort()).toEqual(Object.keys(doors).sort())
})

describe('every route x every caller', () => {
  for (const [name, door] of Object.entries(doors)) {
    test(`${name}: ${door}`, async () => {
      const [method = '', path = ''] = name.split(' ')
      for (const [caller, rank] of Object.entries(ranks) as [keyof typeof ranks, number][]) {
        // Signing out would end the kit's own session.
        if (path === '/api/auth/logout' && caller !== 'nobody') continue
        const answer = await server.call(method, addressOf({ path }), { as: caller })
        if (rank >= needed[door]) expect([401, 403], `${caller}: ${answer.text}`).not.toContain(answer.status)
        else if (rank === 0) {
          expect(answer.status, caller).toBe(401)
          expect(answer.body.code).toBe('unauthenticated')
          expect(answer.headers.get('www-authenticate')).toContain('Bearer')
        } else {
          expect(answer.status, caller).toBe(403)
          expect(answer.body.code).toBe('forbidden')
        }
      }
    })
  }
})

test('a denied request sends nothing outward and changes nothing but the audit log', async () => {
  const before = server.outbound.length
  const list = await server.get('/api/integrations')
  for (const [method, path] of [
    ['POST', `/api/integrations/${UNKNOWN}/sync`],
    ['GET', '/api/sn/incidents'],
    ['POST', '/api/integrations'],
  ] as const) {
    expect((await server.call(method, path, { as: 'viewer' })).status).toBe(403)
  }
  expect(server.outbound.length).toBe(before)
  expect((await server.get('/api/integrations')).text).toBe(list.text)
})

test('an anonymous caller cannot tell a known address from an unknown one', async () => {
  const known = await server.get('/api/integrations', { as: 'nobody' })
  const unknown = await server.get('/api/nothing/here', { as: 'nobody' })
  const wrongMethod = await server.call('PUT', '/api/sn/health', { as: 'nobody' })
  const strip = ({ body }: typeof known) => ({ ...body, requestId: '', instance: '' })
  expect(unknown.status).toBe(401)
  expect(strip(unknown)).toEqual(strip(known))
  expect(strip(wrongMethod)).toEqual(strip(known))
})

test('unknown address 404, wrong method 405 with Allow, broken escape 404', async () => {
  expect((await server.get('/api/nothing')).body.code).toBe('not_found')
  expect((await server.get('/nothing', { as: 'nobody' })).status).toBe(404)
  expect((await server.get('/api/integrations/%ZZ')).status).toBe(404)
  const wrong = await server.call('PUT', '/api/sn/health')
  expect(wrong.status).toBe(405)
  expect(wrong.body.code).toBe('method_not_allowed')
  expect(wrong.headers.get('allow')).toBe('GET, HEAD')
})

test('HEAD answers like GET without a body', async () => {
  const answer = await server.call('HEAD', '/healthz', { as: 'nobody' })
  expect(answer.status).toBe(200)
  expect(answer.text).toBe('')
})

test('the body of an error is exactly the contract', async () => {
  const answer = await server.post('/api/integrations', {
    service_name: 'ServiceNow',
    auth_type: 'basic_auth',
    config: { url: 'https://dev00000.service-now.com', password: 'secret word' },
  })
  expect(answer.headers.get('content-type')).toBe('application/problem+json; charset=utf-8')
  expect(answer.body).toEqual({
    type: '/docs/errors#validation_failed',
    title: 'Validation failed',
    status: 422,
    detail: 'config.username is required for basic_auth',
    instance: '/api/integrations',
    success: false,
    error: 'config.username is required for basic_auth',
    message: 'config.username is required for basic_auth',
    code: 'validation_failed',
    hint: 'Add the user name of the integration user.',
    requestId: answer.headers.get('x-request-id'),
    errors: [{ path: 'config.username', message: 'required' }],
  })
})

test('every code stands on the page of errors', async () => {
  const page = await server.get('/docs/errors', { as: 'nobody' })
  expect(page.headers.get('content-type')).toContain('text/html')
  for (const code of Object.keys(problemStatuses)) expect(page.text).toContain(`<section id="${code}">`)
})

test('a request id is kept when it is harmless and made anew when it is not', async () => {
  const kept = await server.get('/healthz', { headers: { 'x-request-id': 'build-42_a' } })
  expect(kept.headers.get('x-request-id')).toBe('build-42_a')
  for (const bad of ['a b', 'x'.repeat(65), '{"level":"error"}', 'a;b']) {
    const answer = await server.get('/healthz', { headers: { 'x-request-id': bad } })
    expect(answer.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/)
  }
})

test('every answer carries the security headers', async () => {
  for (const path of ['/healthz', '/docs/errors', '/api/nothing', '/servicenow']) {
    const { headers } = await server.get(path)
    const csp = headers.get('content-security-policy') ?? ''
    expect(csp).toContain("default-src 'self'")
    expect(csp).toContain("require-trusted-types-for 'script'")
    expect(csp).not.toContain('unsafe')
    expect(headers.get('x-content-type-options')).toBe('nosniff')
  }
})

test('a token in the query string is nobody', async () => {
  const answer = await server.get(`/api/integrations?token=${server.token('admin')}`, { as: 'nobody' })
  expect(answer.status).toBe(401)
  expect(JSON.stringify(server.log)).not.toContain(server.token('admin'))
})

test('readiness names its checks, and ends when the server drains', async () => {
  const own = await TestServer.open()
  try {
    expect((await own.get('/readyz', { as: 'nobody' })).body).toMatchObject({
      success: true,
      checks: { database: 'ok', key: 'ok' },
    })
    await own.app.drain()
    expect((await own.get('/readyz', { as: 'nobody' })).status).toBe(503)
    expect((await own.get('/healthz', { as: 'nobody' })).status).toBe(200)
  } finally {
    await own.close()
  }
})

test('a base path moves everything, and pages can be left out', async () => {
  const own = await TestServer.open({ env: { BASE_PATH: '/snow/', PAGES: 'off' } }).catch(
    (error: unknown) => error,
  )
  // The kit signs in at the root: that it cannot proves that nothing is left there.
  expect(own).toBeInstanceOf(TestServer)
  if (!(own instanceof TestServer)) return
  try {
    expect((await own.get('/snow/healthz', { as: 'nobody' })).status).toBe(200)
    expect((await own.get('/healthz', { as: 'nobody' })).status).toBe(404)
    expect((await own.get('/snow/servicenow', { as: 'nobody' })).status).toBe(404)
    expect((await own.get('/snow/api/integrations', { as: 'nobody' })).status).toBe(401)
  } finally {
    await own.close()
  }
})

test('foreign pages: allowed origins get the headers, others do not, the cookie never counts', async () => {
  const own = await TestServer.open({ env: { CORS_ORIGINS: 'https://desk.example' } })
  try {
    const ask = (origin: string) =>
      own.call('OPTIONS', '/api/integrations', {
        as: 'nobody',
        headers: { origin, 'access-control-request-method': 'PUT' },
      })
    const good = await ask('https://desk.example')
    expect(good.status).toBe(204)
    expect(good.headers.get('access-control-allow-origin')).toBe('https://desk.example')
    expect(good.headers.get('access-control-allow-headers')).toContain('Last-Event-ID')
    expect(good.headers.get('access-control-allow-credentials')).toBeNull()
    expect((await ask('https://evil.example')).headers.get('access-control-allow-origin')).toBeNull()
    const read = await own.get('/api/integrations', { headers: { origin: 'https://desk.example' } })
    expect(read.headers.get('access-control-expose-headers')).toBe('Location, ETag, Retry-After')
  } finally {
    await own.close()
  }
})
