/** The transport over real sockets: refused, cut, redirected and inflated answers, told apart by Node's own errors. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { gzipSync } from 'node:zlib'
import { afterEach, expect, test } from 'vitest'
import { createClient } from '../../src/client/client.ts'
import type { ClientOptions } from '../../src/client/options.ts'
import { apiKey } from '../../src/http/auth.ts'
import { fakeClock } from '../client/fake-instance.ts'

const servers: Server[] = []

afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }
})

async function listen(answer: (request: IncomingMessage, response: ServerResponse) => void): Promise<string> {
  const server = createServer(answer)
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

const connect = (origin: string, options: Partial<ClientOptions> = {}) =>
  createClient({
    instanceUrl: origin,
    allowedOrigins: [origin],
    auth: apiKey('key-1'),
    clock: fakeClock(),
    maxRetries: 0,
    ...options,
  })
const page = { query: 'active=true^short_descriptionLIKEa&b=c^^d é', limit: 1 }

test('what is sent arrives as it was meant', async () => {
  const seen: { url: string | undefined; headers: IncomingMessage['headers']; body: string }[] = []
  const origin = await listen(async (request, response) => {
    let body = ''
    for await (const chunk of request) body += chunk
    seen.push({ url: request.url, headers: request.headers, body })
    response.writeHead(200, { 'content-type': 'application/json' }).end('{"result":[]}')
  })
  const client = connect(origin, { userAgent: 'snowline-test' })
  await client.incidents.page(page)
  await client.request('POST', '/api/now/table/incident', { body: { short_description: 'é' } })
  expect(new URL(seen[0]?.url ?? '', origin).searchParams.get('sysparm_query')).toBe(page.query)
  expect(seen[0]?.headers).toMatchObject({
    accept: 'application/json',
    'x-sn-apikey': 'key-1',
    'user-agent': 'snowline-test',
  })
  expect(seen[0]?.headers).not.toHaveProperty('cookie')
  expect(seen[1]).toMatchObject({
    body: '{"short_description":"é"}',
    headers: { 'content-type': 'application/json' },
  })
})

test('a closed port is refused and surely not sent', async () => {
  const origin = await listen(() => {})
  await new Promise((resolve) => servers.pop()?.close(resolve))
  await expect(connect(origin).incidents.page(page)).rejects.toMatchObject({ fault: 'refused', sent: false })
})

test('a connection that breaks before or within the answer is a reset', async () => {
  const silent = await listen((request) => request.socket.destroy())
  await expect(connect(silent).incidents.page(page)).rejects.toMatchObject({ fault: 'reset', sent: true })
  const cut = await listen((request, response) => {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' })
    response.write('{"result":[', () => request.socket.destroy())
  })
  await expect(connect(cut).incidents.page(page)).rejects.toMatchObject({ fault: 'reset', sent: true })
})

test.each([301, 302, 303, 307, 308])(
  'a %i to another origin is not followed, and the key stays here',
  async (status) => {
    let reached = 0
    const evil = await listen((_, response) => {
      reached += 1
      response.end('{}')
    })
    const origin = await listen((_, response) =>
      response.writeHead(status, { location: `${evil}/steal` }).end(),
    )
    const client = connect(origin, { maxRetries: 2 })
    await expect(client.incidents.page(page)).rejects.toMatchObject({
      code: 'response.redirect',
      details: { location: `${evil}/steal` },
    })
    await expect(client.incidents.create({ short_description: 'x' })).rejects.toMatchObject({
      code: 'response.redirect',
    })
    expect(reached).toBe(0)
  },
)

const sysId = '46f09e75a9fe198100f4ffd8d366d17b'
const mebibyte = 1024 * 1024

/** So many pieces of 1 MiB, made when they are asked for. */
function pieces(count: number): ReadableStream<Uint8Array<ArrayBuffer>> {
  let made = 0
  return new ReadableStream({
    pull(controller) {
      made += 1
      if (made > count) controller.close()
      else controller.enqueue(new Uint8Array(mebibyte).fill(made))
    },
  })
}

const upload = { table: 'incident', sysId, fileName: 'a.bin' }

test('a streamed upload is let go piece by piece: none is held when the last one has arrived', async () => {
  setFlagsFromString('--expose-gc')
  const collect: () => void = runInNewContext('gc')
  let received = 0
  let held = Number.POSITIVE_INFINITY
  const origin = await listen(async (request, response) => {
    for await (const chunk of request) received += chunk.length
    collect()
    held = process.memoryUsage().arrayBuffers
    response.writeHead(201, { 'content-type': 'application/json' }).end(`{"result":{"sys_id":"${sysId}"}}`)
  })
  await connect(origin).attachments.upload({ ...upload, body: () => pieces(64) })
  expect(received).toBe(64 * mebibyte)
  expect(held).toBeLessThan(32 * mebibyte)
})

test('a redirect of a streamed upload is named, and not followed', async () => {
  let reached = 0
  const evil = await listen((_, response) => {
    reached += 1
    response.end('{}')
  })
  const origin = await listen(async (request, response) => {
    for await (const _ of request);
    response.writeHead(307, { location: `${evil}/steal` }).end()
  })
  await expect(connect(origin).attachments.upload({ ...upload, body: pieces(1) })).rejects.toMatchObject({
    code: 'response.redirect',
  })
  expect(reached).toBe(0)
})

test('a small answer that inflates beyond the limit is cut off', async () => {
  const bomb = gzipSync(Buffer.alloc(64 * 1024 * 1024, 0x20))
  const origin = await listen((_, response) => {
    response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' }).end(bomb)
  })
  await expect(connect(origin, { maxBodyBytes: 1024 * 1024 }).incidents.page(page)).rejects.toMatchObject({
    kind: 'too_large',
  })
})

test('cookies are not kept', async () => {
  const cookies: (string | undefined)[] = []
  const origin = await listen((request, response) => {
    cookies.push(request.headers.cookie)
    response
      .writeHead(200, { 'content-type': 'application/json', 'set-cookie': 'JSESSIONID=1; Path=/' })
      .end('{"result":[]}')
  })
  const client = connect(origin)
  await client.incidents.page(page)
  await client.incidents.page(page)
  expect(cookies).toEqual([undefined, undefined])
})
