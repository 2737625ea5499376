/** Which of the two columns a sync goes by is not obeyed; asked only when one of them is not. */
import { isSnowlineError, PermissionError } from '../base/errors.ts'
import type { TablePage } from '../client/page.ts'
import { bad, type DoctorCheck } from './check.ts'
import { ask, type Examination, textOf } from './patient.ts'

const columns = ['sys_updated_on', 'sys_id']

/** The verdict on a table whose order or ranges are refused (`query_range`, servicenow.md 2.3), with the columns it is about. Two requests. */
export async function checkOrder(
  examination: Examination,
  table: string,
  first: TablePage,
): Promise<DoctorCheck> {
  const refused: string[] = []
  for (const column of columns) {
    if (!(await obeys(examination, table, column, first))) refused.push(column)
  }
  // The probe saw that something is wrong; when neither shows it alone, both are named.
  const named = refused.length === 0 ? columns : refused
  return bad(
    { name: 'order', table },
    `Order or ranges of ${named.join(' and ')} are not obeyed for this user.`,
    `Give the user the right query_range on ${named.map((column) => `${table}.${column}`).join(' and ')} (query ACLs); a sync is not possible without it.`,
  )
}

/** Asks for what comes after the middle of the values seen, in order. */
async function obeys(
  examination: Examination,
  table: string,
  column: string,
  first: TablePage,
): Promise<boolean> {
  const seen = valuesOf(first, column).sort()
  const middle = seen[Math.floor((seen.length - 1) / 2)] ?? ''
  try {
    const query = `${column}>${middle}^ORDERBY${column}`
    const page = await ask(examination, table, { query, limit: 50, fields: columns })
    const values = valuesOf(page, column)
    return values.every((value, at) => value > middle && value >= (values[at - 1] ?? ''))
  } catch (error) {
    if (!isSnowlineError(error)) throw error
    return !(error instanceof PermissionError)
  }
}

function valuesOf({ records }: TablePage, column: string): string[] {
  return records.map((record) => textOf(record[column])).filter((value) => value !== '')
}
