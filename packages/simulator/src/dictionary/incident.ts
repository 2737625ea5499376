/** The incident table as a developer instance of 2026 shows it: 92 columns, in the order its answers use. */
import {
  type Choice,
  choice,
  type FieldDefinition,
  field,
  reference,
  type TableDefinition,
  text,
} from './field.ts'
import { withOwners } from './task.ts'

const subcategories: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  inquiry: { antivirus: 'Antivirus', email: 'Email', 'internal application': 'Internal Application' },
  software: { email: 'Email', os: 'Operating System' },
  hardware: {
    cpu: 'CPU',
    disk: 'Disk',
    keyboard: 'Keyboard',
    memory: 'Memory',
    monitor: 'Monitor',
    mouse: 'Mouse',
  },
  network: { dhcp: 'DHCP', dns: 'DNS', 'ip address': 'IP Address', vpn: 'VPN', wireless: 'Wireless' },
  database: { db2: 'DB2', 'sql server': 'MS SQL Server', oracle: 'Oracle' },
}

const subcategoryChoices: readonly Choice[] = Object.entries(subcategories).flatMap(([dependent, choices]) =>
  Object.entries(choices).map(([value, label]) => ({ value, label, dependent })),
)

const level = { 1: '1 - High', 2: '2 - Medium', 3: '3 - Low' }
const states = { 1: 'New', 2: 'In Progress', 3: 'On Hold', 6: 'Resolved', 7: 'Closed', 8: 'Canceled' }

/** Resolution codes of the newer releases; older ones had `Solved (Permanently)` and its like. */
export const CLOSE_CODES: readonly string[] = [
  'Duplicate',
  'Known error',
  'No resolution provided',
  'Resolved by caller',
  'Resolved by change',
  'Resolved by problem',
  'Resolved by request',
  'Solution provided',
  'Workaround provided',
  'User error',
]

const closeCodes = Object.fromEntries(CLOSE_CODES.map((code) => [code, code]))
const platform = { writable: false } as const
const stamp = (name: string, label: string): FieldDefinition => field('date-time', name, label)
const duration = (name: string, label: string): FieldDefinition => field('duration', name, label)
const count = (name: string, label: string): FieldDefinition =>
  field('integer', name, label, { ...platform, defaultValue: '0' })

const fields: readonly FieldDefinition[] = [
  reference('parent', 'Parent', 'task'),
  field('boolean', 'made_sla', 'Made SLA', { defaultValue: 'true' }),
  reference('caused_by', 'Caused by Change', 'change_request'),
  text('watch_list', 'Watch list', 4000),
  choice('upon_reject', 'Upon reject', { cancel: 'Cancel all future Tasks' }, { defaultValue: 'cancel' }),
  field('date-time', 'sys_updated_on', 'Updated', platform),
  field('integer', 'child_incidents', 'Child Incidents', { defaultValue: '0' }),
  choice('hold_reason', 'On hold reason', {
    1: 'Awaiting Caller',
    3: 'Awaiting Problem',
    4: 'Awaiting Vendor',
    5: 'Awaiting Change',
  }),
  text('origin_table', 'Origin table', 80),
  text('task_effective_number', 'Effective number', 40, platform),
  field('journal', 'approval_history', 'Approval history', platform),
  text('number', 'Number'),
  reference('resolved_by', 'Resolved by', 'sys_user'),
  text('sys_updated_by', 'Updated by', 40, platform),
  reference('opened_by', 'Opened by', 'sys_user'),
  text('user_input', 'User input', 4000),
  field('date-time', 'sys_created_on', 'Created', platform),
  reference('sys_domain', 'Domain', 'sys_user_group', { ...platform, defaultValue: 'global' }),
  choice('state', 'State', states, { defaultValue: '1' }),
  field('integer', 'route_reason', 'Transfer reason'),
  text('sys_created_by', 'Created by', 40, platform),
  field('boolean', 'knowledge', 'Knowledge', { defaultValue: 'false' }),
  field('integer', 'order', 'Order'),
  field('integer', 'calendar_stc', 'Resolve time'),
  stamp('closed_at', 'Closed'),
  reference('cmdb_ci', 'Configuration item', 'cmdb_ci'),
  reference('delivery_plan', 'Delivery plan', 'sc_cat_item_delivery_plan'),
  reference('contract', 'Contract', 'ast_contract'),
  choice('impact', 'Impact', level, { defaultValue: '3' }),
  field('boolean', 'active', 'Active', { defaultValue: 'true' }),
  text('work_notes_list', 'Work notes list', 4000),
  reference('business_service', 'Service', 'cmdb_ci_service'),
  text('business_impact', 'Business impact', 4000),
  choice('priority', 'Priority', {
    1: '1 - Critical',
    2: '2 - High',
    3: '3 - Moderate',
    4: '4 - Low',
    5: '5 - Planning',
  }),
  text('sys_domain_path', 'Domain Path', 255, { ...platform, defaultValue: '/' }),
  reference('rfc', 'Change Request', 'change_request'),
  duration('time_worked', 'Time worked'),
  stamp('expected_start', 'Expected start'),
  stamp('opened_at', 'Opened'),
  duration('business_duration', 'Business duration'),
  text('group_list', 'Group list', 4000),
  stamp('work_end', 'Actual end'),
  reference('caller_id', 'Caller', 'sys_user'),
  stamp('reopened_time', 'Last reopened at'),
  stamp('resolved_at', 'Resolved'),
  field('date-time', 'approval_set', 'Approval set'),
  field('string', 'subcategory', 'Subcategory', { choices: subcategoryChoices, maxLength: 40 }),
  field('journal', 'work_notes', 'Work notes'),
  reference('universal_request', 'Universal Request', 'task'),
  text('short_description', 'Short description', 160),
  choice('close_code', 'Resolution code', closeCodes, { strictChoice: true }),
  text('correlation_display', 'Correlation display', 100),
  reference('delivery_task', 'Delivery task', 'sc_cat_item_delivery_task'),
  stamp('work_start', 'Actual start'),
  reference('assignment_group', 'Assignment group', 'sys_user_group'),
  text('additional_assignee_list', 'Additional assignee list', 4000),
  field('integer', 'business_stc', 'Business resolve time'),
  text('cause', 'Probable cause', 4000),
  text('description', 'Description', 4000),
  text('origin_id', 'Origin', 32),
  duration('calendar_duration', 'Duration'),
  text('close_notes', 'Resolution notes', 4000),
  choice('notify', 'Notify', { 1: 'Do Not Notify', 2: 'Send Email', 3: 'Telephone' }, { defaultValue: '1' }),
  reference('service_offering', 'Service offering', 'service_offering'),
  field('class', 'sys_class_name', 'Task type', { ...platform, defaultValue: 'incident' }),
  reference('closed_by', 'Closed by', 'sys_user'),
  stamp('follow_up', 'Follow up'),
  reference('parent_incident', 'Parent Incident', 'incident'),
  field('guid', 'sys_id', 'Sys ID', { ...platform, maxLength: 32 }),
  choice('contact_type', 'Channel', {
    chat: 'Chat',
    email: 'Email',
    phone: 'Phone',
    'self-service': 'Self-service',
    virtual_agent: 'Virtual Agent',
    'walk-in': 'Walk-in',
  }),
  reference('reopened_by', 'Last reopened by', 'sys_user'),
  choice('incident_state', 'Incident state', states, { defaultValue: '1' }),
  choice('urgency', 'Urgency', level, { defaultValue: '3' }),
  reference('problem_id', 'Problem', 'problem'),
  reference('company', 'Company', 'core_company'),
  count('reassignment_count', 'Reassignment count'),
  stamp('activity_due', 'Activity due'),
  reference('assigned_to', 'Assigned to', 'sys_user'),
  choice('severity', 'Severity', level, { defaultValue: '3' }),
  field('journal', 'comments', 'Additional comments'),
  choice(
    'approval',
    'Approval',
    { 'not requested': 'Not Yet Requested', requested: 'Requested', approved: 'Approved' },
    {
      defaultValue: 'not requested',
    },
  ),
  stamp('sla_due', 'SLA due'),
  field('journal', 'comments_and_work_notes', 'Comments and Work notes'),
  stamp('due_date', 'Due date'),
  count('sys_mod_count', 'Updates'),
  count('reopen_count', 'Reopen count'),
  text('sys_tags', 'Tags', 255, platform),
  choice(
    'escalation',
    'Escalation',
    { 0: 'Normal', 1: 'Moderate', 2: 'High', 3: 'Overdue' },
    { defaultValue: '0' },
  ),
  choice('upon_approval', 'Upon approval', { proceed: 'Proceed to Next Task' }, { defaultValue: 'proceed' }),
  text('correlation_id', 'Correlation ID', 100),
  reference('location', 'Location', 'cmn_location'),
  choice(
    'category',
    'Category',
    {
      inquiry: 'Inquiry / Help',
      software: 'Software',
      hardware: 'Hardware',
      network: 'Network',
      database: 'Database',
    },
    { defaultValue: 'inquiry' },
  ),
]

/** `incident`, child of `task`. */
export const incident: TableDefinition = {
  name: 'incident',
  label: 'Incident',
  extends: 'task',
  // A delivered instance numbers by script and closes the looked-up priority; which rows it has beside was not captured.
  overrides: {
    number: { defaultValue: 'javascript:global.getNextObjNumberPadded();' },
    priority: { readOnly: true },
  },
  display: 'number',
  fields: withOwners(fields),
  ordered: ['sys_updated_on'],
  lookups: ['number', 'correlation_id'],
  auditDelete: true,
}
