/** One part of the attachment benchmark, alone in its process: so many MB up as a stream and down again; prints one line of JSON. */
import { basicAuth, createClient } from '@snowline/sdk'

const MB = 1_000_000
const [direction = '', url = '', megabytes = '1', sysId = ''] = process.argv.slice(2)
const auth = basicAuth({ username: 'admin', password: 'admin' })
const sn = createClient({ instanceUrl: url, auth, allowedOrigins: [url] })

/** Pieces of 64 kB, made when they are asked for. */
function body(): ReadableStream<Uint8Array<ArrayBuffer>> {
  let left = Number(megabytes) * MB
  return new ReadableStream({
    pull(controller) {
      const piece = new Uint8Array(Math.min(64_000, left)).fill(left % 251)
      left -= piece.byteLength
      if (piece.byteLength > 0) controller.enqueue(piece)
      else controller.close()
    },
  })
}

async function up(): Promise<{ bytes: number; file: string }> {
  const upload = { table: 'incident', sysId, fileName: `${megabytes}.bin`, body }
  const { size_bytes, sys_id } = await sn.attachments.upload(upload)
  return { bytes: Number(size_bytes), file: sys_id }
}

async function down(): Promise<{ bytes: number; file: string }> {
  let bytes = 0
  const { stream } = await sn.attachments.download(sysId)
  for await (const piece of stream) bytes += piece.byteLength
  return { bytes, file: sysId }
}

const startedMs = performance.now()
const moved = await (direction === 'up' ? up() : down())
const ms = performance.now() - startedMs
console.log(JSON.stringify({ ...moved, ms, peakMib: process.resourceUsage().maxRSS / 1024 }))
