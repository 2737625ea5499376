/** One transaction of the memory store: what it writes lies beside the data until it lands, all at once. */
import type { SysId } from '../base/values.ts'
import type { Change } from '../model/change.ts'
import type { DatasetVersion, Seal } from '../model/dataset-version.ts'
import type { Lease } from '../model/lease.ts'
import type { Observation } from '../model/observation.ts'
import type { SyncState } from '../model/sync-state.ts'
import type { Applied, ApplyOptions, Removal, StoreTransaction } from '../ports/store.ts'
import { decide, Ledger, sealedHash } from './interval.ts'
import { leaseLost } from './losses.ts'
import { type Interval, nextIntervals, standingOf } from './memory-intervals.ts'
import { afterSeal, sealedVersion } from './sealing.ts'

export interface MemoryData {
  states: Map<string, SyncState>
  versions: Map<string, readonly DatasetVersion[]>
  /** Per integration, per sys_id: its intervals, oldest first. */
  rows: Map<string, Map<SysId, readonly Interval[]>>
  leases: Map<string, Lease & { held: boolean }>
}

/** Reads through to the store, writes beside it, lands all at once. */
export class MemoryTransaction implements StoreTransaction {
  readonly db = undefined
  private readonly data: MemoryData
  private readonly states = new Map<string, SyncState>()
  private readonly versions = new Map<string, readonly DatasetVersion[]>()
  private readonly rows = new Map<string, Map<SysId, readonly Interval[]>>()

  constructor(data: MemoryData) {
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

  async apply(
    state: SyncState,
    _runId: string,
    observations: readonly Observation[],
    options: ApplyOptions = {},
  ): Promise<Applied> {
    const ledger = new Ledger(state.books)
    const changes: Change[] = []
    for (const seen of observations) {
      const rows = this.intervals(state.integration, seen.sysId)
      const standing = standingOf(rows, state.open)
      const action = decide(state, standing, seen, options)
      if (action !== 'keep') this.set(state.integration, seen.sysId, nextIntervals(rows, action, state, seen))
      if (action === 'keep' || action === 'mark') continue
      const { live } = standing
      ledger.record(seen.sysId, sealedHash(state, standing), live?.hash ?? null, seen.hash)
      changes.push({ sysId: seen.sysId, kind: live === null ? 'added' : 'updated', label: seen.label })
    }
    const unchanged = observations.length - changes.length
    return { state: { ...state, books: ledger.books() }, changes, unchanged }
  }

  async dropUnseen(state: SyncState): Promise<Applied> {
    const unseen: Removal[] = []
    for (const sysId of this.known(state.integration)) {
      const live = this.intervals(state.integration, sysId).find((row) => row.toVersion === null)
      if (live !== undefined && live.generation < state.generation) unseen.push({ sysId, cause: 'not_seen' })
    }
    return this.withdraw(state, unseen)
  }

  async remove(state: SyncState, _runId: string, rows: readonly Removal[]): Promise<Applied> {
    return this.withdraw(state, rows)
  }

  async seal(state: SyncState, seal: Seal): Promise<{ state: SyncState; version: DatasetVersion }> {
    const version = sealedVersion(state, seal)
    const following = afterSeal(state, seal)
    const before = this.versions.get(state.integration) ?? this.data.versions.get(state.integration) ?? []
    this.versions.set(state.integration, [...before.map((each) => ({ ...each, active: false })), version])
    await this.writeState(following)
    return { state: following, version }
  }

  private withdraw(state: SyncState, removals: readonly Removal[]): Applied {
    const ledger = new Ledger(state.books)
    const changes: Change[] = []
    const { integration, open } = state
    for (const { sysId, cause } of removals) {
      const rows = this.intervals(integration, sysId)
      const live = rows.find((row) => row.toVersion === null)
      if (live === undefined) continue
      const kept = rows.filter((row) => row !== live)
      const closed = live.fromVersion < open ? [{ ...live, toVersion: open }] : []
      ledger.record(sysId, sealedHash(state, standingOf(rows, open)), live.seen.hash, null)
      this.set(integration, sysId, [...kept, ...closed])
      changes.push({ sysId, kind: 'deleted', cause, label: live.seen.label })
    }
    return { state: { ...state, books: ledger.books() }, changes, unchanged: 0 }
  }

  private known(integration: string): ReadonlySet<SysId> {
    const landed = this.data.rows.get(integration)?.keys() ?? []
    return new Set([...landed, ...(this.rows.get(integration)?.keys() ?? [])])
  }

  land(): void {
    for (const [key, value] of this.states) this.data.states.set(key, value)
    for (const [key, value] of this.versions) this.data.versions.set(key, value)
    for (const [integration, rows] of this.rows) {
      const landed = this.data.rows.get(integration) ?? new Map<SysId, readonly Interval[]>()
      for (const [sysId, intervals] of rows) landed.set(sysId, intervals)
      this.data.rows.set(integration, landed)
    }
  }

  private intervals(integration: string, sysId: SysId): readonly Interval[] {
    return this.rows.get(integration)?.get(sysId) ?? this.data.rows.get(integration)?.get(sysId) ?? []
  }

  private set(integration: string, sysId: SysId, intervals: readonly Interval[]): void {
    const rows = this.rows.get(integration) ?? new Map<SysId, readonly Interval[]>()
    rows.set(sysId, intervals)
    this.rows.set(integration, rows)
  }
}

/** Throws LeaseLostError unless this token is the newest of its name and not given back. */
export function requireLease(data: MemoryData, lease: Lease): void {
  const last = data.leases.get(lease.name)
  if (last?.held && last.token === lease.token) return
  throw leaseLost(lease)
}
