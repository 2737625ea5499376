/** One call: what is sent, by which parts, and how far it has come. */
import type { Clock } from '../base/clock.ts'
import type { CallContext } from '../base/errors.ts'
import type { Logger } from '../base/log.ts'
import type { Auth, AuthContext, HeaderMap } from './auth.ts'
import type { Body } from './body.ts'
import { openDeadline } from './deadline.ts'
import type { Observer, RequestNotice } from './observe.ts'
import type { Throttle } from './throttle.ts'
import type { Attempt, Transport } from './transport.ts'

export interface ExchangeParts {
  transport: Transport
  throttle: Throttle
  auth: Auth
  authContext: AuthContext
  clock: Clock
  random: () => number
  logger: Logger
  observer: Observer
  maxRetries: number
  timeoutMs: number
  maxBodyBytes: number
  userAgent: string | undefined
  /** The longest address a GET is sent with; a longer one travels inside a batch. */
  maxUrlLength: number
}

export interface Call {
  method: string
  url: URL
  /** A function gives the body anew for each attempt; a bare stream is sent once and never repeated. */
  body?: Body | (() => Body)
  /** Default `application/json`. */
  accept?: string
  contentType?: string
  /** In place of the client's own of the same name, whatever their case; also in place of its credentials. */
  headers?: HeaderMap
  /** True when the call may be repeated although the first attempt may have been carried out. */
  idempotent: boolean
  /** True when what the instance surely threw away may be sent again although the call is not idempotent. */
  keyed?: boolean
  /** True when the caller asks for less after an answer that was too much, so that repeating the same would only cost time. */
  shrinks?: boolean
  /** Instead of the client's. */
  timeoutMs?: number
  /** Says of an answer whether its body is handed on as a stream. */
  streams?: Attempt['streams']
  signal?: AbortSignal
  /** Told before another attempt, when the one before may have been carried out. */
  onUncertain?: () => void
}

/** What an exchange has learnt of its instance. */
export interface ExchangeState {
  /** The status with which the instance refused a batch, and until when that is believed; null while it did not. */
  batchRefused: { status: number; untilMs: number } | null
}

/** How far the last attempt came. */
export interface Progress extends RequestNotice {
  credentials: HeaderMap
  /** False while it surely was not sent: no place, no credentials yet. */
  sending: boolean
}

/** What the attempts of one call have used up. */
export interface Course {
  retries: number
  renewed: boolean
  /** Asked for after a 401, for the next attempt. */
  credentials?: HeaderMap
}

/**
 * What an auth gives, within the time limit of one attempt; work that others share goes on for them.
 * Throws TransportError (`timeout`, not sent), or the signal's reason as soon as it is aborted.
 */
export async function untilGiven<T>(
  work: T | Promise<T>,
  limits: { timeoutMs: number; signal?: AbortSignal },
  shown: CallContext,
): Promise<T> {
  if (!(work instanceof Promise)) return work
  work.catch(() => {})
  const deadline = openDeadline(limits)
  try {
    return await deadline.race(work)
  } catch (error) {
    if (!deadline.expired) throw error
    throw (await import('./transport-fault.ts')).authTimeoutError({
      call: shown,
      timeoutMs: limits.timeoutMs,
    })
  } finally {
    deadline.close()
  }
}

/** The work, or the signal's reason as soon as it is aborted; shared work goes on for the others. */
export async function untilAborted<T>(work: T | Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined || !(work instanceof Promise)) return work
  work.catch(() => {})
  // A signal that is aborted already tells nobody any more.
  signal.throwIfAborted()
  let onAbort = () => {}
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () => reject(signal.reason)
    signal.addEventListener('abort', onAbort, { once: true })
  })
  try {
    return await Promise.race([work, aborted])
  } finally {
    signal.removeEventListener('abort', onAbort)
  }
}
