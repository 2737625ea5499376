/** Fields of tables that the dictionary does not show, as far as one of their records gives them away. */
import type { SnowlineError } from '../base/errors.ts'
import { isSnowlineError } from '../base/errors.ts'
import type { DictionaryField, DictionaryTable } from './dictionary.ts'
import { isName, lineOf } from './dictionary.ts'
import type { Reader } from './rows.ts'

/** The fields that the dictionary shows, and the tables it shows anything of. */
export interface Declared {
  fields: DictionaryField[]
  described: ReadonlySet<string>
}

/** Tables that the dictionary shows nothing of get the fields that one of their records shows besides the inherited ones. */
export async function fillFromRecords(
  reader: Reader,
  asked: readonly string[],
  tables: readonly DictionaryTable[],
  { fields, described }: Declared,
): Promise<DictionaryField[]> {
  const filled = [...fields]
  const shown = new Set<string>()
  for (const table of asked.filter((name) => !described.has(name))) {
    const line = lineOf({ tables }, table)
    const inherited = new Set(fields.filter((field) => line.includes(field.table)).map(({ name }) => name))
    const names = await fieldsOfRecord(reader, table)
    if (names !== null) shown.add(table)
    for (const name of names ?? []) {
      if (!inherited.has(name) && isName(name))
        filled.push({ table, name, label: name, type: 'string', reference: '' })
    }
    const rest = inherited.size > 0 ? 'only the inherited fields are here' : 'it has no fields here'
    const mend =
      names === null
        ? `no record was shown either, so ${rest}`
        : `${inherited.size > 0 ? 'the fields that are not inherited are' : 'the fields are'} those of one record, all as texts`
    reader.unread.push({ tables: [table], message: `sys_dictionary shows no field of {tables}: ${mend}.` })
  }
  // A record shows what its table inherits, too.
  const heirs = asked.filter((table) => !shown.has(table))
  const hidden = tables.filter(
    ({ name }) =>
      !described.has(name) &&
      !asked.includes(name) &&
      heirs.some((table) => lineOf({ tables }, table).includes(name)),
  )
  if (hidden.length > 0) {
    const message = 'sys_dictionary shows no field of {tables}: fields inherited from it are missing.'
    reader.unread.push({ tables: hidden.map(({ name }) => name), message })
  }
  return filled
}

async function fieldsOfRecord({ client, signal }: Reader, table: string): Promise<string[] | null> {
  try {
    const { records } = await client
      .table(table)
      .list({ pageLimit: 1 }, signal === undefined ? {} : { signal })
    const [record] = records
    return record === undefined ? null : Object.keys(record)
  } catch (error) {
    if (isRefusal(error)) return null
    throw error
  }
}

function isRefusal(error: unknown): error is SnowlineError {
  return (
    isSnowlineError(error) &&
    (error.code.startsWith('instance.') || error.code === 'response.shape') &&
    !error.retryable
  )
}
