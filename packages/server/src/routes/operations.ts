/** For those who run the server: alive, ready. */
import { json } from '../http/json.ts'
import { defineRoute, type Route } from './route.ts'

const alive = defineRoute({
  method: 'GET',
  path: '/healthz',
  permission: 'anonymous',
  summary: 'The process answers',
  handler: () => json({ success: true, status: 'ok' }),
})

const ready = defineRoute({
  method: 'GET',
  path: '/readyz',
  permission: 'anonymous',
  summary: 'Database, migrations and key are in order; 503 while stopping',
  async handler(_request, services) {
    const { ready: fine, checks } = await services.readiness()
    return json({ success: fine, status: fine ? 'ready' : 'not_ready', checks }, { status: fine ? 200 : 503 })
  },
})

export const operationRoutes: readonly Route[] = [alive, ready]
