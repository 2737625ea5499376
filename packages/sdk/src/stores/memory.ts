/** The sync store in memory: for tests, demos and short scripts. Same laws as the others; nothing survives the process. */
import { DigestSum } from '../base/digest.ts'
import { LeaseLostError, StoreError } from '../base/errors.ts'
import type { SysId } from '../base/values.ts'
import type { Change } from '../model/change.ts'
import type { DatasetVersion, Seal } from '../model/dataset-version.ts'
import type { Lease } from '../model/lease.ts'
import type { Observation } from '../model/observation.ts'
import type { SourceRecord } from '../model/source-record.ts'
import type { SyncState } from '../model/sync-state.ts'
import type {
  Applied,
  RecordPage,
  RecordQuery,
  StoreTransaction,
  SyncStore,
  Verdict,
} from '../ports/store.ts'
import { decide, Ledger, rowDigest, type Standing, sealedHash } from './interval.ts'
import { afterSeal, sealedVersion } from './sealing.ts'

export { memoryOutbox } from './memory-outbox.ts'

interface Interval {
  readonly fromVersion: number
  readonly toVersion: number | null
  readonly seen: Observation
  readonly generation: number
}

interface Data {
  states: Map<string, SyncState>
  versions: Map<string, readonly DatasetVersion[]>
  /** Per integration, per sys_id: its intervals, oldest first. */
  rows: Map<string, Map<string, readonly Interval[]>>
  leases: Map<string, Lease & { held: boolean }>
}

/**
 * A store that lives as long as the process.
 *
 * @example const engine = createSyncEngine({ source, store: memoryStore() })
 */
export function memoryStore(): SyncStore {
  return new MemoryStore()
}

class MemoryStore implements SyncStore {
  private readonly data: Data = { states: new Map(), versions: new Map(), rows: new Map(), leases: new Map() }
  private queue: Promise<unknown> = Promise.resolve()

  /** One transaction at a time; its writes are kept apart and land together when `fn` has succeeded. */
  transaction<T>(fn: (tx: StoreTransaction) => Promise<T>): Promise<T> {
    const result = this.queue.then(async () => {
      const tx = new MemoryTransaction(this.data)
      const value = await fn(tx)
      tx.land()
      return value
    })
    this.queue = result.catch(() => undefined)
    return result
  }

  async acquireLease(...[name, owner, ttlMs, nowMs]: Parameters<SyncStore['acquireLease']>) {
    const last = this.data.leases.get(name)
    if (last?.held && last.expiresAt > nowMs) return { heldBy: last.owner, expiresAt: last.expiresAt }
    const lease = { name, owner, token: (last?.token ?? 0) + 1, expiresAt: nowMs + ttlMs }
    this.data.leases.set(name, { ...lease, held: true })
    return lease
  }

  async renewLease(lease: Lease, ttlMs: number, nowMs: number): Promise<Lease> {
    requireLease(this.data, lease)
    const renewed = { ...lease, expiresAt: nowMs + ttlMs }
    this.data.leases.set(lease.name, { ...renewed, held: true })
    return renewed
  }

  async releaseLease(lease: Lease): Promise<void> {
    const last = this.data.leases.get(lease.name)
    if (last?.token === lease.token) this.data.leases.set(lease.name, { ...last, held: false })
  }

  async endLease(name: string, owner: string): Promise<boolean> {
    const last = this.data.leases.get(name)
    if (last?.owner !== owner || !last.held) return false
    this.data.leases.set(name, { ...last, held: false })
    return true
  }

  async readState(integration: string): Promise<SyncState | null> {
    return this.data.states.get(integration) ?? null
  }

  async compare(integration: string, observations: readonly Observation[]): Promise<readonly Verdict[]> {
    const state = this.data.states.get(integration)
    return observations.map((seen) => {
      if (state === undefined) return 'added'
      const standing = standingOf(this.intervals(integration, seen.sysId), state.open)
      const action = decide(state, standing, seen)
      if (action === 'keep' || action === 'mark') return 'unchanged'
      return standing.live === null ? 'added' : 'updated'
    })
  }

  async readRecord(integration: string, sysId: SysId): Promise<SourceRecord | null> {
    const live = this.intervals(integration, sysId).find((row) => row.toVersion === null)
    return live === undefined ? null : parseBody(live.seen.body)
  }

  async listRecords(integration: string, query: RecordQuery): Promise<RecordPage> {
    const { limit, after, matches = () => true } = query
    const live = [...(this.data.rows.get(integration)?.values() ?? [])]
      .flatMap((rows) => rows.filter((row) => row.toVersion === null))
      .map((row) => row.seen)
      .filter((seen) => after === undefined || newestFirst(seen, after) > 0)
      .sort(newestFirst)
    const found = live.map((seen) => parseBody(seen.body)).filter(matches)
    const records = found.slice(0, limit)
    const last = records.at(-1)
    const more = found.length > limit && last !== undefined
    return { records, next: more ? { u: last.sys_updated_on, sysId: last.sys_id } : null }
  }

  async countRecords(integration: string): Promise<number> {
    return this.data.states.get(integration)?.books.incidentCount ?? 0
  }

  async listVersions(integration: string, options: { limit: number; before?: number }) {
    const { limit, before = Number.POSITIVE_INFINITY } = options
    const all = this.data.versions.get(integration) ?? []
    return all
      .filter((version) => version.number < before)
      .toReversed()
      .slice(0, limit)
  }

  async readVersion(integration: string, number: number): Promise<DatasetVersion | null> {
    return this.data.versions.get(integration)?.find((version) => version.number === number) ?? null
  }

  async *versionRecords(...[integration, number, options = {}]: Parameters<SyncStore['versionRecords']>) {
    const { after = '', limit = Number.POSITIVE_INFINITY } = options
    const inVersion = this.inVersion(integration, number).filter((seen) => seen.sysId > after)
    for (const { sysId, body } of inVersion.slice(0, limit)) yield { sysId, body }
  }

  async verifyVersion(integration: string, number: number): Promise<{ stored: string; computed: string }> {
    const version = await this.readVersion(integration, number)
    if (version === null) {
      throw new StoreError(`There is no version ${number} of ${integration}`, { code: 'store.no_version' })
    }
    const sum = new DigestSum('0')
    for (const seen of this.inVersion(integration, number)) sum.add(rowDigest(seen.sysId, seen.hash))
    return { stored: version.contentHash, computed: sum.toHex() }
  }

  async close(): Promise<void> {}

  private inVersion(integration: string, number: number): Observation[] {
    return [...(this.data.rows.get(integration)?.values() ?? [])]
      .flatMap((rows) => rows.filter((row) => covers(row, number)))
      .map((row) => row.seen)
      .sort((a, b) => (a.sysId < b.sysId ? -1 : 1))
  }

  private intervals(integration: string, sysId: string): readonly Interval[] {
    return this.data.rows.get(integration)?.get(sysId) ?? []
  }
}

/** Reads through to the store, writes beside it, lands all at once. */
class MemoryTransaction implements StoreTransaction {
  readonly db = undefined
  private readonly data: Data
  private readonly states = new Map<string, SyncState>()
  private readonly versions = new Map<string, readonly DatasetVersion[]>()
  private readonly rows = new Map<string, Map<string, readonly Interval[]>>()

  constructor(data: Data) {
    this.data = data
  }

  async checkLease(lease: Lease): Promise<void> {
    requireLease(this.data, lease)
  }

  async readState(integration: string): Promise<SyncState | null> {
    return this.states.get(integration) ?? this.data.states.get(integration) ?? null
  }

  async writeState(state: SyncState): Promise<void> {
    this.states.set(state.integration, state)
  }

  async apply(state: SyncState, _runId: string, observations: readonly Observation[]): Promise<Applied> {
    const ledger = new Ledger(state.books)
    const changes: Change[] = []
    for (const seen of observations) {
      const rows = this.intervals(state.integration, seen.sysId)
      const standing = standingOf(rows, state.open)
      const action = decide(state, standing, seen)
      if (action !== 'keep') this.set(state.integration, seen.sysId, next(rows, action, state, seen))
      if (action === 'keep' || action === 'mark') continue
      const { live } = standing
      ledger.record(seen.sysId, sealedHash(state, standing), live?.hash ?? null, seen.hash)
      changes.push({ sysId: seen.sysId, kind: live === null ? 'added' : 'updated', label: seen.label })
    }
    const unchanged = observations.length - changes.length
    return { state: { ...state, books: ledger.books() }, changes, unchanged }
  }

  async dropUnseen(state: SyncState): Promise<Applied> {
    const ledger = new Ledger(state.books)
    const changes: Change[] = []
    const { integration, open } = state
    const known = new Set([
      ...(this.data.rows.get(integration)?.keys() ?? []),
      ...(this.rows.get(integration)?.keys() ?? []),
    ])
    for (const sysId of known) {
      const rows = this.intervals(integration, sysId)
      const live = rows.find((row) => row.toVersion === null)
      if (live === undefined || live.generation >= state.generation) continue
      const kept = rows.filter((row) => row !== live)
      const closed = live.fromVersion < open ? [{ ...live, toVersion: open }] : []
      ledger.record(live.seen.sysId, sealedHash(state, standingOf(rows, open)), live.seen.hash, null)
      this.set(integration, sysId, [...kept, ...closed])
      changes.push({ sysId: live.seen.sysId, kind: 'deleted', label: live.seen.label })
    }
    return { state: { ...state, books: ledger.books() }, changes, unchanged: 0 }
  }

  async seal(state: SyncState, seal: Seal): Promise<{ state: SyncState; version: DatasetVersion }> {
    const version = sealedVersion(state, seal)
    const following = afterSeal(state, seal)
    const before = this.versions.get(state.integration) ?? this.data.versions.get(state.integration) ?? []
    this.versions.set(state.integration, [...before.map((each) => ({ ...each, active: false })), version])
    await this.writeState(following)
    return { state: following, version }
  }

  land(): void {
    for (const [key, value] of this.states) this.data.states.set(key, value)
    for (const [key, value] of this.versions) this.data.versions.set(key, value)
    for (const [integration, rows] of this.rows) {
      const landed = this.data.rows.get(integration) ?? new Map<string, readonly Interval[]>()
      for (const [sysId, intervals] of rows) landed.set(sysId, intervals)
      this.data.rows.set(integration, landed)
    }
  }

  private intervals(integration: string, sysId: string): readonly Interval[] {
    return this.rows.get(integration)?.get(sysId) ?? this.data.rows.get(integration)?.get(sysId) ?? []
  }

  private set(integration: string, sysId: string, intervals: readonly Interval[]): void {
    const rows = this.rows.get(integration) ?? new Map<string, readonly Interval[]>()
    rows.set(sysId, intervals)
    this.rows.set(integration, rows)
  }
}

function next(
  rows: readonly Interval[],
  action: ReturnType<typeof decide>,
  state: SyncState,
  seen: Observation,
): readonly Interval[] {
  const fresh: Interval = { fromVersion: state.open, toVersion: null, seen, generation: state.generation }
  const others = rows.filter((row) => row.toVersion !== null)
  const live = rows.find((row) => row.toVersion === null)
  if (action === 'insert' || action === 'rewrite') return [...others, fresh]
  if (live !== undefined && action === 'mark')
    return [...others, { ...live, seen, generation: state.generation }]
  if (live !== undefined && action === 'supersede')
    return [...others, { ...live, toVersion: state.open }, fresh]
  return others.map((row) =>
    row.toVersion === state.open ? { ...row, toVersion: null, seen, generation: state.generation } : row,
  )
}

function standingOf(rows: readonly Interval[], open: number): Standing {
  const live = rows.find((row) => row.toVersion === null)
  const closed = rows.find((row) => row.toVersion === open)
  return {
    live:
      live === undefined
        ? null
        : {
            u: live.seen.u,
            mod: live.seen.mod,
            observed: live.seen.endedAt,
            hash: live.seen.hash,
            fromVersion: live.fromVersion,
            generation: live.generation,
          },
    closedHash: closed?.seen.hash ?? null,
  }
}

function covers(row: Interval, version: number): boolean {
  return row.fromVersion <= version && (row.toVersion === null || row.toVersion > version)
}

function newestFirst(a: Pick<Observation, 'u' | 'sysId'>, b: Pick<Observation, 'u' | 'sysId'>): number {
  if (a.u !== b.u) return a.u < b.u ? 1 : -1
  return a.sysId < b.sysId ? 1 : a.sysId > b.sysId ? -1 : 0
}

function requireLease(data: Data, lease: Lease): void {
  const last = data.leases.get(lease.name)
  if (last?.held && last.token === lease.token) return
  throw new LeaseLostError(`The lease "${lease.name}" went to another holder; nothing was written`, {
    hint: 'Another process syncs this integration now; let it finish.',
    details: { name: lease.name, token: lease.token },
  })
}

function parseBody(body: string): SourceRecord {
  return JSON.parse(body) as SourceRecord
}
