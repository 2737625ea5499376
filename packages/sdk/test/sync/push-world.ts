/** A pretend instance behind the sink port: requests that time out and commit later, refusals after the row is there, kills, freezes. */
import type { SysId, UtcStamp } from '../../src/base/values.ts'
import type { OutboxFault } from '../../src/model/outbox-entry.ts'
import type { SourceRecord } from '../../src/model/source-record.ts'
import type { SinkAnswer, SinkReading, TableSink } from '../../src/ports/sink.ts'

export class Killed extends Error {}

export interface PushWorldOptions {
  random: () => number
  /** Share of writes that time out and are carried out later (up to 300 s) or never. */
  lost?: number
  /** Share of requests that are surely not carried out. */
  refusedToConnect?: number
  /** Share of creates answered 403 although the row was made. */
  forbiddenAfterInsert?: number
  /** Share of calls around which the worker dies. */
  kills?: number
  /** Share of calls that hold the worker up past its claim. */
  freezes?: number
}

const fault: OutboxFault = { code: 'model', message: 'model' }

interface Late {
  at: number
  run: () => void
}

export class PushWorld implements TableSink {
  nowMs = 1_000_000
  readonly records: Record<string, string>[] = []
  readonly notes: { sysId: string; text: string }[] = []
  readonly writes: { sysId: string; fields: Readonly<Record<string, string>> }[] = []
  private readonly options: Required<PushWorldOptions>
  private late: Late[] = []
  private readonly waiting: (() => void)[] = []

  constructor(options: PushWorldOptions) {
    this.options = { lost: 0, refusedToConnect: 0, forbiddenAfterInsert: 0, kills: 0, freezes: 0, ...options }
  }

  quiet(): void {
    Object.assign(this.options, {
      lost: 0,
      refusedToConnect: 0,
      forbiddenAfterInsert: 0,
      kills: 0,
      freezes: 0,
    })
  }

  advance(ms: number): void {
    this.nowMs += ms
    const due = this.late.filter((each) => each.at <= this.nowMs)
    this.late = this.late.filter((each) => each.at > this.nowMs)
    for (const each of due) each.run()
  }

  get pendingCommits(): number {
    return this.late.length
  }

  /** Lets one of the workers that wait for an answer go on, drawn by the seed. */
  turn(): boolean {
    const [next] = this.waiting.splice(Math.floor(this.options.random() * this.waiting.length), 1)
    next?.()
    return next !== undefined
  }

  async create(fields: Readonly<Record<string, string>>): Promise<SinkAnswer> {
    return this.write(() => {
      const record = { sys_id: this.id(), number: `INC${this.records.length + 1}`, ...fields }
      this.records.push(record)
      return record
    }, true)
  }

  async update(sysId: SysId, fields: Readonly<Record<string, string>>): Promise<SinkAnswer> {
    return this.write(() => {
      const { work_notes: text, ...rest } = fields
      const record = this.records.find((each) => each.sys_id === sysId)
      if (text !== undefined) this.notes.push({ sysId, text })
      else this.writes.push({ sysId, fields: rest })
      return Object.assign(record ?? {}, rest)
    }, false)
  }

  async read(sysId: SysId): Promise<SinkReading<SourceRecord>> {
    return this.reading(() => toRecord(this.records.find((each) => each.sys_id === sysId) ?? {}))
  }

  async findByKey(key: string): Promise<SinkReading<readonly SourceRecord[]>> {
    return this.reading(() => this.records.filter((each) => each.correlation_id === key).map(toRecord))
  }

  async hasNote(sysId: SysId, reference: string): Promise<SinkReading<boolean>> {
    return this.reading(() =>
      this.notes.some((note) => note.sysId === sysId && note.text.includes(reference)),
    )
  }

  private async write(run: () => Record<string, string>, creates: boolean): Promise<SinkAnswer> {
    const { random, lost, refusedToConnect, forbiddenAfterInsert } = this.options
    await this.around()
    if (random() < refusedToConnect) return { type: 'notSent', retryAfterMs: null, fault }
    if (random() < lost) {
      // Carried out within the instance's own limit of 300 s, at once, or never.
      const chance = random()
      if (chance < 0.6) this.late.push({ at: this.nowMs + random() * 300_000, run })
      else if (chance < 0.8) run()
      await this.around()
      return { type: 'unknown', fault }
    }
    const record = run()
    await this.around()
    if (creates && random() < forbiddenAfterInsert) return { type: 'forbidden', fault }
    return { type: 'accepted', record: toRecord(record) }
  }

  private async reading<T>(run: () => T): Promise<SinkReading<T>> {
    await this.around()
    if (this.options.random() < this.options.refusedToConnect)
      return { type: 'failed', retryAfterMs: null, fault }
    const value = run()
    if (this.options.random() < this.options.freezes) this.advance(61_000)
    await this.around()
    return { type: 'read', value }
  }

  /** Another worker may go first here, and this one may die here. */
  private async around(): Promise<void> {
    await new Promise<void>((resolve) => this.waiting.push(resolve))
    if (this.options.random() < this.options.kills) throw new Killed()
  }

  private id(): string {
    return (this.records.length + 1).toString(16).padStart(32, '0')
  }
}

function toRecord(fields: Readonly<Record<string, string>>): SourceRecord {
  return { sys_id: '' as SysId, sys_updated_on: '' as UtcStamp, ...fields }
}
