/** What may be sent, which of it is gone once it was sent, and what came in pieces. */

/** A body that comes piece by piece and can be read once: a stream of the Web, or one of Node (`fs.createReadStream(...)`). */
export type StreamedBody = ReadableStream<Uint8Array<ArrayBuffer>> | AsyncIterable<Uint8Array | string>

/** What may be sent: text (JSON, a form), bytes, or a stream, which is read once. */
export type Body = string | Uint8Array<ArrayBuffer> | Blob | StreamedBody

/** True for a body that is gone once it was sent. */
export function isStreamed(body: unknown): body is StreamedBody {
  if (body instanceof ReadableStream) return true
  return typeof body === 'object' && body !== null && Symbol.asyncIterator in body
}

/** The pieces as one, of `size` bytes in all; a single piece is given as it is. */
export function joined(pieces: readonly Uint8Array<ArrayBuffer>[], size: number): Uint8Array<ArrayBuffer> {
  const [first] = pieces
  if (first !== undefined && pieces.length === 1) return first
  const whole = new Uint8Array(size)
  let at = 0
  for (const piece of pieces) {
    whole.set(piece, at)
    at += piece.byteLength
  }
  return whole
}
