/** One worker of the outbox: takes the entry that is due, sends or looks up, and writes down what is proven. Creates are never doubled. */
import type { Clock } from '../base/clock.ts'
import { LeaseLostError } from '../base/errors.ts'
import type { Logger } from '../base/log.ts'
import type { SysId } from '../base/values.ts'
import type { FieldConflict, OutboxEntry, OutboxFault } from '../model/outbox-entry.ts'
import type { SourceRecord } from '../model/source-record.ts'
import type { Outbox, OutboxTransaction } from '../ports/outbox.ts'
import type { SinkAnswer, SinkCall, SinkReading, TableSink } from '../ports/sink.ts'
import { ConnectionPause } from './connection-pause.ts'
import { type FieldPolicy, planUpdate } from './plan-update.ts'
import { type PushEvent, type PushLimits, transition } from './push-machine.ts'

/** Called in the transaction that writes an entry down: a host links or marks its ticket there. */
export type OnPushed = (
  tx: OutboxTransaction,
  entry: OutboxEntry,
  record: SourceRecord | null,
) => Promise<void>

export interface PushConfig {
  outbox: Outbox
  sink: TableSink
  connection: string
  clock: Clock
  random: () => number
  logger: Logger
  limits: PushLimits
  /** How long a worker may hold an entry. */
  leaseMs: number
  requestTimeoutMs: number
  /** An entry that has not been sent for so long is given up. */
  maxAgeMs: number
  policy: (field: string) => FieldPolicy
  onPushed?: OnPushed
}

/** What one step did: the entry as it is now, or why nothing was done and until when. */
export type PushStep =
  | { type: 'worked'; entry: OutboxEntry; record: SourceRecord | null }
  | { type: 'idle'; until: number | null }
  | { type: 'stopped'; fault: OutboxFault }

/** A write is not begun with less than this left of its claim: it could not end inside it. */
const LEAST_MS = 1_000

/** What an update was about: fields left to the other side by policy, and fields that were sent. */
interface Sent {
  kept?: readonly FieldConflict[]
  sent?: Readonly<Record<string, string>>
}

export class PushWorker {
  private readonly config: PushConfig
  private readonly pause: ConnectionPause

  constructor(config: PushConfig, pause: ConnectionPause = new ConnectionPause(config.random)) {
    this.config = config
    this.pause = pause
  }

  /** One entry, from its claim to what is proven about it. Throws StoreError; an answer of the instance is never thrown. */
  async step(signal?: AbortSignal): Promise<PushStep> {
    const { outbox, clock, connection } = this.config
    const now = clock.now()
    if (this.pause.stopped !== null) return { type: 'stopped', fault: this.pause.stopped }
    if (now < this.pause.until) return { type: 'idle', until: this.pause.until }
    const claimed = await outbox.claim(connection, now, (entry) => this.take(entry, now))
    if (claimed === null) return { type: 'idle', until: await outbox.nextDue(connection) }
    if (claimed.state !== 'inflight') return { type: 'worked', entry: claimed, record: null }
    try {
      return await this.work(await this.aim(claimed), signal)
    } catch (error) {
      if (!(error instanceof LeaseLostError)) throw error
      // Another worker has it now, and with it whatever is known.
      return { type: 'worked', entry: (await outbox.read(claimed.opId)) ?? claimed, record: null }
    }
  }

  /** New settings were saved: a connection that was stopped may try again. */
  resume(): void {
    this.pause.clear()
  }

  private take(entry: OutboxEntry, now: number): OutboxEntry {
    const { limits, leaseMs, maxAgeMs } = this.config
    if (entry.state === 'pending' && now - entry.createdAt > maxAgeMs) {
      const fault = entry.fault ?? { code: 'push.expired', message: 'It could not be sent for too long' }
      return transition(entry, { type: 'expired', fault }, limits)
    }
    return transition(entry, { type: 'claimed', until: now + leaseMs }, limits)
  }

  /** An entry made before its ticket was linked gets its target from the create that went before it. */
  private async aim(entry: OutboxEntry): Promise<OutboxEntry> {
    if (entry.kind === 'create' || entry.sysId !== null) return entry
    const before = await this.config.outbox.ofTicket(entry.ticket)
    const created = before.findLast(
      (each) => each.kind === 'create' && each.result !== null && each.seq < entry.seq,
    )
    return { ...entry, sysId: created?.result?.sysId ?? null }
  }

  private async work(entry: OutboxEntry, signal?: AbortSignal): Promise<PushStep> {
    const inDoubt = (entry.unknownUntil ?? 0) <= this.config.clock.now()
    if (entry.kind === 'create') return this.create(entry, inDoubt, signal)
    const { sysId } = entry
    if (sysId === null) {
      const fault = {
        code: 'push.not_linked',
        message: 'The ticket is not linked to an incident',
        hint: 'Create or link one first.',
      }
      return this.settle(entry, { type: 'refused', fault })
    }
    return entry.kind === 'note'
      ? this.note(entry, sysId, inDoubt, signal)
      : this.update(entry, sysId, inDoubt, signal)
  }

  private async create(entry: OutboxEntry, inDoubt: boolean, signal?: AbortSignal): Promise<PushStep> {
    let current = entry
    if (inDoubt || entry.lookFirst) {
      const found = await this.config.sink.findByKey(entry.key, this.call(entry, signal))
      if (found.type !== 'read') return this.unread(entry, found, inDoubt)
      if (found.value.length > 0) return this.found(entry, found.value)
      if (inDoubt) current = await this.again(entry)
      if (current.state !== 'inflight') return { type: 'worked', entry: current, record: null }
    }
    if (!this.mayBegin(current)) return this.settle(current, this.later())
    const answer = await this.config.sink.create(current.payload, this.call(current, signal))
    if (answer.type !== 'forbidden') return this.answered(current, answer)
    // Some instances answer 403 after the row is there: believe it only when the look-up finds nothing.
    const found = await this.config.sink.findByKey(current.key, this.call(current, signal))
    if (found.type !== 'read') return this.settle(current, { type: 'doubtful', fault: answer.fault })
    if (found.value.length > 0) return this.found(current, found.value)
    return this.settle(current, { type: 'refused', fault: answer.fault })
  }

  private async update(
    entry: OutboxEntry,
    sysId: SysId,
    inDoubt: boolean,
    signal?: AbortSignal,
  ): Promise<PushStep> {
    const { sink, policy } = this.config
    const theirs = await sink.read(sysId, this.call(entry, signal))
    if (theirs.type !== 'read') return this.unread(entry, theirs, inDoubt)
    const plan = planUpdate(entry, theirs.value, policy)
    if (plan.conflicts.length > 0) return this.settle(entry, { type: 'conflict', conflicts: plan.conflicts })
    if (Object.keys(plan.patch).length === 0) return this.accepted(entry, theirs.value, { kept: plan.kept })
    const current = inDoubt ? await this.again(entry) : entry
    if (current.state !== 'inflight') return { type: 'worked', entry: current, record: null }
    if (!this.mayBegin(current)) return this.settle(current, this.later())
    const answer = await sink.update(sysId, plan.patch, this.call(current, signal))
    return this.answered(current, answer, { kept: plan.kept, sent: plan.patch })
  }

  private async note(
    entry: OutboxEntry,
    sysId: SysId,
    inDoubt: boolean,
    signal?: AbortSignal,
  ): Promise<PushStep> {
    const { sink } = this.config
    let current = entry
    if (inDoubt || entry.lookFirst) {
      const there = await sink.hasNote(sysId, entry.key, this.call(entry, signal))
      if (there.type !== 'read') return this.unread(entry, there, inDoubt)
      if (there.value) return this.settle(entry, { type: 'accepted', sysId, number: '' })
      if (inDoubt) current = await this.again(entry)
      if (current.state !== 'inflight') return { type: 'worked', entry: current, record: null }
    }
    if (!this.mayBegin(current)) return this.settle(current, this.later())
    const { element = 'work_notes', text = '' } = current.payload
    return this.answered(current, await sink.update(sysId, { [element]: text }, this.call(current, signal)))
  }

  /** Looked up and not there: the intent to send again is durable before it is sent again. */
  private async again(entry: OutboxEntry): Promise<OutboxEntry> {
    const { clock, leaseMs, limits, outbox } = this.config
    const next = transition(entry, { type: 'absent', until: clock.now() + leaseMs }, limits)
    await outbox.transaction((tx) => tx.save(next))
    return next
  }

  private found(entry: OutboxEntry, records: readonly SourceRecord[]): Promise<PushStep> {
    const [oldest] = records
    if (oldest !== undefined && records.length === 1) return this.accepted(entry, oldest)
    const number = oldest?.number ?? ''
    return this.settle(entry, { type: 'duplicates', sysId: oldest?.sys_id ?? ('' as SysId), number }, oldest)
  }

  private async accepted(
    entry: OutboxEntry,
    record: SourceRecord,
    { kept, sent = {} }: Sent = {},
  ): Promise<PushStep> {
    this.pause.clear()
    const fault = droppedFields(sent, record)
    const about = { ...(kept === undefined ? {} : { kept }), ...(fault === null ? {} : { fault }) }
    return this.settle(
      entry,
      { type: 'accepted', sysId: record.sys_id, number: record.number ?? '', ...about },
      record,
    )
  }

  private async answered(entry: OutboxEntry, answer: SinkAnswer, sent?: Sent): Promise<PushStep> {
    const { clock } = this.config
    switch (answer.type) {
      case 'accepted':
        return this.accepted(entry, answer.record, sent)
      case 'refused':
      case 'forbidden':
        return this.settle(entry, { type: 'refused', fault: answer.fault })
      case 'unknown':
        return this.settle(entry, { type: 'doubtful', fault: answer.fault })
      case 'unauthorised':
        this.pause.stop(answer.fault)
        return this.settle(entry, {
          type: 'notAccepted',
          retryAt: clock.now(),
          counts: false,
          fault: answer.fault,
        })
      case 'notSent': {
        const retryAt = this.pause.extend(clock.now(), answer.retryAfterMs)
        return this.settle(entry, { type: 'notAccepted', retryAt, counts: false, fault: answer.fault })
      }
    }
  }

  /** A reading call gave nothing: what was in doubt stays in doubt, what was not sent goes back. */
  private async unread<T>(
    entry: OutboxEntry,
    reading: Exclude<SinkReading<T>, { type: 'read' }>,
    inDoubt: boolean,
  ): Promise<PushStep> {
    const { clock } = this.config
    const { fault } = reading
    if (reading.type === 'gone') return this.settle(entry, { type: 'refused', fault })
    let retryAt = clock.now()
    if (reading.type === 'unauthorised') this.pause.stop(fault)
    else retryAt = this.pause.extend(retryAt, reading.retryAfterMs)
    if (!inDoubt) return this.settle(entry, { type: 'notAccepted', retryAt, counts: false, fault })
    return this.write({ ...entry, claimedUntil: 0, fault }, null)
  }

  private settle(
    entry: OutboxEntry,
    event: PushEvent,
    record: SourceRecord | null = null,
  ): Promise<PushStep> {
    return this.write(transition(entry, event, this.config.limits), record)
  }

  private async write(entry: OutboxEntry, record: SourceRecord | null): Promise<PushStep> {
    const { outbox, onPushed, logger } = this.config
    await outbox.transaction(async (tx) => {
      await tx.save(entry)
      await onPushed?.(tx, entry, record)
    })
    logger.info('push.entry.written', {
      op: entry.opId,
      kind: entry.kind,
      state: entry.state,
      code: entry.fault?.code,
    })
    return { type: 'worked', entry, record }
  }

  private mayBegin(entry: OutboxEntry): boolean {
    return entry.claimedUntil - this.config.clock.now() >= LEAST_MS
  }

  private later(): PushEvent {
    const fault = { code: 'push.claim_over', message: 'The worker was held up before it could send' }
    return { type: 'notAccepted', retryAt: this.config.clock.now(), counts: false, fault }
  }

  private call(entry: OutboxEntry, signal?: AbortSignal): SinkCall {
    const { clock, requestTimeoutMs } = this.config
    const left = Math.max(LEAST_MS, entry.claimedUntil - clock.now())
    return { timeoutMs: Math.min(requestTimeoutMs, left), ...(signal === undefined ? {} : { signal }) }
  }
}

/** An instance drops what the user may not write, or what is no choice, with a 200: read back, and say which. */
function droppedFields(sent: Readonly<Record<string, string>>, record: SourceRecord): OutboxFault | null {
  const dropped = Object.keys(sent).filter((field) => field in record && record[field] !== sent[field])
  if (dropped.length === 0) return null
  return {
    code: 'push.fields_dropped',
    message: `The instance did not take over ${dropped.join(', ')}`,
    hint: 'Check that the values are choices of the instance and that the user may write these fields.',
  }
}
