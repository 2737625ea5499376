/** One transaction of the memory store: what it writes lies beside the data until it lands, all at once. */
import type { SysId } from '../base/values.ts'
import { type Change, noChanges } from '../model/change.ts'
import type { DatasetVersion, RollbackSeal, Seal } from '../model/dataset-version.ts'
import type { Lease } from '../model/lease.ts'
import type { Observation } from '../model/observation.ts'
import type { SyncState } from '../model/sync-state.ts'
import type { Applied, ApplyOptions, Removal, StoreTransaction } from '../ports/store.ts'
import { bodyRewriter, ErasedSums, type Rewrite } from './erasing.ts'
import { decide, Ledger, sealedHash } from './interval.ts'
import { leaseLost, noVersion } from './losses.ts'
import {
  type Interval,
  nextIntervals,
  rewrittenIntervals,
  rolledBackIntervals,
  standingOf,
} from './memory-intervals.ts'
import { retention } from './retention.ts'
import { afterSeal, countsAgainst, rollbackNumber, rolledBack, sealedVersion } from './sealing.ts'

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
    this.append(version)
    await this.writeState(following)
    return { state: following, version }
  }

  async rollback(state: SyncState, _runId: string, number: number, seal: RollbackSeal) {
    const { integration, open } = state
    const target = this.sealed(integration).find((version) => version.number === number)
    if (target === undefined) throw noVersion(integration, number)
    const counted = { ...noChanges }
    for (const sysId of this.known(integration)) {
      const rows = this.intervals(integration, sysId)
      const numbers = { open, target: number, number: rollbackNumber(state) }
      const { rows: following, kind } = rolledBackIntervals(rows, numbers)
      this.set(integration, sysId, following)
      if (kind !== null) counted[kind] += 1
    }
    const counts = countsAgainst(target, counted)
    const { state: following, version } = rolledBack(state, target, seal, counts)
    this.append(version)
    await this.writeState(following)
    return { state: following, version, counts }
  }

  async retain(state: SyncState, from: number) {
    const { integration } = state
    const { gone, firstHeld } = retention(state, this.sealed(integration), from)
    let removed = 0
    for (const sysId of this.known(integration)) {
      const rows = this.intervals(integration, sysId)
      const held = rows.filter((row) => row.toVersion === null || row.toVersion > firstHeld)
      if (held.length === rows.length) continue
      removed += rows.length - held.length
      this.set(integration, sysId, held)
    }
    this.versions.set(
      integration,
      this.sealed(integration).filter((version) => !gone.includes(version)),
    )
    return { versions: gone.length, rows: removed }
  }

  async erase(state: SyncState, rewrite: Rewrite) {
    const { integration, open } = state
    const sums = new ErasedSums(this.sealed(integration), state)
    const rewriteBody = bodyRewriter(rewrite)
    for (const sysId of this.known(integration)) {
      const { rows, merged } = rewrittenIntervals(this.intervals(integration, sysId), open, (row) => {
        const change = rewriteBody(row.seen.body)
        if (change !== null) sums.record({ ...row, sysId, hash: row.seen.hash }, change.hash)
        return change
      })
      this.set(integration, sysId, rows)
      if (merged) sums.merge()
    }
    const { versions, state: following } = sums.outcome()
    const renewed = new Map(versions.map((version) => [version.number, version]))
    this.versions.set(
      integration,
      this.sealed(integration).map((version) => renewed.get(version.number) ?? version),
    )
    await this.writeState(following)
    return { records: sums.records, versions: versions.length, state: following }
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

  private sealed(integration: string): readonly DatasetVersion[] {
    return this.versions.get(integration) ?? this.data.versions.get(integration) ?? []
  }

  private append(version: DatasetVersion): void {
    const before = this.sealed(version.integration).map((each) => ({ ...each, active: false }))
    this.versions.set(version.integration, [...before, version])
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
