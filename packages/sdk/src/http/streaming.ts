/** Bodies that are streamed, up or down, one piece at a time; loaded with the first. */
import type { StreamedBody } from './body.ts'
import type { Deadline } from './deadline.ts'

/** True when a stream was read from, or somebody holds it to read from: what is left of it is not the whole. */
export function isSpent(body: StreamedBody): boolean {
  if (!(body instanceof ReadableStream)) {
    const { readableDidRead, destroyed } = body as { readableDidRead?: boolean; destroyed?: boolean }
    return readableDidRead === true || destroyed === true
  }
  try {
    // Nothing else tells of a stream that was read from and let go.
    new Response(body)
    return false
  } catch {
    return true
  }
}

/**
 * The same stream, each piece of which begins the time limit anew: a large upload may take long, but not stand still.
 * Throws TypeError for one that was read already, and would be sent empty.
 */
export function touching(body: StreamedBody, deadline: Deadline): ReadableStream<Uint8Array<ArrayBuffer>> {
  if (isSpent(body)) throw new TypeError('The stream was read already.')
  const stream = body instanceof ReadableStream ? body : toStream(body)
  return stream.pipeThrough(
    new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>({
      transform(piece, controller) {
        deadline.touch()
        controller.enqueue(piece)
      },
    }),
  )
}

/** A stream of Node, or anything else that gives pieces in turn, as a stream of the Web. */
function toStream(pieces: AsyncIterable<Uint8Array | string>): ReadableStream<Uint8Array<ArrayBuffer>> {
  const iterator = pieces[Symbol.asyncIterator]()
  return new ReadableStream<Uint8Array<ArrayBuffer>>(
    {
      async pull(controller) {
        const { done, value } = await iterator.next()
        if (done) controller.close()
        else
          controller.enqueue(
            typeof value === 'string' ? new TextEncoder().encode(value) : new Uint8Array(value),
          )
      },
      async cancel() {
        await iterator.return?.()
      },
    },
    { highWaterMark: 0 },
  )
}

/** True for what a fetch throws when it was told not to go where an answer sent it; no platform gives it a code. */
export function isRedirectError(error: unknown): boolean {
  for (let cause = error, depth = 0; cause instanceof Error && depth < 5; cause = cause.cause, depth += 1) {
    if (/redirect/i.test(cause.message)) return true
  }
  return false
}

/** The body as a stream that holds one piece at a time; the time limit runs only while a piece is waited for. */
export function handOn(
  body: ReadableStream<Uint8Array<ArrayBuffer>>,
  deadline: Deadline,
  nameFault: (error: unknown) => Promise<unknown>,
): { stream: ReadableStream<Uint8Array<ArrayBuffer>>; ended: Promise<void> } {
  const reader = body.getReader()
  const giveUp = () => reader.cancel().catch(() => {})
  let end = () => {}
  const ended = new Promise<void>((resolve) => {
    end = () => {
      deadline.close()
      resolve()
    }
  })
  deadline.rest()
  deadline.signal.addEventListener(
    'abort',
    () => {
      end()
      giveUp()
    },
    { once: true },
  )
  const stream = new ReadableStream<Uint8Array<ArrayBuffer>>(
    {
      async pull(controller) {
        deadline.touch()
        try {
          const { done, value } = await deadline.race(reader.read())
          if (!done) {
            deadline.rest()
            controller.enqueue(value)
            return
          }
          controller.close()
        } catch (error) {
          giveUp()
          controller.error(await nameFault(error))
        }
        end()
      },
      async cancel(reason) {
        end()
        await reader.cancel(reason)
      },
    },
    { highWaterMark: 0 },
  )
  return { stream, ended }
}
