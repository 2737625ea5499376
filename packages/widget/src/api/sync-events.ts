/** The events of one run as they come over the wire, joined again wherever the connection breaks: no gap, no event twice. */
import { paths, type RunEvent, type RunView } from '@snowline/protocol'
import { createParser } from 'eventsource-parser'
import { type Json, readAnswer, requireMember } from './answer.ts'
import { ApiError } from './api-error.ts'
import type { Send } from './request.ts'

export type RunStep =
  /** One event; its number within the run, from 1. */
  | { type: 'event'; number: number; event: RunEvent }
  /** The stream is open (again), or broken and about to be opened again. */
  | { type: 'link'; live: boolean }
  /** The run has ended, and its last event cannot be had: the stored run says how. */
  | { type: 'ended'; run: RunView }

export interface Follow {
  send: Send
  runId: string
  signal: AbortSignal
  /** The answer to the request that started the run; without one, the events are asked for from the first. */
  stream?: Response
  /** Waits between two tries; ends early when the signal aborts. */
  wait(ms: number, signal: AbortSignal): Promise<void>
}

const RETRY_MS = 3_000
const SLOWEST_RETRY_MS = 30_000
/** After so many tries without a new event the stored run is asked. */
const FRUITLESS_TRIES = 2
/** Longer than any run: what is silent for a minute is noticed by its missing heartbeat, not by this. */
const NO_LIMIT_MS = 2 ** 31 - 1
/** The server says something every 15 seconds; four of them missed is a dead connection. */
const SILENCE_MS = 60_000

/** These do not mend by asking again. */
const final: ReadonlySet<number> = new Set([401, 403, 404, 422])

/**
 * Follows a run to its terminal event. Throws `ApiError` when the server refuses for good (signed out, not permitted, no such
 * run); an abort by the caller ends it without a word.
 */
export async function* followRun(follow: Follow): AsyncGenerator<RunStep, void, void> {
  const { send, runId, signal, wait } = follow
  let stream = follow.stream
  let last = 0
  let fruitless = 0
  while (!signal.aborted) {
    const before = last
    try {
      stream ??= await open(send, runId, last, signal)
      yield { type: 'link', live: true }
      let joined = false
      for await (const { number, event } of framesOf(stream, runId, signal)) {
        if (number <= last) continue
        // The first event of an answer is what the server has next; a hole after it is a broken connection.
        if (joined && number > last + 1) break
        joined = true
        last = number
        if (event === null) continue
        yield { type: 'event', number, event }
        if (event.type !== 'progress') return
      }
    } catch (error) {
      if (signal.aborted) return
      if (error instanceof ApiError && final.has(error.status)) throw error
    }
    stream = undefined
    if (signal.aborted) return
    fruitless = last === before ? fruitless + 1 : 0
    if (fruitless >= FRUITLESS_TRIES) {
      const run = await readRun(send, runId, signal)
      if (run !== null && run.state !== 'queued' && run.state !== 'running')
        return yield { type: 'ended', run }
    }
    yield { type: 'link', live: false }
    await wait(Math.min(SLOWEST_RETRY_MS, RETRY_MS * 1.5 ** fruitless), signal)
  }
}

async function open(send: Send, runId: string, last: number, signal: AbortSignal): Promise<Response> {
  const headers = {
    accept: 'text/event-stream',
    ...(last > 0 ? { 'last-event-id': `${runId}:${last}` } : {}),
  }
  const response = await send(paths.runEvents(runId), { headers, signal, timeoutMs: NO_LIMIT_MS })
  if (!response.ok) await readAnswer(response)
  return response
}

/** The stored run; null when it cannot be had just now. */
async function readRun(send: Send, runId: string, signal: AbortSignal): Promise<RunView | null> {
  try {
    const body = await readAnswer(await send(paths.run(runId), { signal }))
    requireMember(body, 'run', 'object')
    return body.run as RunView
  } catch (error) {
    if (error instanceof ApiError && final.has(error.status)) throw error
    return null
  }
}

interface Frame {
  number: number
  /** Null for an event this page does not know: it is counted and left alone. */
  event: RunEvent | null
}

async function* framesOf(response: Response, runId: string, signal: AbortSignal): AsyncGenerator<Frame> {
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader()
  if (reader === undefined) return
  const waiting: Frame[] = []
  const parser = createParser({
    onEvent({ id, event, data }) {
      const number = numberOf(id, runId)
      if (number !== null) waiting.push({ number, event: toEvent(event, data) })
    },
  })
  const gone = () => void reader.cancel().catch(() => undefined)
  signal.addEventListener('abort', gone, { once: true })
  try {
    for (;;) {
      const { done, value } = await orSilence(reader.read())
      if (value !== undefined) parser.feed(value)
      yield* waiting.splice(0)
      if (done) return
    }
  } finally {
    signal.removeEventListener('abort', gone)
    gone()
  }
}

/** A connection that a sleeping laptop or a proxy has dropped says nothing, not even a heartbeat. */
async function orSilence<T>(read: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const silence = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('the stream fell silent')), SILENCE_MS)
  })
  return Promise.race([read, silence]).finally(() => clearTimeout(timer))
}

/** Example: `numberOf('r1:7', 'r1')` is 7; the id of anything else is null. */
export function numberOf(id: string | undefined, runId: string): number | null {
  const number = id?.startsWith(`${runId}:`) ? Number(id.slice(runId.length + 1)) : Number.NaN
  return Number.isInteger(number) && number > 0 ? number : null
}

function toEvent(type: string | undefined, text: string): RunEvent | null {
  if (type !== 'progress' && type !== 'complete' && type !== 'error') return null
  try {
    const data: unknown = JSON.parse(text)
    return typeof data === 'object' && data !== null ? ({ type, data } as unknown as RunEvent) : null
  } catch {
    return null
  }
}

/** The run of an answer that started one: the last part of its `Location`. */
export function runIdOf(location: string | null): string | null {
  const id = location?.split('/').at(-1) ?? ''
  return id === '' ? null : decodeURIComponent(id)
}

/** The run that is in the way of a new one. */
export function runInTheWay(error: unknown): string | null {
  if (!(error instanceof ApiError) || error.code !== 'sync_running') return null
  const { runId } = (error.cause ?? {}) as Json
  return typeof runId === 'string' ? runId : null
}
