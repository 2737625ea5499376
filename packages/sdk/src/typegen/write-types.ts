/** A dictionary as TypeScript: one interface a table with its inherited fields, choices as unions, and `Tables` for `createClient<Tables>`. */
import type { Dictionary, DictionaryField } from './dictionary.ts'
import { fieldsInLine, lineOf, unreadOf } from './dictionary.ts'
import { commentOf, keyOf, quote } from './text.ts'

/** Longer lists of choices (countries, time zones) help nobody as a union. */
const MAX_CHOICES = 120

/**
 * The text of a module. The same dictionary gives the same text.
 *
 * Every value of a record is a text on the wire, so that every field is one here: booleans are `'true' | 'false'`, references
 * `Reference<'sys_user'>`, choices the codes and any other text, since records keep codes that were taken from the list.
 */
export function writeTypes(dictionary: Dictionary): string {
  const names = interfaceNames(dictionary.asked)
  const used = new Set<string>()
  const parts = dictionary.asked.map((table) => writeTable(dictionary, table, names.get(table) ?? '', used))
  const members = dictionary.asked.map((table) => `  ${keyOf(table)}: ${names.get(table)}`)
  const imports =
    used.size === 0 ? '' : `import type { ${[...used].sort().join(', ')} } from '@snowline/sdk'\n\n`
  const head = [
    `// Written by \`npx @snowline/sdk types --tables ${commentOf(dictionary.asked.join(','))}\`; changes are lost.\n`,
    ...unreadOf(dictionary).map((line) => `// Not read: ${commentOf(line)}\n`),
    imports,
  ].join('')
  const tables = `/** The tables by name: \`createClient<Tables>(...)\`. */\nexport interface Tables {\n${members.join('\n')}\n}`
  return `${head}${[...parts, tables].join('\n\n')}\n`
}

function interfaceNames(tables: readonly string[]): Map<string, string> {
  const names = new Map<string, string>()
  const taken = new Set<string>()
  for (const table of tables) {
    const words = table.split(/[^a-zA-Z0-9]+/).filter((word) => word !== '')
    const pascal = words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('')
    let name = `${/^\d/.test(pascal) ? 'Table' : ''}${pascal}Record`
    for (let count = 2; taken.has(name); count++) name = `${pascal}${count}Record`
    taken.add(name)
    names.set(table, name)
  }
  return names
}

/** `used` gathers the names the text needs from the package. */
function writeTable(dictionary: Dictionary, table: string, name: string, used: Set<string>): string {
  const line = lineOf(dictionary, table)
  const label = dictionary.tables.find((each) => each.name === table)?.label ?? table
  const parents = line.length > 1 ? `, extends ${line.slice(1).join(', ')}` : ''
  const fields = withSystemFields(fieldsInLine(dictionary, table)).map((field) => {
    const type = typeOf(dictionary, line, field)
    if (type.import !== undefined) used.add(type.import)
    return writeField(field, type.text)
  })
  const about = commentOf(`${label} (\`${table}\`)${parents}`)
  return `/** ${about}. */\nexport interface ${name} {\n${fields.join('\n')}\n}`
}

/** Every table has them, also where the dictionary does not show it. */
const systemFields = [
  ['sys_id', 'Sys ID', 'GUID'],
  ['sys_created_on', 'Created', 'glide_date_time'],
  ['sys_created_by', 'Created by', 'string'],
  ['sys_updated_on', 'Updated', 'glide_date_time'],
  ['sys_updated_by', 'Updated by', 'string'],
  ['sys_mod_count', 'Updates', 'integer'],
] as const

function withSystemFields(fields: readonly DictionaryField[]): DictionaryField[] {
  const missing = systemFields
    .filter(([name]) => !fields.some((field) => field.name === name))
    .map(([name, label, type]) => ({ table: '', name, label, type, reference: '' }))
  return [...fields, ...missing].sort((a, b) => (a.name < b.name ? -1 : 1))
}

const instants: ReadonlySet<string> = new Set([
  'glide_date_time',
  'due_date',
  'calendar_date_time',
  'datetime',
])
const durations: ReadonlySet<string> = new Set(['glide_duration', 'timer'])

function writeField({ name, label, type }: DictionaryField, written: string): string {
  const remark = remarkOf(type)
  const about = commentOf(`${label}${remark === '' ? '' : ` (${remark})`}`)
  return `  /** ${about}. */\n  ${keyOf(name)}: ${written}`
}

function remarkOf(type: string): string {
  if (instants.has(type)) return 'UTC, yyyy-MM-dd HH:mm:ss'
  if (type === 'glide_date') return 'yyyy-MM-dd'
  if (durations.has(type)) return 'an offset from 1970-01-01 00:00:00'
  if (type.startsWith('journal')) return "a write appends, a raw read is ''"
  if (type === 'glide_list') return 'sys_ids joined by commas'
  return ''
}

/** A type as text, and the name it needs from the package. */
interface WrittenType {
  text: string
  import?: 'Choice' | 'Reference'
}

function typeOf(dictionary: Dictionary, line: readonly string[], field: DictionaryField): WrittenType {
  if (field.type === 'boolean') return { text: "'true' | 'false'" }
  if (field.reference !== '' && field.type === 'reference')
    return { text: `Reference<${quote(field.reference)}>`, import: 'Reference' }
  const values = choicesOf(dictionary, line, field.name)
  if (values.length === 0 || values.length > MAX_CHOICES) return { text: 'string' }
  const union = values.map(quote)
  const short = `Choice<${union.join(' | ')}>`
  if (short.length + field.name.length < 100) return { text: short, import: 'Choice' }
  return { text: `Choice<\n${union.map((each) => `    | ${each}`).join('\n')}\n  >`, import: 'Choice' }
}

/** The nearest table of the line that has choices for the field decides, as on the instance. */
function choicesOf({ choices }: Dictionary, line: readonly string[], field: string): string[] {
  for (const table of line) {
    const own = choices.filter((choice) => choice.table === table && choice.field === field)
    if (own.length > 0) return [...new Set(own.map(({ value }) => value))]
  }
  return []
}
