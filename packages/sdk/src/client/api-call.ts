/** What every method of one request gives: a promise of the data, which also opens the answer behind it. */
import type { Completed } from '../http/exchange.ts'

/** The data with the answer it came in. */
export interface WithResponse<T> {
  data: T
  /** Status, headers and the decoded body of the last attempt. */
  response: Response
  /** `X-Transaction-ID`: finds the request in the logs of the instance. */
  transactionId: string | null
  /** 1 when the first attempt was answered. */
  attempts: number
}

/**
 * A call that is under way: await it for the data.
 *
 * Example: `const { data, transactionId } = await sn.incidents.get(sysId).withResponse()`.
 */
export interface ApiCall<T> extends Promise<T> {
  withResponse(): Promise<WithResponse<T>>
  /** The answer alone, its body unread. Throws as the call itself does. */
  asResponse(): Promise<Response>
}

/** The call of completed work; `more` adds to what withResponse() gives. */
export function toCall<T>(work: Promise<Completed<T>>): ApiCall<T>
export function toCall<T, More extends object>(
  work: Promise<Completed<T>>,
  more: (completed: Completed<T>) => More,
): ExtendedCall<T, More>
export function toCall<T>(
  work: Promise<Completed<T>>,
  more: (completed: Completed<T>) => object = () => ({}),
): ApiCall<T> {
  const data = work.then((completed) => completed.data)
  // Whoever asks for the answer sees a failure there, and it must not count as unhandled here.
  const behind = () => {
    data.catch(() => {})
    return work
  }
  return Object.assign(data, {
    withResponse: async () => {
      const completed = await behind()
      return { ...withResponse(completed), ...more(completed) }
    },
    asResponse: async () => toResponse(await behind()),
  })
}

/** A call whose answer tells more than the data. */
export interface ExtendedCall<T, More extends object> extends ApiCall<T> {
  withResponse(): Promise<WithResponse<T> & More>
}

/** The completed call as withResponse() gives it. */
export function withResponse<T>(completed: Completed<T>): WithResponse<T> {
  const { data, attempts, call } = completed
  return { data, response: toResponse(completed), transactionId: call.transactionId ?? null, attempts }
}

/** The answer as a Response of its own. */
export function toResponse({ answer }: Pick<Completed<unknown>, 'answer'>): Response {
  const { status, headers, text, stream } = answer
  // Statuses without a body refuse even an empty one.
  const body = status === 204 || status === 205 || status === 304 ? null : (stream ?? text)
  return new Response(body, { status, headers })
}
