/** What incidents have from `task`: the columns declared there and the generic states; the table itself has no rows here. */
import type { Choice, FieldDefinition } from './field.ts'

/** Columns that the incident table declares itself; all others come from `task`. */
const OWN: ReadonlySet<string> = new Set([
  'business_impact',
  'business_stc',
  'calendar_stc',
  'caller_id',
  'category',
  'cause',
  'caused_by',
  'child_incidents',
  'close_code',
  'hold_reason',
  'incident_state',
  'notify',
  'origin_id',
  'origin_table',
  'parent_incident',
  'problem_id',
  'reopen_count',
  'reopened_by',
  'reopened_time',
  'resolved_at',
  'resolved_by',
  'rfc',
  'severity',
  'subcategory',
])

/** Labels of tables that are here only as parents. */
export const PARENT_LABELS: Readonly<Record<string, string>> = {
  task: 'Task',
  sys_import_set_row: 'Import Set Row',
}

/** The states of a task of no class of its own: 3 is closed here and on hold for an incident (servicenow.md 3.10). */
export const GENERIC_STATES: readonly Choice[] = [
  { value: '-5', label: 'Pending' },
  { value: '1', label: 'Open' },
  { value: '2', label: 'Work in Progress' },
  { value: '3', label: 'Closed Complete' },
  { value: '4', label: 'Closed Incomplete' },
  { value: '7', label: 'Closed Skipped' },
]

/** The columns of an incident, each with the table that declares it. */
export function withOwners(fields: readonly FieldDefinition[]): FieldDefinition[] {
  return fields.map((field) => (OWN.has(field.name) ? field : { ...field, declaredBy: 'task' }))
}
