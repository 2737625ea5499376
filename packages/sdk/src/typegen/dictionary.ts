/** What an instance says of its tables, as data that can be kept in a file: tables with parents, fields, choices, and what was not shown. */
import { ConfigError } from '../base/errors.ts'

export interface DictionaryTable {
  name: string
  label: string
  /** The table it extends; `''` for none. */
  parent: string
}

export interface DictionaryField {
  /** The table that declares it; those that extend it have it too. */
  table: string
  name: string
  label: string
  /** `internal_type`: `string`, `boolean`, `glide_date_time`, `reference` ... */
  type: string
  /** The table a reference points to, else `''`. */
  reference: string
}

export interface DictionaryChoice {
  table: string
  field: string
  value: string
  label: string
}

/** Everything the types of some tables are made from; the same text for the same dictionary. */
export interface Dictionary {
  format: 'snowline-dictionary-1'
  /** The tables that were asked for; the others are their parents. */
  asked: string[]
  tables: DictionaryTable[]
  fields: DictionaryField[]
  choices: DictionaryChoice[]
  /** What the user could not read and what that means, in sentences. */
  unread: string[]
}

/** The table and what it extends, nearest first. A circle, which no sound instance has, ends where it closes. */
export function lineOf(dictionary: Pick<Dictionary, 'tables'>, table: string): string[] {
  const parents = new Map(dictionary.tables.map(({ name, parent }) => [name, parent]))
  const line: string[] = []
  for (let at = table; at !== '' && !line.includes(at); at = parents.get(at) ?? '') line.push(at)
  return line
}

/** Reads a dictionary from the text of a file. Throws ConfigError (`from`) when it is none. */
export function parseDictionary(text: string): Dictionary {
  let read: unknown
  try {
    read = JSON.parse(text)
  } catch {
    throw wrong('is not JSON')
  }
  const root = objectOf(read, 'the file')
  if (root.format !== 'snowline-dictionary-1') throw wrong('is not a dictionary that this version writes')
  return {
    format: 'snowline-dictionary-1',
    asked: listOf(root, 'asked').map((each) => textOf(each, 'asked')),
    tables: rowsOf(root, 'tables', ['name', 'label', 'parent']),
    fields: rowsOf(root, 'fields', ['table', 'name', 'label', 'type', 'reference']),
    choices: rowsOf(root, 'choices', ['table', 'field', 'value', 'label']),
    unread: listOf(root, 'unread').map((each) => textOf(each, 'unread')),
  }
}

/** The text of a dictionary for a file. */
export function formatDictionary(dictionary: Dictionary): string {
  return `${JSON.stringify(dictionary, null, 2)}\n`
}

type Row<K extends string> = { [key in K]: string }

function rowsOf<K extends string>(
  root: Readonly<Record<string, unknown>>,
  name: string,
  keys: readonly K[],
): Row<K>[] {
  return listOf(root, name).map((each) => {
    const row = objectOf(each, name)
    return Object.fromEntries(keys.map((key) => [key, textOf(row[key], `${name}.${key}`)])) as Row<K>
  })
}

function listOf(root: Readonly<Record<string, unknown>>, name: string): unknown[] {
  const list = root[name]
  if (Array.isArray(list)) return list
  throw wrong(`has no list "${name}"`)
}

function objectOf(value: unknown, name: string): Readonly<Record<string, unknown>> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value }
  throw wrong(`holds something in ${name} that is no object`)
}

function textOf(value: unknown, name: string): string {
  if (typeof value === 'string') return value
  throw wrong(`holds something in ${name} that is no text`)
}

function wrong(message: string): ConfigError {
  return new ConfigError([{ key: 'from', message, hint: 'Give a file written by `types --save`.' }])
}
