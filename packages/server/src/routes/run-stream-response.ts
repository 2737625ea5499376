/** Answers that carry a run: the stream of its events, and the one-event stream of a run that never began. */
import type { ErrorEvent } from '@snowline/protocol'
import { may } from '../auth/permissions.ts'
import type { Principal } from '../auth/principal.ts'
import { type EventSource, eventStream, eventStreamHeaders, singleEvent } from '../http/sse.ts'
import { toProblem } from '../problem/from-error.ts'
import type { ProblemError } from '../problem/problem-error.ts'
import type { Services } from '../services/services.ts'

export interface StreamCaller {
  request: Request
  principal: Principal
}

/** A stream over a run; the run does not care whether anybody reads it. */
export function runStreamResponse(
  source: EventSource,
  { request, principal }: StreamCaller,
  services: Services,
  headers: Readonly<Record<string, string>> = {},
): Response {
  const ended = new AbortController()
  const close = services.streams.open(principal.userId, () => ended.abort())
  const body = eventStream(source, {
    signal: ended.signal,
    onEnd: close,
    // Permissions are read again while the stream is open: who lost them reads no further.
    authorised: async () => may(await services.authenticate(request), 'integration.view'),
  })
  return new Response(body, { headers: { ...eventStreamHeaders, ...headers } })
}

/** Clients that ask for JSON alone get problem bodies; everyone else of a sync reads events. */
export function wantsEvents(request: Request): boolean {
  const accept = request.headers.get('accept')
  if (accept === null || accept.trim() === '') return true
  return accept.split(',').some((part) => /^\s*(text\/event-stream|text\/\*|\*\/\*)\s*(;|$)/.test(part))
}

/** One `error` event with the status of its problem. */
export function errorEventResponse(problem: ProblemError, status: number): Response {
  const { code, message, fields } = problem
  const data: ErrorEvent = {
    success: false,
    message,
    code,
    ...(fields.hint === undefined ? {} : { hint: fields.hint }),
    runId: fields.runId ?? null,
  }
  return new Response(singleEvent('error', data), { status, headers: { ...eventStreamHeaders } })
}

/** 401, 403 and a running sync are always problem bodies. */
export function isAlwaysProblem(error: unknown): boolean {
  const { status, code } = toProblem(error)
  return status === 401 || status === 403 || code === 'sync_running'
}
