/** Administration: API tokens. */
import { roles } from '@snowline/protocol'
import * as z from 'zod'
import { json } from '../http/json.ts'
import { idParams } from './parts.ts'
import { defineRoute, type Route } from './route.ts'

const tokenBody = z.strictObject({
  name: z.string().trim().min(1).max(100),
  role: z.enum(roles),
  expiresAt: z.iso.datetime({ offset: true }).optional(),
})

const create = defineRoute({
  method: 'POST',
  path: '/api/admin/tokens',
  permission: 'admin.tokens',
  summary: 'Make an API token; its text is shown once',
  body: tokenBody,
  async handler({ body, principal, actor }, { apiTokens }) {
    const { token, view } = await apiTokens.create(body, { principal, actor })
    return json({ success: true, token, apiToken: view }, { status: 201 })
  },
})

const list = defineRoute({
  method: 'GET',
  path: '/api/admin/tokens',
  permission: 'admin.tokens',
  summary: 'API tokens, without their text',
  handler: async (_request, { apiTokens }) => json({ success: true, tokens: await apiTokens.list() }),
})

const revoke = defineRoute({
  method: 'DELETE',
  path: '/api/admin/tokens/:id',
  permission: 'admin.tokens',
  summary: 'Revoke an API token',
  params: idParams,
  async handler({ params, actor }, { apiTokens }) {
    await apiTokens.revoke(params.id, actor)
    return json({ success: true, message: 'Token revoked' })
  },
})

export const adminRoutes: readonly Route[] = [create, list, revoke]
