/** Commands that work on the data and end: nothing listens, nothing runs by itself. Each works beside a running server, too. */
import { randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { systemClock } from './clock.ts'
import { readConfig, type ServerConfig } from './config.ts'
import { type OpenDatabase, openDatabase } from './db/open.ts'
import { createLogger } from './log.ts'
import { type ErasureReport, erasePerson } from './services/erasure.ts'
import { parsePerson } from './services/person.ts'
import { pruneDatasets } from './services/pruning.ts'
import { migrateHostFile, migrationReport } from './tickets/host-migrate.ts'

/** The command `migrate`: shows or does what the file of an existing application needs; our own database follows at each start. */
export async function migrateCommand(dryRun: boolean): Promise<void> {
  const { hostTickets } = readConfig(process.env, process.cwd())
  if (hostTickets === null) {
    process.stdout.write('Tickets live in our own database, which is brought up to date at each start.\n')
    return
  }
  const migration = await migrateHostFile(hostTickets, { dryRun, now: new Date() })
  process.stdout.write(migrationReport(migration, dryRun))
}

/** The command `datasets prune`: all versions are kept unless somebody says so here. */
export async function pruneCommand(integration: string, keep: string): Promise<void> {
  if (!/^[1-9]\d{0,5}$/.test(keep)) throw new RangeError('--keep must be a whole number, at least 1.')
  await withDatabase(async (options) => {
    const { versions, rows } = await pruneDatasets(options, integration, Number(keep))
    process.stdout.write(
      versions === 0
        ? `Nothing to remove: there are no more than ${keep} versions.\n`
        : `Removed ${versions} versions and ${rows} rows that no other version holds.\n`,
    )
  })
}

/** The command `erase`. */
export async function eraseCommand(identifiers: string, dryRun: boolean): Promise<void> {
  const person = parsePerson(identifiers)
  await withDatabase(async (options, { dataDir }) => {
    const report = await erasePerson({ ...options, dataDir }, person, dryRun)
    process.stdout.write(erasureReport(report, dryRun))
  })
}

/** Example of a line: `Would rewrite 4 records of integration 6f1d..., in 2 versions`. */
function erasureReport({ mirrors, agreements, files }: ErasureReport, dryRun: boolean): string {
  const done = (past: string, would: string): string => (dryRun ? `Would ${would}` : past)
  const lines = mirrors.map(
    ({ integration, records, versions }) =>
      `${done('Rewrote', 'rewrite')} ${records} records of integration ${integration}, in ${versions} versions`,
  )
  if (agreements > 0) {
    lines.push(`${done('Rewrote', 'rewrite')} what ${agreements} tickets remember of their incident`)
  }
  if (files > 0) lines.push(`${done('Removed', 'remove')} ${files} files of raw answers`)
  if (mirrors.length === 0 && agreements === 0) lines.push('No version holds anything of this person')
  lines.push(
    'What ServiceNow still holds comes back with the next change of a record: erase there first, then repeat this.',
    'Tickets of this help desk, and texts already sent from them, are not touched.',
  )
  return `${lines.join('\n')}\n`
}

type DeskOptions = OpenDatabase & {
  clock: typeof systemClock
  logger: ReturnType<typeof createLogger>
  newId: () => string
}

async function withDatabase(
  work: (options: DeskOptions, config: ServerConfig) => Promise<void>,
): Promise<void> {
  const config = readConfig(process.env, process.cwd())
  // An empty database made here would say that nothing is known of anybody.
  if (!existsSync(config.databaseFile)) {
    throw new Error(
      `No database is at ${config.databaseFile}: run this where the server runs, or set DATA_DIR.`,
    )
  }
  const database = await openDatabase(config.databaseFile)
  try {
    const logger = createLogger(config)
    await work({ ...database, clock: systemClock, logger, newId: randomUUID }, config)
  } finally {
    await database.close()
  }
}
