/** What a mapping is given besides the ticket, and what it gives back: plain data, no behaviour. */
import type { UtcStamp } from '../base/values.ts'

/** A record as it is read raw: every value a text, references as sys_ids, empty as `''`. */
export type RawFields = Readonly<Record<string, unknown>>

/** A record the mapper needs to know before it can write a reference. Ask for at most two rows: one match counts, two do not. */
export interface LookupRequest {
  rule: string
  table: string
  /** The field that must equal `value`. */
  by: string
  value: string
  /** Further conditions every match must satisfy, for example `{ active: 'true' }`. */
  where: Readonly<Record<string, string>>
}

/** The answer to a request: the sys_ids that match, or that the instance refused to say. */
export interface LookupAnswer {
  table: string
  by: string
  value: string
  found: readonly string[] | 'refused'
}

/** A choice of the instance: its value, or its value and label. */
export type ChoiceOption = string | { readonly value: string; readonly label: string }

/** Values a host sets once: defaults, names, keys. An empty text counts as absent. */
export type SettingValues = Readonly<Record<string, string | number | undefined>>

export interface MappingContext<Settings extends object = SettingValues> {
  /** Answers to `mapper.needs(ticket)`. */
  lookups?: readonly LookupAnswer[]
  /** The choices of a field, as far as they could be read; a field that is not named here is unknown. */
  choices?: Readonly<Record<string, readonly ChoiceOption[]>>
  settings?: Settings
  /** Record fields that a person set for this one call; they win over every rule. */
  overrides?: Readonly<Record<string, string>>
  /** The instant of the call, for computed rules: a mapper never looks at a clock. */
  now?: UtcStamp
}

/** Something that is there and was not carried over. */
export interface Unmapped {
  field: string
  reason: string
}

/** Something that was carried over, though not as one might expect. */
export interface MappingWarning {
  field: string
  message: string
}

/** A field the instance demands and would refuse the write without. */
export interface MissingField {
  field: string
  /** The instance's own label, as its refusal would name it. */
  label: string
  why: string
}

/** Journal fields: each write appends an entry, so they never travel in a patch of values. */
export interface JournalEntries {
  work_notes?: string
  comments?: string
  [field: string]: string | undefined
}

export interface MappedRecord {
  fields: Record<string, string>
  journal: JournalEntries
  unmapped: Unmapped[]
  warnings: MappingWarning[]
  missing: MissingField[]
}

export interface MappedTicket<Ticket> {
  ticket: Partial<Ticket>
  unmapped: Unmapped[]
  warnings: MappingWarning[]
}

export interface FieldChange {
  field: string
  from: string
  to: string
}

export interface RecordPatch extends MappedRecord {
  /** What `fields` changes, with the value of the base. */
  changes: FieldChange[]
  /** Mapped fields that already say what the ticket says. */
  unchanged: string[]
}

/** The exact call a mapping would lead to. Nothing is sent. */
export interface DryRun {
  method: 'POST' | 'PATCH'
  table: string
  body: Record<string, string>
  needs: LookupRequest[]
  unmapped: Unmapped[]
  warnings: MappingWarning[]
  missing: MissingField[]
}
