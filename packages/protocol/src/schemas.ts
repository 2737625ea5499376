/** The zod twins of the bodies that come in: strict on writes, so that an unknown member is told and not dropped. */
import * as z from 'zod'
import { ticketPriorities, ticketStatuses } from './tickets.ts'

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

/** What a sync does beside reading what is new; an empty body asks for nothing more. */
export const syncBody = z.strictObject({
  /** Read everything again. */
  full: z.boolean().optional(),
  /** Compare every incident with the instance. */
  reconcile: z.boolean().optional(),
  /** A person has looked: what is not visible any more may go, however much it is. */
  confirm_deletes: z.boolean().optional(),
})

export const pauseBody = z.strictObject({ reason: z.string().trim().max(500).optional() })

export const rollbackBody = z.strictObject({ reason: z.string().trim().min(1).max(500) })

const ticketText = z.string().max(100_000)

const ticketWritable = {
  subject: z.string().trim().min(1).max(1_000),
  description: ticketText,
  status: z.enum(ticketStatuses),
  priority: z.enum(ticketPriorities).nullable(),
  predicted_priority: z.enum(ticketPriorities).nullable(),
  category: z.string().max(200).nullable(),
  predicted_category: z.string().max(200).nullable(),
  requester_email: z.email().max(320).nullable(),
  ai_suggestions: ticketText.nullable(),
}

export const ticketCreateBody = z.strictObject(ticketWritable).partial().required({ subject: true })
export const ticketPatchBody = z.strictObject(ticketWritable).partial()

/** Fields of the incident as they are to be sent, in place of what the mapping gives. */
export const createFromTicketBody = z.strictObject({
  fields: z.record(z.string().regex(/^[a-z][a-z0-9_]{0,79}$/), z.string().max(100_000)).optional(),
})

export const syncTicketBody = z.strictObject({
  work_note: z.string().trim().min(1).max(100_000).optional(),
  comment: z.string().trim().min(1).max(100_000).optional(),
  include_ai_suggestions: z.boolean().optional(),
  /** What the instance demands with the status: `close_code`, `close_notes`, `hold_reason`. */
  fields: z.record(z.string().regex(/^[a-z][a-z0-9_]{0,79}$/), z.string().max(100_000)).optional(),
})

export const workNoteBody = z.strictObject({
  ticket_id: z.string().min(1).max(100),
  text: z.string().trim().min(1).max(100_000).optional(),
})

export const pullBody = z.strictObject({
  import: z.boolean().optional(),
  dryRun: z.boolean().optional(),
  query: z.string().max(4_000).optional(),
  limit: z.int().min(1).max(10_000).optional(),
})

/** One of the two: the record's id, or its number. */
export const linkBody = z
  .strictObject({
    sys_id: z
      .string()
      .regex(/^[0-9a-f]{32}$/, 'must have 32 lower-case hexadecimal characters')
      .optional(),
    number: z.string().trim().min(1).max(40).optional(),
  })
  .refine((body) => (body.sys_id === undefined) !== (body.number === undefined), 'give sys_id or number')

export const resolveBody = z.strictObject({ choice: z.enum(['ours', 'theirs', 'resend', 'drop']) })
