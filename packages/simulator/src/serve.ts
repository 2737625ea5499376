/** The HTTP door: an instance on a port, able to cut a connection in the middle of a body. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import { type Answer, bytesOf, failures } from './answer.ts'
import { isUpload } from './call.ts'
import { BrokenConnectionError } from './faults.ts'
import { doorOf, type Instance } from './instance.ts'
import { pageFor } from './page-files.ts'
import type { Outgoing } from './response.ts'
import { type KeyAndCertificate, selfSigned } from './self-signed.ts'

/** Where to listen. */
export interface ServeOptions {
  /** Default 0: any free port. */
  readonly port?: number
  /** Default 127.0.0.1; the control door has no sign-in, so think before you open it to others. */
  readonly host?: string
  /** HTTPS with this key and certificate (PEM), or with ones made for the occasion; default plain HTTP. */
  readonly tls?: KeyAndCertificate | 'self-signed'
}

/** A listening instance. */
export interface Served {
  /** Such as `http://127.0.0.1:4412`. */
  readonly url: string
  /** The certificate in use (PEM), for clients that are to trust it; `undefined` without TLS. */
  readonly certificate: string | undefined
  /** Stops listening and breaks every open connection. */
  close(): Promise<void>
}

async function bodyOf(message: IncomingMessage): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const parts: Buffer[] = []
  for await (const part of message) parts.push(part as Buffer)
  return parts.length === 0 ? undefined : new Uint8Array(Buffer.concat(parts))
}

/** The body as it comes: a file may be larger than the memory. Whoever stops reading it does not break the connection. */
function streamOf(message: IncomingMessage): ReadableStream<Uint8Array> {
  const parts = message.iterator({ destroyOnReturn: false })
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const { done, value } = await parts.next()
        if (done) controller.close()
        else controller.enqueue(value as Uint8Array)
      },
    },
    { highWaterMark: 0 },
  )
}

async function toRequest(message: IncomingMessage, origin: string, signal: AbortSignal): Promise<Request> {
  const method = message.method ?? 'GET'
  const readable = method === 'GET' || method === 'HEAD'
  const headers: [string, string][] = []
  for (let at = 0; at < message.rawHeaders.length; at += 2) {
    headers.push([message.rawHeaders[at] ?? '', message.rawHeaders[at + 1] ?? ''])
  }
  const host = message.headers.host
  const url = new URL(message.url ?? '/', host ? `${new URL(origin).protocol}//${host}` : origin)
  if (isUpload(method, url.pathname))
    return new Request(url, { method, headers, signal, body: streamOf(message), duplex: 'half' })
  const body = readable ? undefined : await bodyOf(message)
  return new Request(url, { method, headers, signal, ...(body ? { body } : {}) })
}

/** The request; `undefined` for one that is none, such as `GET //` or a method that no `fetch` sends. */
async function readRequest(
  message: IncomingMessage,
  origin: string,
  signal: AbortSignal,
): Promise<Request | undefined> {
  try {
    return await toRequest(message, origin, signal)
  } catch (error) {
    if (signal.aborted) throw error
    return undefined
  }
}

function refuse(out: ServerResponse, { status, headers, body }: Answer): void {
  out.writeHead(status, headers)
  out.end(body)
}

function write(out: ServerResponse, part: Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    out.write(part, (error) => (error ? reject(error) : resolve()))
  })
}

async function send(response: Response, out: ServerResponse): Promise<void> {
  out.sendDate = false
  out.writeHead(response.status, Object.fromEntries(response.headers))
  const reader = response.body?.getReader()
  // One part is held back: a body of a single part leaves with its headers in one go.
  let held: Uint8Array | undefined
  try {
    while (reader) {
      const { done, value } = await reader.read()
      if (done) break
      if (held) await write(out, held)
      held = value
    }
  } catch (error) {
    // What came before the cut has to arrive, so that the client sees a body that breaks and not a silent server.
    if (held) await write(out, held)
    throw error
  }
  out.end(held)
}

/** Sends a large body piece by piece, as quickly as its reader takes it and no quicker. */
async function sendPieces({ pieces, cut }: Answer, out: ServerResponse): Promise<void> {
  let sent = 0
  for (let at = 0, piece = pieces?.piece(0); piece; piece = pieces?.piece(++at)) {
    if (cut !== undefined && sent + piece.length > cut) throw new TypeError('terminated')
    await write(out, piece)
    sent += piece.length
  }
  out.end()
}

/** Sends an answer out of its own buffer, which goes back when the last byte has left or the caller has. */
async function sendOwn({ answer, headers }: Outgoing, out: ServerResponse): Promise<void> {
  const { status, cut, release } = answer
  if (release) out.once('close', release)
  out.sendDate = false
  out.writeHead(status, headers)
  if (answer.pieces) return sendPieces(answer, out)
  const body = bytesOf(answer)
  if (cut === undefined) {
    out.end(body.length === 0 ? undefined : body)
    return
  }
  if (cut > 0) await write(out, body.subarray(0, cut))
  throw new TypeError('terminated')
}

async function answer(
  instance: Instance,
  message: IncomingMessage,
  out: ServerResponse,
  origin: string,
): Promise<void> {
  const page = pageFor(message.method, message.url?.split('?', 1)[0] ?? '')
  if (page) {
    out.writeHead(200, page.headers)
    out.end(page.body)
    return
  }
  const gone = new AbortController()
  out.once('close', () => gone.abort())
  const door = doorOf(instance)
  try {
    const request = await readRequest(message, origin, gone.signal)
    if (!request) refuse(out, failures.unknownPath())
    else if (door) await sendOwn(await door(request), out)
    else await send(await instance.fetch(request), out)
    // A file that was refused is still on its way; unread, it would hold the connection.
    if (!message.readableEnded) message.resume()
  } catch (error) {
    // A network that breaks says nothing: no status, no last chunk, only a closed socket.
    const broken = !door || out.headersSent || gone.signal.aborted || error instanceof BrokenConnectionError
    if (broken) message.socket.destroy()
    else refuse(out, failures.internal(error))
  }
}

/**
 * Serves an instance over HTTP, with a page for people at `/`; reference links follow the `Host` of each request. It rejects with the system's error
 * when the port is taken.
 *
 * @example const { url, close } = await serveInstance(createInstance(), { port: 4412 })
 */
export async function serveInstance(instance: Instance, options: ServeOptions = {}): Promise<Served> {
  const host = options.host ?? '127.0.0.1'
  let origin = ''
  const listener = (message: IncomingMessage, out: ServerResponse): void => {
    void answer(instance, message, out, origin)
  }
  const tls = options.tls === 'self-signed' ? selfSigned(Date.now()) : options.tls
  const common = { maxHeaderSize: 128 * 1024, keepAlive: true }
  const server = tls ? createSecureServer({ ...common, ...tls }, listener) : createServer(common, listener)
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(options.port ?? 0, host, resolve)
  })
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : options.port
  origin = `${tls ? 'https' : 'http'}://${host.includes(':') ? `[${host}]` : host}:${port}`
  return {
    url: origin,
    certificate: tls?.cert,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
