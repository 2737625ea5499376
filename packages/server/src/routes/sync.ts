/** The manual sync and its runs: start, look, follow, cancel. */
import { paths } from '@snowline/protocol'
import { syncBody } from '@snowline/protocol/schemas'
import * as z from 'zod'
import { json } from '../http/json.ts'
import { toProblem } from '../problem/from-error.ts'
import { ProblemError, validationFailed } from '../problem/problem-error.ts'
import type { Asked } from '../runs/run-start.ts'
import { cursor, idParams, limit, uuid } from './parts.ts'
import { defineRoute, type Route, readPart } from './route.ts'
import { errorEventResponse, isAlwaysProblem, runStreamResponse, wantsEvents } from './run-stream-response.ts'

const sync = defineRoute({
  method: 'POST',
  path: '/api/integrations/:id/sync',
  permission: 'integration.sync',
  summary: 'Sync now; the answer is a stream of progress events that ends with complete or error',
  // Read in the handler: a fault of the body is told as an event to callers who read events.
  body: z.unknown(),
  async handler(caller, services) {
    const { request, principal, actor } = caller
    try {
      const id = demandUuid(caller.params.id)
      services.streams.demandRoom(principal.userId)
      const asked = readAsked(caller.body)
      const runId = await services.syncRuns.start(id, { principal, actor, asked })
      const location = `${services.config.basePath}${paths.run(runId)}`
      return runStreamResponse(await services.syncRuns.follow(runId, 0), caller, services, { location })
    } catch (error) {
      const problem = toProblem(error)
      if (isAlwaysProblem(problem) || problem.code === 'rate_limited' || !wantsEvents(request)) throw problem
      if (problem.code === 'internal') services.logger.error('http.error', { reason: String(error) })
      return errorEventResponse(problem, problem.status)
    }
  },
})

function readAsked(body: unknown): Asked {
  const { full, reconcile, confirm_deletes: confirmDeletes } = readPart(syncBody, body)
  return {
    ...(full === undefined ? {} : { full }),
    ...(reconcile === undefined ? {} : { reconcile }),
    ...(confirmDeletes === undefined ? {} : { confirmDeletes }),
  }
}

/** An id that cannot be one is unknown; told here, since a stream's caller gets an event and not a problem body. */
function demandUuid(id: string | undefined): string {
  const parsed = uuid.safeParse(id)
  if (parsed.success) return parsed.data
  throw new ProblemError('not_found', 'No integration has this id.', {
    hint: 'List the integrations to see their ids.',
  })
}

const runsOf = defineRoute({
  method: 'GET',
  path: '/api/integrations/:id/runs',
  permission: 'integration.view',
  summary: 'Runs of an integration, newest first',
  params: idParams,
  query: z.strictObject({ limit: limit(25, 200), cursor }),
  async handler({ params, query }, { integrations, syncRuns }) {
    await integrations.get(params.id)
    return json({ success: true, ...(await syncRuns.list(params.id, query)) })
  },
})

const get = defineRoute({
  method: 'GET',
  path: '/api/runs/:id',
  permission: 'integration.view',
  summary: 'One run',
  params: idParams,
  handler: async ({ params }, { syncRuns }) => json({ success: true, run: await syncRuns.get(params.id) }),
})

const raw = defineRoute({
  method: 'GET',
  path: '/api/runs/:id/raw',
  permission: 'admin.audit',
  summary: 'The raw answers of a run, gzip NDJSON, while this server keeps them',
  params: idParams,
  async handler({ params }, { syncRuns }) {
    const { bytes, body } = await syncRuns.raw(params.id)
    return new Response(body, {
      headers: {
        'content-type': 'application/gzip',
        'content-length': String(bytes),
        'content-disposition': `attachment; filename="run-${params.id}.ndjson.gz"`,
        'cache-control': 'no-store',
      },
    })
  },
})

const events = defineRoute({
  method: 'GET',
  path: '/api/runs/:id/events',
  permission: 'integration.view',
  summary: 'Events of a run, from the one after Last-Event-ID, until its last one',
  params: idParams,
  async handler(caller, services) {
    const after = lastEventNumber(caller.request.headers.get('last-event-id'), caller.params.id)
    const source = await services.syncRuns.follow(caller.params.id, after)
    return runStreamResponse(source, caller, services)
  },
})

/** The number in `{runId}:{n}`. @throws ProblemError `validation_failed` for another run or anything else */
function lastEventNumber(header: string | null, runId: string): number {
  if (header === null || header === '') return 0
  const [, run, number] = /^(.{36}):(\d{1,9})$/.exec(header) ?? []
  if (run === runId && number !== undefined) return Number(number)
  throw validationFailed([{ path: 'Last-Event-ID', message: 'must be the id of an event of this run' }])
}

const cancel = defineRoute({
  method: 'DELETE',
  path: '/api/runs/:id',
  permission: 'integration.sync',
  summary: 'Cancel a run',
  params: idParams,
  async handler({ params, actor }, { syncRuns }) {
    return json({ success: true, run: await syncRuns.cancel(params.id, actor) })
  },
})

export const syncRoutes: readonly Route[] = [sync, runsOf, get, raw, events, cancel]
