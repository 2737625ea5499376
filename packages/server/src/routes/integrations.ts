/** Integrations: list, read, create, replace, patch, delete, test, pause. */
import { paths } from '@snowline/protocol'
import {
  integrationCreateBody,
  integrationPatchBody,
  integrationReplaceBody,
  pauseBody,
} from '@snowline/protocol/schemas'
import { etagOf, json, taggedJson } from '../http/json.ts'
import type { ChangeContext } from '../services/integrations.ts'
import { idParams } from './parts.ts'
import { defineRoute, type RawRequest, type Route } from './route.ts'

/** Who changes, and under which condition. */
export function changeContext(
  request: Pick<RawRequest, 'request' | 'actor'> & Pick<ChangeContext, 'principal'>,
): ChangeContext {
  const { principal, actor } = request
  return { principal, actor, ifMatch: request.request.headers.get('if-match') }
}

const list = defineRoute({
  method: 'GET',
  path: '/api/integrations',
  permission: 'integration.view',
  summary: 'All integrations, secrets masked',
  async handler({ request }, { integrations }) {
    return taggedJson(request, { success: true, integrations: await integrations.list() })
  },
})

const get = defineRoute({
  method: 'GET',
  path: '/api/integrations/:id',
  permission: 'integration.view',
  summary: 'One integration',
  params: idParams,
  async handler({ request, params }, { integrations }) {
    const integration = await integrations.get(params.id)
    return taggedJson(request, { success: true, integration }, integration)
  },
})

const create = defineRoute({
  method: 'POST',
  path: '/api/integrations',
  permission: 'integration.create',
  summary: 'Create an integration; the caller becomes its user',
  body: integrationCreateBody,
  async handler(request, { integrations, config }) {
    const integration = await integrations.create(request.body, changeContext(request))
    const location = `${config.basePath}${paths.integration(integration.id)}`
    return json(
      { success: true, integration },
      { status: 201, headers: { location, etag: etagOf(integration) } },
    )
  },
})

const replace = defineRoute({
  method: 'PUT',
  path: '/api/integrations/:id',
  permission: 'integration.edit',
  summary: 'Replace all fields and the whole configuration',
  params: idParams,
  body: integrationReplaceBody,
  async handler(request, { integrations }) {
    const integration = await integrations.replace(request.params.id, request.body, changeContext(request))
    return json({ success: true, integration }, { headers: { etag: etagOf(integration) } })
  },
})

const patch = defineRoute({
  method: 'PATCH',
  path: '/api/integrations/:id',
  permission: 'integration.edit',
  summary: 'Change the named members only',
  params: idParams,
  body: integrationPatchBody,
  async handler(request, { integrations }) {
    const integration = await integrations.patch(request.params.id, request.body, changeContext(request))
    return json({ success: true, integration }, { headers: { etag: etagOf(integration) } })
  },
})

const remove = defineRoute({
  method: 'DELETE',
  path: '/api/integrations/:id',
  permission: 'integration.delete',
  summary: 'Delete an integration and its credentials; dataset versions are kept',
  params: idParams,
  async handler(request, { integrations }) {
    await integrations.remove(request.params.id, changeContext(request))
    return json({ success: true, message: 'Integration deleted successfully' })
  },
})

const test = defineRoute({
  method: 'POST',
  path: '/api/integrations/:id/test',
  permission: 'integration.edit',
  summary: 'Test the stored settings against the instance, active or not',
  params: idParams,
  handler: async ({ params, actor }, { integrationTests }) =>
    json(await integrationTests.test(params.id, actor)),
})

const pause = defineRoute({
  method: 'POST',
  path: '/api/integrations/:id/pause',
  permission: 'integration.sync',
  summary: 'Pause the schedule',
  params: idParams,
  body: pauseBody,
  async handler(request, { integrations }) {
    const reason = request.body.reason || 'paused by hand'
    const integration = await integrations.setPause(request.params.id, reason, changeContext(request))
    return json({ success: true, integration })
  },
})

const resume = defineRoute({
  method: 'POST',
  path: '/api/integrations/:id/resume',
  permission: 'integration.sync',
  summary: 'Lift the pause of the schedule',
  params: idParams,
  async handler(request, { integrations }) {
    const integration = await integrations.setPause(request.params.id, null, changeContext(request))
    return json({ success: true, integration })
  },
})

export const integrationRoutes: readonly Route[] = [
  list,
  get,
  create,
  replace,
  patch,
  remove,
  test,
  pause,
  resume,
]
