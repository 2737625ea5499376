/** The msw door with a real msw: answers, a broken connection, other hosts, and an address of one's own. */
import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'
import { afterEach, expect, test } from 'vitest'
import { createInstance, type InstanceOptions } from '../src/index.ts'
import { handlers, type MswHttp, type MswOptions } from '../src/msw.ts'
import { AUTH, INCIDENT, ORIGIN } from './door.ts'

interface Server {
  listen(options: object): void
  close(): void
}

/** msw is a tool of the SDK's tests; the simulator itself needs none. */
const msw = createRequire(new URL('../../sdk/package.json', import.meta.url))
const load = async (name: string): Promise<unknown> => import(pathToFileURL(msw.resolve(name)).href)
const { http } = (await load('msw')) as { http: MswHttp<object> }
const { setupServer } = (await load('msw/node')) as { setupServer: (...all: object[]) => Server }

const open: Server[] = []
afterEach(() => {
  for (const server of open.splice(0)) server.close()
})

function behindMsw(options: InstanceOptions = {}, more: MswOptions = {}) {
  const sn = createInstance({ incidents: 3, ...options })
  const server = setupServer(...handlers(sn, http, more))
  server.listen({ onUnhandledFrame: 'error' })
  open.push(server)
  return sn
}

test('the global fetch reaches the instance, with reads, writes and headers', async () => {
  const sn = behindMsw()
  const list = await fetch(`${ORIGIN}${INCIDENT}?sysparm_limit=2`, { headers: AUTH })
  expect([list.status, list.headers.get('x-total-count')]).toEqual([200, '3'])
  expect(((await list.json()) as { result: unknown[] }).result).toHaveLength(2)
  const headers = { ...AUTH, 'content-type': 'application/json' }
  const made = await fetch(`${ORIGIN}${INCIDENT}`, {
    method: 'POST',
    headers,
    body: '{"short_description":"x"}',
  })
  expect(made.status).toBe(201)
  expect(sn.control.records('incident')).toHaveLength(4)
})

test('a connection that the instance breaks is a failed fetch, not an answer of 500', async () => {
  behindMsw({ begin: (control) => void control.setFault({ kind: 'refuse', count: 1 }) })
  await expect(fetch(`${ORIGIN}${INCIDENT}`, { headers: AUTH })).rejects.toThrow(TypeError)
  expect((await fetch(`${ORIGIN}${INCIDENT}`, { headers: AUTH })).status).toBe(200)
})

test('a silent instance is left by the caller’s own signal', async () => {
  behindMsw({ begin: (control) => void control.setFault({ kind: 'hang' }) })
  const gone = new AbortController()
  const asked = fetch(`${ORIGIN}${INCIDENT}`, { headers: AUTH, signal: gone.signal })
  setTimeout(() => gone.abort(), 20)
  await expect(asked).rejects.toThrow()
})

test('an address of one’s own is the only one that is answered', async () => {
  behindMsw({}, { origin: 'https://help.example.test' })
  const url = `https://help.example.test${INCIDENT}?sysparm_limit=1`
  expect(await (await fetch(url, { headers: AUTH })).text()).toContain('https://help.example.test/api/now')
  await expect(fetch(`${ORIGIN}${INCIDENT}`, { headers: AUTH })).rejects.toThrow()
})
