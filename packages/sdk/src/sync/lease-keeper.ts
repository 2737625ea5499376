/** Keeps a run's lease alive, and ends the run's requests first when it is lost. */
import type { Clock } from '../base/clock.ts'
import { LeaseLostError, SnowlineError } from '../base/errors.ts'
import type { Logger } from '../base/log.ts'
import type { Lease } from '../model/lease.ts'
import type { SyncStore } from '../ports/store.ts'

/** Another run holds the lease; `heldBy` is its id. */
export class SyncRunningError extends SnowlineError {
  override readonly name = 'SyncRunningError'
  readonly heldBy: string
  constructor(integration: string, heldBy: string) {
    super(`A sync of ${integration} is running (${heldBy})`, {
      code: 'sync.running',
      retryable: true,
      hint: 'Follow that run, or start again when it has ended.',
      details: { integration, heldBy },
    })
    this.heldBy = heldBy
  }
}

export interface KeptLease {
  lease: Lease
  /** Aborts when the caller aborts or the lease is lost. */
  signal: AbortSignal
  /** Ends the renewals and gives the lease back. */
  release(): Promise<void>
}

export interface KeepOptions {
  store: SyncStore
  clock: Clock
  logger: Logger
  name: string
  owner: string
  ttlMs: number
  signal?: AbortSignal
}

/** Takes the lease or throws SyncRunningError; renews it at every third of its life. */
export async function keepLease(options: KeepOptions): Promise<KeptLease> {
  const { store, clock, name, owner, ttlMs } = options
  const answer = await store.acquireLease(name, owner, ttlMs, clock.now())
  if ('heldBy' in answer) throw new SyncRunningError(name, answer.heldBy)
  const lost = new AbortController()
  const ended = new AbortController()
  const signals = options.signal === undefined ? [lost.signal] : [lost.signal, options.signal]
  const renewing = renewUntil(ended.signal, lost, answer, options)
  return {
    lease: answer,
    signal: AbortSignal.any(signals),
    async release() {
      ended.abort()
      await renewing
      try {
        await store.releaseLease(answer)
      } catch {
        // The run's own outcome counts; an unreleased lease ends by itself.
        options.logger.warn('sync.lease.not_released', { name, token: answer.token })
      }
    },
  }
}

async function renewUntil(
  ended: AbortSignal,
  lost: AbortController,
  taken: Lease,
  { store, clock, logger, ttlMs }: KeepOptions,
): Promise<void> {
  let lease = taken
  while (!ended.aborted) {
    try {
      await clock.sleep(ttlMs / 3, ended)
    } catch {
      return
    }
    try {
      lease = await store.renewLease(lease, ttlMs, clock.now())
    } catch (error) {
      logger.warn('sync.lease.renewal_failed', { name: lease.name, token: lease.token })
      if (!(error instanceof LeaseLostError) && clock.now() < lease.expiresAt) continue
      lost.abort(error)
      return
    }
  }
}
