/** A GET whose address is too long for a request line travels inside a batch; when the instance refuses batches it is sent as it is. */
import { InvalidRequestError, UnexpectedResponseError } from '../base/errors.ts'
import { hasError, parseJson } from './answer.ts'
import type { HeaderMap } from './auth.ts'
import { batchPath, decodeBatch, demandStatus, encodeBatch } from './batch-wire.ts'
import type { ExchangeParts, ExchangeState } from './call.ts'
import { isSecret, secretHeaders } from './secrets.ts'
import type { Answer, Attempt } from './transport.ts'
import { callContext } from './transport.ts'

/** How an instance says that it takes no batch: no such path, no right, no such method. */
const refusals: ReadonlySet<number> = new Set([400, 403, 404, 405])
/** So long a refusal is believed: one of an ACL may be the bad moment of one node (KB2466644). */
const believedMs = 5 * 60_000
/** How a request line that is too long is refused: Tomcat by 400 (KB0826932), others by 414 or 431. */
const tooLong: ReadonlySet<number> = new Set([400, 414, 431])

/**
 * Sends the attempt as the only part of a batch and gives the answer of that part, as if it had been sent by itself.
 *
 * An answer of 401, 429, 5xx or an odd page to the batch itself is given as it came. Throws UnexpectedResponseError (`unserviced`) when
 * the instance left the part over, and InvalidRequestError (`instance.query_too_long`) when it takes neither the batch nor the address.
 */
export async function sendLong(
  { transport, clock }: Pick<ExchangeParts, 'transport' | 'clock'>,
  attempt: Attempt,
  credentials: HeaderMap,
  state: ExchangeState,
): Promise<Answer> {
  let refused = state.batchRefused
  if (refused === null || clock.now() >= refused.untilMs) {
    const outer = await transport.send(toBatch(attempt, credentials))
    if (!refusals.has(outer.status)) return outer.status === 200 ? partOf(outer, attempt) : outer
    refused = { status: outer.status, untilMs: clock.now() + believedMs }
    state.batchRefused = refused
  }
  const answer = await transport.send(attempt)
  if (!tooLong.has(answer.status) || !/too (?:large|long)/i.test(answer.text)) return answer
  const length = attempt.url.href.length
  throw new InvalidRequestError(
    `The query makes an address of ${length} characters, which the instance does not take.`,
    { ...callContext(attempt.method, attempt.url), status: answer.status },
    {
      code: 'instance.query_too_long',
      hint: `The Batch API, which takes long queries, was refused (${refused.status}): allow it to this user, or ask for less at once.`,
      details: { length, batchStatus: refused.status },
    },
  )
}

/** What says who is asking goes with the batch, all other headers with the part they are meant for. */
function toBatch(attempt: Attempt, credentials: HeaderMap): Attempt {
  const { url, headers } = attempt
  const inner = Object.entries(headers).filter(
    ([name]) => name !== 'user-agent' && !isSecret(name, credentials),
  )
  const part = {
    id: '1',
    method: 'GET',
    path: `${url.pathname}${url.search}`,
    headers: Object.fromEntries(inner),
  }
  const agent = headers['user-agent']
  return {
    ...attempt,
    method: 'POST',
    url: new URL(batchPath, url.origin),
    headers: {
      accept: 'application/json',
      'content-type': 'application/json',
      ...(agent === undefined ? {} : { 'user-agent': agent }),
      ...secretHeaders(headers, credentials),
    },
    body: encodeBatch('snowline', [part]),
  }
}

function partOf(outer: Answer, attempt: Attempt): Answer {
  const body = parseJson(outer.text)
  // A page, cut JSON, or an error inside the 200: named as the answer to the call itself.
  if (body === undefined || hasError(body)) return outer
  const call = {
    ...callContext(attempt.method, attempt.url),
    transactionId: outer.headers.get('x-transaction-id'),
  }
  const { serviced, unserviced } = decodeBatch(body, call)
  const answer = serviced.get('1')
  if (answer !== undefined) {
    demandStatus(answer, call)
    for (const name of [
      'x-transaction-id',
      'date',
      'x-ratelimit-limit',
      'x-ratelimit-reset',
      'x-ratelimit-rule',
    ]) {
      const value = outer.headers.get(name)
      if (value !== null && !answer.headers.has(name)) answer.headers.set(name, value)
    }
    return answer
  }
  if (unserviced.has('1')) {
    throw new UnexpectedResponseError(
      'The instance left the request of the batch over.',
      'unserviced',
      call,
      {
        retryable: true,
        hint: 'The answer is too large or takes too long for a batch: ask for fewer records at once.',
      },
    )
  }
  throw new UnexpectedResponseError('The answer of the batch does not tell of its request.', 'shape', call)
}
