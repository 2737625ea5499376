/** The intervals of one record in memory: what they say of it, and what an observation makes of them. */
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
