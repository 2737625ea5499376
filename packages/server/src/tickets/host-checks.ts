/** What the doctor says about the application's file: what is broken, and what will be in the way sooner or later. */
import { statfsSync } from 'node:fs'
import type { HealthCheck } from '@snowline/protocol'
import { isSnowlineError } from '@snowline/sdk'
import type { HostFile } from './host-file.ts'
import type { HostTicketsConfig } from './host-map.ts'
import { waitingSince } from './host-queue.ts'
import type { HostRows } from './host-rows.ts'
import { missingStatements } from './host-schema.ts'
import { inspectTable, unfilledColumns } from './host-table.ts'

/** Kinds of file systems that lie on another machine, by the number Linux gives them: NFS, SMB, CIFS, SMB2, AFS, 9P, Ceph. */
const networkDisks = new Set([0x6969, 0x517b, 0xff534d42, 0xfe534d42, 0x5346414f, 0x01021997, 0x00c36400])

const WAITING_MS = 60_000

/** Nothing else than these lines; one `ok` when there is nothing to say. Reads, never writes. */
export function checkHostTickets(
  { file, rows }: { file: HostFile; rows: HostRows },
  config: HostTicketsConfig,
  nowMs: number,
): HealthCheck[] {
  try {
    const table = inspectTable(file.reader, config)
    const findings = [
      ...readiness(missingStatements(file.reader, table)),
      ...importable(unfilledColumns(table, config.map.defaults)),
      ...journal(String(file.reader.pragma('journal_mode', { simple: true }))),
      ...disk(config.file),
      ...words(rows.unknownStatuses(file.reader)),
      ...waiting(file, nowMs),
    ]
    if (findings.length > 0) return findings
    return [{ id: 'tickets', status: 'ok', message: "The application's tickets can be read and written." }]
  } catch (error) {
    const message = error instanceof Error ? error.message : "The application's file cannot be read."
    const hint = isSnowlineError(error) ? error.hint : 'Check TICKETS_DATABASE_URL and who may read the file.'
    return [{ id: 'tickets', status: 'fail', message, ...(hint === undefined ? {} : { hint }) }]
  }
}

function readiness(missing: readonly string[]): HealthCheck[] {
  if (missing.length === 0) return []
  return [
    {
      id: 'tickets.prepared',
      status: 'fail',
      message:
        "Columns, table or trigger are missing in the application's file: changes of status are not sent.",
      hint: 'Run `snowline migrate --dry-run`, then `snowline migrate`.',
    },
  ]
}

function importable(columns: readonly string[]): HealthCheck[] {
  if (columns.length === 0) return []
  return [
    {
      id: 'tickets.import',
      status: 'warn',
      message: `No incident can be imported: ${columns.join(', ')} must not be empty and has no default.`,
      hint: 'Give values under defaults in TICKETS_MAP.',
    },
  ]
}

function journal(mode: string): HealthCheck[] {
  if (mode === 'wal') return []
  return [
    {
      id: 'tickets.journal',
      status: 'warn',
      message: `The application keeps its file in journal mode ${mode}: whoever reads holds out whoever writes.`,
      hint: 'Let the application set PRAGMA journal_mode=WAL once; Snowline does not change it.',
    },
  ]
}

function disk(path: string): HealthCheck[] {
  if (!networkDisks.has(statfsSync(path).type >>> 0)) return []
  return [
    {
      id: 'tickets.disk',
      status: 'warn',
      message:
        "The application's file lies on a network disk, where the locks of SQLite cannot be relied on.",
      hint: 'Keep the file on a disk of this machine.',
    },
  ]
}

function words(unknown: readonly string[]): HealthCheck[] {
  if (unknown.length === 0) return []
  return [
    {
      id: 'tickets.words',
      status: 'warn',
      message: `Some tickets have a status that TICKETS_MAP does not name (${unknown.length}): they show as open and are not sent.`,
      hint: 'Name every word of the column under status in TICKETS_MAP.',
    },
  ]
}

function waiting(file: HostFile, nowMs: number): HealthCheck[] {
  const found = waitingSince(file.reader)
  if (found === null || nowMs - found.sinceMs < WAITING_MS) return []
  return [
    {
      id: 'tickets.waiting',
      status: 'warn',
      message: `${found.count} changes of status wait in the application's file to be taken over.`,
      hint: 'Start the server with `snowline serve`, and set up a connection.',
    },
  ]
}
