/** Reads the dictionary of some tables and their parents from an instance (`sys_db_object`, `sys_dictionary`, `sys_choice`). */
import { UnexpectedResponseError } from '../base/errors.ts'
import type { Client } from '../client/client.ts'
import type { Dictionary, DictionaryChoice, DictionaryField, DictionaryTable } from './dictionary.ts'
import { isName } from './dictionary.ts'
import type { Declared } from './record-fields.ts'
import { fillFromRecords } from './record-fields.ts'
import type { Reader } from './rows.ts'
import { rowsByName } from './rows.ts'

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
  const declared = await readFields(reader, names)
  const fields = await fillFromRecords(reader, [...new Set(asked)], tables, declared)
  const choices = await readChoices(reader, names)
  return {
    format: 'snowline-dictionary-2',
    asked: [...new Set(asked)].sort(),
    tables: tables.sort(by(({ name }) => name)),
    fields: fields.sort(by(({ table, name }) => `${table} ${name}`)),
    choices,
    unread: reader.unread,
  }
}

/** The tables and all they extend, a level at a time. */
async function readTables(reader: Reader, asked: readonly string[]): Promise<DictionaryTable[]> {
  const found = new Map<string, DictionaryTable>()
  let names = [...new Set(asked)]
  for (let level = 0; names.length > 0 && level < MAX_LEVELS; level++) {
    const rows = await rowsByName(reader, 'sys_db_object', names, ['name', 'label', 'super_class.name'])
    for (const { name = '', label = '', 'super_class.name': parent = '' } of rows ?? []) {
      if (parent !== '' && !isName(parent)) throw strangeParent(name)
      found.set(name, { name, label, parent })
    }
    const missing = names.filter((name) => !found.has(name))
    if (missing.length > 0) {
      const message =
        'sys_db_object shows nothing of {tables}: what they extend is not known, so inherited fields may be missing.'
      reader.unread.push({ tables: missing, message })
      for (const name of missing) found.set(name, { name, label: name, parent: '' })
    }
    names = [...new Set([...found.values()].map(({ parent }) => parent))].filter(
      (name) => name !== '' && !found.has(name),
    )
  }
  return [...found.values()]
}

function strangeParent(table: string): UnexpectedResponseError {
  const call = { method: 'GET', url: '/api/now/table/sys_db_object' }
  return new UnexpectedResponseError(`What ${table} extends has no name of a table.`, 'shape', call, {
    hint: `Look at super_class of ${table} in sys_db_object: names are lower-case letters, digits and underscores.`,
  })
}

const dictionaryFields = ['name', 'element', 'column_label', 'internal_type', 'reference', 'active']

async function readFields(reader: Reader, names: readonly string[]): Promise<Declared> {
  const rows = await rowsByName(reader, 'sys_dictionary', names, dictionaryFields)
  const fields = new Map<string, DictionaryField>()
  const strange = new Set<string>()
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
    if (isName(name) && (reference === '' || isName(reference)))
      fields.set(`${table} ${name}`, { table, name, label: column_label || name, type, reference })
    else strange.add(table)
  }
  if (strange.size > 0) {
    const message = 'sys_dictionary holds fields of {tables} whose names are none of a column: left out.'
    reader.unread.push({ tables: [...strange], message })
  }
  // The entry of the table itself proves that it is described, also when it declares no field of its own.
  return { fields: [...fields.values()], described: new Set((rows ?? []).map(({ name = '' }) => name)) }
}

const choiceFields = ['name', 'element', 'value', 'label', 'language', 'inactive', 'sequence']

async function readChoices(reader: Reader, names: readonly string[]): Promise<DictionaryChoice[]> {
  const rows = await rowsByName(reader, 'sys_choice', names, choiceFields)
  if (rows === null || rows.length === 0) {
    const message = 'sys_choice shows nothing of {tables}: fields with choices are plain texts.'
    reader.unread.push({ tables: [...names], message })
    return []
  }
  const kept = rows.filter(
    ({ inactive, element = '', value }) => inactive !== 'true' && isName(element) && value !== '',
  )
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
