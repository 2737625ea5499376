/** The words in which tables and fields are declared: what `sys_dictionary` says of a real instance, as data. */

/** What a column holds; it decides comparison, display and whether it can be written. */
export type FieldKind =
  | 'string'
  | 'guid'
  | 'integer'
  | 'boolean'
  | 'date-time'
  | 'date'
  | 'duration'
  | 'reference'
  | 'journal'
  | 'class'

/** One choice of a field: the raw value and the label people see. */
export interface Choice {
  readonly value: string
  readonly label: string
  /** For a dependent choice (subcategory): the value of the field it hangs on. */
  readonly dependent?: string
}

/** One column of a table. */
export interface FieldDefinition {
  readonly name: string
  readonly label: string
  readonly kind: FieldKind
  /** The table a reference points to. */
  readonly reference?: string
  /** The column of that table a reference holds, when it is not the sys_id: `name` for the types of `sys_dictionary`. */
  readonly referenceKey?: string
  /** The parent table that declares the column; the table itself when left out. */
  readonly declaredBy?: string
  readonly choices?: readonly Choice[]
  /** An unknown choice in a write is dropped in silence (close_code behaves so). */
  readonly strictChoice?: boolean
  readonly maxLength?: number
  /** What an insert gets when the body says nothing. */
  readonly defaultValue?: string
  /** False for columns that only the platform writes. */
  readonly writable?: boolean
}

/** What a table says otherwise than its parent about a column. */
export interface FieldOverride {
  readonly defaultValue?: string
  readonly mandatory?: boolean
  readonly readOnly?: boolean
}

/** One table and how the simulator keeps it. */
export interface TableDefinition {
  readonly name: string
  readonly label: string
  readonly extends?: string
  /** What the table changes about columns of its parent (`sys_dictionary_override`). */
  readonly overrides?: Readonly<Record<string, FieldOverride>>
  /** The column shown when another record points here. */
  readonly display: string
  readonly fields: readonly FieldDefinition[]
  /** Date-time columns with a sorted index (column, sys_id). */
  readonly ordered: readonly string[]
  /** Columns with a look-up by equal value. */
  readonly lookups: readonly string[]
  /** Roles that may read the rows; everybody signed in when left out. */
  readonly readRoles?: readonly string[]
  /** Roles that may write; whoever may read when left out. */
  readonly writeRoles?: readonly string[]
  /** Columns of a form view, for `sysparm_view`; an unknown view shows all columns. */
  readonly views?: Readonly<Record<string, readonly string[]>>
  /** Whether a delete leaves a row in `sys_audit_delete`. */
  readonly auditDelete?: boolean
}

type Extra = Partial<Omit<FieldDefinition, 'name' | 'label' | 'kind'>>

/** Declares a column of any kind. */
export function field(kind: FieldKind, name: string, label: string, extra: Extra = {}): FieldDefinition {
  return { name, label, kind, ...extra }
}

/** Declares a text column; the platform's usual length is 40. */
export function text(name: string, label: string, maxLength = 40, extra: Extra = {}): FieldDefinition {
  return field('string', name, label, { maxLength, ...extra })
}

/** Declares a reference to a record of another table. */
export function reference(name: string, label: string, table: string, extra: Extra = {}): FieldDefinition {
  return field('reference', name, label, { reference: table, ...extra })
}

/** Declares a column with a list of choices given as `{ value: label }`; whole-number values make it an integer column. */
export function choice(
  name: string,
  label: string,
  choices: Readonly<Record<string, string>>,
  extra: Extra = {},
): FieldDefinition {
  const list = Object.entries(choices).map(([value, shown]) => ({ value, label: shown }))
  const kind = list.every(({ value }) => /^-?\d+$/.test(value)) ? 'integer' : 'string'
  return field(kind, name, label, { choices: list, ...extra })
}

/** The six columns every table has; they are written by the platform. */
export const systemFields: readonly FieldDefinition[] = [
  field('guid', 'sys_id', 'Sys ID', { writable: false, maxLength: 32 }),
  field('date-time', 'sys_created_on', 'Created', { writable: false }),
  text('sys_created_by', 'Created by', 40, { writable: false }),
  field('date-time', 'sys_updated_on', 'Updated', { writable: false }),
  text('sys_updated_by', 'Updated by', 40, { writable: false }),
  field('integer', 'sys_mod_count', 'Updates', { writable: false, defaultValue: '0' }),
]
