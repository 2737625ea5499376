/** How many rows one request asks for: halved when the instance cannot answer so many, and remembered when it was its time that ran out. */
import { asksTooMuch } from '../base/retry.ts'

/** An instance that cannot answer ten rows in time cannot be read at all. */
const LEAST = 10

export class PageSize {
  /** As many as the settings say. */
  private readonly most: number
  private readonly least: number
  /** As many as this instance answers in time. */
  private inTime: number
  private now: number

  constructor(most: number, found: number | null) {
    this.most = most
    this.least = Math.min(LEAST, most)
    this.inTime = Math.min(most, found ?? most)
    this.now = this.inTime
  }

  get limit(): number {
    return this.now
  }

  /** What the state remembers: null while the settings are not too much. */
  get found(): number | null {
    return this.inTime < this.most ? this.inTime : null
  }

  /** An answer of `limit` rows came. A body that was too large concerned its own records only, so the size grows back. */
  answered(limit: number): void {
    if (limit >= this.now) this.now = Math.min(this.inTime, Math.max(this.least, this.now * 2))
  }

  /**
   * The size to ask again with after `error`; null when a smaller one would not help. Down to one row only for a body that was too large:
   * then it is that row that cannot be read.
   */
  afterFailure(error: unknown, limit: number): number | null {
    if (!asksTooMuch(error)) return null
    const tooLarge = isTooLarge(error)
    if (limit <= (tooLarge ? 1 : this.least)) return null
    const next = limit <= this.least ? 1 : Math.max(this.least, Math.floor(limit / 2))
    this.now = Math.min(this.now, next)
    if (!tooLarge) this.inTime = Math.min(this.inTime, next)
    return next
  }
}

/** The body of an answer went over the limit. */
export function isTooLarge(error: unknown): boolean {
  return asksTooMuch(error) && 'kind' in error && error.kind === 'too_large'
}
