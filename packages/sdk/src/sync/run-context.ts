/** What the parts of one run share: its settings, its requests' clock, its writer, and the rows it knows to be there. */
import type { SysId, UtcStamp } from '../base/values.ts'
import type { Observation } from '../model/observation.ts'
import type { SourceRecord } from '../model/source-record.ts'
import type { SkippedRecord } from '../model/sync-state.ts'
import type { NoticeCode, NoticeEvent, PhaseEvent, PullPhase } from './events.ts'
import type { PageSize } from './page-size.ts'
import type { PullConfig } from './pull-config.ts'
import type { RunWriter } from './run-writer.ts'
import type { NewestSight } from './window.ts'

export interface RunContext {
  readonly config: PullConfig
  /** Aborts when the caller aborts or the lease is lost. */
  readonly signal: AbortSignal
  readonly writer: RunWriter
  readonly newest: NewestSight
  /** Rows of a request for records, and for keys alone. */
  readonly size: PageSize
  readonly keySize: PageSize
  readonly seen: SeenRows
  /** The next number of the sequence clock: one for the start of a request, one for the end of its answer. */
  tick(): number
  observe(records: readonly SourceRecord[], times: { startedAt: number; endedAt: number }): Observation[]
  phase(phase: PullPhase): PhaseEvent
}

/** Kept as witnesses: rows the instance has just shown. */
const WITNESSES = 5
/** Names of records a person can look after; more would hide the cause. */
const SKIPPED = 100

/** What a run has met: the last rows, which must come back when asked for, and those too large to be read. */
export class SeenRows {
  /** Rows read in this run, changed or not. */
  read = 0
  private last: readonly SysId[] = []
  private readonly tooLarge = new Map<SysId, SkippedRecord>()
  private readonly namedNow = new Set<SysId>()

  constructor(skipped: readonly SkippedRecord[]) {
    for (const record of skipped) this.tooLarge.set(record.sysId, record)
  }

  took(observations: readonly Observation[]): void {
    this.read += observations.length
    if (observations.length > 0) this.last = observations.slice(-WITNESSES).map((each) => each.sysId)
    if (this.tooLarge.size === 0) return
    for (const { sysId } of observations) this.tooLarge.delete(sysId)
  }

  skip(sysId: SysId, u: UtcStamp): void {
    this.tooLarge.set(sysId, { sysId, u })
    this.namedNow.add(sysId)
  }

  /** Every key has been compared, and whatever is too large was named again: what was not is there no more. */
  forgetUnnamed(): void {
    for (const sysId of this.tooLarge.keys()) if (!this.namedNow.has(sysId)) this.tooLarge.delete(sysId)
  }

  /** Ids met lately, newest last. */
  get witnesses(): readonly SysId[] {
    return this.last
  }

  get skipped(): SkippedRecord[] {
    return [...this.tooLarge.values()].slice(-SKIPPED)
  }
}

/** An event for people to read later. */
export function notice(code: NoticeCode, message: string, details: NoticeEvent['details'] = {}): NoticeEvent {
  return { type: 'notice', code, message, details }
}
