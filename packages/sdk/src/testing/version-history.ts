/** A random history of one integration by seed: after each step every version left verifies and holds what a plain model says. */
import assert from 'node:assert/strict'
import { sha256 } from '../base/digest.ts'
import type { SysId } from '../base/values.ts'
import type { Observation } from '../model/observation.ts'
import { initialState, nextGeneration, type SyncState } from '../model/sync-state.ts'
import type { Applied, SyncStore } from '../ports/store.ts'
import { id, seen, stamp } from './store-sample.ts'
import { differences, VersionModel } from './version-model.ts'

export interface HistoryOptions {
  seed: number
  /** Default 12. */
  steps?: number
}

const IDS = 6
const facts = { createdAt: '2026-01-01T00:00:00Z', createdBy: 'history', runId: 'run', notes: null }

/**
 * Writes a random history under the integration `history-{seed}`: sights, forced ones, removals, seals, new generations, rollbacks,
 * retention and erasure. Rejects with an AssertionError that names seed and step when the store and the model differ. Answers the
 * states and versions it went through, which every driver must answer alike.
 */
export async function versionHistory(store: SyncStore, options: HistoryOptions): Promise<string[]> {
  const { seed, steps = 12 } = options
  const history = new History(store, seed)
  const log: string[] = []
  for (let step = 1; step <= steps; step += 1) {
    const drawn = history.draw()
    try {
      await history.take(drawn)
      log.push(`${drawn} ${await history.check()}`)
    } catch (error) {
      if (error instanceof Error) error.message = `SEED=${seed} step ${step} (${drawn}): ${error.message}`
      throw error
    }
  }
  return log
}

type Step = 'apply' | 'force' | 'remove' | 'seal' | 'generation' | 'rollback' | 'retain' | 'erase'

const weighted: readonly Step[] = [
  ...(['apply', 'apply', 'apply', 'force', 'remove', 'seal', 'seal', 'seal'] as const),
  ...(['generation', 'rollback', 'rollback', 'retain', 'erase'] as const),
]

class History {
  private readonly store: SyncStore
  private readonly model = new VersionModel()
  private readonly random: () => number
  private state: SyncState
  private clock = 0

  constructor(store: SyncStore, seed: number) {
    this.store = store
    this.random = randomOf(seed)
    this.state = initialState(`history-${seed}`, 'incident')
  }

  draw(): Step {
    const drawn = weighted[this.upTo(weighted.length)] ?? 'apply'
    const needsVersion = drawn === 'rollback' || drawn === 'retain' || drawn === 'erase'
    return needsVersion && this.model.versions.length === 0 ? 'apply' : drawn
  }

  async take(step: Step): Promise<void> {
    if (step === 'apply' || step === 'force') await this.apply(step === 'force')
    else await this[step]()
  }

  /** Everything that is there, against the model; answers it as text. */
  async check(): Promise<string> {
    const { store, state, model } = this
    const { integration } = state
    assert.deepEqual(await store.readState(integration), state, 'the state as it was answered')
    assert.equal(state.open, model.open, 'the open version')
    await this.checkMirror()
    const versions = await store.listVersions(integration, { limit: 100 })
    assert.deepEqual(
      versions.map((version) => version.number).reverse(),
      model.versions.map((version) => version.number),
    )
    for (const version of versions) await this.checkVersion(version.number, version.incidentCount)
    await this.checkDifference()
    return JSON.stringify({ state, versions }, sortedKeys)
  }

  private async checkMirror(): Promise<void> {
    const { store, state, model } = this
    const listed = await store.listKeys(state.integration, { limit: 100 })
    const keys = listed.map(({ sysId, u, mod }) => ({ sysId, u, mod }))
    const wanted = [...model.mirror.values()].map(({ seen: { sysId, u, mod } }) => ({ sysId, u, mod }))
    assert.deepEqual(
      keys,
      wanted.sort((a, b) => (a.sysId < b.sysId ? -1 : 1)),
      'the mirror',
    )
    const counts = differences(model.head, model.mirror).map((each) => each.split(' ')[0])
    const { added, updated, deleted, incidentCount } = state.books
    assert.deepEqual(
      [added, updated, deleted, incidentCount],
      [...['added', 'updated', 'deleted'].map((kind) => countOf(counts, kind)), model.mirror.size],
      'the books of the open version',
    )
  }

  private async checkVersion(number: number, incidentCount: number): Promise<void> {
    const { store, state, model } = this
    const { stored, computed } = await store.verifyVersion(state.integration, number)
    assert.equal(computed, stored, `version ${number} verifies`)
    const held: [SysId, string][] = []
    for await (const { sysId, body } of store.versionRecords(state.integration, number))
      held.push([sysId, body])
    const wanted = [...model.content(number)].map(([sysId, row]) => [sysId, row.seen.body])
    assert.deepEqual(held, wanted.sort(), `content of version ${number}`)
    assert.equal(incidentCount, held.length, `count of version ${number}`)
  }

  private async checkDifference(): Promise<void> {
    const { versions } = this.model
    const [from, to] = [versions[this.upTo(versions.length)], versions[this.upTo(versions.length)]]
    if (from === undefined || to === undefined) return
    const found: string[] = []
    for await (const each of this.store.diff(this.state.integration, from.number, to.number)) {
      found.push(`${each.kind} ${each.sysId}`)
      assert.equal(each.before, from.content.get(each.sysId)?.seen.body ?? null)
      assert.equal(each.after, to.content.get(each.sysId)?.seen.body ?? null)
    }
    assert.deepEqual(
      found,
      differences(from.content, to.content),
      `difference ${from.number} to ${to.number}`,
    )
  }

  private async apply(force: boolean): Promise<void> {
    const sights = this.sights()
    const applied = await this.write((tx) => tx.apply(this.state, 'run', sights, { force }))
    assert.deepEqual(kindsOf(applied), this.model.apply(sights, force), 'what the sights changed')
  }

  private async remove(): Promise<void> {
    const ids = this.someIds()
    const removals = ids.map((sysId) => ({ sysId, cause: 'gone_from_view' as const }))
    const applied = await this.write((tx) => tx.remove(this.state, 'run', removals))
    assert.deepEqual(kindsOf(applied), this.model.remove(ids), 'what was removed')
  }

  private async seal(): Promise<void> {
    const seal = { ...facts, cause: 'sync', watermark: stamp(this.clock) }
    this.state = { ...this.state, passes: { ...this.state.passes, deletesTo: stamp(this.clock + 5) } }
    this.state = (await this.store.transaction((tx) => tx.seal(this.state, seal))).state
    this.model.seal()
  }

  /** A new question, what it meets, and what it did not meet goes. */
  private async generation(): Promise<void> {
    this.state = nextGeneration(this.state, `incident|${this.clock}`)
    this.model.generation = this.state.generation
    await this.apply(false)
    const dropped = await this.write((tx) => tx.dropUnseen(this.state, 'run'))
    assert.deepEqual(kindsOf(dropped).sort(), this.model.dropUnseen(), 'what was not seen')
  }

  private async rollback(): Promise<void> {
    const number = this.someVersion()
    const target = await this.store.readVersion(this.state.integration, number)
    const before = this.model.head
    const back = await this.store.transaction((tx) => tx.rollback(this.state, 'run', number, facts))
    this.state = back.state
    this.model.generation = back.state.generation
    assert.equal(back.version.number, this.model.rollback(number))
    const { contentHash, incidentCount, watermark, deletesTo } = back.version
    assert.deepEqual(
      { contentHash, incidentCount, watermark, deletesTo },
      {
        contentHash: target?.contentHash,
        incidentCount: target?.incidentCount,
        watermark: target?.watermark,
        deletesTo: target?.deletesTo,
      },
    )
    const kinds = differences(before, this.model.head).map((each) => each.split(' ')[0])
    assert.deepEqual(
      [back.counts.added, back.counts.updated, back.counts.deleted],
      ['added', 'updated', 'deleted'].map((kind) => countOf(kinds, kind)),
    )
  }

  private async retain(): Promise<void> {
    const from = this.someVersion()
    const { rows } = await this.store.transaction((tx) => tx.retain(this.state, from))
    assert.equal(rows, this.model.retain(from), 'rows that nobody holds')
  }

  private async erase(): Promise<void> {
    const name = `name ${this.upTo(3)}`
    const erased = await this.store.transaction((tx) =>
      tx.erase(this.state, (record) => (record.text === name ? { ...record, text: 'erased' } : null)),
    )
    this.state = erased.state
    const wanted = this.model.erase((sight) => erasedSight(sight, name))
    assert.deepEqual({ records: erased.records, versions: erased.versions }, wanted, 'what was erased')
  }

  private async write(
    work: (tx: Parameters<Parameters<SyncStore['transaction']>[0]>[0]) => Promise<Applied>,
  ) {
    const applied = await this.store.transaction(async (tx) => {
      const result = await work(tx)
      await tx.writeState(result.state)
      return result
    })
    this.state = applied.state
    return applied
  }

  private sights(): Observation[] {
    return this.someIds().map((sysId) => {
      this.clock += 1
      // Coarse enough that sights of one record often share their stamp.
      const second = Math.max(0, Math.floor(this.clock / 8) - this.upTo(2))
      const startedAt = this.clock * 10
      return seen(Number.parseInt(sysId, 16), second, `name ${this.upTo(3)}`, { startedAt })
    })
  }

  private someIds(): SysId[] {
    return Array.from({ length: IDS }, (_, n) => id(n)).filter(() => this.random() < 0.4)
  }

  private someVersion(): number {
    const { versions } = this.model
    return versions[this.upTo(versions.length)]?.number ?? 0
  }

  private upTo(limit: number): number {
    return Math.floor(this.random() * limit)
  }
}

/** Drivers may build their objects in any order. */
function sortedKeys(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
}

function erasedSight(sight: Observation, name: string): Observation | null {
  const record = JSON.parse(sight.body) as Record<string, string>
  if (record.text !== name) return null
  const body = JSON.stringify({ ...record, text: 'erased' })
  return { ...sight, body, hash: sha256(body) }
}

function kindsOf(applied: Applied): string[] {
  return applied.changes.map((change) => `${change.kind} ${change.sysId}`)
}

function countOf(kinds: readonly (string | undefined)[], wanted: string): number {
  return kinds.filter((kind) => kind === wanted).length
}

/** mulberry32: small, seeded, good enough to draw steps. */
function randomOf(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}
