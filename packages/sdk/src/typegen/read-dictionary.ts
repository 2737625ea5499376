/** Reads the dictionary of some tables and their parents from an instance (`sys_db_object`, `sys_dictionary`, `sys_choice`). */
import type { SnowlineError } from '../base/errors.ts'
import { isSnowlineError, PermissionError } from '../base/errors.ts'
import type { Client } from '../client/client.ts'
import type { GenericRecord } from '../tables/tables.ts'
import type { Dictionary, DictionaryChoice, DictionaryField, DictionaryTable } from './dictionary.ts'

/** Names asked for at once: a URL that every proxy takes. */
const AT_ONCE = 40
/** More parents than any instance has. */
const MAX_LEVELS = 30

/**
 * The dictionary of the tables. What the user may not read is named in `unread` and replaced as far as possible: without `sys_dictionary`
 * the fields are those of one record, all as texts. Throws the error family for all other faults.
 */
export async function readDictionary(
  client: Pick<Client, 'table'>,
  asked: readonly string[],
  signal?: AbortSignal,
): Promise<Dictionary> {
  const reader: Reader = { client, unread: [], signal }
  const tables = await readTables(reader, asked)
  const names = tables.map(({ name }) => name)
  const fields = await readFields(reader, names)
  const known = await fillFromRecords(reader, asked, tables, fields)
  const choices = await readChoices(reader, names)
  return {
    format: 'snowline-dictionary-1',
    asked: [...new Set(asked)].sort(),
    tables: tables.sort(by(({ name }) => name)),
    fields: known.sort(by(({ table, name }) => `${table} ${name}`)),
    choices,
    unread: reader.unread,
  }
}

interface Reader {
  client: Pick<Client, 'table'>
  unread: string[]
  signal: AbortSignal | undefined
}

/** Rows of one of the platform's own tables by the names of tables; null when the user may not read it. */
async function rowsByName(
  { client, signal }: Reader,
  table: string,
  names: readonly string[],
  fields: readonly string[],
): Promise<GenericRecord[] | null> {
  const rows: GenericRecord[] = []
  try {
    for (let at = 0; at < names.length; at += AT_ONCE) {
      const list = client.table(table).list(
        {
          fields: [...fields, 'sys_id'],
          where: (query) => query.field('name').in(names.slice(at, at + AT_ONCE)),
        },
        signal === undefined ? {} : { signal },
      )
      for await (const row of list) rows.push(row)
    }
    return rows
  } catch (error) {
    if (error instanceof PermissionError) return null
    throw error
  }
}

/** The tables and all they extend, a level at a time. */
async function readTables(reader: Reader, asked: readonly string[]): Promise<DictionaryTable[]> {
  const found = new Map<string, DictionaryTable>()
  let names = [...new Set(asked)]
  for (let level = 0; names.length > 0 && level < MAX_LEVELS; level++) {
    const rows = await rowsByName(reader, 'sys_db_object', names, ['name', 'label', 'super_class.name'])
    for (const row of rows ?? []) {
      const { name = '', label = '' } = row
      found.set(name, { name, label, parent: row['super_class.name'] ?? '' })
    }
    const missing = names.filter((name) => !found.has(name))
    if (missing.length > 0) {
      reader.unread.push(
        `sys_db_object shows nothing of ${missing.join(', ')}: what they extend is not known, so inherited fields may be missing.`,
      )
      for (const name of missing) found.set(name, { name, label: name, parent: '' })
    }
    names = [...new Set([...found.values()].map(({ parent }) => parent))].filter(
      (name) => name !== '' && !found.has(name),
    )
  }
  return [...found.values()]
}

const dictionaryFields = ['name', 'element', 'column_label', 'internal_type', 'reference', 'active']

async function readFields(reader: Reader, names: readonly string[]): Promise<DictionaryField[]> {
  const rows = await rowsByName(reader, 'sys_dictionary', names, dictionaryFields)
  const fields = new Map<string, DictionaryField>()
  for (const row of rows ?? []) {
    const {
      name: table = '',
      element: name = '',
      column_label = '',
      internal_type: type = '',
      reference = '',
    } = row
    // The entry of type `collection` stands for the table itself.
    if (name === '' || type === 'collection' || row.active === 'false') continue
    fields.set(`${table} ${name}`, { table, name, label: column_label || name, type, reference })
  }
  return [...fields.values()]
}

/** Tables without a single field in the dictionary get those that one of their records shows. */
async function fillFromRecords(
  reader: Reader,
  asked: readonly string[],
  tables: readonly DictionaryTable[],
  fields: readonly DictionaryField[],
): Promise<DictionaryField[]> {
  const described = new Set(fields.map(({ table }) => table))
  const filled = [...fields]
  for (const { name: table, parent } of tables) {
    if (described.has(table) || (!asked.includes(table) && parent !== '')) continue
    if (!asked.includes(table)) {
      reader.unread.push(`sys_dictionary shows no field of ${table}: fields inherited from it are missing.`)
      continue
    }
    const names = await fieldsOfRecord(reader, table)
    const mend =
      names === null
        ? 'no record was shown either, so it has no fields here'
        : 'the fields are those of one record, all as texts'
    reader.unread.push(`sys_dictionary shows no field of ${table}: ${mend}.`)
    for (const name of names ?? []) filled.push({ table, name, label: name, type: 'string', reference: '' })
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

const choiceFields = ['name', 'element', 'value', 'label', 'language', 'inactive', 'sequence']

async function readChoices(reader: Reader, names: readonly string[]): Promise<DictionaryChoice[]> {
  const rows = await rowsByName(reader, 'sys_choice', names, choiceFields)
  if (rows === null || rows.length === 0) {
    reader.unread.push('sys_choice shows nothing of these tables: fields with choices are plain texts.')
    return []
  }
  const kept = rows.filter((row) => row.inactive !== 'true' && row.element !== '' && row.value !== '')
  // The same value stands there once a language; labels are wanted in English where there are any.
  const inOrder = kept.sort(
    by((row) => {
      const sequence = String(Number(row.sequence) || 0).padStart(9, '0')
      return [row.name, row.element, row.language === 'en' ? '0' : '1', sequence, row.value].join(' ')
    }),
  )
  const choices = new Map<string, DictionaryChoice>()
  for (const { name: table = '', element: field = '', value = '', label = '' } of inOrder) {
    const key = JSON.stringify([table, field, value])
    if (!choices.has(key)) choices.set(key, { table, field, value, label })
  }
  return [...choices.values()]
}

function by<T>(key: (value: T) => string): (a: T, b: T) => number {
  return (a, b) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0)
}
