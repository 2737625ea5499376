/** A store that is watched: it can be killed at any write, and it remembers every lease it granted and every transaction that landed. */
import type { Change } from '../../src/model/change.ts'
import type { DatasetVersion } from '../../src/model/dataset-version.ts'
import type { Lease } from '../../src/model/lease.ts'
import type { Observation } from '../../src/model/observation.ts'
import type { SyncState } from '../../src/model/sync-state.ts'
import type { Applied, StoreTransaction, SyncStore } from '../../src/ports/store.ts'

export class Killed extends Error {}

/** One row that a transaction wrote or took away, as it is afterwards. */
export interface Written extends Pick<Change, 'sysId' | 'kind' | 'cause'> {
  /** The stamp of the sight that was applied; null for a row that was taken away. */
  u: string | null
  /** True when the sight could replace a newer stamp: a reconcile's fetch. */
  forced: boolean
}

/** One transaction that landed. */
export interface Commit {
  /** The token it was checked with; null when none was checked before the first write. */
  token: number | null
  /** The newest token of that lease when it landed. */
  newestToken: number | null
  before: SyncState | null
  after: SyncState | null
  written: readonly Written[]
  version: DatasetVersion | null
}

/** One lease that was granted. */
export interface Grant {
  lease: Lease
  /** The holder it was granted over, still valid by the clock that was given; null in lawful life. */
  over: Lease | null
}

export interface WatchedStore extends SyncStore {
  /** After this many more transactions every call fails, until `revive`. */
  killAfter(transactions: number): void
  revive(): void
  /** Every stamp applied per sys_id, in order of commit. */
  readonly applied: ReadonlyMap<string, readonly string[]>
  readonly commits: readonly Commit[]
  readonly grants: readonly Grant[]
}

/** What is known of the lease of one name. */
interface Held {
  lease: Lease
  released: boolean
}

export function watched(store: SyncStore): WatchedStore {
  return overlay(store, new Watch(store)) as WatchedStore
}

/** `target`, with the members of `own` in place of its own. */
function overlay<T extends object>(target: T, own: object): T {
  return new Proxy(target, {
    get(_target, key) {
      const owner = key in own ? own : target
      const value: unknown = Reflect.get(owner, key)
      return typeof value === 'function' ? value.bind(owner) : value
    },
  })
}

class Watch {
  readonly applied = new Map<string, string[]>()
  readonly commits: Commit[] = []
  readonly grants: Grant[] = []
  private readonly store: SyncStore
  private readonly held = new Map<string, Held>()
  private left = Number.POSITIVE_INFINITY

  constructor(store: SyncStore) {
    this.store = store
  }

  killAfter(transactions: number): void {
    this.left = transactions
  }

  revive(): void {
    this.left = Number.POSITIVE_INFINITY
  }

  async transaction<T>(fn: (tx: StoreTransaction) => Promise<T>): Promise<T> {
    this.mustLive()
    this.left -= 1
    const seen = new Recording()
    const value = await this.store.transaction(async (tx) => {
      const result = await fn(seen.listen(tx))
      return result
    })
    const newestToken = seen.leaseName === null ? null : (this.held.get(seen.leaseName)?.lease.token ?? null)
    this.commits.push({ ...seen.commit, newestToken })
    for (const { sysId, u } of seen.commit.written) {
      if (u !== null) this.applied.set(sysId, [...(this.applied.get(sysId) ?? []), u])
    }
    return value
  }

  async acquireLease(...given: Parameters<SyncStore['acquireLease']>): ReturnType<SyncStore['acquireLease']> {
    const answer = await this.store.acquireLease(...given)
    if ('heldBy' in answer) return answer
    const [name, , , nowMs] = given
    const last = this.held.get(name)
    const valid = last !== undefined && !last.released && last.lease.expiresAt > nowMs
    this.grants.push({ lease: answer, over: valid ? last.lease : null })
    this.held.set(name, { lease: answer, released: false })
    return answer
  }

  async renewLease(...given: Parameters<SyncStore['renewLease']>): Promise<Lease> {
    const lease = await this.store.renewLease(...given)
    this.held.set(lease.name, { lease, released: false })
    return lease
  }

  async releaseLease(lease: Lease): Promise<void> {
    this.mustLive()
    await this.store.releaseLease(lease)
    const last = this.held.get(lease.name)
    if (last?.lease.token === lease.token) last.released = true
  }

  async endLease(name: string, owner: string): Promise<boolean> {
    const ended = await this.store.endLease(name, owner)
    const last = this.held.get(name)
    if (ended && last !== undefined) last.released = true
    return ended
  }

  private mustLive(): void {
    if (this.left <= 0) throw new Killed('killed')
  }
}

/** What one transaction does, call by call. */
class Recording {
  leaseName: string | null = null
  private token: number | null = null
  private before: SyncState | null = null
  private after: SyncState | null = null
  private version: DatasetVersion | null = null
  private readonly written: Written[] = []

  get commit(): Omit<Commit, 'newestToken'> {
    const { token, before, after, version, written } = this
    return { token, before, after, version, written }
  }

  listen(tx: StoreTransaction): StoreTransaction {
    const own: Partial<StoreTransaction> = {
      checkLease: async (lease) => {
        await tx.checkLease(lease)
        this.leaseName = lease.name
        if (this.written.length === 0 && this.after === null) this.token = lease.token
      },
      writeState: async (state) => {
        await this.expect(tx, state)
        await tx.writeState(state)
        this.after = state
      },
      apply: async (state, runId, observations, options) => {
        await this.expect(tx, state)
        const applied = await tx.apply(state, runId, observations, options)
        return this.note(applied, observations, options?.force === true)
      },
      remove: async (state, runId, rows) => {
        await this.expect(tx, state)
        return this.note(await tx.remove(state, runId, rows))
      },
      dropUnseen: async (state, runId) => {
        await this.expect(tx, state)
        return this.note(await tx.dropUnseen(state, runId))
      },
      seal: async (state, seal) => {
        await this.expect(tx, state)
        return this.sealed(await tx.seal(state, seal))
      },
      rollback: async (state, runId, number, seal) => {
        await this.expect(tx, state)
        return this.sealed(await tx.rollback(state, runId, number, seal))
      },
    }
    return overlay(tx, own)
  }

  private sealed<T extends { state: SyncState; version: DatasetVersion }>(result: T): T {
    this.after = result.state
    this.version = result.version
    return result
  }

  private async expect(tx: StoreTransaction, { integration }: SyncState): Promise<void> {
    if (this.after === null && this.written.length === 0) this.before = await tx.readState(integration)
  }

  private note(applied: Applied, observations: readonly Observation[] = [], forced = false): Applied {
    const stamps = new Map(observations.map(({ sysId, u }) => [sysId, u]))
    for (const { sysId, kind, cause } of applied.changes) {
      const u = kind === 'deleted' ? null : (stamps.get(sysId) ?? null)
      this.written.push({ sysId, kind, u, forced, ...(cause === undefined ? {} : { cause }) })
    }
    return applied
  }
}
