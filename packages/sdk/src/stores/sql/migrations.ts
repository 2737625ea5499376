/** The migrations that make the SDK's tables, in order; a new one is appended, none is ever changed. */
import { type Kysely, sql } from 'kysely'
import { type Migration, Migrator } from 'kysely/migration'

const mirrorAndVersions: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable('sl_states')
      .addColumn('stream', 'integer', (c) => c.primaryKey())
      .addColumn('integration', 'text', (c) => c.notNull().unique())
      .addColumn('fingerprint', 'text', (c) => c.notNull())
      .addColumn('generation', 'integer', (c) => c.notNull())
      .addColumn('watermark', 'text')
      .addColumn('head', 'integer', (c) => c.notNull())
      .addColumn('open', 'integer', (c) => c.notNull())
      .addColumn('progress', 'text')
      .addColumn('incident_count', 'integer', (c) => c.notNull())
      .addColumn('added', 'integer', (c) => c.notNull())
      .addColumn('updated', 'integer', (c) => c.notNull())
      .addColumn('deleted', 'integer', (c) => c.notNull())
      .addColumn('content_hash', 'text', (c) => c.notNull())
      .execute()
    await db.schema
      .createTable('sl_rows')
      .addColumn('stream', 'integer', (c) => c.notNull())
      .addColumn('sys_id', 'text', (c) => c.notNull())
      .addColumn('from_version', 'integer', (c) => c.notNull())
      .addColumn('to_version', 'integer')
      .addColumn('u', 'text', (c) => c.notNull())
      .addColumn('mod', 'integer', (c) => c.notNull())
      .addColumn('observed', 'bigint', (c) => c.notNull())
      .addColumn('generation', 'integer', (c) => c.notNull())
      .addColumn('hash', 'text', (c) => c.notNull())
      .addColumn('body', 'text', (c) => c.notNull())
      .execute()
    await db.schema
      .createIndex('sl_rows_interval')
      .on('sl_rows')
      .columns(['stream', 'sys_id', 'from_version'])
      .unique()
      .execute()
    await sql`create index sl_rows_newest on sl_rows (stream, u, sys_id) where to_version is null`.execute(db)
    await versionTables(db)
  },
}

async function versionTables(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('sl_versions')
    .addColumn('stream', 'integer', (c) => c.notNull())
    .addColumn('number', 'integer', (c) => c.notNull())
    .addColumn('parent', 'integer')
    .addColumn('active', 'integer', (c) => c.notNull())
    .addColumn('incident_count', 'integer', (c) => c.notNull())
    .addColumn('added', 'integer', (c) => c.notNull())
    .addColumn('updated', 'integer', (c) => c.notNull())
    .addColumn('deleted', 'integer', (c) => c.notNull())
    .addColumn('watermark', 'text')
    .addColumn('generation', 'integer', (c) => c.notNull())
    .addColumn('created_at', 'text', (c) => c.notNull())
    .addColumn('created_by', 'text', (c) => c.notNull())
    .addColumn('run_id', 'text')
    .addColumn('cause', 'text', (c) => c.notNull())
    .addColumn('notes', 'text')
    .addColumn('content_hash', 'text', (c) => c.notNull())
    .addPrimaryKeyConstraint('sl_versions_pk', ['stream', 'number'])
    .execute()
  await db.schema
    .createTable('sl_changes')
    .addColumn('seq', 'integer', (c) => c.primaryKey())
    .addColumn('stream', 'integer', (c) => c.notNull())
    .addColumn('run', 'text', (c) => c.notNull())
    .addColumn('version', 'integer', (c) => c.notNull())
    .addColumn('sys_id', 'text', (c) => c.notNull())
    .addColumn('kind', 'text', (c) => c.notNull())
    .execute()
  await db.schema
    .createTable('sl_leases')
    .addColumn('name', 'text', (c) => c.primaryKey())
    .addColumn('owner', 'text')
    .addColumn('token', 'integer', (c) => c.notNull())
    .addColumn('expires_at', 'bigint', (c) => c.notNull())
    .execute()
}

const outbox: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable('sl_outbox')
      .addColumn('seq', 'integer', (c) => c.primaryKey().autoIncrement())
      .addColumn('op_id', 'text', (c) => c.notNull().unique())
      .addColumn('connection', 'text', (c) => c.notNull())
      .addColumn('ticket', 'text', (c) => c.notNull())
      .addColumn('kind', 'text', (c) => c.notNull())
      .addColumn('key', 'text', (c) => c.notNull())
      .addColumn('sys_id', 'text')
      .addColumn('payload', 'text', (c) => c.notNull())
      .addColumn('base', 'text', (c) => c.notNull())
      .addColumn('state', 'text', (c) => c.notNull())
      .addColumn('created_at', 'bigint', (c) => c.notNull())
      .addColumn('not_before', 'bigint', (c) => c.notNull())
      .addColumn('unknown_until', 'bigint')
      .addColumn('tries', 'integer', (c) => c.notNull())
      .addColumn('token', 'integer', (c) => c.notNull())
      .addColumn('claimed_until', 'bigint', (c) => c.notNull())
      .addColumn('look_first', 'integer', (c) => c.notNull())
      .addColumn('conflicts', 'text', (c) => c.notNull())
      .addColumn('force', 'integer', (c) => c.notNull())
      .addColumn('fault', 'text')
      .addColumn('result', 'text')
      .execute()
    await sql`create index sl_outbox_open on sl_outbox (connection, seq) where state not in ('done', 'dead')`.execute(
      db,
    )
    await db.schema.createIndex('sl_outbox_ticket').on('sl_outbox').columns(['ticket', 'seq']).execute()
  },
}

const noPassesYet = '{"deletesTo":null,"reconciledAt":null,"deepAt":null}'

const passes: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .alterTable('sl_states')
      .addColumn('passes', 'text', (c) => c.notNull().defaultTo(noPassesYet))
      .execute()
    await db.schema.alterTable('sl_states').addColumn('page_limit', 'integer').execute()
    await db.schema
      .alterTable('sl_states')
      .addColumn('skipped', 'text', (c) => c.notNull().defaultTo('[]'))
      .execute()
  },
}

const rollbacks: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema.alterTable('sl_versions').addColumn('deletes_to', 'text').execute()
    await db.schema.alterTable('sl_changes').addColumn('cause', 'text').execute()
    // With to_version in it, the index alone tells what two versions hold: their difference is found without reading a row.
    await db.schema.dropIndex('sl_rows_interval').execute()
    await db.schema
      .createIndex('sl_rows_interval')
      .on('sl_rows')
      .columns(['stream', 'sys_id', 'from_version', 'to_version'])
      .execute()
  },
}

/** Brings the SDK's tables up to date. Safe to call at every start; its books are apart from those of any host. */
export async function migrate(db: Kysely<unknown>): Promise<void> {
  const migrator = new Migrator({
    db,
    provider: {
      getMigrations: async () => ({
        '0001_mirror_and_versions': mirrorAndVersions,
        '0002_outbox': outbox,
        '0003_passes': passes,
        '0004_rollbacks': rollbacks,
      }),
    },
    migrationTableName: 'sl_migrations',
    migrationLockTableName: 'sl_migration_lock',
  })
  const { error } = await migrator.migrateToLatest()
  if (error !== undefined) throw error
}
