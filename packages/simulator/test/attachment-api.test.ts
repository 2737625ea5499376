/** The Attachment API on the wire (servicenow.md 6, c_AttachmentAPI). */
import { expect, onTestFinished, test } from 'vitest'
import { createInstance, type Instance } from '../src/index.ts'
import { serveInstance } from '../src/serve.ts'
import { AUTH, ask, INCIDENT, ORIGIN } from './door.ts'

const ID = '1'.repeat(32)
const PATH = '/api/now/attachment'

function sample(options: Parameters<typeof createInstance>[0] = {}): Instance {
  return createInstance({ ...options, records: { incident: [{ sys_id: ID, number: 'INC1' }] } })
}

const filePath = (more: Readonly<Record<string, string>> = {}) =>
  `${PATH}/file?${new URLSearchParams({ table_name: 'incident', table_sys_id: ID, file_name: 'note.txt', ...more })}`

async function send(
  sn: Instance,
  path: string,
  body: NonNullable<RequestInit['body']>,
  headers: Record<string, string> = {},
) {
  const response = await sn.fetch(`${ORIGIN}${path}`, {
    method: 'POST',
    headers: { ...AUTH, 'content-type': 'text/plain', ...headers },
    body,
    duplex: 'half',
  })
  const text = await response.text()
  return {
    status: response.status,
    headers: response.headers,
    text,
    row: () => JSON.parse(text).result as Record<string, string>,
  }
}

test('POST /file: raw bytes, 201, metadata as texts, Location and download_link', async () => {
  const sn = sample()
  const { status, row, headers } = await send(sn, filePath(), 'Grüße')
  expect(status).toBe(201)
  expect(row()).toEqual({
    table_sys_id: ID,
    size_bytes: '7',
    download_link: `${ORIGIN}/api/now/attachment/${row().sys_id}/file`,
    sys_updated_on: '2026-11-02 09:00:00',
    sys_id: expect.stringMatching(/^[0-9a-f]{32}$/),
    image_height: '',
    sys_created_on: '2026-11-02 09:00:00',
    file_name: 'note.txt',
    sys_created_by: 'admin',
    compressed: 'false',
    average_image_color: '',
    sys_updated_by: 'admin',
    sys_tags: '',
    table_name: 'incident',
    image_width: '',
    sys_mod_count: '0',
    content_type: 'text/plain',
    size_compressed: '',
  })
  expect(headers.get('location')).toBe(`${ORIGIN}${PATH}/${row().sys_id}`)
})

test('GET /{id}/file: the bytes, their type, and the metadata in a header; GET /{id}: the metadata alone', async () => {
  const sn = sample()
  const made = await send(sn, filePath({ file_name: 'Übersicht.txt' }), 'Grüße')
  const id = made.row().sys_id
  const file = await sn.fetch(`${ORIGIN}${PATH}/${id}/file`, { headers: AUTH })
  expect(await file.text()).toBe('Grüße')
  expect(file.headers.get('content-type')).toBe('text/plain')
  expect(file.headers.get('content-length')).toBe('7')
  expect(JSON.parse(file.headers.get('x-attachment-metadata') ?? '')).toEqual(made.row())
  expect((await ask(sn, 'GET', `/api/now/v1/attachment/${id}`)).row()).toEqual(made.row())
  const head = await sn.fetch(`${ORIGIN}${PATH}/${id}/file`, { method: 'HEAD', headers: AUTH })
  expect([head.status, await head.text()]).toEqual([200, ''])
  expect((await ask(sn, 'GET', `${PATH}/${'0'.repeat(32)}`)).status).toBe(404)
  expect((await ask(sn, 'GET', `${PATH}/${'0'.repeat(32)}/file`)).status).toBe(404)
})

test('list: filter by the columns of sys_attachment, limit 1,000, count, pages', async () => {
  const sn = sample()
  for (let at = 0; at < 1003; at++)
    sn.control.attach({ sysId: ID, fileName: `f${String(at).padStart(4, '0')}.bin`, sizeBytes: at })
  const all = await ask(sn, 'GET', `${PATH}?sysparm_query=table_sys_id=${ID}^ORDERBYfile_name`)
  expect([all.rows().length, all.headers.get('x-total-count')]).toEqual([1000, '1003'])
  expect(all.headers.get('link')).toContain('sysparm_offset=1000>;rel="next"')
  expect(all.rows()[5]).toMatchObject({ file_name: 'f0005.bin', size_bytes: '5' })
  const one = await ask(sn, 'GET', `${PATH}?sysparm_query=file_name=f0007.bin&sysparm_limit=1`)
  expect(one.rows().map((row) => row.file_name)).toEqual(['f0007.bin'])
})

test('POST /upload: a form with the file last; what comes after the file is not read', async () => {
  const sn = sample()
  const form = new FormData()
  form.set('table_name', 'incident')
  form.set('table_sys_id', ID)
  const bytes = new Uint8Array(200_000).map((_, at) => at % 251)
  form.set('uploadFile', new File([bytes], 'blob "7".bin', { type: 'application/x-thing' }))
  const encoded = new Response(form)
  const type = encoded.headers.get('content-type') ?? ''
  const body = new Uint8Array(await encoded.arrayBuffer())
  const made = await send(sn, `${PATH}/upload`, body, { 'content-type': type })
  expect([made.status, made.row().size_bytes, made.row().content_type, made.row().file_name]).toEqual([
    201,
    '200000',
    'application/x-thing',
    'blob "7".bin',
  ])
  const file = await sn.fetch(made.row().download_link ?? '', { headers: AUTH })
  expect(new Uint8Array(await file.arrayBuffer())).toEqual(bytes)
  const wrong = new FormData()
  wrong.set('uploadFile', new File(['x'], 'x.txt'))
  wrong.set('table_name', 'incident')
  wrong.set('table_sys_id', ID)
  const late = new Response(wrong)
  const lateType = { 'content-type': late.headers.get('content-type') ?? '' }
  expect((await send(sn, `${PATH}/upload`, await late.arrayBuffer(), lateType)).status).toBe(400)
  expect(
    (await send(sn, `${PATH}/upload`, 'no form', { 'content-type': 'multipart/form-data; boundary=x' }))
      .status,
  ).toBe(400)
})

test('a form arrives whole however it is cut into parts', async () => {
  const sn = sample()
  const text = [
    '--b0',
    'Content-Disposition: form-data; name="table_name"',
    '',
    'incident',
    '--b0',
    'Content-Disposition: form-data; name="table_sys_id"',
    '',
    ID,
    '--b0',
    'Content-Disposition: form-data; name="uploadFile"; filename="a.txt"',
    'Content-Type: text/plain',
    '',
    'one\r\n--b\r\n--b1 two\r\n',
    '--b0--',
    '',
  ].join('\r\n')
  const whole = new TextEncoder().encode(text)
  for (const step of [1, 2, 3, 7, 64, 1000]) {
    let at = 0
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        if (at >= whole.length) controller.close()
        else controller.enqueue(whole.slice(at, at + step))
        at += step
      },
    })
    const made = await send(sn, `${PATH}/upload`, body, {
      'content-type': 'multipart/form-data; boundary=b0',
    })
    expect(made.status, `in parts of ${step}`).toBe(201)
    const file = await sn.fetch(made.row().download_link ?? '', { headers: AUTH })
    expect(await file.text()).toBe('one\r\n--b\r\n--b1 two\r\n')
  }
})

test('what is missing, unknown, too large or not allowed', async () => {
  const users = [
    { user: 'admin', password: 'admin' },
    { user: 'ann', password: 'p', cannot: { incident: ['update'] as const } },
  ]
  const sn = sample({ users, properties: { 'com.glide.attachment.max_size': '1' } })
  const ann = { authorization: `Basic ${btoa('ann:p')}` }
  expect((await send(sn, filePath({ file_name: '' }), 'x')).status).toBe(400)
  expect((await send(sn, filePath({ table_name: 'ghosts' }), 'x')).status).toBe(400)
  expect((await send(sn, filePath({ table_sys_id: '0'.repeat(32) }), 'x')).status).toBe(404)
  expect((await send(sn, filePath(), 'x', ann)).status).toBe(403)
  expect((await send(sn, filePath(), new Uint8Array(1_048_576))).status).toBe(201)
  expect((await send(sn, filePath(), new Uint8Array(1_048_577))).status).toBe(400)
  expect(sn.control.records('sys_attachment')).toHaveLength(1)
  sn.control.hide([ID], 'ann')
  expect((await ask(sn, 'GET', PATH, undefined, ann)).rows()).toEqual([])
  expect((await ask(sn, 'GET', PATH)).rows()).toHaveLength(1)
})

test('DELETE: 204, and the file is gone; deleting the record takes its files along', async () => {
  const sn = sample()
  const first = (await send(sn, filePath(), 'x')).row().sys_id
  await send(sn, filePath(), 'y')
  expect((await ask(sn, 'DELETE', `${PATH}/${first}`)).status).toBe(204)
  expect((await ask(sn, 'DELETE', `${PATH}/${first}`)).status).toBe(404)
  expect((await ask(sn, 'GET', `${PATH}/${first}/file`)).status).toBe(404)
  expect((await ask(sn, 'GET', PATH)).rows()).toHaveLength(1)
  await ask(sn, 'DELETE', `${INCIDENT}/${ID}`)
  expect((await ask(sn, 'GET', PATH)).rows()).toEqual([])
})

test('a file does not touch its record (3.9)', async () => {
  const sn = sample()
  const before = sn.control.records('incident')
  sn.control.clock.advance(60)
  await send(sn, filePath(), 'x')
  expect(sn.control.records('incident')).toEqual(before)
})

const MIB = 1_048_576

/** `count` times the same MiB. */
function pattern(count: number): ReadableStream<Uint8Array> {
  const part = new Uint8Array(MIB).map((_, at) => (at * 7) % 253)
  let sent = 0
  return new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        if (sent++ < count) controller.enqueue(part.slice())
        else controller.close()
      },
    },
    { highWaterMark: 0 },
  )
}

async function measured(body: ReadableStream<Uint8Array> | null): Promise<{ bytes: number; most: number }> {
  const before = process.memoryUsage().arrayBuffers
  let bytes = 0
  let most = 0
  for await (const part of body ?? []) {
    if (bytes >> 20 !== (bytes + part.length) >> 20)
      most = Math.max(most, process.memoryUsage().arrayBuffers - before)
    bytes += part.length
  }
  return { bytes, most }
}

test('100 MiB go in and out over HTTP in flat memory: sent ones, and ones that are made', async () => {
  const sn = sample()
  const { url, close } = await serveInstance(sn)
  onTestFinished(close)
  const init = { method: 'POST', headers: { ...AUTH, 'content-type': 'application/octet-stream' } }
  const response = await fetch(`${url}${filePath()}`, { ...init, body: pattern(100), duplex: 'half' })
  const { result } = (await response.json()) as { result: Record<string, string> }
  expect([response.status, result.size_bytes]).toEqual([201, String(100 * MIB)])
  const made = sn.control.attach({ sysId: ID, fileName: 'made.bin', sizeBytes: 100 * MIB + 5 })
  for (const [id, size] of [
    [result.sys_id, 100 * MIB],
    [made, 100 * MIB + 5],
  ] as const) {
    const file = await fetch(`${url}${PATH}/${id}/file`, { headers: AUTH })
    const { bytes, most } = await measured(file.body)
    expect(bytes).toBe(size)
    // Chunks that wait for the collector: far below the file, whatever the machine is busy with.
    expect(most / MIB).toBeLessThan(70)
  }
  const [one, two] = await Promise.all(
    [1, 2].map(async () =>
      (await fetch(`${url}${PATH}/${made}/file`, { headers: AUTH })).body?.getReader().read(),
    ),
  )
  expect(one?.value).toEqual(two?.value)
})

test('a file that is refused on its way leaves the connection usable', async () => {
  const sn = sample({ properties: { 'com.glide.attachment.max_size': '1' } })
  const { url, close } = await serveInstance(sn)
  onTestFinished(close)
  const headers = { ...AUTH, 'content-type': 'application/octet-stream' }
  const response = await fetch(`${url}${filePath()}`, {
    method: 'POST',
    headers,
    body: new Uint8Array(3 * MIB),
  })
  expect(response.status).toBe(400)
  await response.text()
  expect((await fetch(`${url}${PATH}`, { headers: AUTH })).status).toBe(200)
})

test('a cut leaves a part of a large file', async () => {
  const sn = sample()
  const id = sn.control.attach({ sysId: ID, fileName: 'made.bin', sizeBytes: 4 * MIB })
  sn.control.setFault({ kind: 'cut', match: { path: '/file$' } })
  const file = await sn.fetch(`${ORIGIN}${PATH}/${id}/file`, { headers: AUTH })
  let bytes = 0
  await expect(async () => {
    for await (const part of file.body ?? []) bytes += part.length
  }).rejects.toThrow('terminated')
  expect(bytes).toBe(2 * MIB)
})
