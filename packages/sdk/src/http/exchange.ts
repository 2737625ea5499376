/** One call from first attempt to last: pace, credentials anew for each attempt, the answer opened, failures repeated where that is safe. */
import type { CallContext } from '../base/errors.ts'
import { isSnowlineError } from '../base/errors.ts'
import { callOf } from './answer.ts'
import type { HeaderMap } from './auth.ts'
import { redact, secretsOf } from './auth.ts'
import type { Call, ExchangeParts, ExchangeState, Progress } from './call.ts'
import { untilAborted } from './call.ts'
import { openEnvelope } from './envelope.ts'
import type { Answer, Attempt } from './transport.ts'
import { callContext } from './transport.ts'

/** An answer that was accepted: its body parsed, with the call as an error would show it. */
export interface Accepted {
  answer: Answer
  body: unknown
  call: CallContext
}

/** What a call came to: what was read from its answer, and the answer. */
export interface Completed<T> extends Accepted {
  data: T
  attempts: number
}

export interface Exchange {
  /**
   * Makes the call; `read` takes what it needs from the accepted answer, and an error it throws counts as that attempt's failure.
   * Throws the error family; OutcomeUnknownError when the call was sent, not answered, and may not be repeated.
   */
  run<T>(call: Call, read: (accepted: Accepted) => T): Promise<Completed<T>>
  /** Opens an answer that came inside another one. Throws as `run` does. */
  open(answer: Answer, call: CallContext): Promise<unknown>
}

export function createExchange(parts: ExchangeParts): Exchange {
  const state: ExchangeState = { batchRefused: null }
  const { auth, clock } = parts
  return {
    run: (call, read) => runCall(parts, state, call, read),
    open: (answer, call) => openEnvelope(answer, { call, nowMs: clock.now(), secrets: secretsOf(auth, {}) }),
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
  const course = { retries: 0, renewed: false }
  for (let attempt = 1; ; attempt++) {
    const progress: Progress = { ...shown, callId, attempt, credentials: {}, sending: false }
    try {
      const accepted = await attemptOnce(parts, state, call, shown, progress)
      return { ...accepted, data: read(accepted), attempts: attempt }
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
): Promise<Accepted> {
  const leave = await parts.throttle.enter(call.signal, async (remainingMs) => {
    const { stillPaused } = await import('./retrying.ts')
    throw stillPaused(shown, remainingMs)
  })
  let ended: Promise<void> | undefined
  try {
    progress.credentials = await untilAborted(parts.auth.headers(parts.authContext), call.signal)
    progress.sending = true
    const attempt = toAttempt(parts, call, progress.credentials)
    const secrets = secretsOf(parts.auth, progress.credentials)
    const answer = await send(parts, state, call, attempt, progress, secrets)
    ended = answer.ended
    const context = { call: shown, nowMs: parts.clock.now(), secrets }
    const body = answer.stream === undefined ? await openEnvelope(answer, context) : undefined
    return { answer, body, call: callOf(answer, context) }
  } finally {
    // An answer that is still being read keeps its place.
    if (ended === undefined) leave()
    else ended.then(leave)
  }
}

/** Sends one attempt, by itself or, when its address is too long, inside a batch; tells what was sent and what came. */
async function send(
  parts: ExchangeParts,
  state: ExchangeState,
  call: Call,
  attempt: Attempt,
  progress: Progress,
  secrets: readonly string[],
): Promise<Answer> {
  const { observer, clock } = parts
  const { callId, method, url } = progress
  const shown = { callId, attempt: progress.attempt, method, url }
  const text = (body: unknown) =>
    observer.bodies && typeof body === 'string' && body !== '' ? { body: redact(body, secrets) } : {}
  observer.tell('request', () => ({ ...shown, headers: ownHeaders(parts, call), ...text(attempt.body) }))
  const sentMs = clock.now()
  const long =
    call.method === 'GET' && call.streams === undefined && call.url.href.length > parts.maxUrlLength
  const answer = long
    ? await (await import('./long-get.ts')).sendLong(parts.transport, attempt, state)
    : await parts.transport.send(attempt)
  parts.throttle.learn(answer.headers)
  const transactionId = answer.headers.get('x-transaction-id')
  const ms = clock.now() - sentMs
  observer.tell('response', () => ({
    ...shown,
    status: answer.status,
    ms,
    transactionId,
    ...text(answer.text),
  }))
  return answer
}

function toAttempt(parts: ExchangeParts, call: Call, credentials: HeaderMap): Attempt {
  const body = typeof call.body === 'function' ? call.body() : call.body
  return {
    method: call.method,
    url: call.url,
    headers: { ...ownHeaders(parts, call), ...credentials },
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
    ...call.headers,
  }
}
