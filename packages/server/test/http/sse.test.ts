/** The stream itself: framing, heartbeat, readers that lag or stand still, rights that are lost, ends from either side. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { encodeFrame, eventStream, type Frame, singleEvent } from '../../src/http/sse.ts'

beforeEach(() => {
  vi.useFakeTimers()
})

afterEach(() => {
  vi.useRealTimers()
})

const frame = (n: number, data = '{}'): Frame => ({ id: `r:${n}`, event: 'progress', data })

async function* forever(signal: AbortSignal): AsyncGenerator<Frame> {
  await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }))
}

async function text(chunk: Promise<{ done: boolean; value?: Uint8Array | undefined }>): Promise<string> {
  const { value, done } = await chunk
  return done ? '(end)' : new TextDecoder().decode(value)
}

test('a frame is its lines and an empty one', () => {
  expect(encodeFrame(frame(1))).toBe('id: r:1\nevent: progress\ndata: {}\n\n')
  expect(singleEvent('error', { a: '\n' })).toBe('retry: 3000\n\nevent: error\ndata: {"a":"\\n"}\n\n')
})

test('retry first, each event one chunk, then the end', async () => {
  const onEnd = vi.fn()
  const source = {
    async *frames() {
      yield frame(1)
      yield frame(2)
    },
  }
  const reader = eventStream(source, { onEnd }).getReader()
  expect(await text(reader.read())).toBe('retry: 3000\n\n')
  expect(await text(reader.read())).toBe(encodeFrame(frame(1)))
  expect(await text(reader.read())).toBe(encodeFrame(frame(2)))
  expect(await text(reader.read())).toBe('(end)')
  expect(onEnd).toHaveBeenCalledTimes(1)
})

test('a comment every 15 quiet seconds', async () => {
  const reader = eventStream({ frames: forever }).getReader()
  await reader.read()
  const next = reader.read()
  await vi.advanceTimersByTimeAsync(15_000)
  expect(await text(next)).toBe(': heartbeat\n\n')
  await reader.cancel()
})

test('a reader that goes away ends the source', async () => {
  const onEnd = vi.fn()
  let gone = false
  const source = {
    async *frames(signal: AbortSignal) {
      signal.addEventListener('abort', () => {
        gone = true
      })
      yield frame(1)
      yield* forever(signal)
    },
  }
  const reader = eventStream(source, { onEnd }).getReader()
  await reader.read()
  await reader.read()
  await reader.cancel()
  expect(gone).toBe(true)
  expect(onEnd).toHaveBeenCalledTimes(1)
})

test('the server can end it', async () => {
  const stop = new AbortController()
  const reader = eventStream({ frames: forever }, { signal: stop.signal }).getReader()
  await reader.read()
  const next = reader.read()
  stop.abort()
  expect(await text(next)).toBe('(end)')
})

test('a reader that lags by more than 1 MiB is cut off, one that lags by less is not', async () => {
  for (const [waiting, cut] of [
    [1024 * 1024 + 1, true],
    [1024 * 1024, false],
  ] as const) {
    const source = {
      frames: async function* () {
        for (let n = 1; ; n += 1) yield frame(n)
      },
      waitingBytes: () => waiting,
    }
    const onEnd = vi.fn()
    const stream = eventStream(source, { onEnd })
    await vi.advanceTimersByTimeAsync(3_000)
    expect(onEnd).toHaveBeenCalledTimes(cut ? 1 : 0)
    await stream.cancel().catch(() => undefined)
  }
})

test('a reader that takes nothing for a minute is cut off', async () => {
  const onEnd = vi.fn()
  const stream = eventStream(
    {
      frames: async function* () {
        for (let n = 1; ; n += 1) yield frame(n)
      },
    },
    { onEnd },
  )
  await vi.advanceTimersByTimeAsync(59_000)
  expect(onEnd).not.toHaveBeenCalled()
  await vi.advanceTimersByTimeAsync(2_000)
  expect(onEnd).toHaveBeenCalledTimes(1)
  await expect(stream.getReader().read()).rejects.toThrow('cut off')
})

test('who loses the right reads no further', async () => {
  let may = true
  const reader = eventStream({ frames: forever }, { authorised: async () => may }).getReader()
  await reader.read()
  const next = reader.read()
  const cut = expect(next).rejects.toThrow('cut off')
  await vi.advanceTimersByTimeAsync(5_000)
  may = false
  await vi.advanceTimersByTimeAsync(1_000)
  await cut
})
