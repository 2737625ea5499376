/** A bulk pull as a stream: its progress, then the answer as `complete`, or one `error`. */
import type { ErrorEvent } from '@snowline/protocol'
import { may } from '../auth/permissions.ts'
import { type EventSource, eventStream, eventStreamHeaders } from '../http/sse.ts'
import { toProblem } from '../problem/from-error.ts'
import type { Services } from '../services/services.ts'
import type { PullRequest } from '../services/ticket-imports.ts'
import type { By } from '../services/tickets.ts'

/**
 * What is known before the pull begins is thrown, and answered as a problem.
 *
 * @throws ProblemError `rate_limited`, `sn_not_configured`, `invalid_query`, `sync_running`
 */
export async function pullStreamResponse(
  request: PullRequest,
  call: By & { request: Request },
  services: Services,
): Promise<Response> {
  const { principal } = call
  services.streams.demandRoom(principal.userId)
  // A reader that goes away does not stop the pull: half an import would be nobody's wish.
  const events = services.ticketImports.pull(request, call, new AbortController().signal)
  const first = await events.next()
  const ended = new AbortController()
  const close = services.streams.open(principal.userId, () => ended.abort())
  const body = eventStream(framesOf(first, events), {
    signal: ended.signal,
    onEnd() {
      close()
      void readOn(events)
    },
    authorised: async () => may(await services.authenticate(call.request), 'incident.pull'),
  })
  return new Response(body, { headers: { ...eventStreamHeaders } })
}

async function readOn(events: Events): Promise<void> {
  try {
    while ((await events.next()).done !== true);
  } catch {
    // Whatever ended it has been told, or nobody is left to tell.
  }
}

type Events = ReturnType<Services['ticketImports']['pull']>

function framesOf(first: Awaited<ReturnType<Events['next']>>, events: Events): EventSource {
  return {
    async *frames() {
      let number = 0
      const frame = (event: string, data: unknown) => {
        number += 1
        return { id: `pull:${number}`, event, data: JSON.stringify(data) }
      }
      try {
        for (let next = first; next.done !== true; next = await events.next())
          yield frame(next.value.type, next.value.data)
      } catch (error) {
        const { code, message, fields } = toProblem(error)
        const hint = fields.hint === undefined ? {} : { hint: fields.hint }
        const told: ErrorEvent = { success: false, message, code, ...hint, runId: fields.runId ?? null }
        yield frame('error', told)
      }
    },
  }
}
