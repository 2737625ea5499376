/** A record as the API shows it: from a live answer (value and display value) or from the mirror (raw values, out-of-the-box labels). */
import type { ChoiceView, IncidentView, JournalEntryView, ReferenceView } from '@snowline/protocol'
import { incidentLevels, incidentPriorities, incidentStates, isUtcStamp, stampToIso } from '@snowline/sdk'

/** What a list asks an instance for. */
export const viewFields = [
  'sys_id',
  'number',
  'short_description',
  'description',
  'state',
  'priority',
  'impact',
  'urgency',
  'category',
  'subcategory',
  'assignment_group',
  'assigned_to',
  'caller_id',
  'opened_at',
  'sys_updated_on',
  'resolved_at',
  'close_code',
  'close_notes',
] as const

/** One value of a record, whichever way it was asked for. */
interface CellText {
  value: string
  /** Null when the instance was not asked, or has no other word for it. */
  display: string | null
}

const outOfTheBox: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  state: incidentStates,
  priority: incidentPriorities,
  impact: incidentLevels,
  urgency: incidentLevels,
}

export interface ViewContext {
  /** Origin of the instance, null when it is not known. */
  origin: string | null
  ticketId: string | null
}

/**
 * The view of a record. Instants become ISO 8601; an empty text that should be an instant or a reference becomes null.
 *
 * @example incidentView({ state: '6', ... }, context).state  // { value: '6', label: 'Resolved' }
 */
export function incidentView(record: Readonly<Record<string, unknown>>, context: ViewContext): IncidentView {
  const text = (field: string): string => cell(record[field]).value
  const sysId = text('sys_id')
  return {
    sys_id: sysId,
    number: text('number'),
    short_description: text('short_description'),
    description: text('description'),
    state: choice(record, 'state'),
    priority: choice(record, 'priority'),
    impact: choice(record, 'impact'),
    urgency: choice(record, 'urgency'),
    category: choice(record, 'category'),
    subcategory: choice(record, 'subcategory'),
    assignment_group: reference(record, 'assignment_group'),
    assigned_to: reference(record, 'assigned_to'),
    caller: reference(record, 'caller_id'),
    opened_at: instant(text('opened_at')),
    updated_on: instant(text('sys_updated_on')) ?? '',
    resolved_at: instant(text('resolved_at')),
    close_code: text('close_code'),
    close_notes: text('close_notes'),
    open_url: openUrl(context.origin, sysId),
    ticket_id: context.ticketId,
    pending: false,
    fields: customFields(record),
  }
}

/** A row of `sys_journal_field`; null when it is no comment and no work note. */
export function journalEntryView(record: Readonly<Record<string, unknown>>): JournalEntryView | null {
  const kind = cell(record.element).value
  if (kind !== 'comments' && kind !== 'work_notes') return null
  return {
    kind,
    text: cell(record.value).value,
    created_on: instant(cell(record.sys_created_on).value) ?? '',
    created_by: cell(record.sys_created_by).value,
  }
}

/** The text of a field, raw. */
export function rawText(record: Readonly<Record<string, unknown>>, field: string): string {
  return cell(record[field]).value
}

/** What people read in a field when the instance was asked for it, else an empty text. */
export function displayText(record: Readonly<Record<string, unknown>>, field: string): string {
  return cell(record[field]).display ?? ''
}

function cell(value: unknown): CellText {
  if (typeof value === 'string') return { value, display: null }
  if (typeof value !== 'object' || value === null) return { value: '', display: null }
  const raw = 'value' in value ? value.value : ''
  const shown = 'display_value' in value ? value.display_value : null
  return {
    value: typeof raw === 'string' ? raw : '',
    display: typeof shown === 'string' && shown !== '' ? shown : null,
  }
}

function choice(record: Readonly<Record<string, unknown>>, field: string): ChoiceView {
  const { value, display } = cell(record[field])
  return { value, label: display ?? choiceLabel(field, value) }
}

/** What a choice is called out of the box; the value itself where we do not know. Example: `choiceLabel('state', '3')` is `'On Hold'`. */
export function choiceLabel(field: string, value: string): string {
  return outOfTheBox[field]?.[value] ?? value
}

function reference(record: Readonly<Record<string, unknown>>, field: string): ReferenceView | null {
  const { value, display } = cell(record[field])
  return value === '' ? null : { sys_id: value, name: display }
}

function instant(stamp: string): string | null {
  return isUtcStamp(stamp) ? stampToIso(stamp) : null
}

/** A link into the instance: https only, the id encoded twice because it stands in a parameter of a parameter. */
export function openUrl(origin: string | null, sysId: string): string | null {
  if (origin === null || !origin.startsWith('https://') || sysId === '') return null
  const url = new URL('/nav_to.do', origin)
  url.searchParams.set('uri', `incident.do?sys_id=${encodeURIComponent(sysId)}`)
  return url.href
}

function customFields(record: Readonly<Record<string, unknown>>): Record<string, string> {
  const custom = Object.keys(record).filter((field) => /^u_[a-z0-9_]+$/.test(field))
  return Object.fromEntries(custom.map((field) => [field, cell(record[field]).value]))
}
