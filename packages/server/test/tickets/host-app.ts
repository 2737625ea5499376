/** An application that was there before us: its SQLite file with names, words and triggers of its own, and its code in Python. */
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { type HostTicketsConfig, hostMapSchema } from '../../src/tickets/host-map.ts'

export const hasPython = spawnSync('python3', ['-c', 'import sqlite3']).status === 0
if (!hasPython) process.stderr.write('skipped: no python3 with sqlite3 on this machine\n')

export const schema = `
create table support_tickets (
  ticket_id integer primary key, title text not null, body text,
  state text not null default 'new' check (state in ('new', 'working', 'waiting', 'fixed', 'done', 'parked')),
  prio integer, customer_email text, tenant text not null, changed text);
create table support_log (ticket_id integer, at text);
create index support_by_tenant on support_tickets (tenant);
create trigger support_touch after update of state on support_tickets
  begin insert into support_log values (new.ticket_id, datetime('now')); end;
insert into support_tickets (ticket_id, title, body, state, prio, customer_email, tenant, changed) values
  (7, 'VPN is down', 'Since this morning', 'new', 2, 'Ann@Example.com', 'north', '2026-10-01 08:00:00'),
  (8, 'New laptop', null, 'working', 4, null, 'south', '2026-10-02 08:00:00'),
  (9, 'Old words', 'x', 'parked', 9, 'bob@example.com', 'south', '2026-10-03 08:00:00');
`

export const map = {
  columns: {
    id: 'ticket_id',
    subject: 'title',
    description: 'body',
    status: 'state',
    priority: 'prio',
    requester_email: 'customer_email',
    updated_at: 'changed',
  },
  status: { open: 'new', in_progress: 'working', pending: 'waiting', resolved: 'fixed', closed: 'done' },
  priority: { urgent: 1, high: 2, medium: 3, low: 4 },
  defaults: { tenant: 'imported' },
}

export interface HostAppOptions {
  schema?: string
  /** Default: as Python makes a file. */
  journal?: 'wal' | 'delete'
}

export class HostApp {
  readonly folder = mkdtempSync(join(tmpdir(), 'snowline-host-'))
  readonly file = join(this.folder, 'app.db')

  constructor({ schema: sql = schema, journal = 'wal' }: HostAppOptions = {}) {
    const db = new Database(this.file)
    db.pragma(`journal_mode = ${journal}`)
    db.exec(sql)
    db.close()
  }

  config(given: Record<string, unknown> = {}, table = 'support_tickets'): HostTicketsConfig {
    return { file: this.file, table, map: hostMapSchema.parse({ ...map, ...given }) }
  }

  env(given: Record<string, unknown> = {}): Record<string, string> {
    return {
      TICKETS_DATABASE_URL: `file:${this.file}`,
      TICKETS_TABLE: 'support_tickets',
      TICKETS_MAP: JSON.stringify({ ...map, ...given }),
    }
  }

  /** The application's own code, in a process of its own, one transaction. */
  python(...statements: string[]): void {
    const code = `
import sqlite3, sys, json
db = sqlite3.connect(sys.argv[1])
with db:
    for statement in json.loads(sys.argv[2]):
        db.execute(statement)
db.close()`
    execFileSync('python3', ['-c', code, this.file, JSON.stringify(statements)])
  }

  /** The same from another handle of this process. */
  write(...statements: string[]): void {
    this.withDatabase((db) => {
      const run = db.transaction(() => {
        for (const statement of statements) db.exec(statement)
      })
      run()
    })
  }

  all(sql: string): Record<string, unknown>[] {
    return this.withDatabase((db) => db.prepare(sql).all() as Record<string, unknown>[])
  }

  row(id: number): Record<string, unknown> {
    return this.all(`select * from support_tickets where ticket_id = ${id}`)[0] ?? {}
  }

  close(): void {
    rmSync(this.folder, { recursive: true, force: true })
  }

  private withDatabase<T>(work: (db: Database.Database) => T): T {
    const db = new Database(this.file, { timeout: 2_000 })
    try {
      return work(db)
    } finally {
      db.close()
    }
  }
}
