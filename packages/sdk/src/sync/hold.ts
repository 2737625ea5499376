/** Rows read and not yet written: a small window is held whole, so that its totals are exact before the first batch. */
import { type Observation, supersedes } from '../model/observation.ts'

/** Held at most: a window that fits is announced exactly, a larger one is written as it is read. */
export const HOLD_ROWS = 10_000
export const HOLD_BYTES = 16 * 1024 * 1024

export class Hold {
  private readonly rows = new Map<string, Observation>()
  private bytes = 0

  /** Takes rows in; of two sights of one record the truer stays. */
  add(observations: readonly Observation[]): void {
    for (const seen of observations) {
      const held = this.rows.get(seen.sysId)
      if (held !== undefined && !supersedes({ ...held, observed: held.endedAt }, seen)) continue
      this.bytes += seen.body.length - (held?.body.length ?? 0)
      this.rows.set(seen.sysId, seen)
    }
  }

  get overflows(): boolean {
    return this.rows.size > HOLD_ROWS || this.bytes > HOLD_BYTES
  }

  /** Everything held, oldest change first; the hold is empty afterwards. */
  drain(): Observation[] {
    const all = [...this.rows.values()]
    this.rows.clear()
    this.bytes = 0
    return all.sort((a, b) => (a.u === b.u ? (a.sysId < b.sysId ? -1 : 1) : a.u < b.u ? -1 : 1))
  }
}
