/** A canary in every secret: none of them, in no encoding, in any answer, event, log line, or byte on the disk. */
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { createInstance } from '@snowline/simulator'
import { expect, test } from 'vitest'
import { INSTANCE, TestServer } from './kit.ts'

const canaries = {
  password: 'canary-Pa55"word\\é',
  api_token: 'canary-api-token-1',
  client_secret: 'canary-client-secret-1',
  access_token: 'canary-access-token-1',
  refresh_token: 'canary-refresh-token-1',
  api_key: 'canary-api-key-1',
  custom_secret: 'canary-custom-1',
  login: 'canary-login-password',
  env: 'canary-env-password',
  key: 'canary-master-key-0123456789',
} as const

/** The secret as it is, and as others would write it. */
function encodings(secret: string): string[] {
  return [
    secret,
    Buffer.from(secret).toString('base64'),
    Buffer.from(secret).toString('base64url'),
    Buffer.from(`admin:${secret}`).toString('base64'),
    encodeURIComponent(secret),
    JSON.stringify(secret).slice(1, -1),
    Buffer.from(secret).toString('hex'),
  ]
}

test('no secret shows anywhere, whatever goes wrong', async () => {
  const instance = createInstance({
    seed: 1,
    incidents: 5,
    users: [{ user: 'admin', password: canaries.password }],
  })
  let echo = false
  const heard: string[] = []
  const server = await TestServer.open({
    instance,
    env: {
      SECRET_KEY: canaries.key,
      SN_INSTANCE_URL: INSTANCE,
      SN_USERNAME: 'env',
      SN_PASSWORD: canaries.env,
    },
    // A hostile instance says back what it was sent.
    wire: async (request, pass) => {
      if (!echo) return pass(request)
      const body = JSON.stringify({
        error: {
          message: `bad ${request.headers.get('authorization')}`,
          detail: `${canaries.password} ${canaries.env}`,
        },
        status: 'failure',
      })
      return new Response(body, { status: 400, headers: { 'content-type': 'application/json' } })
    },
  })
  const note = async (...call: Parameters<TestServer['call']>) => {
    const answer = await server.call(...call)
    heard.push(answer.text, JSON.stringify([...answer.headers]))
    return answer
  }
  try {
    await server.app.services.signIn.putUser({ email: 'c@kit.test', password: canaries.login, role: 'admin' })
    await note('POST', '/api/auth/login', {
      as: 'nobody',
      body: { email: 'c@kit.test', password: `${canaries.login}x` },
    })
    const { login: _l, env: _e, key: _k, ...config } = canaries
    const id = await server.createServiceNow({ ...config })
    await note('GET', `/api/integrations/${id}`)
    await note('PUT', `/api/integrations/${id}`, {
      body: {
        service_name: 'ServiceNow',
        auth_type: 'basic_auth',
        config: { url: 'ftp://x', password: canaries.password },
      },
    })
    await note('POST', '/api/integrations', {
      body: {
        service_name: canaries.password,
        auth_type: canaries.api_token,
        config: { password: 5, [canaries.api_key]: {} },
      },
    }).catch(() => undefined)
    heard.splice(-2)
    await note('POST', `/api/integrations/${id}/sync`)
    await note('GET', '/api/sn/health')
    await note('POST', `/api/integrations/${id}/test`)
    echo = true
    server.clock.advance(60)
    for (const path of ['/api/sn/health', '/api/sn/incidents', `/api/sn/incidents/${'0'.repeat(32)}`])
      await note('GET', path)
    await note('POST', `/api/integrations/${id}/sync`)
    await note('GET', `/api/integrations/${id}/runs`)
    await note('POST', `/api/integrations/${id}/test`)
    await note('GET', `/api/integrations`)
    await note('POST', `/integrations/sync/${id}`)
    heard.push(JSON.stringify(server.log))
    const files = readdirSync(server.dataDir, { recursive: true, encoding: 'utf8' }).filter(
      (name) => name !== 'secret.key' && statSync(join(server.dataDir, name)).isFile(),
    )
    expect(files).toContain('snowline.db-wal')
    expect(files.some((name) => name.endsWith('.gz'))).toBe(true)
    for (const name of files) {
      const bytes = readFileSync(join(server.dataDir, name))
      heard.push((name.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('latin1'))
    }
    for (const [name, secret] of Object.entries(canaries)) {
      for (const text of encodings(secret)) {
        const bytes = Buffer.from(text).toString('latin1')
        const hit = heard.findIndex((each) => each.includes(text) || each.includes(bytes))
        expect(hit, `${name} as ${text} in ${hit < 0 ? '' : heard[hit]?.slice(0, 300)}`).toBe(-1)
      }
    }
  } finally {
    await server.close()
  }
})
