/** From the attribute `columns` to what a cell needs to know. Pure. */
import type { ChoiceView, IncidentView, ReferenceView } from '@snowline/protocol'
import { type SortKey, sortKeys } from '../../state/filters.ts'
import type { MessageKey, Say } from '../../text/messages.ts'

export type CellKind = 'number' | 'text' | 'state' | 'priority' | 'choice' | 'reference' | 'time'

export interface Column {
  key: string
  label: string
  kind: CellKind
  sort: SortKey | null
}

export const defaultColumns = 'number, short_description, state, priority, updated_on, assigned_to'

type Field = readonly [kind: CellKind, label: MessageKey]

const fields: Readonly<Record<string, Field>> = {
  number: ['number', 'fieldNumber'],
  short_description: ['text', 'fieldShortDescription'],
  description: ['text', 'fieldDescription'],
  state: ['state', 'fieldState'],
  priority: ['priority', 'fieldPriority'],
  impact: ['choice', 'fieldImpact'],
  urgency: ['choice', 'fieldUrgency'],
  category: ['choice', 'fieldCategory'],
  subcategory: ['choice', 'fieldSubcategory'],
  assignment_group: ['reference', 'fieldAssignmentGroup'],
  assigned_to: ['reference', 'fieldAssignedTo'],
  caller: ['reference', 'fieldCaller'],
  opened_at: ['time', 'fieldOpenedAt'],
  updated_on: ['time', 'fieldUpdatedOn'],
  resolved_at: ['time', 'fieldResolvedAt'],
  close_code: ['text', 'fieldCloseCode'],
  close_notes: ['text', 'fieldCloseNotes'],
  ticket_id: ['text', 'linkedTicket'],
}

/** What people write for a field when they think of the instance's name, or of the heading. */
const aliases: Readonly<Record<string, string>> = {
  updated: 'updated_on',
  sys_updated_on: 'updated_on',
  opened: 'opened_at',
  resolved: 'resolved_at',
  caller_id: 'caller',
  group: 'assignment_group',
  assigned: 'assigned_to',
}

/**
 * The columns of a comma list, unknown names taken as custom fields. The number is always there and always first: it
 * is the button that opens an incident from the keyboard. Example: `toColumns('state,u_site', say)` has the keys
 * `number`, `state`, `u_site`.
 */
export function toColumns(list: string, say: Say): readonly Column[] {
  const names = list
    .split(',')
    .map((name) => name.trim().toLowerCase())
    .filter((name) => name !== '')
  const keys = (names.length > 0 ? names : defaultColumns.split(', ')).map(toKey)
  return [...new Set(['number', ...keys])].map((key) => toColumn(key, say))
}

function toKey(name: string): string {
  return (Object.hasOwn(aliases, name) ? aliases[name] : undefined) ?? name
}

function toColumn(key: string, say: Say): Column {
  const sort = sortKeys.find((known) => known === key) ?? null
  const field = Object.hasOwn(fields, key) ? fields[key] : undefined
  if (field === undefined) return { key, label: toLabel(key), kind: 'text', sort }
  return { key, label: say(field[1]), kind: field[0], sort }
}

/** What a field of the incident is called, by its name in a record. Example: `caller_id` is `Caller`. */
export function fieldLabel(name: string, say: Say): string {
  return toColumn(toKey(name), say).label
}

/** Example: `u_site_code` is read as `Site code`. */
export function toLabel(key: string): string {
  const words = key.replace(/^u_/, '').replaceAll('_', ' ').trim()
  return words === '' ? key : words[0]?.toUpperCase() + words.slice(1)
}

/** The value behind a column: a member of the view, or one of its custom fields; undefined when there is none. */
export function fieldOf(incident: IncidentView, key: string): unknown {
  if (Object.hasOwn(fields, key)) return incident[key as keyof IncidentView]
  return Object.hasOwn(incident.fields ?? {}, key) ? incident.fields[key] : undefined
}

export function isChoice(value: unknown): value is ChoiceView {
  return typeof value === 'object' && value !== null && 'value' in value && 'label' in value
}

export function isReference(value: unknown): value is ReferenceView {
  return typeof value === 'object' && value !== null && 'sys_id' in value
}
