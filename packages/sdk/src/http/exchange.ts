/** One call from first attempt to last: pace, credentials anew for each attempt, the answer opened, failures repeated where that is safe. */
import type { CallContext } from '../base/errors.ts'
import { isSnowlineError } from '../base/errors.ts'
import { callOf } from './answer.ts'
import type { HeaderMap } from './auth.ts'
import type { Call, Course, ExchangeParts, ExchangeState, Progress } from './call.ts'
import { untilGiven } from './call.ts'
import { openEnvelope } from './envelope.ts'
import { joinHeaders } from './headers.ts'
import type { Secrets } from './secrets.ts'
import type { Answer, Attempt } from './transport.ts'
import { callContext } from './transport.ts'

/** An answer that was accepted: its body parsed, with the call as an error would show it. */
export interface Accepted {
  answer: Answer
  body: unknown
  call: CallContext
  /** What must never show in an error about the answer. */
  secrets: Secrets
}

/** What a call came to: what was read from its answer, and the answer. */
export interface Completed<T> extends Omit<Accepted, 'secrets'> {
  data: T
  attempts: number
}

export interface Exchange {
  /**
   * Makes the call; `read` takes what it needs from the accepted answer, and an error it throws counts as that attempt's failure.
   * Throws the error family; OutcomeUnknownError when the call was sent, not answered, and may not be repeated.
   */
  run<T>(call: Call, read: (accepted: Accepted) => T): Promise<Completed<T>>
  /** Opens an answer that came inside another one, whose secrets it may echo. Throws as `run` does. */
  open(answer: Answer, call: CallContext, secrets: Secrets): Promise<unknown>
}

export function createExchange(parts: ExchangeParts): Exchange {
  const state: ExchangeState = { batchRefused: null }
  return {
    run: (call, read) => runCall(parts, state, call, read),
    open: (answer, call, secrets) => openEnvelope(answer, { call, nowMs: parts.clock.now(), secrets }),
  }
}

async function runCall<T>(
  parts: ExchangeParts,
  state: ExchangeState,
  call: Call,
  read: (accepted: Accepted) => T,
): Promise<Completed<T>> {
  const { clock, observer } = parts
  const shown = callContext(call.method, call.url)
  const callId = observer.nextId()
  const startedMs = clock.now()
  const course: Course = { retries: 0, renewed: false }
  for (let attempt = 1; ; attempt++) {
    const progress: Progress = { ...shown, callId, attempt, credentials: {}, sending: false }
    try {
      const accepted = await attemptOnce(parts, state, call, shown, progress, course)
      const { answer, body } = accepted
      return { answer, body, call: accepted.call, data: read(accepted), attempts: attempt }
    } catch (failure) {
      try {
        // The reason of an abort may itself be an error of the family, and is never a ground for another attempt.
        if (call.signal?.aborted || !isSnowlineError(failure)) throw failure
        const { prepareAttempt } = await import('./retrying.ts')
        await prepareAttempt(parts, call, shown, progress, course, failure)
      } catch (error) {
        const ms = clock.now() - startedMs
        observer.tell('error', () => ({ ...shown, callId, attempt, ms, error }))
        throw error
      }
    }
  }
}

async function attemptOnce(
  parts: ExchangeParts,
  state: ExchangeState,
  call: Call,
  shown: CallContext,
  progress: Progress,
  course: Course,
): Promise<Accepted> {
  const leave = await parts.throttle.enter(call.signal, async (remainingMs) => {
    const { stillPaused } = await import('./retrying.ts')
    throw stillPaused(shown, remainingMs)
  })
  let ended: Promise<void> | undefined
  try {
    progress.credentials = await takeCredentials(parts, call, shown, course)
    progress.sending = true
    const attempt = toAttempt(parts, call, progress.credentials)
    const { auth } = parts
    const secrets: Secrets = { auth, credentials: progress.credentials, headers: attempt.headers }
    const answer = await send(parts, state, call, attempt, progress, secrets)
    ended = answer.ended
    const context = { call: shown, nowMs: parts.clock.now(), secrets }
    const body = answer.stream === undefined ? await openEnvelope(answer, context) : undefined
    return { answer, body, call: callOf(answer, context), secrets }
  } finally {
    // An answer that is still being read keeps its place.
    if (ended === undefined) leave()
    else ended.then(leave)
  }
}

/** The headers of the auth, those that were asked for after a 401 first. Throws ConfigError when it gives none. */
async function takeCredentials(
  parts: ExchangeParts,
  call: Call,
  shown: CallContext,
  course: Course,
): Promise<HeaderMap> {
  const { auth, authContext } = parts
  const limits = { ...call, timeoutMs: call.timeoutMs ?? parts.timeoutMs }
  const given = course.credentials ?? (await untilGiven(auth.headers(authContext), limits, shown))
  delete course.credentials
  if (typeof given === 'object' && given !== null) return given
  throw (await import('./unsendable.ts')).noCredentials()
}

/** Sends one attempt, by itself or, when its address is too long, inside a batch. */
async function send(
  parts: ExchangeParts,
  state: ExchangeState,
  call: Call,
  attempt: Attempt,
  progress: Progress,
  secrets: Secrets,
): Promise<Answer> {
  const long =
    call.method === 'GET' && call.streams === undefined && call.url.href.length > parts.maxUrlLength
  const work = async () =>
    long
      ? (await import('./long-get.ts')).sendLong(parts, attempt, progress.credentials, state)
      : parts.transport.send(attempt)
  const answer = parts.observer.heard
    ? await (await import('./watched.ts')).sendWatched(parts, attempt, progress, secrets, work)
    : await work()
  parts.throttle.learn(answer.headers)
  return answer
}

function toAttempt(parts: ExchangeParts, call: Call, credentials: HeaderMap): Attempt {
  const body = typeof call.body === 'function' ? call.body() : call.body
  return {
    method: call.method,
    url: call.url,
    headers: joinHeaders(ownHeaders(parts, call), credentials, call.headers),
    credentials,
    timeoutMs: call.timeoutMs ?? parts.timeoutMs,
    maxBodyBytes: parts.maxBodyBytes,
    streams: call.streams,
    ...(body === undefined ? {} : { body }),
    ...(call.signal === undefined ? {} : { signal: call.signal }),
  }
}

function ownHeaders(parts: ExchangeParts, call: Call): Record<string, string> {
  return {
    accept: call.accept ?? 'application/json',
    ...(call.body === undefined ? {} : { 'content-type': call.contentType ?? 'application/json' }),
    ...(parts.userAgent === undefined ? {} : { 'user-agent': parts.userAgent }),
  }
}
