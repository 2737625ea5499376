/** The kinds of rule a mapper is declared with: plain data, each read in both directions. */
import type { TableDefinition } from '../tables/define-table.ts'
import type { MappingContext } from './context.ts'
import type { TicketPath } from './path.ts'

/** The fields of a table that a rule may name: those it declares, and every field of a customer's own. */
export type FieldOf<Table extends TableDefinition> = Extract<keyof Table['fields'], string> | `u_${string}`

/** True when a field of the mapped record has one of these values. */
export interface FieldCondition<Field extends string = string> {
  field: Field
  is: readonly string[]
}

interface AnyDirection<Field extends string> {
  /** Default both. `toRecord` never reads a record, `toTicket` never writes one. */
  direction?: 'both' | 'toRecord' | 'toTicket'
  /** `create`: the rule takes no part in a patch. */
  only?: 'create'
  /** The rule writes only when the record gets one of these values, for example a close code with state 6. */
  when?: FieldCondition<Field>
}

/** One path, or several of which the first that is not empty counts. Read back into the first. */
export type From<Path extends string> = Path | readonly [Path, ...Path[]]

/** A text as it is: never trimmed, HTML never interpreted. */
export interface TextRule<Path extends string, Field extends string> extends AnyDirection<Field> {
  kind: 'text'
  from: From<Path>
  to: Field
  /** Most UTF-16 units the field holds; a longer text is cut and ends in `…`. */
  maxLength?: number
  /** Where a cut text is kept in full: a section of that field under `heading`. */
  overflow?: { to: Field; heading: string }
  /** Put the text into `to` as a section under this heading, after the text of the rule that owns the field. */
  section?: string
  /** A setting used when the ticket has nothing. */
  setting?: string
}

/** Words of the ticket and codes of the record. A word or code that is not in the table passes as it is. */
export interface ValuesRule<Path extends string, Field extends string> extends AnyDirection<Field> {
  kind: 'values'
  from: From<Path>
  /** Several fields get the codes in order; the first is the one that is read back. */
  to: Field | readonly [Field, ...Field[]]
  /** Word to code, or to one code for each field. Without a table words and codes are the same. */
  table?: Readonly<Record<string, string | readonly string[]>>
  /** Further codes that are only read, for example `{ '8': 'closed' }`. */
  reads?: Readonly<Record<string, string>>
  /** Compare with the instance's choices, when the context has them; a label or another case finds its value. */
  choices?: boolean
  /** A setting used when the ticket has nothing. */
  setting?: string
  /** The code used when there is nothing else, or when the value is known to be no choice. */
  fallback?: string
}

/** The same value for every record: `value`, or the setting of that name when it is set. */
export interface ConstantRule<Field extends string> extends AnyDirection<Field> {
  kind: 'constant'
  to: Field
  value?: string
  setting?: string
}

/** A record of another table, found by one of its fields: exactly one match counts, else the setting, else nothing and a warning. */
export interface ReferenceRule<Path extends string, Field extends string> extends AnyDirection<Field> {
  kind: 'reference'
  from: From<Path>
  to: Field
  table: string
  by: string
  /** What a match must be besides, for example `{ active: 'true' }`. */
  where?: Readonly<Record<string, string>>
  /** A setting holding the sys_id to use when there is no single match. */
  setting?: string
}

/** An instant: a Date, ISO 8601 with a zone, or a UTC stamp becomes a UTC stamp; read back as ISO with `Z`, or as a Date. */
export interface DateRule<Path extends string, Field extends string> extends AnyDirection<Field> {
  kind: 'date'
  from: From<Path>
  to: Field
  /** Default `iso`. */
  as?: 'iso' | 'date'
}

/** Several members to several fields by a function, with its inverse where there is one. Both must be pure. */
export interface ComputedRule<Ticket, Path extends string, Field extends string> extends AnyDirection<Field> {
  kind: 'computed'
  from: readonly Path[]
  to: readonly Field[]
  /** Gives values for fields named in `to`; one that is left out is not written. */
  toRecord?(ticket: Readonly<Ticket>, context: MappingContext): { readonly [F in Field]?: string }
  /** Gives values for members named in `from`. */
  toTicket?(record: Readonly<Record<string, string>>): Partial<Ticket>
}

/** Custom fields (`u_*`) that no other rule names, under the same name on both sides. */
export interface PassthroughRule<Path extends string> {
  kind: 'passthrough'
  /** The member that holds them; without it they are members of the ticket itself. */
  under?: Path
}

/** Any rule of a mapper from `Ticket` to a table with these fields. */
export type Rule<Ticket, Field extends string = string> =
  | TextRule<TicketPath<Ticket>, Field>
  | ValuesRule<TicketPath<Ticket>, Field>
  | ConstantRule<Field>
  | ReferenceRule<TicketPath<Ticket>, Field>
  | DateRule<TicketPath<Ticket>, Field>
  | ComputedRule<Ticket, TicketPath<Ticket>, Field>
  | PassthroughRule<TicketPath<Ticket>>

/** A field the instance refuses a write without, under a condition. */
export interface Demand<Field extends string = string> {
  field: Field
  label: string
  when: FieldCondition<Field>
  why: string
}

export interface MapperDeclaration<Ticket, Table extends TableDefinition, Rules> {
  table: Table
  /** By name: a rule can be replaced, left out of a patch, and is named in reports. */
  rules: Rules
  demands?: readonly Demand<FieldOf<Table>>[]
  /** Members and fields that nobody expects to be mapped: they stay out of the report. */
  ignore?: {
    ticket?: readonly Extract<keyof Ticket, string>[] | readonly string[]
    record?: readonly string[]
  }
  /** Fields that `overrides` of a call may not set. */
  locked?: readonly FieldOf<Table>[]
}

/** A rule as the compiler sees it: paths and fields are checked texts. */
export type AnyRule = Rule<Readonly<Record<string, unknown>>>
