/** Rows of the platform's own tables by the names of the tables they speak of; what is hidden of them is told. */
import { PermissionError } from '../base/errors.ts'
import type { Client } from '../client/client.ts'
import type { GenericRecord } from '../tables/tables.ts'
import type { DictionaryGap } from './dictionary.ts'

/** Names asked for at once: a URL that every proxy takes. */
const AT_ONCE = 40

/** Whom the dictionary is asked of, and what turned out to be hidden so far. */
export interface Reader {
  client: Pick<Client, 'table'>
  unread: DictionaryGap[]
  signal: AbortSignal | undefined
}

/** Rows of one of the platform's own tables by the names of tables; null when the user may not read it. What is hidden of them is told. */
export async function rowsByName(
  reader: Reader,
  table: string,
  names: readonly string[],
  fields: readonly string[],
): Promise<GenericRecord[] | null> {
  const rows: GenericRecord[] = []
  try {
    for (let at = 0; at < names.length; at += AT_ONCE) {
      const some = names.slice(at, at + AT_ONCE)
      const { shown, counted } = await readRows(reader, table, some, fields)
      tellHidden(reader, table, some, shown.length, counted)
      rows.push(...shown)
    }
  } catch (error) {
    if (error instanceof PermissionError) return null
    throw error
  }
  const columns = fields.filter(
    (field) => !field.includes('.') && rows.every((row) => !Object.hasOwn(row, field)),
  )
  if (rows.length > 0 && columns.length > 0) {
    const message = `${table} does not show its ${columns.join(', ')} to this user: the types of {tables} may be wrong.`
    reader.unread.push({ tables: [...names], message })
  }
  // A row of another table was not asked for.
  return rows.filter(({ name = '' }) => names.includes(name))
}

async function readRows(
  { client, signal }: Reader,
  table: string,
  names: readonly string[],
  fields: readonly string[],
): Promise<{ shown: GenericRecord[]; counted: number | null }> {
  const shown: GenericRecord[] = []
  let counted: number | null | undefined
  const list = client.table(table).list(
    {
      fields: [...fields, 'sys_id'],
      where: (query) => query.field('name').in(names),
    },
    signal === undefined ? {} : { signal },
  )
  for await (const page of list.pages()) {
    if (counted === undefined) counted = page.total
    shown.push(...page.records)
  }
  return { shown, counted: counted ?? null }
}

/** The count is blind to access rules, so rows that are missing are hidden. Where none is shown, the reader of the rows says what that means. */
function tellHidden(
  { unread }: Reader,
  table: string,
  names: readonly string[],
  shown: number,
  counted: number | null,
): void {
  if (shown === 0 || (counted !== null && counted <= shown)) return
  const message =
    counted === null
      ? `The instance did not count the rows of ${table}, so it cannot be told whether some of {tables} are hidden.`
      : `${table} hides ${counted - shown} of its ${counted} rows of ${names.join(', ')} from this user: the types of {tables} may be incomplete.`
  unread.push({ tables: [...names], message })
}
