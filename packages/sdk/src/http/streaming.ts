/** Bodies that are streamed, up or down, one piece at a time; loaded with the first. */
import type { Deadline } from './deadline.ts'

/** The same stream, each piece of which begins the time limit anew: a large upload may take long, but not stand still. */
export function touching(
  body: ReadableStream<Uint8Array<ArrayBuffer>>,
  deadline: Deadline,
): ReadableStream<Uint8Array<ArrayBuffer>> {
  return body.pipeThrough(
    new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>({
      transform(piece, controller) {
        deadline.touch()
        controller.enqueue(piece)
      },
    }),
  )
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
