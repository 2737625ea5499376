/** One life of a sync: runs, kills, leaps, clones and rollbacks drawn from one seed, and every law checked after each step. */
import { memoryStore } from '@snowline/sdk/stores/memory'
import type { Clock } from '../../src/base/clock.ts'
import { isSnowlineError, LeaseLostError } from '../../src/base/errors.ts'
import { addSeconds, type SysId, stampFromMs, type UtcStamp } from '../../src/base/values.ts'
import type { SourceRecord } from '../../src/model/source-record.ts'
import type { TableSource } from '../../src/ports/source.ts'
import type { SyncStore } from '../../src/ports/store.ts'
import {
  type CompleteEvent,
  createSyncEngine,
  type PullEvent,
  type PullOptions,
  ReconcileNeedsConfirmationError,
  rollbackVersion,
  type SyncEngine,
  SyncRunningError,
} from '../../src/sync/index.ts'
import * as laws from './invariants.ts'
import { Killed, type WatchedStore, watched } from './watched-store.ts'
import { randomOf } from './world-options.ts'

const NAME = 'm'

/** What a sync lives in: a source, its instance's clock, and everything that only a judge may know. */
export interface Surroundings {
  readonly source: TableSource
  /** The clock of the one who asks: the instance's own, until it leaps. */
  readonly clock: Clock
  /** The instance's clock, in milliseconds since 1970. */
  readonly now: number
  readonly requests: number
  /** Rows no answer of records can hold. */
  readonly hugeIds: ReadonlySet<SysId>
  /** Rows that were seen again under an old stamp or carry one from the future: the overlap alone does not find them. */
  readonly irregular: ReadonlySet<SysId>
  advance(seconds: number): void
  leap(skewMs: number): void
  /** From here on nothing fails and nothing changes. */
  quiet(): void
  /** What the integration user sees now, under the filter. */
  visible(): SourceRecord[]
  readonly history: laws.History
  steadilyVisible(id: SysId, fromMs: number): boolean
  steadilyGone(id: SysId, fromMs: number, watermark: UtcStamp): boolean
  /** Keeps the state of the instance, and brings the kept one back: nothing tells of it. */
  keep(): void
  goBack(): void
  /** Hides every row; what it returns shows them again. */
  blackout(): () => void
  /** Rows with this stamp or a later one; null where hidden or unreadable rows make reading dearer than they are many. */
  rowsSince(stamp: UtcStamp): number | null
  /** A mirrored record as `visible` and `history` show it. */
  shape(record: SourceRecord): SourceRecord
}

export interface LifeOptions {
  seed: number
  steps?: number
  /** Default 60; without one late commits are lost. */
  overlapSeconds?: number
  pageLimit?: number
  concurrency?: number
  reconcileEveryMs?: number
  /** Share of runs that die at one of their first writes. Default 0.4. */
  kills?: number
  /** Share of runs that freeze while another one takes over. */
  freezes?: number
  /** Share of steps before which our own clock leaps by up to an hour, or by days. */
  leaps?: number
  /** Share of steps before which the instance goes back to an earlier state. */
  clones?: number
  /** Share of steps before which a person goes back to an earlier version. */
  rollbacks?: number
  /** Share of runs that are asked to read everything. */
  fullReads?: number
  /** Share of runs during which access rules hide everything. */
  blackouts?: number
}

const none = { freezes: 0, leaps: 0, clones: 0, rollbacks: 0, fullReads: 0, blackouts: 0 }
const defaults = {
  steps: 8,
  overlapSeconds: 60,
  pageLimit: 5,
  concurrency: 4,
  reconcileEveryMs: 86_400_000,
  kills: 0.4,
  ...none,
}

interface Outcome {
  events: PullEvent[]
  error: unknown
}

/** Lives one life to its quiet end. Throws BrokenLaw; `log` takes everything that is told and written, line by line. */
export async function live(
  world: Surroundings,
  options: LifeOptions,
  { store = memoryStore(), log = [] }: { store?: SyncStore; log?: string[] } = {},
): Promise<string[]> {
  await new Life(world, options, watched(store), log).live()
  return log
}

class Life {
  private readonly log: string[]
  private readonly options: LifeOptions & typeof defaults
  private readonly world: Surroundings
  private readonly store: WatchedStore
  private readonly engine: SyncEngine
  private readonly random: () => number
  private readonly sealed = new Map<number, string>()
  private kept = false
  private runs = 0

  constructor(world: Surroundings, options: LifeOptions, store: WatchedStore, log: string[]) {
    this.log = log
    this.options = { ...defaults, ...options }
    this.world = world
    this.store = store
    this.random = randomOf(options.seed + 1)
    const { overlapSeconds, pageLimit, concurrency, reconcileEveryMs } = this.options
    this.engine = createSyncEngine({
      source: world.source,
      store,
      integration: NAME,
      clock: world.clock,
      overlapMs: overlapSeconds * 1_000,
      pageLimit,
      concurrency,
      reconcileEveryMs,
    })
  }

  async live(): Promise<void> {
    for (let step = 0; step < this.options.steps; step += 1) {
      await this.upset()
      await this.step()
      this.world.advance(Math.floor(this.random() * 90))
    }
    await this.rest()
  }

  /** What happens between two runs. */
  private async upset(): Promise<void> {
    const { leaps, clones, rollbacks } = this.options
    if (this.drawn(leaps))
      this.world.leap(Math.floor((this.random() - 0.5) * (this.drawn(0.3) ? 5e8 : 7.2e6)))
    if (this.drawn(clones)) {
      if (this.kept) this.world.goBack()
      if (!this.kept || this.drawn(0.5)) this.world.keep()
      this.kept = true
    }
    if (this.drawn(rollbacks)) await this.rollBack()
  }

  private async step(): Promise<void> {
    const { kills, freezes, fullReads, blackouts } = this.options
    const options = { fullRead: this.drawn(fullReads) }
    const light = this.drawn(blackouts) ? this.world.blackout() : null
    if (this.drawn(freezes)) await this.freeze(options)
    else if (this.drawn(kills)) {
      this.store.killAfter(Math.floor(this.random() * 6))
      await this.run(options)
      this.store.revive()
      // The process that died is known to be dead to the one that follows.
      await this.store.endLease(NAME, `run-${this.runs}`)
    } else await this.run(options)
    light?.()
  }

  /** No changes, no faults: two runs and a reconcile later the mirror is the truth, and the next run finds nothing to do. */
  private async rest(): Promise<void> {
    const { seed } = this.options
    this.world.quiet()
    this.world.advance(200)
    const first = await this.run({})
    // So much may be gone that a person has to say so; everything else is no reason to fail.
    if (!(first.error instanceof ReconcileNeedsConfirmationError)) laws.checkEnds(seed, first)
    laws.checkEnds(seed, await this.run({ reconcile: true, confirmDeletes: true }))
    const mirror = await this.mirror()
    laws.checkMirror(seed, mirror, this.readable())
    await this.checkSkipped()
    const checkLoad = await this.countLoad()
    const [last] = (await this.run({})).events.slice(-1)
    checkLoad()
    if (last?.type !== 'complete' || last.version !== null)
      throw new laws.BrokenLaw('I15', seed, 'no rest at the end')
    laws.checkMirror(seed, await this.mirror(), this.readable())
  }

  /** Counts the requests of a run without faults; what it returns says whether they were too many. */
  private async countLoad(): Promise<() => void> {
    const { seed, overlapSeconds, pageLimit } = this.options
    const { requests, source } = this.world
    const { watermark, pageLimit: found } = (await this.store.readState(NAME)) ?? { watermark: null }
    const rows = watermark === null ? null : this.world.rowsSince(addSeconds(watermark, -overlapSeconds))
    if (rows === null) return () => undefined
    return () =>
      laws.checkLoad(seed, {
        requests: this.world.requests - requests,
        // Without the filter the window is read a second time, keys alone.
        rows: source.filtered ? 2 * rows : rows,
        limit: found ?? pageLimit,
      })
  }

  private async checkSkipped(): Promise<void> {
    const named = new Set((await this.store.readState(NAME))?.skipped.map(({ sysId }) => sysId))
    const { hugeIds, irregular } = this.world
    const unnamed = this.world
      .visible()
      .find(({ sys_id: id }) => hugeIds.has(id) && !irregular.has(id) && !named.has(id))
    if (unnamed !== undefined)
      throw new laws.BrokenLaw(
        'I4',
        this.options.seed,
        `${unnamed.sys_id} is too large to be read and nobody is told`,
      )
  }

  /** One run to its end, whatever that is, and every law after it. */
  private async run(given: Partial<PullOptions>): Promise<Outcome> {
    this.runs += 1
    const runId = `run-${this.runs}`
    const check = await this.before(runId, given)
    const second = this.drawn(0.2)
    const outcome: Outcome = { events: [], error: null }
    try {
      for await (const event of this.engine.pull({ runId, ...given })) {
        if (second && outcome.events.length === 0) await this.checkRefused(runId)
        outcome.events.push(event)
      }
    } catch (error) {
      outcome.error = mustBeExpected(error)
    }
    await check(outcome)
    return outcome
  }

  /** A run stops in the middle, another one takes over, and the first goes on: it must not write any more. */
  private async freeze(given: Partial<PullOptions>): Promise<void> {
    this.runs += 1
    const frozen = this.engine.pull({ runId: `run-${this.runs}`, ...given })
    try {
      for (let steps = Math.floor(this.random() * 6); steps >= 0; steps -= 1) await frozen.next()
    } catch (error) {
      mustBeExpected(error)
    }
    // Its timers stand still with it; so does a lease that nobody renews.
    this.world.leap(this.world.clock.now() - this.world.now + 120_000)
    await this.run({})
    const commits = this.store.commits.length
    try {
      for await (const event of frozen) {
        if (event.type === 'complete')
          throw new laws.BrokenLaw('I17', this.options.seed, 'two runs completed at once')
      }
    } catch (error) {
      if (!(error instanceof LeaseLostError)) mustBeExpected(error)
    }
    if (this.store.commits.length !== commits)
      throw new laws.BrokenLaw('I16', this.options.seed, 'a run wrote after another one took over')
  }

  private async checkRefused(runId: string): Promise<void> {
    const refusal = await this.engine
      .pull({ runId: 'second' })
      .next()
      .catch((error: unknown) => error)
    if (!(refusal instanceof SyncRunningError) || refusal.heldBy !== runId)
      throw new laws.BrokenLaw('I17', this.options.seed, `a second run beside ${runId} was not refused`)
  }

  private async rollBack(): Promise<void> {
    const before = await this.store.listVersions(NAME, { limit: 1_000 })
    const target = before[Math.floor(this.random() * before.length)]
    if (target === undefined) return
    this.runs += 1
    const desk = { store: this.store, clock: this.world.clock, logger: silent, integration: NAME }
    const runId = `run-${this.runs}`
    await rollbackVersion(desk, { number: target.number, runId, createdBy: 'model', reason: 'model' })
    const after = await this.store.listVersions(NAME, { limit: 1_000 })
    const state = await this.store.readState(NAME)
    laws.checkRollback(this.options.seed, { before, after }, { number: target.number, state })
  }

  /** Remembers how things stand; what it returns checks how they stand after the run. */
  private async before(
    runId: string,
    given: Partial<PullOptions>,
  ): Promise<(outcome: Outcome) => Promise<void>> {
    const { world, store } = this
    const startMs = world.now
    const firstCommit = store.commits.length
    const atStart = this.readable()
    const mirrored = await store.countRecords(NAME)
    return async ({ events, error }) => {
      const { seed } = this.options
      const commits = store.commits.slice(firstCommit)
      const mirror = await this.mirror()
      const complete = events.at(-1)
      const completed = complete?.type === 'complete'
      const steady = (id: SysId) => world.steadilyVisible(id, startMs)
      this.write(runId, events, error)
      laws.checkUnique(seed, mirror)
      laws.checkNoPhantom(seed, mirror, world.history)
      laws.checkNeverBack(seed, store.commits)
      laws.checkTombstones(seed, commits, steady)
      if (given.confirmDeletes !== true) laws.checkGuard(seed, mirrored, goneFromView(commits))
      laws.checkWatermark(seed, commits, { completed, latest: addSeconds(stampFromMs(world.now), 300) })
      laws.checkFencing(seed, commits, store.grants)
      laws.checkOneHolder(seed, store.grants)
      await laws.checkSealed(seed, store, NAME, this.sealed)
      if (!completed) return
      laws.checkBatches(seed, events, commits)
      laws.checkEmpty(seed, complete, commits)
      await laws.checkVersionCounts(seed, store, NAME)
      this.checkTruth(complete, { events, mirror, atStart, startMs, steady })
    }
  }

  private checkTruth(
    complete: CompleteEvent,
    facts: Pick<laws.WindowFacts, 'mirror' | 'atStart' | 'steady'> & { events: PullEvent[]; startMs: number },
  ): void {
    const { seed } = this.options
    const { events, startMs, mirror } = facts
    const { watermark } = complete
    const { history, irregular } = this.world
    const told = new Set(events.map((event) => (event.type === 'notice' ? event.code : event.type)))
    laws.checkWindow(seed, {
      ...facts,
      atEnd: this.readable(),
      watermark,
      history,
      irregular: told.has('reconcile.done') ? new Set() : irregular,
    })
    if (watermark === null || told.has('deletes.no_verdict')) return
    laws.checkGone(
      seed,
      mirror,
      (id) => !irregular.has(id) && this.world.steadilyGone(id, startMs, watermark),
    )
  }

  private write(runId: string, events: readonly PullEvent[], error: unknown): void {
    for (const event of events) this.log.push(`${runId} ${JSON.stringify(event)}`)
    this.log.push(
      `${runId} ${error === null ? 'ended' : String(error)} after ${this.world.requests} requests`,
    )
  }

  private async mirror() {
    const { records } = await this.store.listRecords(NAME, { limit: 100_000 })
    return records.map((record) => this.world.shape(record))
  }

  /** What can be seen and is not too large to be read. */
  private readable() {
    return this.world.visible().filter(({ sys_id: id }) => !this.world.hugeIds.has(id))
  }

  private drawn(share: number): boolean {
    return share > 0 && this.random() < share
  }
}

const silent = { debug() {}, info() {}, warn() {}, error() {} }

function goneFromView(commits: WatchedStore['commits']): number {
  return commits.flatMap(({ written }) => written.filter(({ cause }) => cause === 'gone_from_view')).length
}

/** What a run may end with; anything else is a fault of the engine itself. */
function mustBeExpected(error: unknown): unknown {
  if (error instanceof Killed || (isSnowlineError(error) && !(error instanceof laws.BrokenLaw))) return error
  throw error
}
