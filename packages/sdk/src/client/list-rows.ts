/** The rows of a page as a list needs them: the keys it goes on by, and exactly the fields that were asked for. */
import type { CallContext } from '../base/errors.ts'
import { UnexpectedResponseError } from '../base/errors.ts'
import type { RowKey } from './keyset.ts'

/** The key of a row. Throws UnexpectedResponseError (`shape`) when the row does not show it. */
export function keyOf(row: Readonly<Record<string, unknown>>, byStamp: boolean, call: CallContext): RowKey {
  const id = rawText(row.sys_id)
  const stamp = byStamp ? rawText(row.sys_updated_on) : null
  if (id !== null && (!byStamp || stamp !== null)) return { stamp, id }
  throw new UnexpectedResponseError('A row came without the columns it is ordered by.', 'shape', call, {
    hint: 'The user may not be allowed to read sys_id or sys_updated_on; read with paging: "offset".',
  })
}

function rawText(cell: unknown): string | null {
  const value = typeof cell === 'object' && cell !== null && 'value' in cell ? cell.value : cell
  return typeof value === 'string' && value !== '' ? value : null
}

/** What the rows were asked with: the caller's fields, those the list needed besides, and whether only the display form is to be given. */
interface Asked {
  asked: readonly string[] | undefined
  needed: readonly string[]
  both: boolean
}

/** The rows with exactly the fields that were asked for; their shape is the instance's word, which the types describe. */
export function toRows<T>(rows: Record<string, unknown>[], { asked, needed, both }: Asked): T[] {
  const extra = asked === undefined ? [] : needed.filter((field) => !asked.includes(field))
  for (const row of rows) {
    for (const field of extra) delete row[field]
    if (!both) continue
    for (const [field, cell] of Object.entries(row)) {
      row[field] =
        typeof cell === 'object' && cell !== null && 'display_value' in cell
          ? (cell.display_value ?? '')
          : cell
    }
  }
  return rows as T[]
}
