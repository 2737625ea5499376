/** How much a run has to do: an estimate while pages come in, exact once everything is read. */
import type { Clock } from '../base/clock.ts'
import type { ChangeCounts } from '../model/change.ts'
import type { PullTotals } from './events.ts'

export class Totals {
  private readonly clock: Clock
  private readonly batchSize: number
  private readonly startedMs: number
  private counted = 0
  private exactIncidents: number | null = null

  constructor(clock: Clock, batchSize: number) {
    this.clock = clock
    this.batchSize = batchSize
    this.startedMs = clock.now()
  }

  /** The instance counts this many rows in a part of the window. */
  expect(rows: number | null): void {
    this.counted += rows ?? 0
  }

  /** Everything is read: this many rows are new or changed. */
  settle(incidents: number): void {
    this.exactIncidents = incidents
  }

  of(counts: ChangeCounts, batchesSoFar: number): PullTotals {
    const changed = counts.added + counts.updated
    if (this.exactIncidents !== null) {
      const left = Math.max(0, this.exactIncidents - changed)
      const batches = batchesSoFar + Math.ceil(left / this.batchSize)
      return { incidents: this.exactIncidents, batches, exact: true }
    }
    const incidents = Math.max(changed, this.counted - counts.unchanged)
    const batches = batchesSoFar + Math.ceil((incidents - changed) / this.batchSize)
    return { incidents, batches, exact: false }
  }

  /** Remaining time at the pace so far, null while there is no pace. */
  etaMs(counts: ChangeCounts, totals: PullTotals): number | null {
    const done = counts.added + counts.updated
    const elapsed = this.clock.now() - this.startedMs
    if (done === 0 || elapsed <= 0) return null
    return Math.max(0, Math.round((elapsed / done) * (totals.incidents - done)))
  }
}
