/** Several requests in one (`/api/now/v1/batch`): what was left over is sent again, and a write never twice; loaded with the first batch. */
import {
  isSnowlineError,
  OutcomeUnknownError,
  QueryError,
  type SnowlineError,
  UnexpectedResponseError,
} from '../base/errors.ts'
import { fateOf } from '../base/retry.ts'
import type { HeaderMap } from '../http/auth.ts'
import type { BatchPart, BatchParts } from '../http/batch-wire.ts'
import { batchPath, decodeBatch, demandStatus, encodeBatch } from '../http/batch-wire.ts'
import type { Exchange } from '../http/exchange.ts'
import { brokenHeader, joinHeaders } from '../http/headers.ts'
import type { Secrets } from '../http/secrets.ts'
import type { Answer } from '../http/transport.ts'
import { brokenHeaderError } from '../http/unsendable.ts'
import { addressOf } from './address.ts'
import type { CallOptions } from './write-options.ts'

/**
 * One request of a batch.
 *
 * Example: `{ method: 'PATCH', path: `/api/now/table/incident/${sysId}`, body: { state: '2' } }`.
 */
export interface BatchRequest {
  /** In any case. All but GET and HEAD count as writes, which are never sent twice. */
  method: string
  /** Begins with `/` and stays on the instance. */
  path: string
  /** Added to the path; `undefined` is left out. */
  query?: Readonly<Record<string, string | number | boolean | undefined>>
  /** Sent as JSON; an instance takes 5 MB for each request of a batch. */
  body?: unknown
  /** In place of ours of the same name (`accept`, `content-type`); the credentials of the batch hold for all its requests. */
  headers?: HeaderMap
}

/** What became of one request, at the place of its request. */
export type BatchAnswer =
  | { ok: true; status: number; headers: Headers; text: string; json: unknown }
  /** `status` is null when no answer to this request is known. */
  | { ok: false; status: number | null; error: SnowlineError }

/** How requests are put into batches. */
export interface BatchOptions extends CallOptions {
  /** Requests in one batch; 1 to 200, default 50: an instance gives a batch 30 s in all, and what it leaves over costs another round. */
  size?: number
}

/** A request takes 5 MB by default; a batch is kept well below the 10 MB of a whole body. */
const maxBatchChars = 4_000_000
/** Rounds in which a batch may make no progress before what is left fails. */
const maxIdleRounds = 2

interface Waiting {
  part: BatchPart
  write: boolean
  place: number
}

/**
 * Sends the requests and gives an answer for each, in their order; a refused request is an answer, not a throw.
 *
 * The instance lists what it had no time or room for; only that is sent again. A request it tells nothing of is sent again when it reads,
 * and has an OutcomeUnknownError when it writes. When the answer to a whole batch is lost, its reads are sent again and its writes are
 * unknown. Throws QueryError for a path that leaves the instance, AuthenticationError and the like when the first batch itself is refused;
 * when a later one is, each of its requests and all after them carry that error. There is no withResponse(): the requests may take several
 * batches, or none, and each answer has a status and headers of its own.
 *
 * Example: `await sn.batch([{ method: 'GET', path: '/api/now/table/incident', query: { sysparm_limit: 1 } }])` has one answer, `{ ok: true, status: 200, ... }`.
 */
export async function sendBatch(
  exchange: Exchange,
  origin: string,
  requests: readonly BatchRequest[],
  { size = 50, signal }: BatchOptions,
): Promise<BatchAnswer[]> {
  if (!Number.isInteger(size) || size < 1 || size > 200)
    throw new QueryError('A batch has a size from 1 to 200.')
  const answers = new Map<number, BatchAnswer>()
  let waiting = requests.map((request, place) => toWaiting(origin, request, place))
  let idle = 0
  while (waiting.length > 0) {
    signal?.throwIfAborted()
    const round = takeRound(waiting, size)
    const known = answers.size
    let again: Waiting[]
    try {
      again = await sendRound(exchange, origin, round, answers, signal)
    } catch (error) {
      // What earlier batches did must not be lost with the error of a later one.
      if (answers.size === 0 || signal?.aborted || !isSnowlineError(error)) throw error
      for (const { place } of waiting) answers.set(place, { ok: false, status: null, error })
      break
    }
    idle = answers.size > known ? 0 : idle + 1
    waiting = [...again, ...waiting.slice(round.length)]
    if (idle > maxIdleRounds) {
      for (const { place, part } of waiting)
        answers.set(place, { ok: false, status: null, error: leftOver(origin, part) })
      break
    }
  }
  return requests.map((_, place) => {
    const answer = answers.get(place)
    if (answer === undefined) throw new Error('A batch lost the answer of a request.')
    return answer
  })
}

/** Sends one batch, keeps its answers, and gives back what may be sent again. */
async function sendRound(
  exchange: Exchange,
  origin: string,
  round: readonly Waiting[],
  answers: Map<number, BatchAnswer>,
  signal: AbortSignal | undefined,
): Promise<Waiting[]> {
  let parts: BatchParts & { secrets: Secrets }
  try {
    parts = await post(exchange, origin, round, signal)
  } catch (error) {
    if (!(error instanceof OutcomeUnknownError)) throw error
    for (const { write, place } of round) if (write) answers.set(place, { ok: false, status: null, error })
    return round.filter(({ write }) => !write)
  }
  const again: Waiting[] = []
  for (const request of round) {
    const { part, write, place } = request
    const answer = parts.serviced.get(part.id)
    if (answer !== undefined)
      answers.set(place, await judge(exchange, answer, origin, part, write, parts.secrets))
    else if (parts.unserviced.has(part.id) || !write) again.push(request)
    else answers.set(place, { ok: false, status: null, error: unknown(callOf(origin, part), null) })
  }
  return again
}

async function post(
  exchange: Exchange,
  origin: string,
  round: readonly Waiting[],
  signal: AbortSignal | undefined,
): Promise<BatchParts & { secrets: Secrets }> {
  const call = {
    method: 'POST',
    url: new URL(batchPath, origin),
    body: encodeBatch(
      crypto.randomUUID(),
      round.map(({ part }) => part),
    ),
    idempotent: !round.some(({ write }) => write),
    ...(signal === undefined ? {} : { signal }),
  }
  const { data } = await exchange.run(call, ({ body, call: shown, secrets }) => ({
    ...decodeBatch(body, shown),
    secrets,
  }))
  return data
}

/** The answer to one request, opened as if it had come by itself. */
async function judge(
  exchange: Exchange,
  answer: Answer,
  origin: string,
  part: BatchPart,
  write: boolean,
  secrets: Secrets,
): Promise<BatchAnswer> {
  const { status, headers, text } = answer
  const call = callOf(origin, part)
  try {
    demandStatus(answer, call)
    // What the request itself carried may be echoed too.
    const json = await exchange.open(answer, call, {
      ...secrets,
      headers: { ...secrets.headers, ...part.headers },
    })
    return { ok: true, status, headers, text, json }
  } catch (error) {
    if (!isSnowlineError(error)) throw error
    const fate = fateOf(error)
    const lost = write && (fate === 'uncertain' || fate === 'doubtful')
    return { ok: false, status, error: lost ? unknown(call, error) : error }
  }
}

function toWaiting(origin: string, request: BatchRequest, place: number): Waiting {
  const method = request.method.toUpperCase()
  const url = addressOf(origin, request.path, request.query)
  const body = request.body === undefined ? undefined : JSON.stringify(request.body)
  const headers = joinHeaders(
    {
      accept: 'application/json',
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    request.headers ?? {},
  )
  const broken = brokenHeader(headers)
  if (broken !== undefined) throw brokenHeaderError(broken)
  const part: BatchPart = {
    id: String(place + 1),
    method,
    path: `${url.pathname}${url.search}`,
    headers,
    ...(body === undefined ? {} : { body }),
  }
  return { part, write: method !== 'GET' && method !== 'HEAD', place }
}

/** As many of the first requests as one batch takes; always at least one. */
function takeRound(waiting: readonly Waiting[], size: number): readonly Waiting[] {
  let chars = 0
  const end = waiting.findIndex(({ part }, at) => {
    chars += part.path.length + (part.body?.length ?? 0) * 1.4
    return at > 0 && (at >= size || chars > maxBatchChars)
  })
  return end < 0 ? waiting : waiting.slice(0, end)
}

function callOf(origin: string, { method, path }: BatchPart): { method: string; url: string } {
  return { method, url: `${origin}${path.replace(/\?.*$/, '')}` }
}

function leftOver(origin: string, part: BatchPart): UnexpectedResponseError {
  const message = 'The instance left the request over each time it was sent in a batch.'
  return new UnexpectedResponseError(message, 'unserviced', callOf(origin, part), {
    retryable: true,
    hint: 'It was not carried out. Send it by itself, or ask for less in it.',
  })
}

function unknown(call: { method: string; url: string }, cause: SnowlineError | null): OutcomeUnknownError {
  return new OutcomeUnknownError(
    `The ${call.method} was sent in a batch and no answer proves whether it was carried out.`,
    {
      ...(cause === null ? {} : { cause }),
      hint: 'Look the record up before you send it again.',
      details: { ...call },
    },
  )
}
