/** The Attachment API: `/api/now[/v1]/attachment`, files of any size in and out, piece by piece (servicenow.md 6). */
import { type Answer, failure, failures, json } from './answer.ts'
import type { SignedCall } from './call.ts'
import { boundaryOf, readForm } from './multipart.ts'
import { numberOf } from './properties.ts'
import { type Call, sightFor, type TableRequest } from './table-call.ts'
import { readPage } from './table-list.ts'
import type { Row, TableStore } from './table-store.ts'
import type { World } from './world.ts'
import { deleteRecord, insertRecord } from './write.ts'

/** `sysparm_limit` when the request names none. */
const DEFAULT_LIMIT = 1000
const TABLE = 'sys_attachment'
const MEGABYTE = 1_048_576

type AttachmentCall = SignedCall & TableRequest

interface Asked extends Call {
  readonly world: World
  readonly upload: ReadableStream<Uint8Array> | undefined
  readonly contentType: string
}

/** The columns of an answer, in the order of the documentation. */
const COLUMNS = [
  'table_sys_id',
  'size_bytes',
  'download_link',
  'sys_updated_on',
  'sys_id',
  'image_height',
  'sys_created_on',
  'file_name',
  'sys_created_by',
  'compressed',
  'average_image_color',
  'sys_updated_by',
  'sys_tags',
  'table_name',
  'image_width',
  'sys_mod_count',
  'content_type',
  'size_compressed',
] as const

function baseOf({ url, version }: Asked): string {
  return `${url.origin}/api/now${version === undefined ? '' : `/${version}`}/attachment`
}

function metadataOf(asked: Asked, row: Row): Record<string, string> {
  const { store } = asked
  const link = `${asked.url.origin}/api/now/attachment/${row.id}/file`
  return Object.fromEntries(
    COLUMNS.map((name) => [name, name === 'download_link' ? link : store.read(row, name)]),
  )
}

function find(asked: Asked, id: string): Row | undefined {
  const row = asked.store.find(id) ?? asked.store.find(id.toLowerCase())
  return row && (sightFor(asked)?.(row) ?? true) ? row : undefined
}

function list(asked: Asked): Answer {
  const page = readPage(asked, DEFAULT_LIMIT)
  if ('status' in page) return page
  const sight = sightFor(asked) ?? (() => true)
  const result = page.rows.filter(sight).map((row) => metadataOf(asked, row))
  return json(200, JSON.stringify({ result }), page.headers)
}

function metadata(asked: Asked, id: string): Answer {
  const row = find(asked, id)
  return row ? json(200, JSON.stringify({ result: metadataOf(asked, row) })) : failures.unknownRecord()
}

/** A header holds ASCII only; JSON says everything else by its escapes. */
function asciiJson(value: unknown): string {
  return JSON.stringify(value).replace(
    /[\u0080-\uffff]/g,
    (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

function download(asked: Asked, id: string): Answer {
  const row = find(asked, id)
  const pieces = row && asked.world.files.read(row.id)
  if (!row || !pieces) return failures.unknownRecord()
  const name = asked.store.read(row, 'file_name').toWellFormed()
  const type = asked.store.read(row, 'content_type')
  return {
    status: 200,
    headers: {
      // What was sent as a type need not be one that a header can hold.
      'Content-Type': /^[\x20-\x7e]+$/.test(type) ? type : 'application/octet-stream',
      'Content-Length': String(pieces.size),
      'Content-Disposition': `attachment;filename*=UTF-8''${encodeURIComponent(name)}`,
      'X-Attachment-Metadata': asciiJson(metadataOf(asked, row)),
    },
    body: '',
    pieces,
  }
}

/** What a file is to be called and where it is to hang. */
interface Target {
  readonly table: string | null | undefined
  readonly id: string | null | undefined
  readonly name: string | null | undefined
  readonly contentType: string
}

function parentOf(asked: Asked, table: string, id: string): TableStore | Answer {
  const { world, principal } = asked
  const parent = world.database.table(table)
  if (!parent) return failures.unknownTable(table)
  const row = parent.find(id) ?? parent.find(id.toLowerCase())
  const sight = sightFor({ ...asked, store: parent, table })
  if (!row || (sight && !sight(row))) return failures.unknownRecord()
  const allowed =
    world.access.allows(principal, 'update', parent.definition) &&
    world.access.allows(principal, 'insert', world.database.need(TABLE).definition)
  return allowed ? parent : failures.denied('Insert')
}

function tooLarge(megabytes: number): Answer {
  return failure(
    400,
    'Exception while reading request',
    `Attachment exceeds the maximum size of ${megabytes} MB.`,
  )
}

async function attach(asked: Asked, target: Target, bytes: AsyncIterable<Uint8Array>): Promise<Answer> {
  const { world, store, principal } = asked
  const { table, id, name } = target
  if (!table || !id || !name)
    return failure(400, 'Missing required parameters', 'table_name, table_sys_id and file_name are required')
  const parent = parentOf(asked, table, id)
  if ('status' in parent) return parent
  const megabytes = numberOf(world.database, 'com.glide.attachment.max_size')
  const fileId = world.random.hex(32)
  const size = await world.files.keep(fileId, bytes, megabytes * MEGABYTE)
  if (size === undefined) return tooLarge(megabytes)
  const body = {
    sys_id: fileId,
    table_name: table,
    table_sys_id: parent.find(id)?.id ?? id.toLowerCase(),
    file_name: name,
    content_type: target.contentType,
    size_bytes: String(size),
    compressed: 'false',
  }
  const row = insertRecord(world, store, body, { by: principal, writer: 'rest' })
  world.files.sweep((held) => world.commits.latest(store, held) !== undefined)
  const result = JSON.stringify({ result: metadataOf(asked, row) })
  return json(201, result, { Location: `${baseOf(asked)}/${row.id}` })
}

async function* nothing(): AsyncGenerator<Uint8Array> {}

function postFile(asked: Asked): Promise<Answer> {
  const { searchParams } = asked.url
  const target = {
    table: searchParams.get('table_name'),
    id: searchParams.get('table_sys_id'),
    name: searchParams.get('file_name'),
    contentType: asked.contentType || 'application/octet-stream',
  }
  return attach(asked, target, asked.upload ?? nothing())
}

async function postForm(asked: Asked): Promise<Answer> {
  const boundary = boundaryOf(asked.contentType)
  if (boundary === undefined || !asked.upload) return failures.unsupportedType()
  try {
    const { fields, file } = await readForm(asked.upload, boundary)
    const name = file?.name ?? null
    const target = { table: fields.table_name, id: fields.table_sys_id, name }
    return await attach(asked, { ...target, contentType: file?.contentType ?? '' }, file?.bytes ?? nothing())
  } catch (error) {
    if (error instanceof TypeError) return failures.unreadableBody()
    throw error
  }
}

function erase(asked: Asked, id: string): Answer {
  const { world, store, principal } = asked
  const row = find(asked, id)
  if (!row) return failures.unknownRecord()
  const parent = world.database.table(store.read(row, 'table_name'))
  const allowed =
    world.access.allows(principal, 'delete', store.definition) &&
    (!parent || world.access.allows(principal, 'update', parent.definition))
  if (!allowed) return failures.denied('Delete')
  deleteRecord(world, store, row.id, { by: principal, writer: 'rest' })
  return { status: 204, headers: {}, body: '' }
}

/** Answers one call. The words for a file that is too large were never captured. */
export function handleAttachment(
  world: World,
  call: AttachmentCall,
  [first, second]: readonly string[],
): Answer | Promise<Answer> {
  world.commits.settle()
  const store = world.database.need(TABLE)
  const contentType = call.headers.get('content-type') ?? ''
  const asked: Asked = { ...call, world, store, table: TABLE, upload: call.upload, contentType }
  const { method } = call
  if (first === undefined) return method === 'GET' ? list(asked) : failures.methodNotAllowed()
  if (second === 'file') return method === 'GET' ? download(asked, first) : failures.methodNotAllowed()
  if (second !== undefined) return failures.unknownPath()
  if (method === 'POST' && first === 'file') return postFile(asked)
  if (method === 'POST' && first === 'upload') return postForm(asked)
  if (method === 'GET') return metadata(asked, first)
  return method === 'DELETE' ? erase(asked, first) : failures.methodNotAllowed()
}
