/** What has happened to an instance: requests by kind, bytes, concurrency, the last 1,000 requests, and doubled data. */
import type { Database } from './database.ts'
import type { Row } from './table-store.ts'

/** One request as it was seen. */
export interface LogEntry {
  readonly method: string
  readonly url: string
  readonly status: number
  /** Time taken inside the simulator, in real milliseconds. */
  readonly ms: number
  /** Whether the request carried credentials (an `Authorization` header), never which. */
  readonly credentials: boolean
  /** The signed-in user, when there was one. */
  readonly user?: string
  /** The kind of fault that struck it. */
  readonly fault?: string
}

/** The numbers of an instance since it began or was reset. */
export interface Stats {
  readonly requests: number
  readonly byMethod: Readonly<Record<string, number>>
  readonly byStatus: Readonly<Record<string, number>>
  /** Bytes of all bodies sent. */
  readonly bytes: number
  readonly maxConcurrent: number
  /** Incidents that share a `correlation_id`, and journal entries with the same text on the same record. */
  readonly duplicates: {
    readonly correlation: readonly { readonly correlation_id: string; readonly sys_ids: readonly string[] }[]
    readonly journal: readonly {
      readonly element_id: string
      readonly value: string
      readonly times: number
    }[]
  }
  /** The last 1,000 requests, oldest first; a status of 0 means that no answer was given. */
  readonly log: readonly LogEntry[]
}

/** Collects the numbers. */
export interface Statistics {
  begin(): void
  end(entry: LogEntry, bytes: number): void
  /** `incidents` are those among which doubled creates may be, in their newest versions: a doubled create counts before queries see it. */
  read(database: Database, incidents: readonly Row[]): Stats
}

const RING = 1000

function doubledCorrelations(database: Database, rows: readonly Row[]): Stats['duplicates']['correlation'] {
  const incidents = database.need('incident')
  const byKey = new Map<string, string[]>()
  for (const row of rows) {
    const key = incidents.read(row, 'correlation_id')
    if (key === '') continue
    const held = byKey.get(key)
    if (held) held.push(row.id)
    else byKey.set(key, [row.id])
  }
  return [...byKey]
    .filter(([, ids]) => ids.length > 1)
    .map(([correlation_id, sys_ids]) => ({ correlation_id, sys_ids }))
}

function doubledJournals(database: Database): Stats['duplicates']['journal'] {
  const journal = database.need('sys_journal_field')
  const seen = new Map<string, { element_id: string; value: string; times: number }>()
  for (const row of journal.rows()) {
    const element_id = journal.read(row, 'element_id')
    const value = journal.read(row, 'value')
    const key = `${element_id} ${journal.read(row, 'element')} ${value}`
    const held = seen.get(key)
    if (held) held.times++
    else seen.set(key, { element_id, value, times: 1 })
  }
  return [...seen.values()].filter(({ times }) => times > 1)
}

/** Creates empty statistics. */
export function createStatistics(): Statistics {
  const byMethod: Record<string, number> = {}
  const byStatus: Record<string, number> = {}
  const ring: LogEntry[] = []
  let requests = 0
  let bytesSent = 0
  let open = 0
  let maxConcurrent = 0
  return {
    begin() {
      open++
      maxConcurrent = Math.max(maxConcurrent, open)
    },
    end(entry, bytes) {
      open--
      ring[requests % RING] = entry
      requests++
      bytesSent += bytes
      byMethod[entry.method] = (byMethod[entry.method] ?? 0) + 1
      byStatus[entry.status] = (byStatus[entry.status] ?? 0) + 1
    },
    read: (database, incidents) => ({
      requests,
      byMethod: { ...byMethod },
      byStatus: { ...byStatus },
      bytes: bytesSent,
      maxConcurrent,
      duplicates: {
        correlation: doubledCorrelations(database, incidents),
        journal: doubledJournals(database),
      },
      log: requests <= RING ? [...ring] : [...ring.slice(requests % RING), ...ring.slice(0, requests % RING)],
    }),
  }
}
