/** What the API serves: plain JSON shapes. Instants are ISO 8601 in UTC with `Z`; absent values are null. */
import type { Permission, Role } from './permissions.ts'

export interface UserView {
  id: string
  email: string
  role: Role
  permissions: readonly Permission[]
}

export interface LoginAnswer {
  success: true
  token: string
  expiresAt: string
  user: UserView
}

export type AuthType = 'basic_auth' | 'api_token' | 'oauth2'

export type IntegrationConfig = Readonly<Record<string, unknown>>

/** Exactly these members; secrets in `config` are `********`. */
export interface IntegrationView {
  id: string
  service_name: string
  auth_type: AuthType
  config: IntegrationConfig
  is_active: boolean
  /** Success only. */
  last_synced_at: string | null
  last_sync_status: 'success' | 'error' | null
  last_sync_error: string | null
  created_at: string
  updated_at: string
  user_id: string
  configured_secrets: readonly string[]
  connector_type: string | null
  schedule_paused: { reason: string; since: string; by: string } | null
}

export type RunState = 'queued' | 'running' | 'success' | 'error' | 'cancelled' | 'interrupted'

export interface RunCounts {
  added: number
  updated: number
  unchanged: number
  deleted: number
  total: number
}

export interface RunView {
  id: string
  integration_id: string
  trigger: 'manual' | 'schedule' | 'api'
  state: RunState
  started_at: string
  finished_at: string | null
  counts: RunCounts
  error: { code: string; message: string; hint?: string } | null
}

/** `GET /api/integrations/{id}/runs`, newest first. */
export interface RunList {
  success: true
  runs: readonly RunView[]
  nextCursor: string | null
}

/** A choice as people read it and as the instance stores it. */
export interface ChoiceView {
  value: string
  label: string
}

/** A reference: its id, and its name where the caller may read it. */
export interface ReferenceView {
  sys_id: string
  name: string | null
}

export interface JournalEntryView {
  kind: 'comments' | 'work_notes'
  text: string
  created_on: string
  created_by: string
}

export interface IncidentView {
  sys_id: string
  number: string
  short_description: string
  description: string
  state: ChoiceView
  priority: ChoiceView
  impact: ChoiceView
  urgency: ChoiceView
  category: ChoiceView
  subcategory: ChoiceView
  assignment_group: ReferenceView | null
  assigned_to: ReferenceView | null
  caller: ReferenceView | null
  opened_at: string | null
  updated_on: string
  resolved_at: string | null
  close_code: string
  close_notes: string
  /** https link into the instance, null when the instance's address is not known to be safe. */
  open_url: string | null
  ticket_id: string | null
  /** True while a push for this incident waits in our queue. */
  pending: boolean
  /** Custom `u_*` fields, raw. */
  fields: Readonly<Record<string, string>>
}

/** `GET /api/sn/incidents/{sys_id}` adds the journal, newest first. `journal` is null when the instance does not let us read it. */
export interface IncidentDetailView extends IncidentView {
  journal: readonly JournalEntryView[] | null
}

export interface IncidentList {
  success: true
  incidents: readonly IncidentView[]
  /** What the instance counts, blind to its access rules; null when it does not say. */
  total: number | null
  nextCursor: string | null
  source: 'live' | 'mirror'
  /** When this was true. */
  asOf: string
  instance: string | null
  stale?: boolean
  /** Why the mirror is shown instead of the instance. */
  reason?: string
}

/** How many incidents share a value. */
export interface ChoiceCount extends ChoiceView {
  count: number
}

/** `GET /api/sn/incidents/stats`. The lists add up to `total`, but for what changes while the instance counts, and, by age, incidents without a date. */
export interface IncidentStats {
  success: true
  source: 'live' | 'mirror'
  /** When this was true. */
  asOf: string
  stale?: boolean
  /** Why the mirror was counted instead of the instance. */
  reason?: string
  total: number
  by_state: readonly ChoiceCount[]
  by_priority: readonly ChoiceCount[]
  /** By the time since `opened_at`, youngest first: under 1 day, 1 to 7, 7 to 30, over 30 days; each is there, empty or not. */
  by_age: readonly { label: string; count: number }[]
}

export type HealthStatus =
  | 'ok'
  | 'not_configured'
  | 'misconfigured'
  | 'asleep'
  | 'unreachable'
  | 'auth_failed'
  | 'forbidden'
  | 'error'

export interface HealthCheck {
  id: string
  status: 'ok' | 'warn' | 'fail'
  message: string
  hint?: string
}

export interface HealthView {
  success: true
  configured: boolean
  connected: boolean
  status: HealthStatus
  message: string
  /** `env`, `integration:{uuid}` or null. */
  source: string | null
  instance: string | null
  auth_type: AuthType | null
  missing: readonly string[]
  invalid: readonly string[]
  checks: readonly HealthCheck[]
  checked_at: string
}

/** `POST /api/integrations/{id}/test`: how far the stored settings get. The verdict stands in the checks; `success` says that they were made. */
export interface IntegrationTest {
  success: true
  checks: readonly HealthCheck[]
  checked_at: string
}

export interface DatasetVersionView {
  number: number
  status: 'active' | 'inactive'
  incident_count: number
  added: number
  updated: number
  deleted: number
  created_at: string
  created_by: string
  run_id: string | null
  parent: number | null
  cause: string
  notes: string | null
  content_hash: string
}

/** One field that differs between two versions; null where the record does not have it. */
export interface FieldDifference {
  field: string
  from: string | null
  to: string | null
}

/** A record that two versions do not hold alike. Added and deleted ones carry every field they have. */
export interface IncidentDifference {
  sys_id: string
  number: string
  kind: 'added' | 'updated' | 'deleted'
  fields: readonly FieldDifference[]
}

/** `GET /api/datasets/{a}/diff/{b}`: `counts` are of the whole difference, `changes` of this page, sorted by sys_id. */
export interface DatasetDifference {
  success: true
  from: number
  to: number
  counts: { added: number; updated: number; deleted: number }
  changes: readonly IncidentDifference[]
  nextCursor: string | null
}
