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
  const pulse: Pulse = { stalledMs: 0, quietMs: 0, ended: false }
  let timer: NodeJS.Timeout | undefined
  const end = (): void => {
    if (pulse.ended) return
    pulse.ended = true
    clearInterval(timer)
    reader.abort()
    options.onEnd?.()
  }
  const tick = async (controller: ReadableStreamDefaultController<Uint8Array>): Promise<void> => {
    const verdict = await feel(pulse, (controller.desiredSize ?? 0) > 0, source, options)
    if (pulse.ended) return
    if (verdict === 'beat') controller.enqueue(encoder.encode(': heartbeat\n\n'))
    if (verdict !== 'cut') return
    end()
    controller.error(new Error('the reader of this stream was cut off'))
  }
  return new ReadableStream<Uint8Array>({
    start(controller) {
      controller.enqueue(encoder.encode(`retry: ${RETRY_MS}\n\n`))
      timer = setInterval(() => void tick(controller).catch(end), TICK_MS)
      timer.unref()
    },
    async pull(controller) {
      const next = await nextOrEnd(frames)
      pulse.quietMs = 0
      if (next !== null) return controller.enqueue(encoder.encode(encodeFrame(next)))
      end()
      closeQuietly(controller)
    },
    cancel: end,
  })
}

/** How a stream and its reader are. */
interface Pulse {
  /** How long the reader has taken nothing although something waits. */
  stalledMs: number
  /** How long nothing was sent. */
  quietMs: number
  ended: boolean
}

/** One look a second: cut a reader that lags, stands still or lost its right; keep a quiet connection alive. */
async function feel(
  pulse: Pulse,
  reads: boolean,
  source: EventSource,
  options: EventStreamOptions,
): Promise<'cut' | 'beat' | 'fine'> {
  pulse.stalledMs = reads ? 0 : pulse.stalledMs + TICK_MS
  pulse.quietMs += TICK_MS
  if (!reads && (source.waitingBytes?.() ?? 0) > MAX_WAITING_BYTES) return 'cut'
  if (pulse.stalledMs >= MAX_STALL_MS) return 'cut'
  if (options.authorised !== undefined && !(await options.authorised())) return 'cut'
  if (!reads || pulse.quietMs < HEARTBEAT_MS) return 'fine'
  pulse.quietMs = 0
  return 'beat'
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
