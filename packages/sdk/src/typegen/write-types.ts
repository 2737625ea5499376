/** A dictionary as TypeScript: one interface a table with its inherited fields, choices as unions, and `Tables` for `createClient<Tables>`. */
import type { Dictionary, DictionaryField } from './dictionary.ts'
import { lineOf } from './dictionary.ts'

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
  const parts = dictionary.asked.map((table) => writeTable(dictionary, table, names.get(table) ?? table))
  const members = dictionary.asked.map((table) => `  ${keyOf(table)}: ${names.get(table)}`)
  const body = [
    ...parts,
    `/** The tables by name: \`createClient<Tables>(...)\`. */\nexport interface Tables {\n${members.join('\n')}\n}`,
  ].join('\n\n')
  const used = ['Choice', 'Reference'].filter((name) => body.includes(`${name}<`))
  const imports = used.length === 0 ? '' : `import type { ${used.join(', ')} } from '@snowline/sdk'\n\n`
  const unread = dictionary.unread.map((line) => `// Not read: ${oneLine(line)}\n`).join('')
  return `// Written by \`npx @snowline/sdk types --tables ${dictionary.asked.join(',')}\`; changes are lost.\n${unread}${imports}${body}\n`
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

function writeTable(dictionary: Dictionary, table: string, name: string): string {
  const line = lineOf(dictionary, table)
  const label = dictionary.tables.find((each) => each.name === table)?.label ?? table
  const parents = line.length > 1 ? `, extends ${line.slice(1).join(', ')}` : ''
  const fields = fieldsInLine(dictionary, line).map((field) => writeField(dictionary, line, field))
  return `/** ${doc(label)} (\`${table}\`)${parents}. */\nexport interface ${name} {\n${fields.join('\n')}\n}`
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

/** The fields of a table and of all it extends; the nearest declaration of a name counts. */
function fieldsInLine({ fields }: Dictionary, line: readonly string[]): DictionaryField[] {
  const nearest = new Map<string, DictionaryField>()
  for (const [name, label, type] of systemFields) {
    if (!fields.some((field) => field.name === name && line.includes(field.table)))
      nearest.set(name, { table: '', name, label, type, reference: '' })
  }
  for (const table of line) {
    for (const field of fields) {
      if (field.table === table && !nearest.has(field.name)) nearest.set(field.name, field)
    }
  }
  return [...nearest.values()].sort((a, b) => (a.name < b.name ? -1 : 1))
}

const instants: ReadonlySet<string> = new Set([
  'glide_date_time',
  'due_date',
  'calendar_date_time',
  'datetime',
])
const durations: ReadonlySet<string> = new Set(['glide_duration', 'timer'])

function writeField(dictionary: Dictionary, line: readonly string[], field: DictionaryField): string {
  const { name, label, type } = field
  const remark = remarkOf(type)
  return `  /** ${doc(label)}${remark === '' ? '' : ` (${remark})`}. */\n  ${keyOf(name)}: ${typeOf(dictionary, line, field)}`
}

function remarkOf(type: string): string {
  if (instants.has(type)) return 'UTC, yyyy-MM-dd HH:mm:ss'
  if (type === 'glide_date') return 'yyyy-MM-dd'
  if (durations.has(type)) return 'an offset from 1970-01-01 00:00:00'
  if (type.startsWith('journal')) return "a write appends, a raw read is ''"
  if (type === 'glide_list') return 'sys_ids joined by commas'
  return ''
}

function typeOf(dictionary: Dictionary, line: readonly string[], field: DictionaryField): string {
  if (field.type === 'boolean') return "'true' | 'false'"
  if (field.reference !== '' && field.type === 'reference') return `Reference<${quote(field.reference)}>`
  const values = choicesOf(dictionary, line, field.name)
  if (values.length === 0 || values.length > MAX_CHOICES) return 'string'
  const union = values.map(quote)
  const short = `Choice<${union.join(' | ')}>`
  if (short.length + field.name.length < 100) return short
  return `Choice<\n${union.map((each) => `    | ${each}`).join('\n')}\n  >`
}

/** The nearest table of the line that has choices for the field decides, as on the instance. */
function choicesOf({ choices }: Dictionary, line: readonly string[], field: string): string[] {
  for (const table of line) {
    const own = choices.filter((choice) => choice.table === table && choice.field === field)
    if (own.length > 0) return [...new Set(own.map(({ value }) => value))]
  }
  return []
}

function quote(text: string): string {
  const escaped = text
    .replace(/[\\']/g, '\\$&')
    .replace(/[\u2028\u2029\p{Cc}]/gu, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`)
  return `'${escaped}'`
}

function keyOf(name: string): string {
  return /^[a-zA-Z_$][\w$]*$/.test(name) ? name : quote(name)
}

/** A label within a comment that it cannot end. */
function doc(label: string): string {
  return oneLine(label).replaceAll('*/', '* /')
}

function oneLine(text: string): string {
  return text.replace(/[\s\u2028\u2029]+/g, ' ').trim()
}
