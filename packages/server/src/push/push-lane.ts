/** The pushes of one connection: one engine, one loop, and those who wait for the first try of what they have just queued. */
import type { Clock, Logger, SysId } from '@snowline/sdk'
import { tableSink } from '@snowline/sdk'
import {
  createPushEngine,
  type OnPushed,
  type Outbox,
  type OutboxEntry,
  type OutboxFault,
  type PushEngine,
  type SourceRecord,
  type TableSink,
} from '@snowline/sdk/sync'
import type { Connection } from '../connections/connections.ts'
import { safeSink } from './safe-sink.ts'

export interface LaneOptions {
  outbox: Outbox
  clock: Clock
  logger: Logger
  random: () => number
  ambiguousWaitMs: number | undefined
  requestTimeoutMs: number
  onPushed: OnPushed
  /** The instance has this record as a push left it. */
  onHome: (connection: Connection, sysId: SysId) => void
}

/** What became of a push; `record` is what the instance showed in that moment. */
export interface Tried {
  entry: OutboxEntry
  record: SourceRecord | null
}

interface Waiter {
  /** Null waits for the lane to have nothing more to do. */
  opId: string | null
  /** The step that was under way when the wait began: it may not have seen what is waited for. */
  after: number
  resolve: (tried: Tried | null) => void
}

/** Nothing due and no time known: look again after this long, in case another process wrote. */
const LOOK_AGAIN_MS = 5_000
/** How long a request may go on when the lane is stopped; after that its outcome is unknown and looked up later. */
const LAST_REQUEST_MS = 3_000

export class PushLane {
  readonly engine: PushEngine
  /** Why nothing goes out until the settings change; null while it does. */
  stoppedBy: OutboxFault | null = null
  private readonly clock: Clock
  private readonly logger: Logger
  private readonly onHome: LaneOptions['onHome']
  private connection: Connection
  private sink: TableSink
  private steps = 0
  private woken = false
  private sleeping = new AbortController()
  private readonly waiters = new Set<Waiter>()
  private readonly ending = new AbortController()
  private readonly cutting = new AbortController()
  private loop: Promise<void> | null = null

  constructor(connection: Connection, options: LaneOptions) {
    const { clock, logger, onPushed } = options
    this.clock = clock
    this.logger = logger
    this.onHome = options.onHome
    this.connection = connection
    this.sink = sinkOf(connection)
    this.engine = createPushEngine({
      outbox: markingOutbox(options.outbox, onPushed),
      sink: this.currentSink(),
      connection: connection.mirror,
      clock,
      logger,
      random: options.random,
      requestTimeoutMs: options.requestTimeoutMs,
      onPushed,
      ...(options.ambiguousWaitMs === undefined ? {} : { ambiguousWaitMs: options.ambiguousWaitMs }),
    })
  }

  get running(): boolean {
    return this.loop !== null && !this.ending.signal.aborted
  }

  /** The connection as it is now: new settings end a stop and a pause. */
  use(connection: Connection): void {
    if (connection.client === this.connection.client) return
    this.connection = connection
    this.sink = sinkOf(connection)
    this.stoppedBy = null
    this.engine.resume()
    this.wake()
  }

  start(): void {
    this.loop ??= this.run()
  }

  wake(): void {
    this.woken = true
    this.sleeping.abort()
  }

  /** Lets a request under way end, for a short while; what is cut off then is in doubt and looked up by whoever goes on. */
  async stop(): Promise<void> {
    this.ending.abort()
    this.wake()
    const cut = setTimeout(() => this.cutting.abort(), LAST_REQUEST_MS)
    await this.loop
    clearTimeout(cut)
    this.rested(Number.POSITIVE_INFINITY)
  }

  /** What the first try of an operation gave; null when the lane has nothing to do now or `timeoutMs` are over. */
  async firstTry(opId: string, timeoutMs: number): Promise<Tried | null> {
    if (!this.running) return null
    const over = new AbortController()
    const tried = this.wait(opId)
    this.wake()
    const timeout = this.clock.sleep(timeoutMs, over.signal).then(
      () => null,
      () => null,
    )
    try {
      return await Promise.race([tried, timeout])
    } finally {
      over.abort()
    }
  }

  /** Works until nothing is due now. */
  async drain(): Promise<void> {
    if (this.running) {
      const rest = this.wait(null)
      this.wake()
      await rest
      return
    }
    for (;;) {
      const step = await this.engine.step()
      if (step.type !== 'worked') return
    }
  }

  private wait(opId: string | null): Promise<Tried | null> {
    return new Promise((resolve) => this.waiters.add({ opId, after: this.steps, resolve }))
  }

  private async run(): Promise<void> {
    while (!this.ending.signal.aborted) {
      this.steps += 1
      this.woken = false
      const until = await this.step()
      if (until === 'again') continue
      this.rested(this.steps)
      if (this.woken || this.ending.signal.aborted) continue
      this.sleeping = new AbortController()
      const waitMs = Math.min(
        LOOK_AGAIN_MS,
        Math.max(1, (until ?? Number.POSITIVE_INFINITY) - this.clock.now()),
      )
      await this.clock.sleep(waitMs, this.sleeping.signal).catch(() => undefined)
    }
  }

  /** `again` when something was done, else when to look next. */
  private async step(): Promise<'again' | number | null> {
    try {
      const step = await this.engine.step(this.cutting.signal)
      this.stoppedBy = step.type === 'stopped' ? step.fault : null
      if (step.type === 'idle') return step.until
      if (step.type === 'stopped') return null
      const { entry, record } = step
      this.tell({ entry, record })
      if (entry.state === 'done' && entry.result !== null) this.onHome(this.connection, entry.result.sysId)
      return 'again'
    } catch (error) {
      this.logger.error('push.step.failed', { reason: error instanceof Error ? error.message : 'unknown' })
      return null
    }
  }

  private tell(tried: Tried): void {
    for (const waiter of this.waiters) {
      if (waiter.opId !== tried.entry.opId) continue
      this.waiters.delete(waiter)
      waiter.resolve(tried)
    }
  }

  private rested(step: number): void {
    for (const waiter of this.waiters) {
      if (waiter.after >= step) continue
      this.waiters.delete(waiter)
      waiter.resolve(null)
    }
  }

  private currentSink(): TableSink {
    return {
      create: (...call) => this.sink.create(...call),
      update: (...call) => this.sink.update(...call),
      read: (...call) => this.sink.read(...call),
      findByKey: (...call) => this.sink.findByKey(...call),
      hasNote: (...call) => this.sink.hasNote(...call),
    }
  }
}

function sinkOf({ client, table, redact }: Connection): TableSink {
  return safeSink(tableSink(client, table), redact)
}

/** An entry that is given up because of its age is written by the claim itself: its ticket must hear of it too. */
function markingOutbox(outbox: Outbox, onPushed: OnPushed): Outbox {
  return {
    transaction: (fn) => outbox.transaction(fn),
    async claim(...call) {
      const entry = await outbox.claim(...call)
      if (entry?.state === 'dead') await outbox.transaction((tx) => onPushed(tx, entry, null))
      return entry
    },
    nextDue: (connection) => outbox.nextDue(connection),
    read: (opId) => outbox.read(opId),
    ofTicket: (ticket) => outbox.ofTicket(ticket),
    problems: (connection, nowMs) => outbox.problems(connection, nowMs),
  }
}
