/** The older door: other paths to the same handlers. Its clients send members we do not know and read nothing of a sync but events. */
import { integrationCreateBody, integrationReplaceBody } from '@snowline/protocol/schemas'
import * as z from 'zod'
import { json } from '../http/json.ts'
import { toProblem } from '../problem/from-error.ts'
import { ProblemError } from '../problem/problem-error.ts'
import { changeContext } from './integrations.ts'
import { idParams, uuid } from './parts.ts'
import { defineRoute, type Route } from './route.ts'
import { errorEventResponse, runStreamResponse } from './run-stream-response.ts'

/** What the older clients may set; everything else of their bodies is ignored. */
const members = {
  service_name: true,
  auth_type: true,
  config: true,
  is_active: true,
  connector_type: true,
} as const
const createBody = z.object(integrationCreateBody.pick(members).shape)
const updateBody = z.object(integrationReplaceBody.pick(members).shape)

function readBy(prefix: string): Route[] {
  const all = defineRoute({
    method: 'GET',
    path: `${prefix}/all`,
    permission: 'integration.view',
    summary: 'All integrations (older path)',
    legacy: true,
    handler: async (_request, { integrations }) =>
      json({ success: true, integrations: await integrations.list() }),
  })
  const one = defineRoute({
    method: 'GET',
    path: `${prefix}/id/:id`,
    permission: 'integration.view',
    summary: 'One integration (older path)',
    legacy: true,
    params: idParams,
    handler: async ({ params }, { integrations }) =>
      json({ success: true, integration: await integrations.get(params.id) }),
  })
  return [all, one]
}

function writeBy(prefix: string): Route[] {
  const create = defineRoute({
    method: 'POST',
    path: `${prefix}/create`,
    permission: 'integration.create',
    summary: 'Create an integration (older path)',
    legacy: true,
    body: createBody,
    async handler(request, { integrations }) {
      const integration = await integrations.create(request.body, changeContext(request))
      return json({ success: true, integration }, { status: 201 })
    },
  })
  const update = defineRoute({
    method: 'PUT',
    path: `${prefix}/update/:id`,
    permission: 'integration.edit',
    summary: 'Replace an integration (older path)',
    legacy: true,
    params: idParams,
    body: updateBody,
    async handler(request, { integrations }) {
      const input = withoutLastSynced(request.body)
      const integration = await integrations.replace(request.params.id, input, changeContext(request))
      return json({ success: true, integration })
    },
  })
  const remove = defineRoute({
    method: 'DELETE',
    path: `${prefix}/delete/:id`,
    permission: 'integration.delete',
    summary: 'Delete an integration (older path)',
    legacy: true,
    params: idParams,
    async handler(request, { integrations }) {
      await integrations.remove(request.params.id, changeContext(request))
      return json({ success: true, message: 'Integration deleted successfully' })
    },
  })
  return [create, update, remove]
}

function syncBy(prefix: string): Route {
  return defineRoute({
    method: 'POST',
    path: `${prefix}/sync/:id`,
    permission: 'integration.sync',
    summary: 'Sync now (older path): always 200 and a stream, failures are its error event',
    legacy: true,
    async handler(caller, services) {
      const { principal, actor } = caller
      try {
        const id = uuid.safeParse(caller.params.id)
        if (!id.success) throw new ProblemError('not_found', 'No integration has this id.')
        services.streams.demandRoom(principal.userId)
        const runId = await services.syncRuns.start(id.data, { principal, actor })
        return runStreamResponse(await services.syncRuns.follow(runId, 0), caller, services)
      } catch (error) {
        const problem = toProblem(error)
        if (problem.code === 'internal') services.logger.error('http.error', { reason: String(error) })
        return errorEventResponse(problem, 200)
      }
    },
  })
}

/** The start of the next read is the server's to know: on this door it is never set, not even to nothing. */
function withoutLastSynced<T extends { config: Readonly<Record<string, unknown>> }>(input: T): T {
  const { lastSynced: _ignored, ...config } = input.config
  return { ...input, config }
}

const prefixes = ['/integrations', '/api/integrations']

export const legacyRoutes: readonly Route[] = prefixes.flatMap((prefix) => [
  ...readBy(prefix),
  ...writeBy(prefix),
  syncBy(prefix),
])
