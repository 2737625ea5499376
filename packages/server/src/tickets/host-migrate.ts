/** Prepares the application's file: shows the SQL, copies the file while it is in use, then adds what is missing in one transaction. */
import { chmodSync, renameSync, rmSync, statSync } from 'node:fs'
import { StoreError } from '@snowline/sdk'
import Database from 'better-sqlite3'
import { HostBusyError, openHostFile } from './host-file.ts'
import type { HostTicketsConfig } from './host-map.ts'
import { missingStatements } from './host-schema.ts'
import { inspectTable } from './host-table.ts'

export interface HostMigration {
  /** In their order; none when the file is ready. */
  statements: readonly string[]
  /** Path of the copy that was made before; null when nothing was written. */
  backup: string | null
}

/** Pages of a step: a few milliseconds in which an application without WAL cannot write. */
const BACKUP_PAGES = 256
/** Each time the application writes meanwhile, the copy begins anew; it may do so this often. */
const BACKUP_RESTARTS = 50
const LOCK_TRIES = 200

/**
 * @param dryRun writes nothing
 * @throws ConfigError for a file, table or map that cannot be used; StoreError when the copy cannot be made or the lock is never free
 * @example (await migrateHostFile({ file, table: 'tickets', map }, { dryRun: true, now: new Date() })).statements.length  // 7
 */
export async function migrateHostFile(
  config: HostTicketsConfig,
  { dryRun, now }: { dryRun: boolean; now: Date },
): Promise<HostMigration> {
  const file = openHostFile(config.file)
  try {
    const statements = missingStatements(file.reader, inspectTable(file.reader, config))
    if (dryRun || statements.length === 0) return { statements, backup: null }
    const backup = await backUp(file.reader, config.file, now)
    for (let tries = 1; ; tries += 1) {
      try {
        file.writeNow((db) => {
          // Looked at again under the lock: another process may have been quicker.
          for (const statement of missingStatements(db, inspectTable(db, config))) db.exec(statement)
        })
        return { statements, backup }
      } catch (error) {
        if (!(error instanceof HostBusyError) || tries >= LOCK_TRIES) throw error
        await new Promise((resolve) => setTimeout(resolve, 5))
      }
    }
  } finally {
    file.close()
  }
}

/** Beside the file, complete and checked when it has its name. */
async function backUp(reader: Database.Database, path: string, now: Date): Promise<string> {
  const stamp = now.toISOString().replace(/[-:]/g, '').replace(/\.\d+/, '')
  const target = `${path}.before-snowline-${stamp}`
  const unfinished = `${target}.part`
  try {
    await copyOnline(reader, unfinished)
    chmodSync(unfinished, statSync(path).mode)
    check(unfinished)
    renameSync(unfinished, target)
    return target
  } catch (cause) {
    for (const ending of ['', '-wal', '-shm', '-journal']) rmSync(unfinished + ending, { force: true })
    throw new StoreError("The application's file could not be copied; nothing was changed", {
      code: 'store.backup_failed',
      hint: 'Check the free space beside the file, or stop the application while you migrate.',
      details: { driver: 'sqlite', operation: 'backup' },
      cause,
    })
  }
}

async function copyOnline(reader: Database.Database, target: string): Promise<void> {
  const isWal = reader.pragma('journal_mode', { simple: true }) === 'wal'
  // With WAL one read transaction holds the copy together while others write; without it, it would hold the writers out.
  if (isWal) reader.exec('begin; select count(*) from sqlite_master')
  let fewest = Number.POSITIVE_INFINITY
  let restarts = 0
  try {
    await reader.backup(target, {
      progress({ remainingPages }) {
        if (remainingPages > fewest) restarts += 1
        fewest = remainingPages
        if (restarts > BACKUP_RESTARTS) throw new Error('The application writes faster than it can be copied')
        return BACKUP_PAGES
      },
    })
  } finally {
    if (reader.inTransaction) reader.exec('rollback')
  }
}

function check(path: string): void {
  const copy = new Database(path)
  try {
    const verdict = copy.pragma('quick_check(1)', { simple: true })
    if (verdict !== 'ok') throw new Error('The copy is damaged')
  } finally {
    copy.close()
  }
}

/** What the command prints: the statements, and what became of them. */
export function migrationReport({ statements, backup }: HostMigration, dryRun: boolean): string {
  if (statements.length === 0) return "The application's file has everything already; nothing was written.\n"
  const sql = statements.map((statement) => `${statement};\n`).join('\n')
  if (dryRun)
    return `${sql}\n-- Nothing was written. Run \`snowline migrate\` to add this after a copy of the file has been made.\n`
  return `${sql}\n-- Done. The file as it was before: ${backup}\n`
}
