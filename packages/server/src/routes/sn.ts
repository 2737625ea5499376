/** The help desk's ServiceNow routes: state of the connection, incidents, their counts, one incident. */
import * as z from 'zod'
import { may } from '../auth/permissions.ts'
import { json } from '../http/json.ts'
import { cursor, limit } from './parts.ts'
import { defineRoute, type Route } from './route.ts'

const health = defineRoute({
  method: 'GET',
  path: '/api/sn/health',
  permission: 'signed-in',
  summary: 'State of the connection to ServiceNow, without any secret',
  query: z.strictObject({ fresh: z.enum(['0', '1']).optional() }),
  async handler({ query, principal }, { snHealth }) {
    // A fresh look is a request to the instance: only those who mend the connection may ask for it at will.
    const fresh = query.fresh === '1' && may(principal, 'integration.edit')
    return json(await snHealth.look({ fresh }))
  },
})

const text = z.string().max(1_000).optional()

const filter = {
  query: z.string().max(8_000).optional(),
  state: text,
  priority: text,
  assignment_group: text,
  q: z.string().max(200).optional(),
  source: z.enum(['live', 'mirror']).optional(),
}

const list = defineRoute({
  method: 'GET',
  path: '/api/sn/incidents',
  permission: 'incident.view',
  summary: 'Incidents, newest update first; live from the instance, else from the stored copy',
  query: z.strictObject({
    ...filter,
    limit: limit(25, 200),
    sort: z.string().max(200).optional(),
    cursor,
  }),
  handler: async ({ query }, { incidents }) => json(await incidents.list(query)),
})

const stats = defineRoute({
  method: 'GET',
  path: '/api/sn/incidents/stats',
  permission: 'incident.view',
  summary: 'How many incidents by state, priority and age; counted by the instance, else in the stored copy',
  query: z.strictObject(filter),
  handler: async ({ query }, { incidents }) => json(await incidents.stats(query)),
})

const one = defineRoute({
  method: 'GET',
  path: '/api/sn/incidents/:sys_id',
  permission: 'incident.view',
  summary: 'One incident with its journal',
  params: z.object({ sys_id: z.string().regex(/^[0-9a-f]{32}$/) }),
  async handler({ params }, { incidents }) {
    const { incident, source, asOf, stale, reason } = await incidents.get(params.sys_id)
    return json({ success: true, incident, source, asOf, ...(stale ? { stale, reason } : {}) })
  },
})

export const snRoutes: readonly Route[] = [health, list, stats, one]
