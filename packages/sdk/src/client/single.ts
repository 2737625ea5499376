/** Asks a table for one thing: one record, or how many there are; loaded with the first such call. */
import { UnexpectedResponseError } from '../base/errors.ts'
import { readResult } from '../http/envelope.ts'
import type { Completed, Exchange } from '../http/exchange.ts'
import type { QueryTree } from '../query/conditions.ts'
import { encodeQuery } from '../query/encode.ts'
import { checkField } from '../query/text.ts'
import { emptySelection } from './list-fault.ts'
import type { RowValidator } from './list-plan.ts'
import type { PageOptions, TablePage } from './page.ts'
import type { DisplayValue, ReadOptions } from './selection.ts'
import { rawAnswer, recordUrl } from './url.ts'
import type { CallOptions } from './write-options.ts'

/** One record by its id. */
export async function getRecord<T>(
  { exchange, origin, table }: { exchange: Exchange; origin: string; table: string },
  sysId: string,
  { fields, displayValue = false }: ReadOptions<string, DisplayValue>,
  call: CallOptions,
  validator: RowValidator | null,
): Promise<Completed<T>> {
  const url = rawAnswer(recordUrl(origin, table, sysId))
  url.searchParams.set('sysparm_display_value', String(displayValue))
  if (fields !== undefined) {
    if (fields.length === 0) throw emptySelection()
    url.searchParams.set('sysparm_fields', fields.map(checkField).join(','))
  }
  const completed = await exchange.run({ method: 'GET', url, idempotent: true, ...call }, (accepted) => {
    return readResult('record', accepted.body, accepted.call) as T
  })
  await validator?.([completed.data], completed.call)
  return completed
}

/** The rows of a query, blind to ACLs. Throws UnexpectedResponseError (`shape`) when the instance did not count. */
export async function countRows(
  page: (options: PageOptions) => Promise<Completed<TablePage>>,
  { where }: QueryTree,
  options: CallOptions,
): Promise<Completed<number>> {
  const query = encodeQuery({ where, order: [] })
  const completed = await page({ query, limit: 1, fields: ['sys_id'], ...options })
  const { total } = completed.data
  if (total !== null) return { ...completed, data: total }
  throw new UnexpectedResponseError(
    'The instance did not count: X-Total-Count is missing.',
    'shape',
    completed.call,
    { hint: 'Check that nothing between here and the instance strips its headers.' },
  )
}
