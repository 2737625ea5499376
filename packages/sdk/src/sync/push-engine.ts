/** The door of the push: an outbox and a sink, drained once or worked on for as long as the process lives. */
import { type Clock, systemClock } from '../base/clock.ts'
import { ConfigError, StoreError } from '../base/errors.ts'
import { type Logger, silentLogger } from '../base/log.ts'
import type { OutboxEntry } from '../model/outbox-entry.ts'
import type { Outbox } from '../ports/outbox.ts'
import type { TableSink } from '../ports/sink.ts'
import type { FieldPolicy } from './plan-update.ts'
import { type OnPushed, type PushConfig, type PushStep, PushWorker } from './push.ts'
import { canTake, transition } from './push-machine.ts'

export interface PushEngineOptions {
  outbox: Outbox
  sink: TableSink
  /** Which instance: entries of other connections are left alone. */
  connection: string
  clock?: Clock
  /** Numbers in [0, 1) for the jitter of pauses; default Math.random of the caller's runtime. */
  random: () => number
  logger?: Logger
  /** How long an instance may still carry out a request whose client gave up (default 310,000 ms: instances end writes at 300 s). */
  ambiguousWaitMs?: number
  /** Answers about one record before it is given up (default 8). */
  maxTries?: number
  /** How long a worker may hold one entry (default 60,000 ms). */
  leaseMs?: number
  /** Default 30,000. */
  requestTimeoutMs?: number
  /** What has not been sent for so long is given up (default 24 h). */
  maxAgeMs?: number
  /** Who wins a field that both sides changed; default `manual`: a person. */
  policy?: (field: string) => FieldPolicy
  /** In the transaction of each entry that is written down. */
  onPushed?: OnPushed
}

export interface PushEngine {
  /** At most one entry. */
  step(signal?: AbortSignal): Promise<PushStep>
  /** Everything that is due now. Gives the entries written. */
  drain(signal?: AbortSignal): Promise<OutboxEntry[]>
  /** Works until aborted, sleeping until the next entry falls due or somebody calls `wake`. */
  run(signal: AbortSignal): Promise<void>
  /** Something new is in the outbox. */
  wake(): void
  /** The settings of the connection changed: a connection stopped by a 401 may try again. */
  resume(): void
  /** A person's decision about a conflict or a dead letter. Throws StoreError (`push.not_found`, `push.not_a_problem`). */
  resolve(opId: string, choice: 'ours' | 'theirs' | 'resend' | 'drop'): Promise<OutboxEntry>
}

/** Nothing due and no time known: look again after this long, in case another process wrote. */
const LOOK_AGAIN_MS = 5_000

/**
 * Joins an outbox and a sink. Throws ConfigError when the waits contradict each other.
 *
 * @example const push = createPushEngine({ outbox, sink: tableSink(client, 'incident'), connection: 'env', random: Math.random })
 */
export function createPushEngine(options: PushEngineOptions): PushEngine {
  const config = resolve(options)
  return new Engine(config)
}

function resolve(options: PushEngineOptions): PushConfig {
  const { ambiguousWaitMs = 310_000, maxTries = 8, leaseMs = 60_000, requestTimeoutMs = 30_000 } = options
  if (requestTimeoutMs >= leaseMs) {
    throw new ConfigError([{ key: 'requestTimeoutMs', message: `must be below leaseMs (${leaseMs})` }])
  }
  return {
    outbox: options.outbox,
    sink: options.sink,
    connection: options.connection,
    clock: options.clock ?? systemClock,
    random: options.random,
    logger: options.logger ?? silentLogger,
    limits: { ambiguousWaitMs, maxTries },
    leaseMs,
    requestTimeoutMs,
    maxAgeMs: options.maxAgeMs ?? 86_400_000,
    policy: options.policy ?? (() => 'manual'),
    ...(options.onPushed === undefined ? {} : { onPushed: options.onPushed }),
  }
}

class Engine implements PushEngine {
  private readonly config: PushConfig
  private readonly worker: PushWorker
  private waking = new AbortController()

  constructor(config: PushConfig) {
    this.config = config
    this.worker = new PushWorker(config)
  }

  step(signal?: AbortSignal): Promise<PushStep> {
    return this.worker.step(signal)
  }

  async drain(signal?: AbortSignal): Promise<OutboxEntry[]> {
    const written: OutboxEntry[] = []
    for (;;) {
      signal?.throwIfAborted()
      const step = await this.worker.step(signal)
      if (step.type !== 'worked') return written
      written.push(step.entry)
    }
  }

  async run(signal: AbortSignal): Promise<void> {
    const { clock, logger } = this.config
    while (!signal.aborted) {
      // Taken before the step: a wake during it must not be slept through.
      const { signal: woken } = this.waking
      let until: number | null = null
      try {
        const step = await this.worker.step(signal)
        if (step.type === 'worked') continue
        if (step.type === 'idle') until = step.until
      } catch (error) {
        logger.error('push.step.failed', { reason: error instanceof Error ? error.message : 'unknown' })
      }
      const waitMs = Math.min(LOOK_AGAIN_MS, Math.max(1, (until ?? Number.POSITIVE_INFINITY) - clock.now()))
      await clock.sleep(waitMs, AbortSignal.any([signal, woken])).catch(() => undefined)
    }
  }

  wake(): void {
    this.waking.abort()
    this.waking = new AbortController()
  }

  resume(): void {
    this.worker.resume()
    this.wake()
  }

  async resolve(opId: string, choice: 'ours' | 'theirs' | 'resend' | 'drop'): Promise<OutboxEntry> {
    const { outbox, clock, limits, onPushed } = this.config
    const resolved = await outbox.transaction(async (tx) => {
      const entry = await tx.read(opId)
      if (entry === null) throw new StoreError(`There is no operation ${opId}`, { code: 'push.not_found' })
      if (!canTake(entry.state, 'resolved')) {
        throw new StoreError(`The operation ${opId} is ${entry.state} and waits for nobody`, {
          code: 'push.not_a_problem',
        })
      }
      const next = transition(entry, { type: 'resolved', choice, at: clock.now() }, limits)
      await tx.save(next)
      await onPushed?.(tx, next, null)
      return next
    })
    this.wake()
    return resolved
  }
}
