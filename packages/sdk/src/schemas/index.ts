/** Entry `./schemas`: zod schemas of what an instance sends, loose on purpose, for checks at the edge; the core never loads them. */
import * as z from 'zod'

/** 32 lower-case hexadecimal characters. */
export const sysIdSchema = z.string().regex(/^[0-9a-f]{32}$/)

/** `yyyy-MM-dd HH:mm:ss` in UTC. */
export const utcStampSchema = z.string().regex(/^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}$/)

const emptyOrStamp = z.union([z.literal(''), utcStampSchema])

/** A reference as it comes raw: `''`, a sys_id (or `global`), or `{ link, value }` where links are not excluded. */
export const referenceSchema = z.union([
  z.string(),
  z.looseObject({ value: z.string(), link: z.string().optional() }),
])

/** A cell of `sysparm_display_value=all`; `display_value` may be null. */
export const valuePairSchema = z.looseObject({
  value: z.string().nullable(),
  display_value: z.string().nullable(),
  link: z.string().optional(),
})

/** What every record carries; other fields pass through as they are. */
export const recordSchema = z.looseObject({ sys_id: sysIdSchema })

/**
 * A raw incident. Only the form is checked, never the choice: unknown states and `u_*` fields of a customised instance pass, and a field
 * an ACL hides may be absent. Example: `incidentSchema.safeParse({ sys_id: 'x' }).success` is `false`.
 */
export const incidentSchema = z.looseObject({
  sys_id: sysIdSchema,
  sys_updated_on: utcStampSchema.optional(),
  sys_created_on: utcStampSchema.optional(),
  sys_mod_count: z.string().regex(/^\d*$/).optional(),
  number: z.string().optional(),
  short_description: z.string().optional(),
  description: z.string().optional(),
  state: z.string().optional(),
  impact: z.string().optional(),
  urgency: z.string().optional(),
  priority: z.string().optional(),
  active: z.enum(['true', 'false', '']).optional(),
  caller_id: referenceSchema.optional(),
  assigned_to: referenceSchema.optional(),
  assignment_group: referenceSchema.optional(),
  opened_at: emptyOrStamp.optional(),
  resolved_at: emptyOrStamp.optional(),
  closed_at: emptyOrStamp.optional(),
})

/** `{ result: [...] }` of incidents. */
export const incidentListSchema = z.looseObject({ result: z.array(incidentSchema) })

/** The body of a refusal. */
export const errorBodySchema = z.looseObject({
  error: z.looseObject({ message: z.string().nullish(), detail: z.string().nullish() }),
  status: z.string().optional(),
})
