/** What the store contracts share: sights, writes and readings of one small integration. */
import assert from 'node:assert/strict'
import { sha256 } from '../base/digest.ts'
import type { SysId, UtcStamp } from '../base/values.ts'
import type { Observation } from '../model/observation.ts'
import { initialState, type SyncState } from '../model/sync-state.ts'
import type { ApplyOptions, Removal, SyncStore } from '../ports/store.ts'

export interface ContractCase {
  name: string
  /** Rejects with an AssertionError when the store breaks the law. The store is fresh and empty. */
  run(store: SyncStore): Promise<void>
}

export const INTEGRATION = 'contract'

/** A 32-digit id. Example: `id(10)` ends in `0a`. */
export const id = (n: number): SysId => n.toString(16).padStart(32, '0') as SysId
export const stamp = (second: number): UtcStamp =>
  new Date(second * 1000).toISOString().slice(0, 19).replace('T', ' ') as UtcStamp

/** A sight of record `n`, stamped at that second of 1970. */
export function seen(n: number, second: number, text: string, sight: Partial<Observation> = {}): Observation {
  const u = stamp(second)
  const body = JSON.stringify({ number: `INC${n}`, sys_id: id(n), sys_updated_on: u, text })
  const at = sight.startedAt ?? second * 10
  return {
    sysId: id(n),
    u,
    mod: 0,
    startedAt: at,
    endedAt: at + 1,
    hash: sha256(body),
    body,
    label: `INC${n}`,
    ...sight,
  }
}

export async function write(
  store: SyncStore,
  state: SyncState,
  observations: readonly Observation[],
  options: ApplyOptions = {},
) {
  return store.transaction(async (tx) => {
    const applied = await tx.apply(state, 'run', observations, options)
    await tx.writeState(applied.state)
    return applied
  })
}

export async function remove(store: SyncStore, state: SyncState, removals: readonly Removal[]) {
  return store.transaction(async (tx) => {
    const applied = await tx.remove(state, 'run', removals)
    await tx.writeState(applied.state)
    return applied
  })
}

export async function rollback(store: SyncStore, state: SyncState, number: number) {
  const facts = { createdAt: '2026-01-02T00:00:00Z', createdBy: 'contract', runId: 'back', notes: 'why' }
  return store.transaction((tx) => tx.rollback(state, 'back', number, facts))
}

export async function seal(store: SyncStore, state: SyncState, watermark = stamp(1_000)) {
  const facts = {
    createdAt: '2026-01-01T00:00:00Z',
    createdBy: 'contract',
    runId: 'run',
    cause: 'sync',
    notes: null,
    watermark,
  }
  return store.transaction((tx) => tx.seal(state, facts))
}

/** The texts a version holds, by sys_id. */
export async function textsOf(store: SyncStore, version: number): Promise<string[]> {
  const texts: string[] = []
  for await (const row of store.versionRecords(INTEGRATION, version)) {
    texts.push(String((JSON.parse(row.body) as { text: string }).text))
  }
  return texts
}

export async function verified(store: SyncStore, version: number): Promise<void> {
  const { stored, computed } = await store.verifyVersion(INTEGRATION, version)
  assert.equal(computed, stored, `version ${version}: recomputed hash differs`)
}

export const fresh = (): SyncState => initialState(INTEGRATION, 'incident')
