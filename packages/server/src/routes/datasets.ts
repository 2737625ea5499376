/** Dataset versions: the list, the records of one, its export, what differs between two, the way back. */
import { rollbackBody } from '@snowline/protocol/schemas'
import * as z from 'zod'
import { json } from '../http/json.ts'
import { lineStream } from '../http/line-stream.ts'
import { cursor, limit, uuid } from './parts.ts'
import { defineRoute, type Route } from './route.ts'

/** An integration, or the environment's own connection. Versions outlive their integration, so its row is not asked for. */
const integration = z.union([z.literal('env'), uuid], { error: 'must be the id of an integration, or env' })
const versionNumber = z
  .string()
  .regex(/^[1-9]\d{0,8}$/)
  .transform(Number)
const versionParams = z.object({ number: versionNumber })

const list = defineRoute({
  method: 'GET',
  path: '/api/datasets',
  permission: 'dataset.view',
  summary: 'Versions of an integration, newest first',
  query: z.strictObject({ integration, limit: limit(25, 200), cursor }),
  async handler({ query }, { datasets }) {
    return json({ success: true, ...(await datasets.list(query.integration, query)) })
  },
})

const incidents = defineRoute({
  method: 'GET',
  path: '/api/datasets/:number/incidents',
  permission: 'dataset.view',
  summary: 'Raw records of a version, sorted by sys_id',
  params: versionParams,
  query: z.strictObject({ integration, limit: limit(100, 1_000), cursor }),
  async handler({ params, query }, { datasets }) {
    return json({ success: true, ...(await datasets.incidents(query.integration, params.number, query)) })
  },
})

const diff = defineRoute({
  method: 'GET',
  path: '/api/datasets/:number/diff/:other',
  permission: 'dataset.view',
  summary: 'What differs from one version to another, field by field, sorted by sys_id',
  params: versionParams.extend({ other: versionNumber }),
  query: z.strictObject({ integration, limit: limit(50, 200), cursor }),
  async handler({ params, query }, { datasets }) {
    return json(await datasets.diff(query.integration, params.number, params.other, query))
  },
})

const rollback = defineRoute({
  method: 'POST',
  path: '/api/datasets/:number/rollback',
  permission: 'dataset.rollback',
  summary: 'Make a new version equal to this one, and pause the schedule',
  params: versionParams,
  query: z.strictObject({ integration }),
  body: rollbackBody,
  async handler({ params, query, body, principal, actor }, { datasets }) {
    const request = { mirror: query.integration, number: params.number, reason: body.reason }
    const version = await datasets.rollback(request, { principal, actor })
    return json({ success: true, version }, { status: 201 })
  },
})

const contentTypes = {
  ndjson: 'application/x-ndjson; charset=utf-8',
  csv: 'text/csv; charset=utf-8',
} as const

const exported = defineRoute({
  method: 'GET',
  path: '/api/datasets/:number/export',
  permission: 'dataset.view',
  summary: 'A whole version as NDJSON or CSV',
  params: versionParams,
  query: z.strictObject({ integration, format: z.enum(['ndjson', 'csv']).default('ndjson') }),
  async handler({ params, query }, { datasets }) {
    const { format } = query
    const lines = await datasets.export(query.integration, params.number, format)
    const name = `dataset-${query.integration}-${params.number}.${format}`
    return new Response(await lineStream(lines), {
      headers: {
        'content-type': contentTypes[format],
        'content-disposition': `attachment; filename="${name}"`,
      },
    })
  },
})

export const datasetRoutes: readonly Route[] = [list, incidents, diff, rollback, exported]
