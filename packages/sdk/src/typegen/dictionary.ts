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

/** Something the user could not read. */
export interface DictionaryGap {
  /** Which tables it is about. */
  tables: string[]
  /** What that means, in one sentence; `{tables}` stands where they are named. */
  message: string
}

const FORMAT = 'snowline-dictionary-2'

/** Everything the types of some tables are made from; the same text for the same dictionary. */
export interface Dictionary {
  format: typeof FORMAT
  /** The tables that were asked for; the others are their parents. */
  asked: string[]
  tables: DictionaryTable[]
  fields: DictionaryField[]
  choices: DictionaryChoice[]
  unread: DictionaryGap[]
}

/** Names of tables and columns: an instance makes no others, and nothing else may stand in a query or in code. */
export function isName(text: string): boolean {
  return /^[a-z][a-z0-9_]{0,79}$/.test(text)
}

/** The table and what it extends, nearest first. A circle, which no sound instance has, ends where it closes. */
export function lineOf({ tables }: { tables: readonly DictionaryTable[] }, table: string): string[] {
  const parents = new Map(tables.map(({ name, parent }) => [name, parent]))
  const line: string[] = []
  for (let at = table; at !== '' && !line.includes(at); at = parents.get(at) ?? '') line.push(at)
  return line
}

/** The fields the dictionary knows of a table and of all it extends; the nearest declaration of a name counts. */
export function fieldsInLine(dictionary: Dictionary, table: string): DictionaryField[] {
  const nearest = new Map<string, DictionaryField>()
  for (const each of lineOf(dictionary, table)) {
    for (const field of dictionary.fields) {
      if (field.table === each && !nearest.has(field.name)) nearest.set(field.name, field)
    }
  }
  return [...nearest.values()]
}

/** What could not be read of the tables asked for and of what they extend, in sentences. */
export function unreadOf(dictionary: Dictionary): string[] {
  const wanted = new Set(dictionary.asked.flatMap((table) => lineOf(dictionary, table)))
  return dictionary.unread.flatMap(({ tables, message }) => {
    const about = tables.filter((table) => wanted.has(table))
    return about.length === 0 ? [] : [message.replaceAll('{tables}', () => about.join(', '))]
  })
}

/** Reads a dictionary from the text of a file. Throws ConfigError (`--from`) when it is none. */
export function parseDictionary(text: string): Dictionary {
  let read: unknown
  try {
    read = JSON.parse(text)
  } catch {
    throw wrong('is not JSON')
  }
  const root = objectOf(read, 'the file')
  if (root.format !== FORMAT) throw wrong('is not a dictionary that this version writes')
  const asked = listOf(root, 'asked').map((each) => nameOf(each, 'asked'))
  if (asked.length === 0) throw wrong('names no table in asked')
  return {
    format: FORMAT,
    asked: [...new Set(asked)].sort(),
    tables: rowsOf(root, 'tables', { name: nameOf, label: textOf, parent: nameOrNone }),
    fields: rowsOf(root, 'fields', {
      table: nameOf,
      name: nameOf,
      label: textOf,
      type: textOf,
      reference: nameOrNone,
    }),
    choices: rowsOf(root, 'choices', { table: nameOf, field: nameOf, value: textOf, label: textOf }),
    unread: listOf(root, 'unread').map((each) => {
      const gap = objectOf(each, 'unread')
      return {
        tables: listOf(gap, 'tables').map((table) => nameOf(table, 'unread.tables')),
        message: textOf(gap.message, 'unread.message'),
      }
    }),
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
  readers: { readonly [key in K]: (value: unknown, at: string) => string },
): Row<K>[] {
  const keys = Object.keys(readers) as K[]
  return listOf(root, name).map((each) => {
    const row = objectOf(each, name)
    return Object.fromEntries(keys.map((key) => [key, readers[key](row[key], `${name}.${key}`)])) as Row<K>
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

/** What stands in generated code as it is must be a name. */
function nameOf(value: unknown, at: string): string {
  const text = textOf(value, at)
  if (isName(text)) return text
  throw wrong(`holds something in ${at} that is no name: lower-case letters, digits and underscores`)
}

function nameOrNone(value: unknown, at: string): string {
  return value === '' ? '' : nameOf(value, at)
}

function wrong(message: string): ConfigError {
  return new ConfigError([{ key: '--from', message, hint: 'Give a file written by `types --save`.' }])
}
