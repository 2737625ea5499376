/** How our tables came to be, step by step, as code: no file has to travel with the build. */
import { type Kysely, sql } from 'kysely'
import { type Migration, Migrator } from 'kysely/migration'

const first: Migration = {
  async up(db: Kysely<unknown>) {
    for (const statement of firstTables) await sql.raw(statement).execute(db)
  },
}

const tickets: Migration = {
  async up(db: Kysely<unknown>) {
    for (const statement of ticketTables) await sql.raw(statement).execute(db)
  },
}

const host: Migration = {
  async up(db: Kysely<unknown>) {
    await sql`create table app_host_operations (op_id text primary key, at text not null) strict`.execute(db)
  },
}

const ticks: Migration = {
  async up(db: Kysely<unknown>) {
    await sql`create table app_ticks (name text primary key, schedule text not null, due integer not null) strict`.execute(
      db,
    )
  },
}

const ticketTables = [
  `create table tickets (
    id integer primary key autoincrement, subject text not null, description text not null, status text not null,
    priority text, predicted_priority text, category text, predicted_category text, requester_email text,
    ai_suggestions text, created_at text not null, updated_at text not null,
    sn_sys_id text, sn_number text, sn_last_sync_at text, sn_sync_status text, sn_last_error text) strict`,
  `create unique index tickets_by_incident on tickets (sn_sys_id) where sn_sys_id is not null`,
  `create index tickets_by_requester on tickets (requester_email collate nocase, id)`,
  `create table app_agreed (ticket text primary key, record text not null) strict`,
  `create table app_settings (name text primary key, value text not null) strict`,
]

const firstTables = [
  `create table app_users (
    id text primary key, email text not null unique, role text not null, password_hash text,
    created_at text not null, disabled integer not null default 0) strict`,
  `create table app_sessions (
    token_hash text primary key, user_id text not null references app_users (id) on delete cascade,
    created_at text not null, expires_at integer not null) strict`,
  `create index app_sessions_by_expiry on app_sessions (expires_at)`,
  `create table app_api_tokens (
    id text primary key, name text not null, token_hash text not null unique, role text not null,
    user_id text not null, created_at text not null, expires_at integer, revoked_at text) strict`,
  `create table app_integrations (
    id text primary key, service_name text not null, auth_type text not null, config text not null,
    is_active integer not null, connector_type text, start_date text, full_read integer not null default 0,
    last_synced_at text, last_sync_status text, last_sync_error text, paused text,
    created_at text not null, updated_at text not null, user_id text not null) strict`,
  `create table app_integration_secrets (
    integration_id text not null references app_integrations (id) on delete cascade,
    member text not null, sealed text not null, primary key (integration_id, member)) strict`,
  `create table app_runs (
    id text primary key, integration_id text not null, "trigger" text not null, state text not null,
    started_at text not null, finished_at text, added integer not null, updated integer not null,
    unchanged integer not null, deleted integer not null, error_code text, error_message text,
    error_hint text, created_by text not null, process text not null) strict`,
  `create index app_runs_by_integration on app_runs (integration_id, started_at)`,
  `create index app_runs_unfinished on app_runs (state) where state in ('queued', 'running')`,
  `create table app_run_events (
    run_id text not null references app_runs (id) on delete cascade, first integer not null,
    span integer not null, kind text not null, data text not null, primary key (run_id, first)) strict`,
  `create table app_audit (
    seq integer primary key autoincrement, at text not null, actor text not null, action text not null,
    target text not null, before_hash text, after_hash text, request_id text,
    previous_hash text not null, hash text not null) strict`,
  `create trigger app_audit_no_update before update on app_audit
    begin select raise(abort, 'the audit log is append-only'); end`,
  `create trigger app_audit_no_delete before delete on app_audit
    begin select raise(abort, 'the audit log is append-only'); end`,
]

/**
 * Brings our tables up to date. The SDK's tables have a migrator of their own with other names: one shared list would corrupt both orders.
 *
 * @throws the error of the first step that failed
 */
export async function migrate(db: Kysely<unknown>): Promise<void> {
  const migrator = new Migrator({
    db,
    provider: {
      getMigrations: async () => ({
        '0001_first': first,
        '0002_tickets': tickets,
        '0003_host': host,
        '0004_ticks': ticks,
      }),
    },
    migrationTableName: 'app_migration',
    migrationLockTableName: 'app_migration_lock',
  })
  const { error } = await migrator.migrateToLatest()
  if (error !== undefined) throw error
}
