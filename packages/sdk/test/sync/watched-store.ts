/** A store that is watched: it can be killed at any write, and it remembers every stamp it applied. */
import type { StoreTransaction, SyncStore } from '../../src/ports/store.ts'

export class Killed extends Error {}

export interface WatchedStore extends SyncStore {
  /** After this many more transactions every call fails, until `revive`. */
  killAfter(transactions: number): void
  revive(): void
  /** Every stamp applied per sys_id, in order of commit. */
  readonly applied: ReadonlyMap<string, readonly string[]>
}

export function watched(store: SyncStore): WatchedStore {
  let left = Number.POSITIVE_INFINITY
  const applied = new Map<string, string[]>()
  const alive = () => {
    if (left <= 0) throw new Killed('killed')
  }
  const transaction: SyncStore['transaction'] = async (fn) => {
    alive()
    left -= 1
    const seen: [string, string][] = []
    const value = await store.transaction((tx) => fn(listening(tx, seen)))
    for (const [sysId, u] of seen) applied.set(sysId, [...(applied.get(sysId) ?? []), u])
    return value
  }
  return {
    transaction,
    applied,
    killAfter: (transactions) => {
      left = transactions
    },
    revive: () => {
      left = Number.POSITIVE_INFINITY
    },
    acquireLease: async (...given) => store.acquireLease(...given),
    renewLease: async (...given) => store.renewLease(...given),
    releaseLease: async (lease) => {
      alive()
      return store.releaseLease(lease)
    },
    endLease: (name, owner) => store.endLease(name, owner),
    readState: (integration) => store.readState(integration),
    compare: (integration, observations) => store.compare(integration, observations),
    readRecord: (integration, sysId) => store.readRecord(integration, sysId),
    listRecords: (integration, query) => store.listRecords(integration, query),
    countRecords: (integration) => store.countRecords(integration),
    listKeys: (integration, range) => store.listKeys(integration, range),
    readKeys: (integration, sysIds) => store.readKeys(integration, sysIds),
    listVersions: (integration, options) => store.listVersions(integration, options),
    readVersion: (integration, number) => store.readVersion(integration, number),
    versionRecords: (integration, number, options) => store.versionRecords(integration, number, options),
    verifyVersion: (integration, number) => store.verifyVersion(integration, number),
    close: () => store.close(),
  }
}

function listening(tx: StoreTransaction, seen: [string, string][]): StoreTransaction {
  return {
    db: tx.db,
    checkLease: (lease) => tx.checkLease(lease),
    readState: (integration) => tx.readState(integration),
    writeState: (state) => tx.writeState(state),
    remove: (...given) => tx.remove(...given),
    dropUnseen: (state, runId) => tx.dropUnseen(state, runId),
    seal: (state, facts) => tx.seal(state, facts),
    async apply(state, runId, observations, options) {
      const result = await tx.apply(state, runId, observations, options)
      const changed = new Set(result.changes.map((change) => change.sysId))
      for (const each of observations) if (changed.has(each.sysId)) seen.push([each.sysId, each.u])
      return result
    },
  }
}
