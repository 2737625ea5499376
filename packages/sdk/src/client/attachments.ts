/** Attachments: what their API says of them, and their bytes as streams in both directions; loaded with the first use. */
import { QueryError, UnexpectedResponseError } from '../base/errors.ts'
import type { Body } from '../http/body.ts'
import { isStreamed, joined } from '../http/body.ts'
import { readResult } from '../http/envelope.ts'
import type { Accepted, Completed, Exchange } from '../http/exchange.ts'
import { isSpent } from '../http/streaming.ts'
import { deleteAt } from './delete-at.ts'
import type { PageOptions, TablePage } from './page.ts'
import { toPage } from './page.ts'
import { checkSysId, checkTable } from './url.ts'
import type { CallOptions } from './write-options.ts'

/** An attachment as the instance describes it; every value a text. */
export interface AttachmentRecord {
  sys_id: string
  table_name: string
  table_sys_id: string
  file_name: string
  content_type: string
  /** Bytes, as a text. */
  size_bytes: string
  size_compressed: string
  compressed: string
  download_link: string
  sys_created_on: string
  sys_created_by: string
  sys_updated_on: string
  sys_updated_by: string
  sys_mod_count: string
  [field: string]: string
}

/**
 * A download that has begun. Read it once, to its end, or cancel the stream: until then it holds one of the client's places (`concurrency`).
 *
 * Example: `await pipeline((await sn.attachments.download(sysId)).stream, createWriteStream('log.txt'))`.
 */
export interface Download {
  /** From `X-Attachment-Metadata`; null when something in between has taken the header away. */
  attachment: AttachmentRecord | null
  /** `Content-Type`; `application/octet-stream` when the instance does not say. */
  contentType: string
  /** Bytes, null when the instance does not say. */
  size: number | null
  /**
   * One piece at a time, however large the file is. Breaks with an error of the family (TransportError `reset` or `timeout`), or with the
   * reason of the signal; what was read until then is not the whole file.
   */
  stream: ReadableStream<Uint8Array<ArrayBuffer>>
  /** The whole file in memory, once. Throws QueryError above `maxBytes` (default 32 MiB), and when the file was read already. */
  bytes(options?: { maxBytes?: number }): Promise<Uint8Array<ArrayBuffer>>
}

/**
 * A file for a record. The instance takes up to 1,024 MB (`com.glide.attachment.max_size`).
 *
 * Example: `{ table: 'incident', sysId, fileName: 'log.txt', contentType: 'text/plain', body: () => createReadStream('log.txt') }`.
 */
export interface Upload {
  /** The table of the record it is added to. */
  table: string
  sysId: string
  /** Not empty. */
  fileName: string
  /** Default `application/octet-stream`. */
  contentType?: string
  /**
   * Bytes, text, a Blob, a stream of the Web or of Node (sent once, never repeated), or a function that opens a stream anew for each
   * attempt. Anything else, and a stream that was read already, is a QueryError.
   */
  body: Body | (() => Body)
}

/** Limits of one transfer. */
export interface TransferOptions extends CallOptions {
  /** From one piece to the next, not for the whole file; default the client's `timeoutMs`. */
  timeoutMs?: number
}

const path = '/api/now/attachment'

/** One page of the list; the API takes no other parameters than query, limit and offset. Throws QueryError for a limit outside 1 to 10,000. */
export async function attachmentPage(
  exchange: Exchange,
  origin: string,
  { query, limit, offset = 0, signal }: PageOptions,
): Promise<Completed<TablePage>> {
  demandWhole('limit', limit, 1, 10_000)
  demandWhole('offset', offset, 0, Number.MAX_SAFE_INTEGER)
  const url = new URL(path, origin)
  url.searchParams.set('sysparm_query', query)
  url.searchParams.set('sysparm_limit', String(limit))
  if (offset > 0) url.searchParams.set('sysparm_offset', String(offset))
  return exchange.run(
    { method: 'GET', url, idempotent: true, ...(signal === undefined ? {} : { signal }) },
    toPage,
  )
}

/** What the instance says of one attachment. Throws NotFoundError when it is absent or hidden. */
export function getAttachment(
  exchange: Exchange,
  origin: string,
  sysId: string,
  options: CallOptions,
): Promise<Completed<AttachmentRecord>> {
  const url = new URL(`${path}/${checkSysId(sysId)}`, origin)
  return exchange.run({ method: 'GET', url, idempotent: true, ...options }, toAttachment)
}

/** Begins a download. Repeated only until the file begins to come: from there on a broken stream is the reader's to begin anew. */
export function downloadAttachment(
  exchange: Exchange,
  origin: string,
  sysId: string,
  options: TransferOptions,
): Promise<Completed<Download>> {
  const url = new URL(`${path}/${checkSysId(sysId)}/file`, origin)
  const call = { method: 'GET', url, idempotent: true, accept: '*/*', streams: isFile, ...options }
  return exchange.run(call, toDownload)
}

/**
 * Sends a file. Never repeated once it may have arrived: throws OutcomeUnknownError then, and QueryError for a body that cannot be sent.
 */
export async function uploadAttachment(
  exchange: Exchange,
  origin: string,
  { table, sysId, fileName, contentType = 'application/octet-stream', body }: Upload,
  options: TransferOptions,
): Promise<Completed<AttachmentRecord>> {
  if (fileName.trim() === '') throw new QueryError('An attachment needs a file name.')
  const url = new URL(`${path}/file`, origin)
  url.searchParams.set('table_name', checkTable(table))
  url.searchParams.set('table_sys_id', checkSysId(sysId))
  url.searchParams.set('file_name', fileName)
  const checked = typeof body === 'function' ? () => checkBody(body()) : checkBody(body)
  const call = { method: 'POST', url, body: checked, contentType, idempotent: false }
  return exchange.run({ ...call, ...options }, toAttachment)
}

/** The body, when it can be sent: a Request would take any object, as the text `[object Object]`. */
function checkBody(body: Body): Body {
  const whole = typeof body === 'string' || body instanceof Uint8Array || body instanceof Blob
  if (!whole && !(isStreamed(body) && !isSpent(body))) {
    throw new QueryError('An upload needs a body that can be sent.', {
      hint: 'Give text, bytes, a Blob, or a stream nobody has read yet; to have it repeated, a function that opens the stream.',
    })
  }
  return body
}

function demandWhole(name: string, value: number, least: number, most: number): void {
  if (Number.isInteger(value) && value >= least && value <= most) return
  throw new QueryError(`The ${name} must be a whole number from ${least} to ${most}.`, {
    details: { [name]: value },
  })
}

/** Removes a file. One that is gone after an attempt whose answer was lost counts as removed. */
export function deleteAttachment(
  exchange: Exchange,
  origin: string,
  sysId: string,
  options: CallOptions,
): Promise<Completed<undefined>> {
  return deleteAt(exchange, new URL(`${path}/${checkSysId(sysId)}`, origin), options)
}

/** The header tells a file from a page or an error in its place; without it whatever can be neither passes. */
function isFile(status: number, headers: Headers): boolean {
  if (status !== 200) return false
  return headers.has('x-attachment-metadata') || !/html|json/i.test(headers.get('content-type') ?? '')
}

function toAttachment({ body, call }: Accepted): AttachmentRecord {
  return readResult('record', body, call) as AttachmentRecord
}

function toDownload({ answer, call }: Accepted): Download {
  const { stream, headers } = answer
  if (stream === undefined) {
    throw new UnexpectedResponseError('The answer is not the file.', 'shape', call, {
      hint: 'The header X-Attachment-Metadata is missing: something between here and the instance may change its answers.',
    })
  }
  const attachment = readMetadata(headers.get('x-attachment-metadata'))
  const size = Number(attachment?.size_bytes ?? headers.get('content-length') ?? Number.NaN)
  return {
    attachment,
    contentType: headers.get('content-type') ?? 'application/octet-stream',
    size: Number.isSafeInteger(size) ? size : null,
    stream,
    bytes: async ({ maxBytes = 32 * 1024 * 1024 } = {}) => {
      if (!isSpent(stream)) return collect(stream, maxBytes)
      throw new QueryError('The file was read already, or is being read.', {
        hint: 'Keep what bytes() gave, or begin another download.',
      })
    },
  }
}

function readMetadata(header: string | null): AttachmentRecord | null {
  try {
    const parsed: unknown = JSON.parse(header ?? '')
    const inner = typeof parsed === 'object' && parsed !== null && 'result' in parsed ? parsed.result : parsed
    return typeof inner === 'object' && inner !== null ? (inner as AttachmentRecord) : null
  } catch {
    return null
  }
}

async function collect(
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
  maxBytes: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const pieces: Uint8Array<ArrayBuffer>[] = []
  let size = 0
  for await (const piece of stream) {
    size += piece.byteLength
    // Leaving the loop cancels the stream.
    if (size > maxBytes) {
      throw new QueryError(`The file is larger than ${maxBytes} bytes.`, {
        hint: 'Read its stream, or raise maxBytes.',
      })
    }
    pieces.push(piece)
  }
  return joined(pieces, size)
}
