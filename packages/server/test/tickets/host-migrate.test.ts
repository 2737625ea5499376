/** What is added to the application's file, and what is refused before anything is. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ConfigError } from '@snowline/sdk'
import Database from 'better-sqlite3'
import { afterEach, expect, test } from 'vitest'
import { linkColumns } from '../../src/tickets/host-map.ts'
import { migrateHostFile, migrationReport } from '../../src/tickets/host-migrate.ts'
import { HostApp, type HostAppOptions, schema } from './host-app.ts'

const now = new Date('2026-11-02T09:00:00.500Z')
const apps: HostApp[] = []

afterEach(() => {
  for (const app of apps.splice(0)) app.close()
})

function host(options: HostAppOptions = {}): HostApp {
  const app = new HostApp(options)
  apps.push(app)
  return app
}

const objects = (app: HostApp) =>
  app.all('select type, name, tbl_name from sqlite_master order by type, name')

async function faultsOf(work: Promise<unknown>): Promise<string[]> {
  const error = await work.then(
    () => null,
    (thrown: unknown) => thrown,
  )
  expect(error).toBeInstanceOf(ConfigError)
  return (error as ConfigError).problems.map(({ key, message }) => `${key} ${message}`)
}

test('a dry run shows the SQL and touches no byte', async () => {
  const app = host()
  const before = readFileSync(app.file)
  const migration = await migrateHostFile(app.config(), { dryRun: true, now })
  expect(migration.statements.map((statement) => statement.split('\n')[0])).toEqual([
    ...linkColumns.map((name) => `alter table "support_tickets" add column "${name}" text`),
    'create table "snowline_outbox" (',
    'create trigger "snowline_status" after update of "state" on "support_tickets"',
  ])
  expect(migrationReport(migration, true)).toContain('Nothing was written')
  expect(readFileSync(app.file)).toEqual(before)
  expect(readdirSync(app.folder).filter((name) => name.includes('before'))).toEqual([])
})

for (const journal of ['wal', 'delete'] as const) {
  test(`journal mode ${journal}: five columns, one table, one trigger, and a copy beside the file`, async () => {
    const app = host({ journal })
    const [rows, things] = [app.all('select * from support_tickets'), objects(app)]
    const columns = app.all('select name, type, "notnull", pk from pragma_table_info(\'support_tickets\')')
    const { backup } = await migrateHostFile(app.config(), { dryRun: false, now })
    const added = objects(app).filter(({ name }) => !things.some((each) => each.name === name))
    expect(added.map(({ type, name }) => `${type} ${name}`)).toEqual([
      'index sqlite_autoindex_snowline_outbox_1',
      'table snowline_outbox',
      'trigger snowline_status',
    ])
    expect(objects(app).length).toBe(things.length + 3)
    const after = app.all('select name, type, "notnull", pk from pragma_table_info(\'support_tickets\')')
    expect(after.slice(0, columns.length)).toEqual(columns)
    expect(after.slice(columns.length)).toEqual(
      linkColumns.map((name) => ({ name, type: 'TEXT', notnull: 0, pk: 0 })),
    )
    const empty = Object.fromEntries(linkColumns.map((name) => [name, null]))
    expect(app.all('select * from support_tickets')).toEqual(rows.map((row) => ({ ...row, ...empty })))
    expect(app.all('pragma journal_mode')).toEqual([{ journal_mode: journal }])

    expect(backup).toBe(join(app.folder, 'app.db.before-snowline-20261102T090000Z'))
    const copy = new Database(backup ?? '', { readonly: true })
    expect(copy.prepare('select * from support_tickets').all()).toEqual(rows)
    copy.close()
    expect(readdirSync(app.folder).filter((name) => name.endsWith('.part'))).toEqual([])

    const again = await migrateHostFile(app.config(), { dryRun: false, now })
    expect(again).toEqual({ statements: [], backup: null })
  })
}

test('another column for the status: only the trigger is made anew', async () => {
  const app = host()
  await migrateHostFile(app.config(), { dryRun: false, now })
  const columns = { ...app.config().map.columns, status: 'tenant' }
  const { statements } = await migrateHostFile(app.config({ columns }), { dryRun: true, now })
  expect(statements.map((statement) => statement.split(' ').slice(0, 3).join(' '))).toEqual([
    'drop trigger "snowline_status"',
    'create trigger "snowline_status"',
  ])
})

test('a name full of quotes is a name', async () => {
  const app = host({
    schema: 'create table "a ""b"" [c]; --" ("k""ey" integer primary key, subject text, status text)',
  })
  const config = app.config(
    { columns: { id: 'k"ey' }, defaults: {}, status: undefined, priority: undefined },
    'a "b" [c]; --',
  )
  await migrateHostFile(config, { dryRun: false, now })
  app.write(`insert into "a ""b"" [c]; --" (subject, status, sn_sys_id) values ('x', 'open', '1')`)
  app.write(`update "a ""b"" [c]; --" set status = 'closed'`)
  expect(app.all('select ticket, kind, status from snowline_outbox')).toEqual([
    { ticket: '1', kind: 'status', status: 'closed' },
  ])
})

test('refused by name: no file, no SQLite file, no table, a view, WITHOUT ROWID', async () => {
  const app = host({
    schema: `${schema} create view looks as select * from support_tickets;
    create table packed (ticket_id text primary key, title text, state text) without rowid;`,
  })
  const options = { dryRun: true, now }
  const missing = { ...app.config(), file: join(app.folder, 'none.db') }
  expect(await faultsOf(migrateHostFile(missing, options))).toEqual([
    "TICKETS_DATABASE_URL must lead to the application's SQLite file, which this account can read and write",
  ])
  expect(existsSync(missing.file)).toBe(false)
  writeFileSync(join(app.folder, 'text.db'), 'no database'.repeat(100))
  const text = { ...app.config(), file: join(app.folder, 'text.db') }
  expect((await faultsOf(migrateHostFile(text, options)))[0]).toMatch(/^TICKETS_DATABASE_URL must lead/)
  const table = async (name: string) => (await faultsOf(migrateHostFile(app.config({}, name), options)))[0]
  expect(await table('nothing')).toBe('TICKETS_TABLE names a table that is not in the file')
  expect(await table('looks')).toMatch(/^TICKETS_TABLE names a view/)
  expect(await table('packed')).toMatch(/^TICKETS_TABLE names a table WITHOUT ROWID/)
})

test('every fault of the map at once', async () => {
  const app = host()
  const columns = { id: 'customer_email', subject: 'nope', category: 'no_such', updated_at: null }
  const faults = await faultsOf(
    migrateHostFile(app.config({ columns, defaults: { nowhere: 1 } }), { dryRun: true, now }),
  )
  expect(faults).toEqual([
    'TICKETS_MAP columns.subject names a column that is not in the table',
    'TICKETS_MAP columns.status is needed: the table has no column of that name',
    'TICKETS_MAP columns.category names a column that is not in the table',
    'TICKETS_MAP defaults.nowhere is no column of the table',
    'TICKETS_MAP columns.id names a column that may hold one value twice',
  ])
})

test('a table of that name that is not ours is left alone', async () => {
  const app = host({ schema: `${schema} create table snowline_outbox (weather text);` })
  expect((await faultsOf(migrateHostFile(app.config(), { dryRun: false, now })))[0]).toMatch(/is not ours$/)
  expect(app.all("select * from pragma_table_info('snowline_outbox')")).toHaveLength(1)
})
