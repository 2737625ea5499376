/**
 * The laws of a pull, one function each, to be called after every step of a model. A broken law throws an Error that begins with its
 * name and `SEED=`. The laws of the server (tickets, secrets, permissions) are kept in the server's tests, those of a push in its model.
 */
import type { SysId, UtcStamp } from '../../src/base/values.ts'
import type { DatasetVersion } from '../../src/model/dataset-version.ts'
import type { SourceRecord } from '../../src/model/source-record.ts'
import type { SyncState } from '../../src/model/sync-state.ts'
import type { SyncStore } from '../../src/ports/store.ts'
import type { CommittedEvent, CompleteEvent, PullEvent } from '../../src/sync/index.ts'
import type { Commit, Grant } from './watched-store.ts'
import type { Version } from './world-rows.ts'

export class BrokenLaw extends Error {
  constructor(law: string, seed: number, what: string) {
    super(`${law} SEED=${seed}: ${what}`)
  }
}

/** Every version a record ever had, in the order of their commits. */
export type History = (id: SysId) => readonly Version[]

/** I1: at most one live row per record. */
export function checkUnique(seed: number, mirror: readonly SourceRecord[]): void {
  const seen = new Set<string>()
  for (const { sys_id: id } of mirror) {
    if (seen.has(id)) throw new BrokenLaw('I1', seed, `${id} is in the mirror twice`)
    seen.add(id)
  }
}

/** I2: every mirrored row equals a version that the instance once had. */
export function checkNoPhantom(seed: number, mirror: readonly SourceRecord[], history: History): void {
  for (const row of mirror) {
    const text = textOf(row)
    const known = history(row.sys_id).some(({ record }) => record !== null && textOf(record) === text)
    if (!known) throw new BrokenLaw('I2', seed, `never was so: ${text}`)
  }
}

/** I3: applied stamps of a record never go back, but for a reconcile's fetch, a new generation, a rollback, or after it left the mirror. */
export function checkNeverBack(seed: number, commits: readonly Commit[]): void {
  const last = new Map<string, { u: string; generation: number }>()
  for (const { written, after, version } of commits) {
    const generation = after?.generation ?? 1
    if (isRollback(version)) last.clear()
    for (const { sysId, u, forced } of written) {
      const before = last.get(sysId)
      if (u === null) {
        last.delete(sysId)
        continue
      }
      if (before !== undefined && u < before.u && !forced && before.generation === generation)
        throw new BrokenLaw('I3', seed, `${sysId} went back from ${before.u} to ${u}`)
      last.set(sysId, { u, generation })
    }
  }
}

export interface WindowFacts {
  /** What was visible when the run started, and what is now. */
  atStart: readonly SourceRecord[]
  atEnd: readonly SourceRecord[]
  mirror: readonly SourceRecord[]
  watermark: UtcStamp | null
  history: History
  /** Was it to be seen at every moment of the run? */
  steady: (id: SysId) => boolean
  /** Records whose stamps do not tell the order of their versions, or that became visible under an old one; empty after a reconcile. */
  irregular: ReadonlySet<SysId>
}

/**
 * I4, at each `complete`: what was visible at the start with a stamp up to the watermark is mirrored as it was or newer, or has gone, or
 * has meanwhile a stamp beyond the watermark, where the next run takes it.
 */
export function checkWindow(seed: number, facts: WindowFacts): void {
  const { atStart, watermark, history, steady, irregular } = facts
  const mirror = new Map(facts.mirror.map((row) => [row.sys_id, row]))
  const beyond = new Set(
    facts.atEnd.filter((row) => row.sys_updated_on > (watermark ?? '')).map((row) => row.sys_id),
  )
  for (const row of atStart) {
    if (beyond.has(row.sys_id)) continue
    if (watermark === null || row.sys_updated_on > watermark || irregular.has(row.sys_id)) continue
    if (!steady(row.sys_id)) continue
    const held = mirror.get(row.sys_id)
    if (held === undefined) throw new BrokenLaw('I4', seed, `not in the mirror after a run: ${textOf(row)}`)
    const all = history(row.sys_id).map(({ record }) => (record === null ? null : textOf(record)))
    if (all.lastIndexOf(textOf(held)) < all.indexOf(textOf(row)))
      throw new BrokenLaw('I4', seed, `older than before the run: ${textOf(held)} instead of ${textOf(row)}`)
  }
}

/** I4, at rest: the mirror is what the user sees, no more and no less. */
export function checkMirror(
  seed: number,
  mirror: readonly SourceRecord[],
  visible: readonly SourceRecord[],
): void {
  const mirrored = new Set(mirror.map(textOf))
  const seen = new Set(visible.map(textOf))
  const [missing] = seen.difference(mirrored)
  if (missing !== undefined) throw new BrokenLaw('I4', seed, `visible and not in the mirror: ${missing}`)
  const [extra] = mirrored.difference(seen)
  if (extra !== undefined) throw new BrokenLaw('I4', seed, `in the mirror and not visible: ${extra}`)
}

/** I4, for tombstones: nothing is taken away that was to be seen at every moment of the run. */
export function checkTombstones(
  seed: number,
  commits: readonly Commit[],
  steady: (id: SysId) => boolean,
): void {
  for (const { sysId, cause } of commits.flatMap(({ written }) => written.filter(({ u }) => u === null))) {
    if (steady(sysId))
      throw new BrokenLaw('I4', seed, `${sysId} was taken away (${cause}) and was visible all along`)
  }
}

/** I4, for what has gone: a row whose delete was recorded, or that left the filter, before the run started is not mirrored after it. */
export function checkGone(seed: number, mirror: readonly SourceRecord[], gone: (id: SysId) => boolean): void {
  const left = mirror.find((row) => gone(row.sys_id))
  if (left !== undefined)
    throw new BrokenLaw('I4', seed, `gone before the run and still mirrored: ${textOf(left)}`)
}

/** Guard of the reconcile (sync.md section 2): a run never takes more than 50 rows or 2 % of the mirror for gone. */
export function checkGuard(seed: number, mirrored: number, gone: number): void {
  if (gone > Math.max(50, mirrored * 0.02))
    throw new BrokenLaw('GUARD', seed, `${gone} of ${mirrored} rows were taken away in one run`)
}

/**
 * I5: the watermark moves in the last transaction of a run that completed and nowhere else, never back but for a new generation, and
 * never more than 300 s past the instance's clock. The watermark of the feed of deletes never goes back either.
 */
export function checkWatermark(
  seed: number,
  commits: readonly Commit[],
  run: { completed: boolean; latest: UtcStamp },
): void {
  for (const [index, { before, after, version }] of commits.entries()) {
    if (after === null) continue
    const from = before?.watermark ?? null
    const newGeneration = after.generation > (before?.generation ?? 1)
    if (!newGeneration && earlier(after.passes.deletesTo, before?.passes.deletesTo ?? null))
      throw new BrokenLaw('I5', seed, `the feed's watermark went back to ${after.passes.deletesTo}`)
    if (after.watermark === from || (newGeneration && after.watermark === null)) continue
    if (!run.completed || index !== commits.length - 1)
      throw new BrokenLaw('I5', seed, `the watermark moved to ${after.watermark} before the run was complete`)
    if (earlier(after.watermark, from))
      throw new BrokenLaw('I5', seed, `the watermark went back from ${from} to ${after.watermark}`)
    if ((after.watermark ?? '') > run.latest)
      throw new BrokenLaw('I5', seed, `the watermark ${after.watermark} is past ${run.latest}`)
    const { added, updated, deleted } = after.books
    if (version === null && added + updated + deleted > 0)
      throw new BrokenLaw('I5', seed, 'the watermark moved and what changed was not sealed')
  }
}

/** I6: batches run on without a gap, and `complete` counts what this run wrote, commit by commit. */
export function checkBatches(seed: number, events: readonly PullEvent[], commits: readonly Commit[]): void {
  const committed = events.filter((event): event is CommittedEvent => event.type === 'committed')
  let next = 1
  for (const { firstBatch, changes, batchSize } of committed) {
    if (firstBatch !== next) throw new BrokenLaw('I6', seed, `batch ${firstBatch} follows ${next - 1}`)
    next += Math.ceil(changes.length / batchSize)
  }
  const written = commits.map((commit) => commit.written.map(({ sysId }) => sysId).join())
  for (const event of events) {
    if (event.type !== 'committed' && event.type !== 'removed') continue
    const ids = event.changes.map(({ sysId }) => sysId).join()
    if (!written.includes(ids))
      throw new BrokenLaw('I6', seed, `told and not written in one transaction: ${ids}`)
  }
  const complete = events.at(-1)
  if (complete?.type !== 'complete') throw new BrokenLaw('I6', seed, 'the last event is not complete')
  const all = commits.flatMap((commit) => commit.written)
  for (const kind of ['added', 'updated', 'deleted'] as const) {
    const count = all.filter((row) => row.kind === kind).length
    if (complete.counts[kind] !== count)
      throw new BrokenLaw(
        'I6',
        seed,
        `complete tells ${complete.counts[kind]} ${kind}, ${count} were written`,
      )
  }
  if (
    complete.totals.batches !== next - 1 ||
    complete.totals.incidents !== complete.counts.added + complete.counts.updated
  )
    throw new BrokenLaw('I6', seed, `totals ${JSON.stringify(complete.totals)} after ${next - 1} batches`)
}

/** I6: what a version says of itself is its difference to the one before, counted anew. */
export async function checkVersionCounts(seed: number, store: SyncStore, integration: string): Promise<void> {
  const [version] = await store.listVersions(integration, { limit: 1 })
  if (version === undefined) return
  const now = await bodiesOf(store, integration, version.number)
  const then = version.parent === null ? new Map() : await bodiesOf(store, integration, version.parent)
  const added = [...now.keys()].filter((id) => !then.has(id)).length
  const deleted = [...then.keys()].filter((id) => !now.has(id)).length
  const updated = [...now].filter(([id, body]) => then.has(id) && then.get(id) !== body).length
  const told = {
    incidentCount: version.incidentCount,
    added: version.added,
    updated: version.updated,
    deleted: version.deleted,
  }
  const counted = { incidentCount: now.size, added, updated, deleted }
  if (JSON.stringify(told) !== JSON.stringify(counted))
    throw new BrokenLaw(
      'I6',
      seed,
      `version ${version.number} tells ${JSON.stringify(told)} and holds ${JSON.stringify(counted)}`,
    )
}

/** I13: a sealed version is the same for ever. `known` holds the hashes seen so far and takes in the new ones. */
export async function checkSealed(
  seed: number,
  store: SyncStore,
  integration: string,
  known: Map<number, string>,
): Promise<void> {
  const numbers = new Set(
    (await store.listVersions(integration, { limit: 1_000 })).map(({ number }) => number),
  )
  for (const number of known.keys()) {
    if (!numbers.has(number)) throw new BrokenLaw('I13', seed, `version ${number} is not there any more`)
  }
  for (const number of numbers) {
    const { stored, computed } = await store.verifyVersion(integration, number)
    if (stored !== computed) throw new BrokenLaw('I13', seed, `version ${number} does not match its hash`)
    if ((known.get(number) ?? stored) !== stored)
      throw new BrokenLaw('I13', seed, `the hash of version ${number} has changed`)
    known.set(number, stored)
  }
}

/** I14: a rollback appends a version that equals its target, takes nothing away, and sets the watermark to that of the target. */
export function checkRollback(
  seed: number,
  versions: { before: readonly DatasetVersion[]; after: readonly DatasetVersion[] },
  facts: { number: number; state: SyncState | null },
): void {
  const [head, ...rest] = versions.after
  const target = versions.before.find(({ number }) => number === facts.number)
  const broken = (what: string) => new BrokenLaw('I14', seed, `rollback to ${facts.number}: ${what}`)
  if (head === undefined || target === undefined) throw broken('no version')
  if (head.contentHash !== target.contentHash) throw broken(`version ${head.number} holds something else`)
  if (head.parent !== versions.before[0]?.number || head.cause !== `rollback:${facts.number}`)
    throw broken(`version ${head.number} has parent ${head.parent} and cause ${head.cause}`)
  const numbers = (all: readonly DatasetVersion[]) => all.map(({ number }) => number).join()
  if (numbers(rest) !== numbers(versions.before)) throw broken('other versions came or went')
  // A version of another generation answered another question: then everything is read again.
  const expected = facts.state?.generation === target.generation ? target.watermark : null
  if (facts.state?.watermark !== expected)
    throw broken(`the watermark is ${facts.state?.watermark} instead of ${expected}`)
}

/** I15: a run that changed nothing writes neither rows nor a version; a version is sealed only when something changed. */
export function checkEmpty(seed: number, complete: CompleteEvent, commits: readonly Commit[]): void {
  const { version } = complete
  if (version !== null && version.added + version.updated + version.deleted === 0)
    throw new BrokenLaw('I15', seed, `version ${version.number} was sealed and nothing changed`)
  const { added, updated, deleted } = complete.counts
  if (added + updated + deleted > 0) return
  if (commits.some(({ written }) => written.length > 0))
    throw new BrokenLaw('I15', seed, 'a run that tells of no change wrote rows')
  const open = commits[0]?.before?.books
  if (version !== null && (open === undefined || open.added + open.updated + open.deleted === 0))
    throw new BrokenLaw('I15', seed, 'a run that changed nothing sealed a version')
}

/** I16: every transaction was checked first, with the newest token there was; tokens grow. */
export function checkFencing(seed: number, commits: readonly Commit[], grants: readonly Grant[]): void {
  for (const { token, newestToken } of commits) {
    if (token === null)
      throw new BrokenLaw('I16', seed, 'a transaction wrote without checking its lease first')
    if (token !== newestToken)
      throw new BrokenLaw('I16', seed, `token ${token} wrote while ${newestToken} was the newest`)
  }
  for (const [index, { lease }] of grants.entries()) {
    const before = grants[index - 1]?.lease.token ?? 0
    if (lease.token <= before) throw new BrokenLaw('I16', seed, `token ${lease.token} follows ${before}`)
  }
}

/** I17: a lease is granted only when nobody holds it. */
export function checkOneHolder(seed: number, grants: readonly Grant[]): void {
  for (const { lease, over } of grants) {
    if (over !== null)
      throw new BrokenLaw('I17', seed, `${lease.owner} was let in while ${over.owner} held the lease`)
  }
}

export interface LoadFacts {
  requests: number
  /** Rows in the window. */
  rows: number
  limit: number
}

/** I23: a run without faults, reconcile and hidden rows asks for its rows about once. */
export function checkLoad(seed: number, { requests, rows, limit }: LoadFacts): void {
  const allowed = 2 * Math.ceil(rows / limit) + 10
  if (requests > allowed)
    throw new BrokenLaw('I23', seed, `${requests} requests for ${rows} rows, ${allowed} allowed`)
}

/** One request as its instance saw it, in milliseconds. */
export interface Call {
  startedAt: number
  endedAt: number
  /** What a 429 asked for; null without one. */
  retryAfterMs: number | null
}

/** I23: after an answer that says when to come back nothing is asked before. What was on its way already may arrive. */
export function checkPace(seed: number, calls: readonly Call[]): void {
  for (const { endedAt, retryAfterMs } of calls) {
    if (retryAfterMs === null) continue
    const early = calls.find(({ startedAt }) => startedAt > endedAt && startedAt < endedAt + retryAfterMs)
    if (early !== undefined)
      throw new BrokenLaw(
        'I23',
        seed,
        `a request ${early.startedAt - endedAt} ms after one that asked for ${retryAfterMs}`,
      )
  }
}

/** I24: with faults stopped a run ends well. */
export function checkEnds(seed: number, outcome: { events: readonly PullEvent[]; error: unknown }): void {
  if (outcome.error !== null)
    throw new BrokenLaw('I24', seed, `a run without faults failed: ${outcome.error}`)
  if (outcome.events.at(-1)?.type !== 'complete')
    throw new BrokenLaw('I24', seed, 'a run without faults did not complete')
}

function isRollback(version: DatasetVersion | null): boolean {
  return version?.cause.startsWith('rollback:') === true
}

const texts = new WeakMap<SourceRecord, string>()

function textOf(record: SourceRecord): string {
  const known = texts.get(record) ?? JSON.stringify(Object.entries(record).sort())
  texts.set(record, known)
  return known
}

function earlier(a: UtcStamp | null, b: UtcStamp | null): boolean {
  return b !== null && (a === null || a < b)
}

async function bodiesOf(store: SyncStore, integration: string, number: number): Promise<Map<string, string>> {
  const bodies = new Map<string, string>()
  for await (const { sysId, body } of store.versionRecords(integration, number)) bodies.set(sysId, body)
  return bodies
}
