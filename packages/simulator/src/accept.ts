/** What an instance takes of a request body: which fields, and each value in its raw form (servicenow.md 1.2, 1.4). */
import type { Principal } from './acl.ts'
import type { Database } from './database.ts'
import type { FieldDefinition } from './dictionary.ts'
import { readDisplayStamp } from './stamp.ts'
import type { TableStore } from './table-store.ts'

/** How a body is to be read. */
export interface ReadingOptions {
  readonly by: Principal
  /** `sysparm_input_display_value`: references by name, choices by label, dates in the user's zone and format. */
  readonly inputDisplay?: boolean
  /** Columns that the writer may not even read: what a body says of them is dropped. */
  readonly closed?: ReadonlySet<string>
  /** `sysparm_suppress_auto_sys_field`: stamps in the body are taken as given, none are made. */
  readonly keepSystemFields?: boolean
}

const SYS_ID = /^[0-9a-f]{32}$/i
const GIVEN_SYSTEM_FIELDS = new Set(['sys_created_on', 'sys_created_by', 'sys_updated_on', 'sys_updated_by'])

function plainText(value: unknown): string | undefined {
  if (typeof value === 'string') return value
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  return value === null ? '' : undefined
}

/** The text of a value, or of the `value` beside a link as an answer has it. */
function textOf(value: unknown): string | undefined {
  return typeof value === 'object' && value !== null && 'value' in value
    ? plainText(value.value)
    : plainText(value)
}

/** A text of at most so many characters, not ending in one half of a pair. */
function shortened(text: string, length: number): string {
  if (text.length <= length) return text
  const end = /[\ud800-\udbff]/.test(text[length - 1] ?? '') ? length - 1 : length
  return text.slice(0, end)
}

function findByName(database: Database, table: string, name: string): string | undefined {
  const store = database.table(table)
  if (!store) return undefined
  return store.lookup(store.definition.display, name)?.[0]?.id
}

/** A date-time of a body: UTC, or with `sysparm_input_display_value` as the user writes it; `undefined` when it is none. */
function readStamp(value: string, by: Principal | undefined): string | undefined {
  return readDisplayStamp(value, by?.zone ?? 'UTC', by?.dateFormat ?? 'yyyy-MM-dd')
}

/** A whole number as the platform keeps it, 32 bits; `undefined` for any other text. */
function readInteger(value: string): string | undefined {
  const digits = value.trim().replace(/(?<=\d),(?=\d{3}(?:,|$))/g, '')
  if (!/^[+-]?\d{1,10}$/.test(digits)) return undefined
  const number = Number(digits)
  return Math.abs(number) <= 2_147_483_647 ? String(number) : undefined
}

/** The raw value to store for a body's value; `undefined` when the instance drops it in silence. */
function accept(
  database: Database,
  field: FieldDefinition,
  value: string,
  { inputDisplay = false, by }: ReadingOptions,
): string | undefined {
  const { reference, choices, kind } = field
  if (reference !== undefined && value !== '') {
    const known =
      database.table(reference)?.find(value) ?? database.table(reference)?.find(value.toLowerCase())
    if (known) return known.id
    const named = inputDisplay || !SYS_ID.test(value) ? findByName(database, reference, value) : undefined
    // An id that leads nowhere is stored as it is; a name that leads nowhere is dropped.
    return named ?? (SYS_ID.test(value) ? value.toLowerCase() : undefined)
  }
  if (choices) {
    const named = inputDisplay ? choices.find(({ label }) => label === value)?.value : undefined
    if (named !== undefined) return named
    // Sending '' clears a field, but not a choice field that has no empty choice (documented exception).
    if (value === '' && field.defaultValue !== undefined) return undefined
    if (choices.some((choice) => choice.value === value)) return value
    if (field.strictChoice && value !== '') return undefined
  }
  if (value === '' && (kind === 'date-time' || kind === 'date')) return ''
  if (kind === 'date-time') return readStamp(value, inputDisplay ? by : undefined)
  // A day is the same day in every zone.
  if (kind === 'date')
    return readStamp(value, inputDisplay ? { ...by, zone: 'UTC' } : undefined)?.slice(0, 10)
  if (kind === 'integer') return value === '' ? '' : readInteger(value)
  if (kind === 'boolean') return value === 'true' || value === '1' ? 'true' : 'false'
  return field.maxLength === undefined ? value : shortened(value, field.maxLength)
}

/** What is left of a body: raw values, and texts for journals. */
export interface Accepted {
  readonly values: Record<string, string>
  readonly journals: { element: string; value: string }[]
}

/** Reads a body for a table: unknown and unwritable fields and values that cannot be are dropped in silence. */
export function acceptBody(
  database: Database,
  table: TableStore,
  body: Readonly<Record<string, unknown>>,
  options: ReadingOptions,
): Accepted {
  const accepted: Accepted = { values: {}, journals: [] }
  for (const [name, given] of Object.entries(body)) {
    const at = table.column(name)
    const field = at === undefined ? undefined : table.fields[at]
    const text = textOf(given)
    if (!field || text === undefined || options.closed?.has(name)) continue
    const allowed = field.writable !== false || (options.keepSystemFields && GIVEN_SYSTEM_FIELDS.has(name))
    if (!allowed) continue
    if (field.kind === 'journal') {
      const element = name === 'work_notes' ? name : 'comments'
      if (text !== '' && !options.closed?.has(element)) accepted.journals.push({ element, value: text })
      continue
    }
    const value = accept(database, field, text, options)
    if (value !== undefined) accepted.values[name] = value
  }
  return accepted
}
