/** What one run has to read: pure arithmetic of the watermark, the overlap and the newest visible stamp. */
import { addSeconds, laterStamp, type UtcStamp } from '../base/values.ts'
import type { Slice } from '../model/slice.ts'
import type { SyncState } from '../model/sync-state.ts'

/** How far beyond the instance's own clock a stamp may lie and still move the watermark. */
export const CLOCK_CAP_SECONDS = 300

/** What the instance says of its newest row before a run. */
export interface NewestSight {
  /** Newest visible stamp, null when nothing is visible. */
  stamp: UtcStamp | null
  /** The instance's clock then, null when it did not say. */
  servedAt: UtcStamp | null
  /** Rows of the whole table under our filter, blind to ACLs. */
  total: number | null
  /** True when this instance sends Link headers at all. */
  linkSeen: boolean
}

export interface Window {
  /** Lower edge, null for the beginning of time. */
  lo: UtcStamp | null
  /** Upper edge: rows stamped later belong to the next run. */
  hi: UtcStamp
  /** Where the settled part ends; what lies above may still receive late commits and is read last. */
  settledTo: UtcStamp
  /** The settled part, in the order it is read. */
  settled: readonly Slice[]
  /** The overlap below `hi`, alone and last. */
  tail: Slice
  /** Rows stamped beyond the cap: read once, the watermark does not follow them. */
  beyond: Slice | null
  /** The watermark after success. */
  watermark: UtcStamp
}

/**
 * The window of a run; null when nothing was ever visible.
 *
 * `hi` is the newest visible stamp, never our own clock, capped by the instance's clock + 300 s and never below the watermark. The window
 * reaches `lookBackSeconds` below the watermark: as far as the overlap, or farther in a deep pass.
 *
 * @example planWindow({ watermark: '2026-01-01 10:00:00', progress: null }, newest at 10:30:00, 600)
 * // settled [09:50:00, 10:20:00], tail [10:20:01, 10:30:00]
 */
export function planWindow(
  state: Pick<SyncState, 'watermark' | 'progress'>,
  newest: NewestSight,
  overlapSeconds: number,
  lookBackSeconds = overlapSeconds,
): Window | null {
  const { stamp, servedAt } = newest
  const cap = servedAt === null ? null : addSeconds(servedAt, CLOCK_CAP_SECONDS)
  const capped = stamp !== null && cap !== null && stamp > cap ? cap : stamp
  const hi = laterStamp(capped, state.watermark)
  if (hi === null) return null
  const lo = state.watermark === null ? null : addSeconds(state.watermark, -lookBackSeconds)
  const reached = servedAt === null || hi < servedAt ? hi : servedAt
  // Below the instance's own clock, also when the newest row is stamped ahead of it: else a late commit could fall behind a lane.
  const settledTo = addSeconds(reached, -overlapSeconds)
  return {
    lo,
    hi,
    settledTo,
    ...parts(state, lo, settledTo, hi),
    beyond: stamp !== null && stamp > hi ? { from: addSeconds(hi, 1), to: null } : null,
    watermark: laterStamp(state.watermark, reached) ?? reached,
  }
}

function parts(
  state: Pick<SyncState, 'progress'>,
  lo: UtcStamp | null,
  settledTo: UtcStamp,
  hi: UtcStamp,
): Pick<Window, 'settled' | 'tail'> {
  const { progress } = state
  if (progress !== null) {
    // What an unfinished run has read stays read: a row that changed since then carries a stamp above its window.
    const from = progress.readTo === null ? lo : addSeconds(progress.readTo, 1)
    const rest: Slice[] = from !== null && from > settledTo ? [] : [{ from, to: settledTo }]
    return { settled: [...progress.pending, ...rest], tail: { from: addSeconds(settledTo, 1), to: hi } }
  }
  if (lo !== null && lo >= settledTo) return { settled: [], tail: { from: lo, to: hi } }
  return { settled: [{ from: lo, to: settledTo }], tail: { from: addSeconds(settledTo, 1), to: hi } }
}
