/** The hand that tests and demos put into the instance: load, play, break, move the clock, look behind the curtain. */

import { type Administration, administer } from './administration.ts'
import { archiveRecords, undeleteRecords } from './bin.ts'
import {
  type Browsed,
  type BrowsedEntry,
  type BrowsedField,
  type BrowseOptions,
  browse,
  browseJournal,
  browseRecord,
} from './browse.ts'
import type { Clock } from './clock.ts'
import type { LateCommits, PendingCommit } from './commits.ts'
import type { Fault, FaultState } from './faults.ts'
import type { Semaphore, SessionLock } from './gate.ts'
import type { Version } from './history.ts'
import { type MutateOptions, type Mutation, mutate } from './mutate.ts'
import { type Overview, overview } from './overview.ts'
import { type PlayLine, playLine, systemOf } from './play.ts'
import type { Quota } from './quota.ts'
import type { RateRule } from './rate.ts'
import type { LogPart, RequestEntry } from './requests.ts'
import type { QueryAcl, TableAcl } from './rights.ts'
import type { BulkSeed } from './seed/bulk.ts'
import { sightOf } from './sight.ts'
import { type CloneSource, cloneOver, restoreSnapshot, type Snapshot, takeSnapshot } from './snapshot.ts'
import type { Stats } from './statistics.ts'
import type { RawRecord, TableStore } from './table-store.ts'
import type { WorkOptions } from './work.ts'
import { addBulk, loadRecords, type World } from './world.ts'
import { deleteRecord } from './write.ts'

/** Whose view `records` gives. */
export interface RecordsOptions {
  /** A user's view: without the rows and columns hidden from that user. Default: everything, hidden rows too. */
  readonly user?: string
  /** With true the newest versions, also those that queries do not see yet. Default false. */
  readonly latest?: boolean
}

/**
 * The control methods of an instance. All times are those of its clock. What a method cannot use (an unknown table,
 * column or user, a number out of its range, a misspelt name) it refuses with `ControlError`, a `RangeError` that has
 * every fault with its place and its mend; nothing has changed then. Methods that only read throw `RangeError`.
 */
export interface Control extends Administration {
  /** Stores records as they are: no stamps, no rules; known sys_ids are written over. Gives their number. */
  load(table: string, records: Iterable<RawRecord>): number
  /**
   * Adds incidents that are made only when they are read, without journals: a million of them are there in seconds.
   * They can be queried, changed and deleted like all others. Gives their number.
   */
  bulk(options: BulkSeed): number
  /** Plays a change stream as it is and gives the number of lines. Deletes are recorded in `sys_audit_delete`. */
  play(lines: Iterable<PlayLine>): number
  /**
   * Sets a fault, gives its id.
   *
   * @example control.setFault({ kind: 'status', status: 204 }) // ControlError: setFault: status: 204 is not a status with a body. Write one from 200 to 599 ...
   */
  setFault(fault: Fault): string
  /** Clears one fault, or all. */
  clearFaults(id?: string): void
  faults(): FaultState[]
  readonly clock: Clock
  /** Makes random, believable changes with stamps of the instance's clock. */
  mutate(options: MutateOptions): Mutation[]
  stats(): Stats
  /** Back to the beginning: first data, first clock, nothing hidden, broken or limited, empty books. */
  reset(): void
  /** The records of a table as raw values, in no particular order. Throws `RangeError` for an unknown user. */
  records(table: string, options?: RecordsOptions): Record<string, string>[]
  /** Hides rows from everybody or from one user, as an access rule does: after the limit. */
  hide(sysIds: Iterable<string>, user?: string): void
  /** Shows rows again that were hidden from everybody, or from the user named; without ids all of them, without both everything. */
  reveal(sysIds?: Iterable<string>, user?: string): void
  /**
   * Late commits as a mode: a share of the writes is seen by queries only up to `maxSeconds` after its stamp; until then
   * they see the row before. The answer of a write shows its own version, as its transaction does. Two writes to one
   * row are seen in their order. Without options: off; what waits keeps its time.
   *
   * @example control.lateCommits({ seed: 1, share: 0.3, maxSeconds: 20 })
   */
  lateCommits(options?: LateCommits): void
  /** What is written and not seen by queries yet, next first. */
  pending(): PendingCommit[]
  /** Keeps the state of all tables as queries see it, and gives its name. */
  snapshot(): string
  /**
   * Puts all tables back: older stamps, newer rows gone without a trace in `sys_audit_delete`, the next incident number
   * as it was. The clock, hidden rows and limits stay. Throws `RangeError` for an unknown name.
   */
  restore(token: string): void
  /** Lays another instance over this one: named tables hold these records and no others; journals and recorded deletes that are not given are gone. */
  clone(from: CloneSource): void
  /** Deletes records, with `audited` false without a row in `sys_audit_delete`; gives how many were there. */
  remove(table: string, sysIds: Iterable<string>, options?: { readonly audited?: boolean }): number
  /** Brings deleted or archived records back with their old stamps; gives how many came. */
  undelete(table: string, sysIds: Iterable<string>): number
  /** Moves records to `ar_<table>`; gives how many moved. */
  archive(table: string, sysIds: Iterable<string>): number
  /** Takes `query_range` on a column away from a user or from everybody, or gives it back (servicenow.md 2.3). */
  queryAcl(rule: QueryAcl): void
  /** Closes a table to a user or to everybody: 403, or rows dropped after the limit; or opens it. */
  tableAcl(rule: TableAcl): void
  /**
   * A transaction quota: a list that reads more rows than it allows is cancelled. Half a page costs half. Without
   * options: off.
   *
   * @example control.quota({ seconds: 60, msPerRow: 80 }) // 750 rows pass, 751 are cancelled
   */
  quota(options?: Quota): void
  /**
   * The semaphore of the API: so many requests work at once, more wait, and beyond the queue 429 comes at once, with no
   * `X-RateLimit-*` and no `Retry-After`. Without options: off.
   */
  semaphore(options?: Semaphore): void
  /**
   * One transaction at a time for requests with the same `JSESSIONID` cookie. When too many wait, or the one at work
   * takes too long, the next is answered 202: dropped, not executed. Without options: off.
   */
  sessionLock(options?: SessionLock): void
  /** Adds a rate rule, counted for each user in windows of the clock, and gives its sys_id. */
  rateRule(rule: RateRule): string
  /** Takes one rate rule away, or all. */
  clearRateRules(id?: string): void
  /**
   * Lets people work by the instance's clock: what was due is done when somebody next asks, at most the last 1,000
   * changes. Without options: off.
   *
   * @example control.work({ everySeconds: 10 }) // then clock.advance(60) makes six changes
   */
  work(options?: WorkOptions): void
  /** The state of the instance in a few lines, for people. */
  overview(): Overview
  /** The newest rows of a table with what they show, for people; the limit is at most 200. */
  browse(table: string, options?: BrowseOptions): Browsed
  /** Every filled field of one record, those first that people look for; throws `RangeError` for an unknown one. */
  browseRecord(table: string, sysId: string): BrowsedField[]
  /** The comments and work notes of one record, newest first; throws `RangeError` for an unknown one. */
  browseJournal(table: string, sysId: string): BrowsedEntry[]
  /** The last requests in the order in which they came, those under way too; the control door is not among them. */
  requestLog(part?: LogPart): RequestEntry[]
  /** How many of the last requests the log gives (default 10,000); 0 for none. */
  keepRequests(count: number): void
  /** Every committed version of a record, oldest first. */
  history(table: string, sysId: string): Version[]
  /** How many versions are remembered in all (default 100,000, oldest first to go); 0 for none. */
  keepHistory(count: number): void
}

function removeRecords(world: World, table: TableStore, ids: Iterable<string>, audited: boolean): number {
  let count = 0
  for (const id of ids) if (deleteRecord(world, table, id, { by: systemOf(world), audited })) count++
  return count
}

function recordsOf(world: World, name: string, { user, latest }: RecordsOptions): Record<string, string>[] {
  const { access, commits, database } = world
  commits.settle()
  const table = database.need(name)
  const principal = user === undefined ? undefined : access.named(user)
  if (user !== undefined && !principal) throw new RangeError(`The simulator has no user ${user}`)
  const rows = latest ? commits.allLatest(table) : [...table.rows()]
  if (!principal) return rows.map((row) => table.toRecord(row))
  const sees = sightOf({ world, principal, store: table, asked: name, crossing: false })
  const unreadable = access.unreadable(principal, table.definition)
  return rows
    .filter((row) => sees?.(row) ?? true)
    .map((row) =>
      Object.fromEntries(Object.entries(table.toRecord(row)).filter(([column]) => !unreadable.has(column))),
    )
}

type Data = Pick<
  Control,
  | 'load'
  | 'bulk'
  | 'play'
  | 'mutate'
  | 'records'
  | 'lateCommits'
  | 'pending'
  | 'remove'
  | 'undelete'
  | 'archive'
>

function dataControl(world: () => World): Data {
  const need = (table: string): TableStore => world().database.need(table)
  return {
    load: (table, records) => loadRecords(world(), table, records),
    bulk: (options) => addBulk(world(), options),
    play(lines) {
      let count = 0
      for (const line of lines) {
        playLine(world(), line)
        count++
      }
      return count
    },
    mutate: (options) => mutate(world(), options),
    records: (table, options = {}) => recordsOf(world(), table, options),
    lateCommits: (options) => world().commits.late(options),
    pending() {
      world().commits.settle()
      return world().commits.pending()
    },
    remove: (table, ids, { audited = true } = {}) => removeRecords(world(), need(table), ids, audited),
    undelete: (table, ids) => undeleteRecords(world(), need(table), ids),
    archive: (table, ids) => archiveRecords(world(), need(table), ids),
  }
}

type States = Pick<Control, 'snapshot' | 'restore' | 'clone' | 'history' | 'keepHistory'>

function stateControl(world: () => World): States {
  const snapshots = new Map<string, Snapshot>()
  let last = 0
  return {
    snapshot() {
      const token = `snapshot-${++last}`
      snapshots.set(token, takeSnapshot(world()))
      return token
    },
    restore(token) {
      const snapshot = snapshots.get(token)
      if (!snapshot) throw new RangeError(`There is no snapshot ${token}`)
      restoreSnapshot(world(), snapshot)
    },
    clone: (from) => cloneOver(world(), from),
    history(table, sysId) {
      const { commits, database, history } = world()
      commits.settle()
      return history.of(database.need(table), sysId)
    },
    keepHistory: (count) => world().history.keep(count),
  }
}

/** Creates the control methods; `world` gives the state as it is now, `restart` replaces it by a fresh one. */
export function createControl(clock: Clock, world: () => World, restart: () => void): Control {
  return {
    clock,
    ...dataControl(world),
    ...stateControl(world),
    setFault: (fault) => world().faults.set(fault),
    clearFaults: (id) => world().faults.clear(id),
    faults: () => world().faults.list(),
    stats() {
      const { commits, database, statistics } = world()
      commits.settle()
      const incidents = database.need('incident')
      // The look-up knows which values are shared; only what it cannot see yet asks for a walk through all rows.
      const waiting = commits.pending().length > 0
      return statistics.read(
        database,
        waiting ? commits.allLatest(incidents) : incidents.doubles('correlation_id').flat(),
      )
    },
    reset() {
      clock.reset()
      restart()
    },
    queryAcl: (rule) => world().access.rights.setQuery(rule),
    tableAcl: (rule) => world().access.rights.setTable(rule),
    quota(options) {
      world().limits.quota = options
    },
    semaphore: (options) => world().gate.semaphore(options),
    sessionLock: (options) => world().gate.sessionLock(options),
    rateRule: (rule) => world().rates.add(rule),
    clearRateRules: (id) => world().rates.clear(id),
    work: (options) => world().work.set(options),
    ...administer(world),
    overview: () => overview(world()),
    browse: (table, options) => browse(world(), table, options),
    browseRecord: (table, sysId) => browseRecord(world(), table, sysId),
    browseJournal: (table, sysId) => browseJournal(world(), table, sysId),
    requestLog: (part) => world().requests.read(part),
    keepRequests: (count) => world().requests.keep(count),
    hide: (sysIds, user) => world().access.hide(sysIds, user),
    reveal: (sysIds, user) => world().access.reveal(sysIds, user),
  }
}
