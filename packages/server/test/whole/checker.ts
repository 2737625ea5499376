/** The judge of the tests with real processes: opens the database file read-only, remembers what it saw, and names every invariant that broke. */
import type { Instance } from '@snowline/simulator'
import Database from 'better-sqlite3'
import {
  checkBodies,
  checkExact,
  checkIntervals,
  checkNeverBack,
  checkRollbacks,
  checkVersions,
} from './check-mirror.ts'
import { checkAudit, checkChanges, checkEnded, checkRuns, checkTokens } from './check-runs.ts'

interface Standing {
  watermark: string | null
  last_synced_at: string | null
  successes: number
  rollbacks: number
  token: number
  audit: number
}

export class Checker {
  private readonly file: string
  private readonly integration: string
  private readonly instance: Instance
  private readonly sealed = new Map<string, string>()
  private before: Standing | null = null

  constructor(file: string, integration: string, instance: Instance) {
    this.file = file
    this.integration = integration
    this.instance = instance
  }

  /** What must hold at every moment, also right after a kill, while a server may be at work. Empty when it does. */
  always(): string[] {
    return this.read((database) => [
      ...checkIntervals(database),
      ...checkVersions(database, this.sealed, false),
      ...checkRollbacks(database),
      ...checkRuns(database),
      ...checkChanges(database),
      ...checkTokens(database),
      ...this.checkProgress(database),
    ])
  }

  /** What must hold while no sync is at work: besides all that, no run is left open (I25). */
  idle(): string[] {
    return [...this.always(), ...this.read(checkEnded)]
  }

  /** What must hold besides once a sync has completed and nothing has changed since: the mirror is what the instance holds (I4). */
  atRest(): string[] {
    const records = this.instance.control.records('incident')
    const exact = this.read((database) => checkExact(database, this.integration, records))
    return [...this.idle(), ...exact]
  }

  /** Everything from the beginning, at the end of a test: every body, every version once more, the whole audit log. */
  everything(): string[] {
    const deep = this.read((database) => [
      ...checkBodies(database),
      ...checkNeverBack(database),
      ...checkVersions(database, this.sealed, true),
      ...checkAudit(database),
    ])
    return [...this.atRest(), ...deep]
  }

  /** I2: live rows of records that the instance does not have. Deletes that no sync has seen yet are no fault: ask before any. */
  foreign(): string[] {
    const known = new Set(this.instance.control.records('incident').map((record) => record.sys_id))
    return this.read((database) => {
      const rows = database.prepare('select sys_id from sl_rows where to_version is null').pluck().all()
      return rows.filter((sysId) => !known.has(String(sysId))).map((sysId) => `I2: ${sysId} was never there`)
    })
  }

  /** I15: everything that an empty sync leaves alone, as one text to compare. */
  still(): string {
    return this.read((database) => {
      const counts = ['sl_rows', 'sl_changes', 'sl_versions', 'sl_outbox', 'tickets'].map((table) => [
        table,
        database.prepare(`select count(*) as n, coalesce(sum(rowid), 0) as ids from ${table}`).get(),
      ])
      const state = database
        .prepare(
          'select fingerprint, generation, head, open, progress, incident_count, content_hash from sl_states where integration = ?',
        )
        .get(this.integration)
      return JSON.stringify([counts, state])
    })
  }

  /** The watermark as it is stored; null before the first success. */
  get watermark(): string | null {
    return this.read((database) => this.standing(database).watermark)
  }

  /** I5, I16, I18: watermark and token never go back, the watermark and the time of the last sync move with a success only. */
  private checkProgress(database: Database.Database): string[] {
    const now = this.standing(database)
    const { before } = this
    this.before = now
    if (before === null) return []
    const wrong: string[] = []
    const moved = now.watermark !== before.watermark || now.last_synced_at !== before.last_synced_at
    const rolledBack = now.rollbacks !== before.rollbacks
    if (moved && now.successes === before.successes && !rolledBack)
      wrong.push('I5: watermark or last_synced_at moved without a success')
    if ((now.watermark ?? '') < (before.watermark ?? '') && !rolledBack)
      wrong.push('I5: the watermark went back')
    if (now.token < before.token) wrong.push('I16: the token went back')
    if (now.audit < before.audit) wrong.push('I18: audit entries are gone')
    return wrong
  }

  private standing(database: Database.Database): Standing {
    return database
      .prepare(
        `select (select watermark from sl_states where integration = @id) as watermark,
         (select last_synced_at from app_integrations where id = @id) as last_synced_at,
         (select count(*) from app_runs where integration_id = @id and state = 'success') as successes,
         (select count(*) from sl_versions where cause like 'rollback:%') as rollbacks,
         coalesce((select token from sl_leases where name = @id), 0) as token,
         (select count(*) from app_audit) as audit`,
      )
      .get({ id: this.integration }) as Standing
  }

  private read<T>(look: (database: Database.Database) => T): T {
    const database = new Database(this.file, { readonly: true })
    try {
      // One snapshot for everything that is compared: a server may be writing.
      return database.transaction(() => look(database))()
    } finally {
      database.close()
    }
  }
}
