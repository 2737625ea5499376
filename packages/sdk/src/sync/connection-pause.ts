/** One pause for everything that goes to one instance: what is about the connection uses up no try of a record. */
import type { OutboxFault } from '../model/outbox-entry.ts'

const FIRST_MS = 1_000
const LONGEST_MS = 300_000

export class ConnectionPause {
  private readonly random: () => number
  private failures = 0
  private pausedUntil = 0
  private stoppedBy: OutboxFault | null = null

  constructor(random: () => number) {
    this.random = random
  }

  /** Nothing goes out before this instant (milliseconds since 1970). */
  get until(): number {
    return this.pausedUntil
  }

  /** The instance does not know our credentials: nothing goes out until they change. */
  get stopped(): OutboxFault | null {
    return this.stoppedBy
  }

  /** Waits as long as the instance asks, else full jitter up to `min(300 s, 1 s * 2^n)`; gives when it ends. */
  extend(nowMs: number, retryAfterMs: number | null): number {
    const most = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(this.failures, 20))
    this.failures += 1
    this.pausedUntil = Math.max(this.pausedUntil, nowMs + (retryAfterMs ?? Math.ceil(this.random() * most)))
    return this.pausedUntil
  }

  stop(fault: OutboxFault): void {
    this.stoppedBy = fault
  }

  /** It answers again, or its settings changed. */
  clear(): void {
    this.failures = 0
    this.pausedUntil = 0
    this.stoppedBy = null
  }
}
