/** Attachments: their records, and their bytes up and down as streams, 100 MB of which are never held at once. */
import { createHash } from 'node:crypto'
import { createReadStream, readFileSync } from 'node:fs'
import { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { createInstance } from '@snowline/simulator'
import { expect, test } from 'vitest'
import {
  NotFoundError,
  OutcomeUnknownError,
  QueryError,
  TransportError,
  UnexpectedResponseError,
} from '../../src/base/errors.ts'
import { createClient } from '../../src/client/client.ts'
import { basicAuth } from '../../src/http/auth.ts'
import { fakeClock, fakeInstance, json } from './fake-instance.ts'

const sysId = '46f09e75a9fe198100f4ffd8d366d17b'
const metadata = JSON.stringify({ sys_id: sysId, file_name: 'a.bin', size_bytes: '3' })
const file = (body: string | ReadableStream<Uint8Array<ArrayBuffer>>, headers: Record<string, string> = {}) =>
  new Response(body, {
    headers: { 'content-type': 'text/plain', 'x-attachment-metadata': metadata, ...headers },
  })

async function open() {
  const instance = createInstance({ seed: 7, incidents: 3, clock: { start: '2026-11-02T09:00:00Z' } })
  const client = createClient({
    instanceUrl: 'dev00000',
    auth: basicAuth({ username: 'admin', password: 'admin' }),
    fetch: instance.fetch,
    clock: fakeClock(),
    random: () => 0,
  })
  const { records } = await client.incidents.list({ fields: ['sys_id'] })
  return { client, instance, incident: records[0]?.sys_id ?? '' }
}

test('upload, list, get, download and delete', async () => {
  const { client, incident } = await open()
  const upload = {
    table: 'incident',
    sysId: incident,
    fileName: 'Übersicht & mehr.txt',
    contentType: 'text/plain',
  }
  const { data, response } = await client.attachments.upload({ ...upload, body: 'Grüße' }).withResponse()
  expect([response.status, data.file_name, data.size_bytes]).toEqual([201, 'Übersicht & mehr.txt', '7'])
  await client.attachments.upload({ ...upload, fileName: 'b.bin', body: new Uint8Array([1, 2]) })
  await client.attachments.upload({ ...upload, fileName: 'c.bin', body: new Blob(['abc']) })
  const names = []
  for await (const each of client.attachments.list({ table: 'incident', sysId: incident, pageLimit: 2 }))
    names.push(each.file_name)
  expect(names.sort()).toEqual(['b.bin', 'c.bin', 'Übersicht & mehr.txt'])
  const pictures = await client.attachments.list({ sysId: incident, where: { file_name: 'c.bin' } })
  expect(pictures.records).toHaveLength(1)
  expect(await client.attachments.get(data.sys_id)).toMatchObject({
    table_sys_id: incident,
    content_type: 'text/plain',
  })
  const download = await client.attachments.download(data.sys_id)
  expect([download.contentType, download.size, download.attachment?.file_name]).toEqual([
    'text/plain',
    7,
    'Übersicht & mehr.txt',
  ])
  expect(new TextDecoder().decode(await download.bytes())).toBe('Grüße')
  await client.attachments.delete(data.sys_id)
  await expect(client.attachments.get(data.sys_id)).rejects.toBeInstanceOf(NotFoundError)
  await expect(client.attachments.download(data.sys_id)).rejects.toBeInstanceOf(NotFoundError)
})

test('a file of 8 MB comes back byte for byte', async () => {
  const { client, incident } = await open()
  const sent = createHash('sha256')
  const body = () => pieces(8, (piece) => sent.update(piece)).stream
  const { sys_id: id } = await client.attachments.upload({
    table: 'incident',
    sysId: incident,
    fileName: 'big.bin',
    body,
  })
  const received = createHash('sha256')
  const { stream, size } = await client.attachments.download(id)
  for await (const piece of stream) received.update(piece)
  expect([size, received.digest('hex')]).toEqual([8 * 1024 * 1024, sent.digest('hex')])
})

/** So many pieces of 1 MB, made when they are asked for; `made` tells how many were. */
function pieces(count: number, onPiece: (piece: Uint8Array<ArrayBuffer>) => void = () => {}) {
  const state = { made: 0, cancelled: false }
  const stream = new ReadableStream<Uint8Array<ArrayBuffer>>(
    {
      pull(controller) {
        if (state.made === count) {
          controller.close()
          return
        }
        state.made += 1
        const piece = new Uint8Array(1024 * 1024).fill(state.made)
        onPiece(piece)
        controller.enqueue(piece)
      },
      cancel() {
        state.cancelled = true
      },
    },
    { highWaterMark: 0 },
  )
  return { stream, state }
}

test('100 MB down: no more is fetched than was read, and leaving early cancels the rest', async () => {
  const source = pieces(100)
  const { client } = fakeInstance([() => file(source.stream)])
  const { stream } = await client.attachments.download(sysId)
  let read = 0
  let ahead = 0
  for await (const piece of stream) {
    read += piece.byteLength / (1024 * 1024)
    ahead = Math.max(ahead, source.state.made - read)
  }
  expect([read, source.state.made]).toEqual([100, 100])
  expect(ahead).toBeLessThanOrEqual(2)
  const left = pieces(100)
  const early = fakeInstance([() => file(left.stream)])
  for await (const _ of (await early.client.attachments.download(sysId)).stream) break
  expect([left.state.cancelled, left.state.made < 5]).toEqual([true, true])
})

test('100 MB up: no more is made than was sent', async () => {
  const source = pieces(100)
  let sent = 0
  let ahead = 0
  const { client } = fakeInstance([], {
    fetch: async (request) => {
      for await (const piece of request.body ?? []) {
        sent += piece.byteLength / (1024 * 1024)
        ahead = Math.max(ahead, source.state.made - sent)
      }
      return json({ result: { sys_id: sysId } }, { status: 201 })
    },
  })
  await client.attachments.upload({ table: 'incident', sysId, fileName: 'a.bin', body: source.stream })
  expect(sent).toBe(100)
  expect(ahead).toBeLessThanOrEqual(4)
})

const page = (body: string) => new Response(body, { headers: { 'content-type': 'text/html' } })

test('an HTML file is a file; a page in its place is told by name', async () => {
  const report = fakeInstance([file('<html>report</html>', { 'content-type': 'text/html' })])
  const { stream } = await report.client.attachments.download(sysId)
  expect(await new Response(stream).text()).toBe('<html>report</html>')
  const login = fakeInstance([page('<html><input type="password"></html>')])
  await expect(login.client.attachments.download(sysId)).rejects.toMatchObject({
    code: 'response.login_page',
  })
  const asleep = fakeInstance([page('<html>instance-hibernating-page</html>')])
  await expect(asleep.client.attachments.download(sysId)).rejects.toMatchObject({
    code: 'response.hibernating',
  })
  const odd = fakeInstance([json({ result: {} })])
  await expect(odd.client.attachments.download(sysId)).rejects.toBeInstanceOf(UnexpectedResponseError)
  const bare = fakeInstance([new Response('abc', { headers: { 'content-type': 'image/png' } })])
  expect(await bare.client.attachments.download(sysId)).toMatchObject({
    attachment: null,
    contentType: 'image/png',
  })
})

test('a refused download is repeated until the file comes; a file that breaks off is the reader’s', async () => {
  const broken = new ReadableStream<Uint8Array<ArrayBuffer>>({
    start(controller) {
      controller.enqueue(new Uint8Array(3))
      controller.error(new TypeError('terminated'))
    },
  })
  const { client, requests } = fakeInstance([
    json({ error: { message: 'down' } }, { status: 503 }),
    () => file(broken),
  ])
  const { stream } = await client.attachments.download(sysId)
  expect(requests).toHaveLength(2)
  await expect(new Response(stream).arrayBuffer()).rejects.toBeInstanceOf(TransportError)
})

test('a download holds its place until it is read or cancelled', async () => {
  const { client } = fakeInstance([() => file('abc'), json({ result: [] })], { concurrency: 1 })
  const { stream } = await client.attachments.download(sysId)
  let listed = false
  const list = client.incidents.page({ query: '', limit: 1 }).then(() => {
    listed = true
  })
  await new Promise((resolve) => setImmediate(resolve))
  expect(listed).toBe(false)
  await stream.cancel()
  await list
  expect(listed).toBe(true)
})

test('an abort breaks a download with its reason', async () => {
  const controller = new AbortController()
  const source = pieces(100)
  const { client } = fakeInstance([() => file(source.stream)])
  const { stream } = await client.attachments.download(sysId, { signal: controller.signal })
  const reader = stream.getReader()
  await reader.read()
  const reason = new Error('enough')
  controller.abort(reason)
  await expect(reader.read()).rejects.toBe(reason)
})

test('bytes() refuses more than its limit', async () => {
  const source = pieces(3)
  const { client } = fakeInstance([() => file(source.stream)])
  const download = await client.attachments.download(sysId)
  await expect(download.bytes({ maxBytes: 1024 })).rejects.toBeInstanceOf(QueryError)
  expect(source.state.cancelled).toBe(true)
})

test('bytes() twice, or after the stream was read, says so', async () => {
  const { client } = fakeInstance([() => file('abc')])
  const twice = await client.attachments.download(sysId)
  expect(await twice.bytes()).toHaveLength(3)
  await expect(twice.bytes()).rejects.toThrow(/read already/)
  await expect(twice.bytes()).rejects.toBeInstanceOf(QueryError)
  const other = await client.attachments.download(sysId)
  for await (const _ of other.stream) break
  await expect(other.bytes()).rejects.toBeInstanceOf(QueryError)
  const held = await client.attachments.download(sysId)
  held.stream.getReader()
  await expect(held.bytes()).rejects.toBeInstanceOf(QueryError)
})

test.each([0, -1, 1.5, Number.NaN, 1e9])(
  'a page of %s attachments is refused before it is asked for',
  async (pageLimit) => {
    const { client, requests } = fakeInstance([json({ result: [] })])
    await expect(client.attachments.list({ pageLimit })).rejects.toBeInstanceOf(QueryError)
    expect(requests).toHaveLength(0)
  },
)

async function* turns(count: number) {
  for (let at = 0; at < count; at++) yield new TextEncoder().encode(`${at};`)
}

test('streams of Node and generators are sent piece by piece, once', async () => {
  const made = json({ result: { sys_id: sysId } }, { status: 201 })
  const busy = json({ error: { message: 'Rate limit exceeded' } }, { status: 429 })
  const upload = { table: 'incident', sysId, fileName: 'a.txt' }
  const { client, requests } = fakeInstance([made])
  const here = fileURLToPath(import.meta.url)
  await client.attachments.upload({ ...upload, body: createReadStream(here) })
  await client.attachments.upload({ ...upload, body: Readable.from(['a', 'é']) })
  await client.attachments.upload({ ...upload, body: turns(3) })
  expect(requests.map(({ body }) => body)).toEqual([readFileSync(here, 'utf8'), 'aé', '0;1;2;'])
  const again = fakeInstance([busy, made])
  await expect(again.client.attachments.upload({ ...upload, body: turns(3) })).rejects.toMatchObject({
    status: 429,
  })
  const anew = fakeInstance([busy, made])
  await anew.client.attachments.upload({ ...upload, body: () => turns(3) })
  expect(anew.requests.map(({ body }) => body)).toEqual(['0;1;2;', '0;1;2;'])
})

test.each<[string, () => unknown]>([
  ['a stream that is held', () => held()],
  ['a stream that was read', () => drained()],
  ['a stream of Node that was read', () => Readable.from(['a']).resume().destroy()],
  ['an object', () => ({ path: 'a.txt' })],
  ['a form', () => new FormData()],
  ['nothing', () => undefined],
  ['a function that gives an object', () => () => ({ path: 'a.txt' })],
])('%s as the body of an upload is refused, and nothing is sent', async (_, make) => {
  const { client, requests } = fakeInstance([json({ result: { sys_id: sysId } }, { status: 201 })])
  const body = (await make()) as string
  const failure = await client.attachments
    .upload({ table: 'incident', sysId, fileName: 'a.txt', body })
    .catch((error: unknown) => error)
  expect(failure).toBeInstanceOf(QueryError)
  expect(failure).toMatchObject({ message: expect.stringContaining('body') })
  expect(requests).toHaveLength(0)
})

function held() {
  const stream = new Blob(['abc']).stream()
  stream.getReader()
  return stream
}

async function drained() {
  const stream = new Blob(['abc']).stream()
  for await (const _ of stream);
  return stream
}

test('an upload is repeated only when it surely did not arrive, and a bare stream never', async () => {
  const busy = json({ error: { message: 'Rate limit exceeded' } }, { status: 429 })
  const made = json({ result: { sys_id: sysId } }, { status: 201 })
  const upload = { table: 'incident', sysId, fileName: 'a.txt' }
  const text = fakeInstance([busy, made])
  await text.client.attachments.upload({ ...upload, body: 'abc' })
  expect(text.requests.map(({ body }) => body)).toEqual(['abc', 'abc'])
  const opened = fakeInstance([busy, made])
  await opened.client.attachments.upload({ ...upload, body: () => new Blob(['abc']).stream() })
  expect(opened.requests.map(({ body }) => body)).toEqual(['abc', 'abc'])
  const once = fakeInstance([busy, made])
  const stream = new Blob(['abc']).stream()
  await expect(once.client.attachments.upload({ ...upload, body: stream })).rejects.toMatchObject({
    status: 429,
  })
  const lost = fakeInstance([json({}, { status: 503 })])
  await expect(lost.client.attachments.upload({ ...upload, body: 'abc' })).rejects.toBeInstanceOf(
    OutcomeUnknownError,
  )
  await expect(
    lost.client.attachments.upload({ ...upload, fileName: ' ', body: 'abc' }),
  ).rejects.toBeInstanceOf(QueryError)
})
