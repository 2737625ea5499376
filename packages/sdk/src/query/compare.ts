/** How raw values compare: as numbers where both are numbers and the field is no text, otherwise as text. */
import type { FieldKind } from '../tables/fields.ts'
import type { KindOf } from '../tables/tables.ts'

/** Raw values by field; a field that is absent counts as empty. */
export type RawRecord = Readonly<Record<string, unknown>>

export type Comparison = '<' | '<=' | '>' | '>='

/** How raw values are compared. Example: `{ kindOf: kindsOf('incident') }`. */
export interface CompareOptions {
  /** Texts are compared without regard to case by default, as most instances do. */
  caseSensitive?: boolean
  /** Kinds of the fields, for example `kindsOf('incident')`: a text field that holds digits is then compared as text. */
  kindOf?: KindOf
}

/** The comparisons of one field; texts given to it are folded first. */
export interface Comparer {
  fold(value: string): string
  equal(a: string, b: string): boolean
  /** Negative when `a` comes first; empty before numbers before texts. A total order. */
  compare(a: string, b: string): number
}

const number = /^-?\d+(\.\d+)?$/
const textual: ReadonlySet<FieldKind | undefined> = new Set([
  'text',
  'id',
  'reference',
  'datetime',
  'date',
  'duration',
  'journal',
])

/** The comparer of a field. */
export function comparerOf(field: string, options: CompareOptions): Comparer {
  const fold = options.caseSensitive ? (value: string) => value : (value: string) => value.toLowerCase()
  if (textual.has(options.kindOf?.(field))) return { fold, equal: (a, b) => a === b, compare: compareTexts }
  return { fold, equal: (a, b) => compareMixed(a, b) === 0, compare: compareMixed }
}

/** A field's raw value as text; `{ value, display_value }` and `{ value, link }` count by their value. */
export function fieldText(record: RawRecord, field: string): string {
  const value = Object.hasOwn(record, field) ? record[field] : undefined
  if (value === undefined || value === null) return ''
  if (typeof value === 'object' && 'value' in value) return String(value.value ?? '')
  return String(value)
}

/** Whether a comparison's result is what the operator asks for. */
export function holds(operator: Comparison, compared: number): boolean {
  if (operator === '<') return compared < 0
  if (operator === '<=') return compared <= 0
  return operator === '>' ? compared > 0 : compared >= 0
}

function compareTexts(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

function compareMixed(a: string, b: string): number {
  if (a === '' || b === '') return compareTexts(a, b)
  const [left, right] = [number.test(a), number.test(b)]
  if (left && right) return Number(a) - Number(b)
  if (left !== right) return left ? -1 : 1
  return compareTexts(a, b)
}
