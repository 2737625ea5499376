/**
 * The shapes of our own tables (`app_*`) as the database holds them: text, whole numbers and null. Aliases and not interfaces: kysely
 * asks for an index signature, which only an alias has.
 */
import type { AuthType, Role, RunState, TicketPriority, TicketStatus } from '@snowline/protocol'
import type { Generated, Kysely } from 'kysely'

export type UserRow = {
  id: string
  email: string
  role: Role
  password_hash: string | null
  created_at: string
  disabled: number
}

export type SessionRow = {
  token_hash: string
  user_id: string
  created_at: string
  /** Milliseconds since 1970. */
  expires_at: number
}

export type ApiTokenRow = {
  id: string
  name: string
  token_hash: string
  role: Role
  user_id: string
  created_at: string
  /** Milliseconds since 1970. */
  expires_at: number | null
  revoked_at: string | null
}

export type IntegrationRow = {
  id: string
  service_name: string
  auth_type: AuthType
  /** JSON of every member that is no secret. */
  config: string
  is_active: number
  connector_type: string | null
  /** Where the first read begins: a UTC stamp, set on create and never moved. */
  start_date: string | null
  /** 1 while a full read is asked for; the next sync that succeeds clears it. */
  full_read: number
  last_synced_at: string | null
  last_sync_status: 'success' | 'error' | null
  last_sync_error: string | null
  /** JSON of `{ reason, since, by }`. */
  paused: string | null
  created_at: string
  updated_at: string
  user_id: string
}

export type SecretRow = {
  integration_id: string
  member: string
  sealed: string
}

export type RunRow = {
  id: string
  integration_id: string
  trigger: 'manual' | 'schedule' | 'api'
  state: RunState
  started_at: string
  finished_at: string | null
  added: number
  updated: number
  unchanged: number
  deleted: number
  error_code: string | null
  error_message: string | null
  error_hint: string | null
  created_by: string
  /** Host, process and its begin: whoever finds the run unfinished can tell whether its process is dead. */
  process: string
}

/** One row a stored step: a commit of many batches is one row, cut into its events when it is read again. */
export type RunEventRow = {
  run_id: string
  /** Number of the first event of this row. */
  first: number
  /** How many events the row holds. */
  span: number
  kind: 'progress' | 'commit' | 'complete' | 'error'
  data: string
}

export type AuditRow = {
  seq: Generated<number>
  at: string
  actor: string
  action: string
  target: string
  before_hash: string | null
  after_hash: string | null
  request_id: string | null
  previous_hash: string
  hash: string
}

export type TicketRow = {
  id: Generated<number>
  subject: string
  description: string
  status: TicketStatus
  priority: TicketPriority | null
  predicted_priority: TicketPriority | null
  category: string | null
  predicted_category: string | null
  requester_email: string | null
  ai_suggestions: string | null
  created_at: string
  updated_at: string
  sn_sys_id: string | null
  sn_number: string | null
  sn_last_sync_at: string | null
  sn_sync_status: 'ok' | 'failed' | null
  sn_last_error: string | null
}

/** What incident and ticket were when they last agreed: the base of the next push. */
export type AgreedRow = {
  ticket: string
  /** JSON of the record's fields. */
  record: string
}

/** Operations taken over from the file of an existing application: none is taken over twice. */
export type HostOperationRow = {
  op_id: string
  at: string
}

/** The last tick of a schedule that was taken; `name` is an integration's id, `env`, or a chore of the server. */
export type TickRow = {
  name: string
  schedule: string
  /** Milliseconds since 1970. */
  due: number
}

/** Of the installation, typed by nobody: its id, the pause of the environment's schedule. */
export type SettingRow = {
  name: string
  value: string
}

export type AppTables = {
  app_users: UserRow
  app_sessions: SessionRow
  app_api_tokens: ApiTokenRow
  app_integrations: IntegrationRow
  app_integration_secrets: SecretRow
  app_runs: RunRow
  app_run_events: RunEventRow
  app_audit: AuditRow
  app_agreed: AgreedRow
  app_host_operations: HostOperationRow
  app_settings: SettingRow
  app_ticks: TickRow
  tickets: TicketRow
}

/** A handle or a transaction: every repository function takes one first. */
export type Executor = Kysely<AppTables>
