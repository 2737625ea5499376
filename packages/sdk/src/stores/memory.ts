/** The sync store in memory: for tests, demos and short scripts. Same laws as the others; nothing survives the process. */
import { DigestSum } from '../base/digest.ts'
import type { SysId } from '../base/values.ts'
import type { DatasetVersion } from '../model/dataset-version.ts'
import type { Lease } from '../model/lease.ts'
import type { Observation } from '../model/observation.ts'
import type { SourceRecord } from '../model/source-record.ts'
import type { SyncState } from '../model/sync-state.ts'
import type {
  KeyRange,
  MirrorKey,
  RecordPage,
  RecordQuery,
  StoreTransaction,
  SyncStore,
  Verdict,
} from '../ports/store.ts'
import { difference } from './difference.ts'
import { decide, rowDigest } from './interval.ts'
import { noVersion } from './losses.ts'
import { covers, type Interval, standingOf } from './memory-intervals.ts'
import { type MemoryData, MemoryTransaction, requireLease } from './memory-transaction.ts'

export { memoryOutbox } from './memory-outbox.ts'

/**
 * A store that lives as long as the process.
 *
 * @example const engine = createSyncEngine({ source, store: memoryStore() })
 */
export function memoryStore(): SyncStore {
  return new MemoryStore()
}

class MemoryStore implements SyncStore {
  private readonly data: MemoryData = {
    states: new Map(),
    versions: new Map(),
    rows: new Map(),
    leases: new Map(),
  }
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
    const live = this.live(integration)
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

  async listKeys(integration: string, { after = '' as SysId, upTo, limit }: KeyRange) {
    return this.liveIntervals(integration)
      .map(keyOf)
      .filter(({ sysId }) => sysId > after && (upTo === undefined || sysId <= upTo))
      .sort(byId)
      .slice(0, limit)
  }

  async readKeys(integration: string, sysIds: readonly SysId[]) {
    const wanted = new Set(sysIds)
    return this.liveIntervals(integration)
      .map(keyOf)
      .filter(({ sysId }) => wanted.has(sysId))
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

  async *diff(...[integration, from, to, options = {}]: Parameters<SyncStore['diff']>) {
    for (const number of [from, to]) {
      if ((await this.readVersion(integration, number)) === null) throw noVersion(integration, number)
    }
    const { after = '', limit = Number.POSITIVE_INFINITY } = options
    const before = new Map(this.inVersion(integration, from).map((seen) => [seen.sysId, seen]))
    const now = new Map(this.inVersion(integration, to).map((seen) => [seen.sysId, seen]))
    const ids = [...new Set([...before.keys(), ...now.keys()])].filter((sysId) => sysId > after).sort()
    let left = limit
    for (const sysId of ids) {
      if (left <= 0) return
      const each = difference(sysId, before.get(sysId), now.get(sysId))
      if (each === null) continue
      left -= 1
      yield each
    }
  }

  async verifyVersion(integration: string, number: number): Promise<{ stored: string; computed: string }> {
    const version = await this.readVersion(integration, number)
    if (version === null) {
      throw noVersion(integration, number)
    }
    const sum = new DigestSum('0')
    for (const seen of this.inVersion(integration, number)) sum.add(rowDigest(seen.sysId, seen.hash))
    return { stored: version.contentHash, computed: sum.toHex() }
  }

  async close(): Promise<void> {}

  private live(integration: string): Observation[] {
    return this.liveIntervals(integration).map((row) => row.seen)
  }

  private liveIntervals(integration: string): Interval[] {
    return [...(this.data.rows.get(integration)?.values() ?? [])].flatMap((rows) =>
      rows.filter((row) => row.toVersion === null),
    )
  }

  private inVersion(integration: string, number: number): Observation[] {
    return [...(this.data.rows.get(integration)?.values() ?? [])]
      .flatMap((rows) => rows.filter((row) => covers(row, number)))
      .map((row) => row.seen)
      .sort(byId)
  }

  private intervals(integration: string, sysId: SysId): readonly Interval[] {
    return this.data.rows.get(integration)?.get(sysId) ?? []
  }
}

function newestFirst(a: Pick<Observation, 'u' | 'sysId'>, b: Pick<Observation, 'u' | 'sysId'>): number {
  if (a.u !== b.u) return a.u < b.u ? 1 : -1
  return a.sysId < b.sysId ? 1 : a.sysId > b.sysId ? -1 : 0
}

function byId(a: Pick<Observation, 'sysId'>, b: Pick<Observation, 'sysId'>): number {
  return a.sysId < b.sysId ? -1 : 1
}

function keyOf({ seen, generation }: Interval): MirrorKey {
  const { sysId, u, mod } = seen
  return { sysId, u, mod, generation }
}

function parseBody(body: string): SourceRecord {
  return JSON.parse(body) as SourceRecord
}
