/** The hot path of the SQLite store: prepared statements that write one page of observations into the interval table. */
import type { Kysely } from 'kysely'
import type { SysId } from '../base/values.ts'
import type { Change, ChangeKind, RemovalCause } from '../model/change.ts'
import type { Observation } from '../model/observation.ts'
import type { SyncState } from '../model/sync-state.ts'
import type { Applied, ApplyOptions, Removal } from '../ports/store.ts'
import { breath } from './breath.ts'
import { decide, Ledger, type LiveRow, type RowAction, type Standing, sealedHash } from './interval.ts'
import type { StoredState } from './sql/state-rows.ts'
import type { SnowlineTables } from './sql/tables.ts'
import type { PreparedStatement, PreparingHandle } from './sqlite-database.ts'
import { runnerOn, type StatementRunner } from './sqlite-runner.ts'
import { idWindows } from './sqlite-windows.ts'

/** Rows between two breaths of the event loop: a page is written in a few milliseconds, a reader waits for none of it. */
const ROWS_PER_BREATH = 250

/** Intervals looked at in one statement for rows that were not seen. */
const UNSEEN_WINDOW = 2_000

/** Below this, work on all intervals is a few megabytes in one commit. */
const MANY = 4_000

interface IntervalRow {
  id: number
  from_version: number
  to_version: number | null
  u: string
  mod: number
  observed: number
  generation: number
  hash: string
}

interface Found {
  standing: Standing
  liveId: number | null
  closedId: number | null
}

export class SqliteRows {
  private readonly statements: Record<
    | 'lastTwo'
    | 'insert'
    | 'rewrite'
    | 'close'
    | 'reopen'
    | 'remove'
    | 'mark'
    | 'change'
    | 'unseen'
    | 'label'
    | 'totalChanges'
    | 'many',
    PreparedStatement
  >

  private readonly runner: StatementRunner

  constructor(handle: PreparingHandle) {
    this.runner = runnerOn(handle)
    this.statements = {
      lastTwo: handle.prepare(
        `select rowid as id, from_version, to_version, u, mod, observed, generation, hash from sl_rows
         where stream = ? and sys_id = ? order by from_version desc limit 2`,
      ),
      insert: handle.prepare(
        `insert into sl_rows (stream, sys_id, from_version, u, mod, observed, generation, hash, body)
         values (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      ),
      rewrite: handle.prepare(
        'update sl_rows set u = ?, mod = ?, observed = ?, generation = ?, hash = ?, body = ? where rowid = ?',
      ),
      close: handle.prepare('update sl_rows set to_version = ? where rowid = ?'),
      reopen: handle.prepare(
        'update sl_rows set to_version = null, u = ?, mod = ?, observed = ?, generation = ? where rowid = ?',
      ),
      remove: handle.prepare('delete from sl_rows where rowid = ?'),
      mark: handle.prepare('update sl_rows set generation = ?, observed = ? where rowid = ?'),
      change: handle.prepare(
        'insert into sl_changes (stream, run, version, sys_id, kind, cause) values (?, ?, ?, ?, ?, ?)',
      ),
      unseen: handle.prepare(
        `select sys_id from sl_rows where stream = ? and sys_id > ? and sys_id <= ?
         and +to_version is null and generation < ?`,
      ),
      totalChanges: handle.prepare('select total_changes() as changes'),
      many: handle.prepare('select 1 from sl_rows where stream = ? order by sys_id limit 1 offset ?'),
      label: handle.prepare("select json_extract(body, '$.number') as label from sl_rows where rowid = ?"),
    }
  }

  /** Rows written on this handle since it was opened. */
  totalChanges(): number {
    return (this.statements.totalChanges.get() as { changes: number }).changes
  }

  /** Are there so many intervals that work on all of them would be felt? */
  areMany(stream: number): boolean {
    return this.statements.many.get(stream, MANY) !== undefined
  }

  /** Writes observations under `state.open`. Runs inside the writer's transaction. */
  async apply(
    stream: number,
    state: SyncState,
    runId: string,
    observations: readonly Observation[],
    options: ApplyOptions = {},
  ): Promise<Applied> {
    const ledger = new Ledger(state.books)
    const changes: Change[] = []
    let unchanged = 0
    for (const [index, seen] of observations.entries()) {
      if (index > 0 && index % ROWS_PER_BREATH === 0) await breath()
      const found = this.find(stream, state.open, seen.sysId)
      const action = decide(state, found.standing, seen, options)
      this.write(action, stream, state, found, seen)
      if (action === 'keep' || action === 'mark') {
        unchanged += 1
        continue
      }
      const { live } = found.standing
      ledger.record(seen.sysId, sealedHash(state, found.standing), live?.hash ?? null, seen.hash)
      const kind = live === null ? 'added' : 'updated'
      this.note(stream, state, runId, seen.sysId, kind)
      changes.push({ sysId: seen.sysId, kind, label: seen.label })
    }
    return { state: { ...state, books: ledger.books() }, changes, unchanged }
  }

  /** Closes what this generation has not seen. Runs inside the writer's transaction. */
  async dropUnseen(stream: number, state: SyncState, runId: string): Promise<Applied> {
    const removals: Removal[] = []
    for await (const { after, upTo } of idWindows(this.runner, stream, UNSEEN_WINDOW)) {
      const unseen = this.statements.unseen.all(stream, after, upTo, state.generation) as { sys_id: SysId }[]
      removals.push(...unseen.map((row) => ({ sysId: row.sys_id, cause: 'not_seen' as const })))
    }
    return this.remove(stream, state, runId, removals)
  }

  /** Closes these rows of the mirror. Runs inside the writer's transaction. */
  async remove(
    stream: number,
    state: SyncState,
    runId: string,
    removals: readonly Removal[],
  ): Promise<Applied> {
    const ledger = new Ledger(state.books)
    const changes: Change[] = []
    for (const [index, { sysId, cause }] of removals.entries()) {
      if (index > 0 && index % ROWS_PER_BREATH === 0) await breath()
      const found = this.find(stream, state.open, sysId)
      const { live } = found.standing
      if (live === null || found.liveId === null) continue
      const { label } = this.statements.label.get(found.liveId) as { label: string | null }
      if (live.fromVersion < state.open) this.statements.close.run(state.open, found.liveId)
      else this.statements.remove.run(found.liveId)
      ledger.record(sysId, sealedHash(state, found.standing), live.hash, null)
      this.note(stream, state, runId, sysId, 'deleted', cause)
      changes.push({ sysId, kind: 'deleted', cause, label: label || sysId })
    }
    return { state: { ...state, books: ledger.books() }, changes, unchanged: 0 }
  }

  private find(stream: number, open: number, sysId: string): Found {
    const rows = this.statements.lastTwo.all(stream, sysId) as IntervalRow[]
    const live = rows.find((row) => row.to_version === null)
    const closed = rows.find((row) => row.to_version === open)
    return {
      standing: { live: live === undefined ? null : toLive(live), closedHash: closed?.hash ?? null },
      liveId: live?.id ?? null,
      closedId: closed?.id ?? null,
    }
  }

  private write(action: RowAction, stream: number, state: SyncState, found: Found, seen: Observation): void {
    const { insert, rewrite, close, reopen, remove, mark } = this.statements
    const { sysId, u, mod, endedAt, hash, body } = seen
    if (action === 'mark') mark.run(state.generation, endedAt, found.liveId)
    if (action === 'rewrite') rewrite.run(u, mod, endedAt, state.generation, hash, body, found.liveId)
    if (action === 'supersede') close.run(state.open, found.liveId)
    if (action === 'insert' || action === 'supersede') {
      insert.run(stream, sysId, state.open, u, mod, endedAt, state.generation, hash, body)
    }
    if (action === 'revert') {
      if (found.liveId !== null) remove.run(found.liveId)
      reopen.run(u, mod, endedAt, state.generation, found.closedId)
    }
  }

  private note(
    stream: number,
    state: SyncState,
    runId: string,
    sysId: SysId,
    kind: ChangeKind,
    cause: RemovalCause | null = null,
  ): void {
    this.statements.change.run(stream, runId, state.open, sysId, kind, cause)
  }
}

/** Ids asked for in one statement. */
const LOOKUP = 500

/** What the store knows of each observed record, in the order of the observations, read on the reading handle. */
export async function readStandings(
  db: Kysely<SnowlineTables>,
  { stream, state }: StoredState,
  observations: readonly Observation[],
): Promise<Standing[]> {
  const standings = new Map<string, Standing>()
  for (let at = 0; at < observations.length; at += LOOKUP) {
    const ids = observations.slice(at, at + LOOKUP).map((seen) => seen.sysId)
    const rows = await db
      .selectFrom('sl_rows')
      .select(['sys_id', 'from_version', 'to_version', 'u', 'mod', 'observed', 'generation', 'hash'])
      .where('stream', '=', stream)
      .where('sys_id', 'in', ids)
      .where((eb) => eb.or([eb('to_version', 'is', null), eb('to_version', '=', state.open)]))
      .execute()
    for (const row of rows) {
      const standing = standings.get(row.sys_id) ?? { live: null, closedHash: null }
      if (row.to_version === null) standings.set(row.sys_id, { ...standing, live: toLive(row) })
      else standings.set(row.sys_id, { ...standing, closedHash: row.hash })
    }
  }
  return observations.map((seen) => standings.get(seen.sysId) ?? { live: null, closedHash: null })
}

function toLive(row: Omit<IntervalRow, 'id'>): LiveRow {
  return {
    u: row.u as LiveRow['u'],
    mod: row.mod,
    observed: row.observed,
    hash: row.hash,
    fromVersion: row.from_version,
    generation: row.generation,
  }
}
