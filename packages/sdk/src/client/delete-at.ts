/** Deletes what stands at an address; loaded with the first delete. */
import { NotFoundError } from '../base/errors.ts'
import type { Completed, Exchange } from '../http/exchange.ts'
import { rawAnswer, recordUrl } from './url.ts'
import type { CallOptions } from './write-options.ts'

/** DELETE. What is gone after an attempt whose answer was lost counts as deleted; what is absent at first is NotFoundError. */
export async function deleteAt(
  exchange: Exchange,
  url: URL,
  options: CallOptions,
): Promise<Completed<undefined>> {
  let uncertain = false
  const onUncertain = () => {
    uncertain = true
  }
  const call = { method: 'DELETE', url, idempotent: true, onUncertain, ...options }
  try {
    return await exchange.run(call, () => undefined)
  } catch (error) {
    if (!(uncertain && error instanceof NotFoundError)) throw error
    const answer = { status: error.status, headers: new Headers(), text: '' }
    return { data: undefined, body: undefined, answer, call: error.call, attempts: 2 }
  }
}

/** The same for a record of a table. */
export async function deleteRecord(
  { exchange, origin, table }: { exchange: Exchange; origin: string; table: string },
  sysId: string,
  options: CallOptions,
): Promise<Completed<undefined>> {
  return deleteAt(exchange, rawAnswer(recordUrl(origin, table, sysId)), options)
}
