/** Server-Sent Events over a source that is read only as fast as its reader reads: each event one chunk, a heartbeat, an end. */

export interface Frame {
  id: string
  event: string
  /** One line of JSON. */
  data: string
}

export interface EventSource {
  /** Frames in order; ends after the last one. `signal` aborts when the reader is gone. */
  frames(signal: AbortSignal): AsyncIterable<Frame>
  /** Bytes that wait for this reader now. */
  waitingBytes?(): number
}

export interface EventStreamOptions {
  /** Asked again while the stream is open; false closes it. */
  authorised?: () => Promise<boolean>
  /** Called once, however the stream ends. */
  onEnd?: () => void
  /** Ends the stream from outside. */
  signal?: AbortSignal
}

const HEARTBEAT_MS = 15_000
const TICK_MS = 1_000
/** What may wait for one reader before the stream is cut: a reader that never reads must not cost memory. */
const MAX_WAITING_BYTES = 1024 * 1024
/** A reader that takes nothing for this long while something waits is gone. */
const MAX_STALL_MS = 60_000
const RETRY_MS = 3_000

export const eventStreamHeaders: Readonly<Record<string, string>> = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-cache, no-transform',
  'x-accel-buffering': 'no',
}

/** Example: `encodeFrame({ id: 'r1:1', event: 'progress', data: '{}' })` is `'id: r1:1\nevent: progress\ndata: {}\n\n'`. */
export function encodeFrame(frame: Frame): string {
  return `id: ${frame.id}\nevent: ${frame.event}\ndata: ${frame.data}\n\n`
}

/** A body of exactly one event, for callers that read nothing else than a stream. */
export function singleEvent(event: string, data: unknown): string {
  return `retry: ${RETRY_MS}\n\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n`
}

/** The body of a stream. A reader that falls behind by 1 MiB, or stands still for a minute, is cut off; the source never waits. */
export function eventStream(
  source: EventSource,
  options: EventStreamOptions = {},
): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder()
  const reader = new AbortController()
  const signals = options.signal === undefined ? [reader.signal] : [reader.signal, options.signal]
  const frames = source.frames(AbortSignal.any(signals))[Symbol.asyncIterator]()
  let timer: NodeJS.Timeout | undefined
  let stalledMs = 0
  let quietMs = 0
  let ended = false
  const end = (): void => {
    if (ended) return
    ended = true
    clearInterval(timer)
    reader.abort()
    options.onEnd?.()
  }
  const tick = async (controller: ReadableStreamDefaultController<Uint8Array>): Promise<void> => {
    const reads = (controller.desiredSize ?? 0) > 0
    stalledMs = reads ? 0 : stalledMs + TICK_MS
    quietMs += TICK_MS
    const tooFar = !reads && (source.waitingBytes?.() ?? 0) > MAX_WAITING_BYTES
    const revoked = options.authorised !== undefined && !(await options.authorised())
    if (ended) return
    if (tooFar || revoked || stalledMs >= MAX_STALL_MS) {
      end()
      controller.error(new Error('the reader of this stream was cut off'))
      return
    }
    if (reads && quietMs >= HEARTBEAT_MS) {
      quietMs = 0
      controller.enqueue(encoder.encode(': heartbeat\n\n'))
    }
  }
  return new ReadableStream<Uint8Array>({
    start(controller) {
      controller.enqueue(encoder.encode(`retry: ${RETRY_MS}\n\n`))
      timer = setInterval(() => void tick(controller).catch(() => end()), TICK_MS)
      timer.unref()
    },
    async pull(controller) {
      const next = await nextOrEnd(frames)
      if (ended && next === null) return closeQuietly(controller)
      if (next === null) {
        end()
        return closeQuietly(controller)
      }
      quietMs = 0
      controller.enqueue(encoder.encode(encodeFrame(next)))
    },
    cancel: end,
  })
}

/** The next frame; null at the end, also when the reader or the server ended the stream. */
async function nextOrEnd(frames: AsyncIterator<Frame>): Promise<Frame | null> {
  try {
    const next = await frames.next()
    return next.done === true ? null : next.value
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') return null
    throw error
  }
}

function closeQuietly(controller: ReadableStreamDefaultController<Uint8Array>): void {
  try {
    controller.close()
  } catch {
    // Already closed or cut off: nothing is left to say.
  }
}
