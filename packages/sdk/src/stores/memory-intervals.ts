/** The intervals of one record in memory: what they say of it, and what an observation makes of them. */
import type { ChangeKind } from '../model/change.ts'
import type { Observation } from '../model/observation.ts'
import type { SyncState } from '../model/sync-state.ts'
import type { RowAction, Standing } from './interval.ts'

export interface Interval {
  readonly fromVersion: number
  readonly toVersion: number | null
  readonly seen: Observation
  readonly generation: number
}

/** The intervals after an action that was decided for them. */
export function nextIntervals(
  rows: readonly Interval[],
  action: RowAction,
  state: SyncState,
  seen: Observation,
): readonly Interval[] {
  const fresh: Interval = { fromVersion: state.open, toVersion: null, seen, generation: state.generation }
  const others = rows.filter((row) => row.toVersion !== null)
  const live = rows.find((row) => row.toVersion === null)
  if (action === 'insert' || action === 'rewrite') return [...others, fresh]
  if (live !== undefined && action === 'mark')
    return [...others, { ...live, seen, generation: state.generation }]
  if (live !== undefined && action === 'supersede')
    return [...others, { ...live, toVersion: state.open }, fresh]
  return others.map((row) =>
    row.toVersion === state.open ? { ...row, toVersion: null, seen, generation: state.generation } : row,
  )
}

/** What the intervals say of their record. */
export function standingOf(rows: readonly Interval[], open: number): Standing {
  const live = rows.find((row) => row.toVersion === null)
  const closed = rows.find((row) => row.toVersion === open)
  return {
    live:
      live === undefined
        ? null
        : {
            u: live.seen.u,
            mod: live.seen.mod,
            observed: live.seen.endedAt,
            hash: live.seen.hash,
            fromVersion: live.fromVersion,
            generation: live.generation,
          },
    closedHash: closed?.seen.hash ?? null,
  }
}

/** Does a version hold this interval? */
export function covers(row: Interval, version: number): boolean {
  return row.fromVersion <= version && (row.toVersion === null || row.toVersion > version)
}

/** The intervals of one record after a rollback to version `target` under the number `number`, and what that did to it. */
export function rolledBackIntervals(
  rows: readonly Interval[],
  { open, target, number }: { open: number; target: number; number: number },
): { rows: readonly Interval[]; kind: ChangeKind | null } {
  const sealed = rows
    .filter((row) => row.fromVersion !== open)
    .map((row) => (row.toVersion === open ? { ...row, toVersion: null } : row))
  const then = sealed.find((row) => covers(row, target))
  const now = sealed.find((row) => row.toVersion === null)
  if (then?.seen.hash === now?.seen.hash) return { rows: sealed, kind: null }
  const others = sealed.filter((row) => row !== now)
  const closed = now === undefined ? [] : [{ ...now, toVersion: number }]
  const copied = then === undefined ? [] : [{ ...then, fromVersion: number, toVersion: null }]
  const kind = then === undefined ? 'deleted' : now === undefined ? 'added' : 'updated'
  return { rows: [...others, ...closed, ...copied], kind }
}

/** The intervals of one record with its bodies rewritten; `merged` when the open version does not differ any more. */
export function rewrittenIntervals(
  rows: readonly Interval[],
  open: number,
  rewrite: (row: Interval) => { body: string; hash: string } | null,
): { rows: readonly Interval[]; merged: boolean } {
  const written = rows.map((row) => {
    const change = rewrite(row)
    return change === null ? row : { ...row, seen: { ...row.seen, ...change } }
  })
  const live = written.find((row) => row.toVersion === null && row.fromVersion === open)
  const closed = written.find((row) => row.toVersion === open)
  if (live === undefined || closed?.seen.hash !== live.seen.hash) return { rows: written, merged: false }
  const others = written.filter((row) => row !== live && row !== closed)
  return { rows: [...others, { ...live, fromVersion: closed.fromVersion }], merged: true }
}
