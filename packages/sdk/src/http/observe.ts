/** What a host may watch of each call: hooks and the diagnostics channel `snowline.request`, without credentials and without query values. */
import type { Logger } from '../base/log.ts'
import type { RetryReason } from '../base/retry.ts'

/** One attempt, as it may be shown. */
export interface RequestNotice {
  /** The same for all attempts of one call; counts up in one client. */
  callId: number
  /** 1 for the first. */
  attempt: number
  method: string
  /** Without query values. */
  url: string
}

/** Told before an attempt is sent. */
export interface RequestSent extends RequestNotice {
  /** Without credentials, also those a caller gave for this call: `authorization`, `cookie`, `x-usertoken` and the like are left out. */
  headers: Readonly<Record<string, string>>
  /** Only with `hookBodies`, only when it is text, and with every secret struck out. */
  body?: string
}

/** Told when an answer is there, whatever it says. */
export interface ResponseNotice extends RequestNotice {
  status: number
  /** Milliseconds from sending to the last byte; for a download, to its first. */
  ms: number
  /** Finds the request in the logs of the instance. */
  transactionId: string | null
  /** Only with `hookBodies`, and with every secret struck out. */
  body?: string
}

/** Told before each wait for another attempt. */
export interface RetryNotice {
  /** That of the call's other notices. */
  callId?: number
  /** 1 before the second attempt. */
  attempt: number
  /** Milliseconds until then. */
  waitMs: number
  reason: RetryReason
  /** What the attempt failed with. */
  error: unknown
  method: string
  /** Without query values. */
  url: string
}

/** Told once when a call has failed for good, or was aborted. */
export interface ErrorNotice extends RequestNotice {
  /** Milliseconds since the call began, waits included. */
  ms: number
  /** What the caller sees, also the reason of an abort. */
  error: unknown
}

/**
 * Hooks of a client. They are told and asked nothing, and nobody waits for them: what one throws, also later as an async function, is
 * logged (`hook.failed`) and changes no call. They see no credentials, no query values and, unless asked for, no bodies.
 *
 * Example: `createClient({ ..., onResponse: ({ method, url, status, ms }) => metrics.record(method, url, status, ms) })`.
 */
export interface Hooks {
  /** Before each attempt is sent, a long GET inside a batch too; not for requests for a token. */
  onRequest?: ((notice: RequestSent) => void) | undefined
  /** When an attempt was answered, whatever the status; not when there was no answer. */
  onResponse?: ((notice: ResponseNotice) => void) | undefined
  /** Before the wait for another attempt: why, and how long. Not for the one repetition after a 401 with fresh credentials. */
  onRetry?: ((notice: RetryNotice) => void) | undefined
  /** Once, when a call has failed for good or was aborted. A batch that was answered has not failed, whatever its parts came to. */
  onError?: ((notice: ErrorNotice) => void) | undefined
  /** Default false: hooks see no bodies, which hold what people wrote. True: texts, with every secret struck out. */
  hookBodies?: boolean | undefined
}

interface Notices {
  request: RequestSent
  response: ResponseNotice
  retry: RetryNotice
  error: ErrorNotice
}

type Listener<K extends keyof Notices> = ((notice: Notices[K]) => void) | undefined

export interface Observer {
  /** True when bodies are to be shown. */
  readonly bodies: boolean
  /** True when somebody listens to requests or answers. */
  readonly heard: boolean
  nextId(): number
  /** Tells the hook and the channel, where `{ type, ...notice }` arrives; the notice is made only when someone listens. */
  tell<K extends keyof Notices>(type: K, make: () => Notices[K]): void
}

/** Makes the observer of one client. The channel is reached without an import, so that the core runs where Node is not. */
export function createObserver(hooks: Hooks, logger: Logger): Observer {
  const channel = openChannel()
  const listeners: { readonly [K in keyof Notices]: Listener<K> } = {
    request: hooks.onRequest,
    response: hooks.onResponse,
    retry: hooks.onRetry,
    error: hooks.onError,
  }
  let calls = 0
  return {
    bodies: hooks.hookBodies === true,
    get heard() {
      return Boolean(hooks.onRequest ?? hooks.onResponse ?? channel?.hasSubscribers)
    },
    nextId() {
      calls += 1
      return calls
    },
    tell<K extends keyof Notices>(type: K, make: () => Notices[K]) {
      const listener: Listener<K> = listeners[type]
      const heard = channel?.hasSubscribers === true
      if (listener === undefined && !heard) return
      const notice = make()
      const failed = (error: unknown) =>
        logger.error('hook.failed', { hook: type, error: error instanceof Error ? error.name : typeof error })
      try {
        const told: unknown = listener?.(notice)
        // An async function fits the type of a hook, and nobody waits for what it gives.
        if (told instanceof Promise) told.catch(failed)
      } catch (error) {
        failed(error)
      }
      if (heard) channel.publish({ type, ...notice })
    },
  }
}

function openChannel() {
  const builtin = globalThis.process?.getBuiltinModule
  return typeof builtin === 'function'
    ? builtin('node:diagnostics_channel')?.channel('snowline.request')
    : undefined
}
