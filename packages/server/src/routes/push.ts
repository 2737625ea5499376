/** From tickets to ServiceNow and back: create, sync the status, add a note, decide what waits, pull. */
import type { CreateAnswer, PushAnswer } from '@snowline/protocol'
import {
  createFromTicketBody,
  pullBody,
  resolveBody,
  syncTicketBody,
  workNoteBody,
} from '@snowline/protocol/schemas'
import * as z from 'zod'
import { json } from '../http/json.ts'
import { toProblem } from '../problem/from-error.ts'
import { ProblemError, validationFailed } from '../problem/problem-error.ts'
import type { RepeatableBy } from '../services/push-outcome.ts'
import type { By } from '../services/tickets.ts'
import { pullStreamResponse } from './pull-stream-response.ts'
import { defineRoute, type Route } from './route.ts'
import { ticketId } from './tickets.ts'

const sysId = z.string().regex(/^[0-9a-f]{32}$/)

/** @throws ProblemError `validation_failed` for a key that is no short visible text */
function repeatable({ principal, actor, request }: By & { request: Request }): RepeatableBy {
  const key = request.headers.get('idempotency-key')
  if (key !== null && !/^[\x21-\x7e]{1,200}$/.test(key)) {
    throw validationFailed([{ path: 'Idempotency-Key', message: 'must be 1 to 200 visible characters' }])
  }
  return { principal, actor, idempotencyKey: key }
}

function answerOf(answer: CreateAnswer | PushAnswer): Response {
  if ('pending' in answer) return json(answer, { status: 202 })
  return json(answer, { status: 'created' in answer && answer.created ? 201 : 200 })
}

const create = defineRoute({
  method: 'POST',
  path: '/api/sn/incidents/create-from-ticket/:ticket_id',
  permission: 'incident.push',
  summary: 'Create the incident of a ticket, once',
  params: z.object({ ticket_id: ticketId }),
  body: createFromTicketBody,
  handler: async (call, { ticketPushes }) =>
    answerOf(await ticketPushes.create(call.params.ticket_id, call.body.fields, repeatable(call))),
})

const syncTicket = defineRoute({
  method: 'PATCH',
  path: '/api/sn/incidents/:sys_id/sync-ticket/:ticket_id',
  permission: 'incident.push',
  summary: 'Send the status of a ticket to its incident, with a note when given',
  params: z.object({ sys_id: sysId, ticket_id: ticketId }),
  body: syncTicketBody,
  async handler(call, { ticketPushes }) {
    const { sys_id: incident, ticket_id: ticket } = call.params
    return answerOf(await ticketPushes.syncStatus(incident, ticket, call.body, repeatable(call)))
  },
})

const workNote = defineRoute({
  method: 'POST',
  path: '/api/sn/incidents/:sys_id/work-note',
  permission: 'incident.push',
  summary: 'Add a work note: a text, or the AI suggestions of the ticket',
  params: z.object({ sys_id: sysId }),
  body: workNoteBody,
  async handler(call, { ticketPushes }) {
    const { ticket_id: ticket, text } = call.body
    if (!ticketId.safeParse(ticket).success) throw new ProblemError('not_found', 'No ticket has this id.')
    return answerOf(await ticketPushes.addNote(call.params.sys_id, ticket, text, repeatable(call)))
  },
})

const problems = defineRoute({
  method: 'GET',
  path: '/api/sn/problems',
  permission: 'incident.push',
  summary: 'Conflicts, pushes that were given up, outcomes nobody knows',
  handler: async (_call, { syncProblems }) => json(await syncProblems.list()),
})

const resolve = defineRoute({
  method: 'POST',
  path: '/api/sn/problems/:id/resolve',
  permission: 'incident.push',
  summary: 'Decide: ours, theirs, send again, drop',
  params: z.object({ id: z.string().regex(/^[A-Za-z0-9-]{1,100}$/) }),
  body: resolveBody,
  handler: async (call, { syncProblems }) =>
    json({ success: true, ...(await syncProblems.resolve(call.params.id, call.body.choice, call)) }),
})

const pull = defineRoute({
  method: 'POST',
  path: '/api/sn/sync/pull',
  permission: 'incident.pull',
  summary: 'Bring the stored copy up to date; with import, make tickets from incidents',
  body: pullBody,
  async handler(call, services) {
    const events = /(^|,)\s*text\/event-stream\s*(;|,|$)/.test(call.request.headers.get('accept') ?? '')
    if (events) return pullStreamResponse(call.body, call, services)
    for await (const event of services.ticketImports.pull(call.body, call, new AbortController().signal)) {
      if (event.type === 'complete') return json(event.data)
    }
    throw toProblem(new Error('the pull ended without an answer'))
  },
})

export const pushRoutes: readonly Route[] = [create, syncTicket, workNote, problems, resolve, pull]
