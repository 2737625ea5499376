/** Turns an answer into a Response: the headers of every instance, and a body that may break on its way. */
import { type Answer, bytesOf, type Pieces } from './answer.ts'
import type { SignedCall } from './call.ts'
import type { Pass } from './gate.ts'
import type { World } from './world.ts'

const CONSTANT: Readonly<Record<string, string>> = {
  Server: 'snow_adc',
  'Cache-Control': 'no-cache,no-store,must-revalidate,max-age=-1',
  Pragma: 'no-store,no-cache',
  Expires: '0',
  'Strict-Transport-Security': 'max-age=63072000; includeSubDomains',
  'X-Content-Type-Options': 'nosniff',
}

/** All headers of an answer, as captures of 2026 show them; a request without a session cookie is given one. */
export function headersFor(
  world: World,
  { headers: request, who }: SignedCall,
  answer: Answer,
  waits: Pass['waits'] = { semaphoreMs: 0, sessionMs: 0 },
): Record<string, string> {
  const transaction = world.nextTransaction()
  const loggedIn = answer.status !== 401 && who.principal !== undefined
  const headers: Record<string, string> = {
    ...CONSTANT,
    Date: world.clock.now().toUTCString(),
    'X-Is-Logged-In': String(loggedIn),
    'X-Transaction-ID': transaction,
    'Server-Timing': `sem_wait;dur=${waits.semaphoreMs}, sesh_wait;dur=${waits.sessionMs}, t;desc="${transaction}"`,
    ...answer.headers,
  }
  if (!request.has('cookie')) {
    headers['Set-Cookie'] = `JSESSIONID=${transaction.toUpperCase()}; Path=/; HttpOnly; SameSite=None; Secure`
  }
  return headers
}

/** A body that gives its first part and then breaks, as a connection does that is cut. */
function brokenStream(part: Uint8Array): ReadableStream<Uint8Array> {
  let sent = false
  return new ReadableStream<Uint8Array>({
    pull(controller) {
      if (!sent && part.length > 0) controller.enqueue(part)
      else controller.error(new TypeError('terminated'))
      sent = true
    },
  })
}

/** An answer with all headers, ready for whichever door it leaves by. */
export interface Outgoing {
  readonly answer: Answer
  readonly headers: Readonly<Record<string, string>>
}

/** One chunk as a stream: unlike a plain body, it is not copied once more. */
function stream(bytes: Uint8Array): ReadableStream<Uint8Array> {
  return new ReadableStream<Uint8Array>({
    start(controller) {
      controller.enqueue(bytes)
      controller.close()
    },
  })
}

/** The pieces of a body as their reader asks for them, perhaps breaking off after `cut` bytes. */
function pieceStream({ piece }: Pieces, cut: number | undefined): ReadableStream<Uint8Array> {
  let at = 0
  let sent = 0
  return new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        const next = piece(at++)
        if (cut !== undefined && (!next || sent + next.length > cut)) {
          controller.error(new TypeError('terminated'))
          return
        }
        sent += next?.length ?? 0
        if (next) controller.enqueue(next)
        else controller.close()
      },
    },
    { highWaterMark: 1 },
  )
}

/** The Response of an answer; a lent buffer is copied and given back. */
export function toResponse({ answer, headers }: Outgoing): Response {
  const { status, cut, pieces } = answer
  if (pieces) return new Response(pieceStream(pieces, cut), { status, headers })
  const bytes = bytesOf(answer)
  const body = answer.release ? bytes.slice() : bytes
  answer.release?.()
  if (cut !== undefined) return new Response(brokenStream(body.subarray(0, cut)), { status, headers })
  return new Response(body.length === 0 ? null : stream(body), { status, headers })
}
