/** The incident table: its fields, its record, and what its codes mean out of the box (customised instances differ). */
import type { Choice, Reference, SystemFields } from './define-table.ts'
import { defineTable, systemFields } from './define-table.ts'

/** `incident` and the kinds of its fields, as they are out of the box. Example: `incidentTable.fields.opened_at` is `'datetime'`. */
export const incidentTable = defineTable('incident', {
  ...systemFields,
  number: 'text',
  short_description: 'text',
  description: 'text',
  state: 'choice',
  incident_state: 'choice',
  hold_reason: 'choice',
  impact: 'choice',
  urgency: 'choice',
  priority: 'choice',
  severity: 'choice',
  escalation: 'choice',
  category: 'choice',
  subcategory: 'choice',
  contact_type: 'choice',
  close_code: 'choice',
  close_notes: 'text',
  approval: 'choice',
  notify: 'choice',
  active: 'boolean',
  made_sla: 'boolean',
  knowledge: 'boolean',
  caller_id: 'reference',
  opened_by: 'reference',
  assigned_to: 'reference',
  assignment_group: 'reference',
  resolved_by: 'reference',
  closed_by: 'reference',
  cmdb_ci: 'reference',
  business_service: 'reference',
  company: 'reference',
  location: 'reference',
  parent: 'reference',
  parent_incident: 'reference',
  problem_id: 'reference',
  rfc: 'reference',
  caused_by: 'reference',
  opened_at: 'datetime',
  resolved_at: 'datetime',
  closed_at: 'datetime',
  reopened_time: 'datetime',
  due_date: 'datetime',
  sla_due: 'datetime',
  work_start: 'datetime',
  work_end: 'datetime',
  activity_due: 'datetime',
  business_duration: 'duration',
  calendar_duration: 'duration',
  business_stc: 'integer',
  calendar_stc: 'integer',
  reassignment_count: 'integer',
  reopen_count: 'integer',
  child_incidents: 'integer',
  correlation_id: 'text',
  correlation_display: 'text',
  sys_class_name: 'text',
  sys_domain: 'reference',
  sys_domain_path: 'text',
  task_effective_number: 'text',
  comments: 'journal',
  work_notes: 'journal',
  comments_and_work_notes: 'journal',
})

/** Labels of the states out of the box. Example: `incidentStates['6']` is `'Resolved'`. */
export const incidentStates = {
  '1': 'New',
  '2': 'In Progress',
  '3': 'On Hold',
  '6': 'Resolved',
  '7': 'Closed',
  '8': 'Canceled',
} as const

/** Why an incident is on hold (state 3). */
export const incidentHoldReasons = {
  '1': 'Awaiting Caller',
  '3': 'Awaiting Problem',
  '4': 'Awaiting Vendor',
  '5': 'Awaiting Change',
} as const

/** Labels of priority; the instance looks it up from impact and urgency, setting it has no effect. */
export const incidentPriorities = {
  '1': '1 - Critical',
  '2': '2 - High',
  '3': '3 - Moderate',
  '4': '4 - Low',
  '5': '5 - Planning',
} as const

/** Labels of impact and of urgency. */
export const incidentLevels = { '1': '1 - High', '2': '2 - Medium', '3': '3 - Low' } as const

/** Close codes of newer releases; their code is their label. */
export const incidentCloseCodes = [
  'Solution provided',
  'Workaround provided',
  'Resolved by caller',
  'Resolved by change',
  'Resolved by problem',
  'Resolved by request',
  'Duplicate',
  'User error',
  'Known error',
  'No resolution provided',
] as const

/** Close codes of older releases, still found on their records. */
export const legacyIncidentCloseCodes = ['Solved (Permanently)', 'Solved (Work Around)'] as const

/** States that end an incident: Resolved, Closed, Canceled. */
export const finishedIncidentStates = ['6', '7', '8'] as const

/** The code of a state, `'1'` to `'8'` out of the box, or a code of the instance's own. */
export type IncidentState = Choice<keyof typeof incidentStates>
/** The code of a hold reason; `''` when the incident is not on hold. */
export type IncidentHoldReason = Choice<keyof typeof incidentHoldReasons>
/** The code of a priority, `'1'` (critical) to `'5'` (planning). */
export type IncidentPriority = Choice<keyof typeof incidentPriorities>
/** The code of an impact or urgency, `'1'` (high) to `'3'` (low). */
export type IncidentLevel = Choice<keyof typeof incidentLevels>
/** How an incident was closed, `''` while it was not; the code is its label. */
export type IncidentCloseCode = Choice<
  (typeof incidentCloseCodes)[number] | (typeof legacyIncidentCloseCodes)[number]
>

/**
 * The priority an instance looks up out of the box (`dl_u_priority`); null for levels it does not know.
 * Example: `lookUpPriority('1', '2')` is `'2'`.
 */
export function lookUpPriority(impact: IncidentLevel, urgency: IncidentLevel): IncidentPriority | null {
  const sum = Number(impact) + Number(urgency)
  const known = impact in incidentLevels && urgency in incidentLevels
  return known ? String(sum - 1) : null
}

/** An incident as it is read raw: every value a text, times in UTC, references as sys_ids, empty as `''`. Journal fields read as `''`. */
export interface IncidentRecord extends SystemFields {
  number: string
  short_description: string
  description: string
  state: IncidentState
  incident_state: IncidentState
  hold_reason: IncidentHoldReason
  impact: IncidentLevel
  urgency: IncidentLevel
  priority: IncidentPriority
  severity: IncidentLevel
  escalation: Choice<'0' | '1' | '2' | '3'>
  category: Choice<'inquiry' | 'software' | 'hardware' | 'network' | 'database'>
  subcategory: string
  contact_type: Choice<'email' | 'phone' | 'self-service' | 'virtual_agent' | 'walk-in' | 'monitoring'>
  close_code: IncidentCloseCode
  close_notes: string
  approval: string
  notify: string
  active: 'true' | 'false'
  made_sla: 'true' | 'false'
  knowledge: 'true' | 'false'
  caller_id: Reference<'sys_user'>
  opened_by: Reference<'sys_user'>
  assigned_to: Reference<'sys_user'>
  assignment_group: Reference<'sys_user_group'>
  resolved_by: Reference<'sys_user'>
  closed_by: Reference<'sys_user'>
  cmdb_ci: Reference<'cmdb_ci'>
  business_service: Reference<'cmdb_ci_service'>
  company: Reference<'core_company'>
  location: Reference<'cmn_location'>
  parent: Reference<'task'>
  parent_incident: Reference<'incident'>
  problem_id: Reference<'problem'>
  rfc: Reference<'change_request'>
  caused_by: Reference<'change_request'>
  opened_at: string
  resolved_at: string
  closed_at: string
  reopened_time: string
  due_date: string
  sla_due: string
  work_start: string
  work_end: string
  activity_due: string
  business_duration: string
  calendar_duration: string
  business_stc: string
  calendar_stc: string
  reassignment_count: string
  reopen_count: string
  child_incidents: string
  correlation_id: string
  correlation_display: string
  sys_class_name: string
  sys_domain: Reference<'sys_user_group'>
  sys_domain_path: string
  task_effective_number: string
  comments: string
  work_notes: string
  comments_and_work_notes: string
}
