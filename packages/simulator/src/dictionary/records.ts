/** What an instance says of itself, made out of the definitions: rows of `sys_db_object`, `sys_dictionary`, its overrides, and `sys_choice`. */
import type { FieldDefinition, FieldKind, TableDefinition } from './field.ts'
import { GENERIC_STATES, PARENT_LABELS } from './task.ts'

/** Rows by table, without stamps; ids come from the caller's stream. */
export type SchemaRecords = Readonly<Record<string, readonly Record<string, string>[]>>

/** Type names of the platform. */
const TYPES: Readonly<Record<FieldKind, readonly [name: string, label: string]>> = {
  string: ['string', 'String'],
  guid: ['GUID', 'Sys ID (GUID)'],
  integer: ['integer', 'Integer'],
  boolean: ['boolean', 'True/False'],
  'date-time': ['glide_date_time', 'Date/Time'],
  date: ['glide_date', 'Date'],
  duration: ['glide_duration', 'Duration'],
  reference: ['reference', 'Reference'],
  journal: ['journal_input', 'Journal Input'],
  class: ['sys_class_name', 'System Class Name'],
}
const JOURNAL_LIST = ['journal_list', 'Journal List'] as const
const COLLECTION = ['collection', 'Collection'] as const

/** Lengths that the platform gives where a column has none of its own. */
const LENGTHS: Partial<Record<FieldKind, number>> = {
  guid: 32,
  reference: 32,
  string: 40,
  'date-time': 40,
  integer: 40,
  boolean: 40,
  journal: 4000,
  class: 80,
}

function typeOf({ kind, name }: FieldDefinition): string {
  return kind === 'journal' && name === 'comments_and_work_notes' ? JOURNAL_LIST[0] : TYPES[kind][0]
}

/** The table on which a column is declared: the table itself, or the parent it comes from. */
function ownerOf(table: TableDefinition, { declaredBy }: FieldDefinition): string {
  return declaredBy ?? table.name
}

function columnRecord(owner: string, table: TableDefinition, field: FieldDefinition): Record<string, string> {
  return {
    name: owner,
    element: field.name,
    column_label: field.label,
    internal_type: typeOf(field),
    max_length: String(field.maxLength ?? LENGTHS[field.kind] ?? 40),
    mandatory: 'false',
    read_only: String(field.writable === false),
    reference: field.reference ?? '',
    // 1 is a list with "-- None --", 3 one without; an empty value means no list at all.
    choice: field.choices ? (field.defaultValue === undefined ? '1' : '3') : '',
    default_value: field.defaultValue ?? '',
    active: 'true',
    virtual: 'false',
    display: String(field.name === table.display),
    dependent: field.choices?.some(({ dependent }) => dependent) ? 'category' : '',
  }
}

function collectionRecord(name: string): Record<string, string> {
  const [type] = COLLECTION
  return {
    name,
    element: '',
    column_label: '',
    internal_type: type,
    max_length: '40',
    mandatory: 'false',
    read_only: 'false',
    active: 'true',
    virtual: 'false',
  }
}

/** All tables by name with their labels and parents, those too that only exist as parents. */
function tablesOf(definitions: readonly TableDefinition[]): Map<string, { label: string; parent: string }> {
  const tables = new Map<string, { label: string; parent: string }>()
  for (const { extends: parent } of definitions)
    if (parent !== undefined) tables.set(parent, { label: PARENT_LABELS[parent] ?? parent, parent: '' })
  for (const table of definitions) tables.set(table.name, { label: table.label, parent: table.extends ?? '' })
  return tables
}

function tableRecords(
  definitions: readonly TableDefinition[],
  nextId: () => string,
): Record<string, string>[] {
  const tables = tablesOf(definitions)
  const ids = new Map(Array.from(tables.keys(), (name) => [name, nextId()]))
  return [...tables].map(([name, { label, parent }]) => ({
    sys_id: ids.get(name) ?? '',
    name,
    label,
    super_class: ids.get(parent) ?? '',
    is_extendable: String(definitions.some((table) => table.extends === name)),
    ws_access: 'true',
    sys_class_name: 'sys_db_object',
  }))
}

function dictionaryRecords(definitions: readonly TableDefinition[]): Record<string, string>[] {
  const records = [...tablesOf(definitions).keys()].map(collectionRecord)
  const seen = new Set<string>()
  for (const table of definitions) {
    for (const field of table.fields) {
      const owner = ownerOf(table, field)
      const key = `${owner}.${field.name}`
      if (seen.has(key)) continue
      seen.add(key)
      records.push(columnRecord(owner, table, field))
    }
  }
  return records
}

function overrideRecords(definitions: readonly TableDefinition[]): Record<string, string>[] {
  return definitions.flatMap((table) =>
    Object.entries(table.overrides ?? {}).map(([element, { defaultValue, mandatory, readOnly }]) => ({
      name: table.name,
      base_table: table.extends ?? table.name,
      element,
      default_value_override: String(defaultValue !== undefined),
      default_value: defaultValue ?? '',
      mandatory_override: String(mandatory !== undefined),
      mandatory: String(mandatory ?? false),
      read_only_override: String(readOnly !== undefined),
      read_only: String(readOnly ?? false),
    })),
  )
}

type Choices = NonNullable<FieldDefinition['choices']>

/** The choices of a column in the language of the instance, and in English where that is another one. */
function choicesFor(
  [name, element]: readonly [table: string, column: string],
  choices: Choices,
  english: Choices,
  own: string,
): Record<string, string>[] {
  const inLanguage = (language: string): Record<string, string>[] =>
    choices.map(({ value, label, dependent }, at) => ({
      name,
      element,
      value,
      // A choice that was never delivered has one label only.
      label: (language === own ? undefined : english.find((each) => each.value === value)?.label) ?? label,
      dependent_value: dependent ?? '',
      sequence: String(at + 1),
      language,
      inactive: 'false',
    }))
  return own === 'en' ? inLanguage('en') : [...inLanguage('en'), ...inLanguage(own)]
}

/**
 * The rows of `sys_choice`: on the parent where a column has the parent's choices, on the table itself where it has its
 * own. Then the parent keeps its rows, and the nearest table wins (servicenow.md 6). An instance in another language has
 * its rows beside those in English.
 */
export function choiceRecords(
  definitions: readonly TableDefinition[],
  delivered: readonly TableDefinition[] = definitions,
  language = 'en',
): Record<string, string>[] {
  const records: Record<string, string>[] = []
  const parents = new Set<string>()
  for (const table of definitions) {
    const before = delivered.find(({ name }) => name === table.name)
    for (const field of table.fields) {
      const inherited = before?.fields.find(({ name }) => name === field.name)
      const { declaredBy, name, choices = [] } = field
      if (declaredBy !== undefined && !parents.has(`${declaredBy}.${name}`)) {
        parents.add(`${declaredBy}.${name}`)
        const generic = name === 'state' ? GENERIC_STATES : (inherited?.choices ?? choices)
        records.push(...choicesFor([declaredBy, name], generic, generic, language))
      }
      const own = declaredBy === undefined || name === 'state' || choices !== inherited?.choices
      const english = inherited?.choices ?? choices
      if (own) records.push(...choicesFor([table.name, name], choices, english, language))
    }
  }
  return records
}

/** Everything an instance of these tables says of itself, but for its choices. */
export function schemaRecords(definitions: readonly TableDefinition[], nextId: () => string): SchemaRecords {
  const withId = (records: readonly Record<string, string>[]): Record<string, string>[] =>
    records.map((record) => ({ sys_id: nextId(), ...record }))
  const types = [...Object.values(TYPES), JOURNAL_LIST, COLLECTION]
  return {
    sys_db_object: tableRecords(definitions, nextId),
    sys_dictionary: withId(dictionaryRecords(definitions)),
    sys_dictionary_override: withId(overrideRecords(definitions)),
    sys_glide_object: withId(types.map(([name, label]) => ({ name, label }))),
  }
}
