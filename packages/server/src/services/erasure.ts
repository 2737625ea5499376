/** Takes one person's data out of everything that was read from an instance: all versions of all mirrors, what pushes remember, raw copies. */
import { existsSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Logger } from '@snowline/sdk'
import { eraseRecords, type StoreTransaction, type SyncStore } from '@snowline/sdk/sync'
import { sql } from 'kysely'
import type { Clock } from '../clock.ts'
import { appendAudit, listAuditTargets, systemActor } from '../db/audit.ts'
import { listIntegrations } from '../db/integrations.ts'
import { ENVIRONMENT } from '../db/pauses.ts'
import type { Executor } from '../db/tables.ts'
import { heldBy } from '../runs/lease-holder.ts'
import { RAW_DUMP_NAME } from '../runs/raw-dump.ts'
import { listRawPages } from '../runs/raw-pages.ts'
import { type Person, withoutPerson } from './person.ts'

export interface ErasureOptions {
  write: Executor
  read: Executor
  store: SyncStore
  clock: Clock
  logger: Logger
  dataDir: string
  newId: () => string
}

export interface ErasureReport {
  /** Mirrors that held something of the person. */
  mirrors: { integration: string; records: number; versions: number }[]
  /** Tickets whose remembered state of the incident was rewritten. */
  agreements: number
  /** Raw files: those hold answers as they came, and go as a whole. */
  files: number
}

/**
 * Rewrites, seals anew and audits, mirror by mirror, each in one transaction under its lease. What the instance still holds comes back
 * with the next change of that record: erase there first. Safe to repeat.
 *
 * @param dryRun counts and writes nothing
 * @throws SyncRunningError, ProblemError `conflict`, StoreError; what was done before stays done
 */
export async function erasePerson(
  options: ErasureOptions,
  person: Person,
  dryRun: boolean,
): Promise<ErasureReport> {
  const report: ErasureReport = { mirrors: [], agreements: 0, files: 0 }
  for (const integration of await mirrorsOf(options)) {
    const { records, versions } = await eraseMirror(options, integration, person, dryRun)
    if (records > 0) report.mirrors.push({ integration, records, versions })
  }
  report.agreements = await eraseAgreements(options, person, dryRun)
  const files = await rawFiles(options.dataDir)
  report.files = files.length
  if (dryRun) return report
  for (const file of files) await rm(file, { force: true })
  // Freed pages of the database still hold the old bodies.
  await sql`vacuum`.execute(options.write)
  await sql`pragma wal_checkpoint(truncate)`.execute(options.write)
  return report
}

/** Versions outlive their integration: the audit log knows of all there ever were. */
async function mirrorsOf({ read, store }: ErasureOptions): Promise<string[]> {
  const prefix = 'integration:'
  const present = (await listIntegrations(read)).map(({ row }) => row.id)
  const past = (await listAuditTargets(read, prefix)).map((target) => target.slice(prefix.length))
  const known: string[] = []
  for (const integration of new Set([ENVIRONMENT, ...present, ...past])) {
    if ((await store.readState(integration)) !== null) known.push(integration)
  }
  return known
}

async function eraseMirror(
  { read, store, clock, logger, newId }: ErasureOptions,
  integration: string,
  person: Person,
  dryRun: boolean,
): Promise<{ records: number; versions: number }> {
  let counted: { records: number; versions: number } | null = null
  const onErased = async (
    transaction: StoreTransaction,
    erased: { records: number; versions: number },
  ): Promise<void> => {
    counted = erased
    // The only way to count what would be done is to do it, and to take it back.
    if (dryRun) throw new Error('dry run')
    if (erased.records === 0) return
    const entry = { action: 'person.erase', target: `integration:${integration}`, after: erased }
    // The store is over our own database: its transaction is one of ours.
    await appendAudit(transaction.db as Executor, systemActor, clock.now(), entry)
  }
  try {
    const desk = { store, clock, logger, integration }
    return await eraseRecords(desk, { rewrite: withoutPerson(person), runId: newId(), onErased })
  } catch (error) {
    if (dryRun && counted !== null) return counted
    throw await heldBy(read, error)
  }
}

/** What incident and ticket were when they last agreed holds the incident's fields. */
async function eraseAgreements(
  { write, clock }: ErasureOptions,
  person: Person,
  dryRun: boolean,
): Promise<number> {
  const rewrite = withoutPerson(person)
  return write.transaction().execute(async (tx) => {
    let rewritten = 0
    for (const { ticket, record } of await tx.selectFrom('app_agreed').selectAll().execute()) {
      const after = rewrite(JSON.parse(record) as Record<string, string>)
      if (after === null) continue
      rewritten += 1
      if (dryRun) continue
      await tx
        .updateTable('app_agreed')
        .set({ record: JSON.stringify(after) })
        .where('ticket', '=', ticket)
        .execute()
    }
    const entry = { action: 'person.erase', target: 'tickets', after: { agreements: rewritten } }
    if (rewritten > 0 && !dryRun) await appendAudit(tx, systemActor, clock.now(), entry)
    return rewritten
  })
}

async function rawFiles(dataDir: string): Promise<string[]> {
  const dump = join(dataDir, RAW_DUMP_NAME)
  return [...(await listRawPages(dataDir)), ...(existsSync(dump) ? [dump] : [])]
}
