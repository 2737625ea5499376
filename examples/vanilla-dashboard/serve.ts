/**
 * An old dashboard of one's own, with the element in it: `node serve.ts`. Its server keeps a Snowline account to itself, gives its pages
 * tokens of ten minutes, and passes `/api` on to the Snowline server (SNOWLINE_URL, default http://127.0.0.1:4411: `npm start`).
 */
import { readFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { createRequire } from 'node:module'
import { extname, join } from 'node:path'

const snowline = process.env.SNOWLINE_URL ?? 'http://127.0.0.1:4411'
const account = {
  email: process.env.SNOWLINE_EMAIL ?? 'agent@demo.test',
  password: process.env.SNOWLINE_PASSWORD ?? 'demo',
}
const bundle = createRequire(import.meta.url).resolve('@snowline/widget/cdn')
const files: Record<string, string> = {
  '/': join(import.meta.dirname, 'index.html'),
  '/dashboard.js': join(import.meta.dirname, 'dashboard.js'),
  '/dashboard.css': join(import.meta.dirname, 'dashboard.css'),
  '/widget/snowline.js': bundle,
}
const types: Record<string, string> = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css' }

async function post(path: string, token: string | null, body?: unknown): Promise<{ token: string }> {
  const response = await fetch(snowline + path, {
    method: 'POST',
    headers: {
      ...(token === null ? {} : { authorization: `Bearer ${token}` }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  if (!response.ok) throw new Error(`Snowline answered ${response.status} to ${path}`)
  return (await response.json()) as { token: string }
}

/** A short token for the browser; the account's own never leaves this server. */
async function widgetToken(): Promise<string> {
  const { token } = await post('/api/auth/login', null, account)
  return (await post('/api/widget-token', token)).token
}

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = request.url ?? '/'
  const file = files[url.split('?')[0] ?? '']
  if (file !== undefined) {
    response.setHeader('content-type', `${types[extname(file)]}; charset=utf-8`)
    response.end(await readFile(file))
  } else if (url === '/token' && request.method === 'POST') {
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify({ token: await widgetToken() }))
  } else if (url.startsWith('/api/') && request.method === 'GET') {
    const { authorization = '' } = request.headers
    const upstream = await fetch(snowline + url, { headers: { authorization } })
    response.writeHead(upstream.status, {
      'content-type': upstream.headers.get('content-type') ?? 'application/json',
    })
    response.end(Buffer.from(await upstream.arrayBuffer()))
  } else response.writeHead(404).end()
}

const server = createServer((request, response) => {
  answer(request, response).catch((error: unknown) => {
    response
      .writeHead(502, { 'content-type': 'text/plain' })
      .end(error instanceof Error ? error.message : 'failed')
  })
})
server.listen(Number(process.env.PORT ?? 8080), '127.0.0.1', () => {
  const address = server.address()
  if (typeof address === 'object' && address !== null) console.log(`ready http://127.0.0.1:${address.port}`)
})
process.on('SIGTERM', () => server.close(() => process.exit(0)).closeAllConnections())
