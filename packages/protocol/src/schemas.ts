/** The zod twins of the bodies that come in: strict on writes, so that an unknown member is told and not dropped. */
import * as z from 'zod'

export const loginBody = z.strictObject({
  email: z.string().min(1).max(320),
  password: z.string().min(1).max(1024),
})

const configValue = z.record(z.string().max(100), z.unknown())

/** Members that a GET body carries and a PUT may send back: read and ignored. */
const served = {
  last_synced_at: z.unknown().optional(),
  last_sync_status: z.unknown().optional(),
  last_sync_error: z.unknown().optional(),
  created_at: z.unknown().optional(),
  updated_at: z.unknown().optional(),
  configured_secrets: z.unknown().optional(),
  schedule_paused: z.unknown().optional(),
}

const writable = {
  service_name: z.string().trim().min(1).max(200),
  auth_type: z.enum(['basic_auth', 'api_token', 'oauth2']),
  config: configValue,
  is_active: z.boolean().optional(),
  connector_type: z.string().min(1).max(100).nullish(),
}

export const integrationCreateBody = z.strictObject({ ...writable, ...served })

/** `id` and `user_id` may come back as they were served; another value is a fault, checked against the stored row. */
export const integrationReplaceBody = z.strictObject({
  ...writable,
  ...served,
  id: z.string().optional(),
  user_id: z.string().optional(),
})

export const integrationPatchBody = integrationReplaceBody.partial()

export type LoginBody = z.infer<typeof loginBody>
export type IntegrationCreateBody = z.infer<typeof integrationCreateBody>
export type IntegrationReplaceBody = z.infer<typeof integrationReplaceBody>
export type IntegrationPatchBody = z.infer<typeof integrationPatchBody>
