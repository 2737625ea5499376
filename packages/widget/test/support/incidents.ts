/** Incidents, health and journal as the server would send them, made up and always the same. */
import type {
  ChoiceView,
  HealthView,
  IncidentDetailView,
  IncidentList,
  IncidentView,
  JournalEntryView,
} from '@snowline/protocol'

export const NOW = new Date('2026-11-22T10:45:00Z')
export const INSTANCE = 'https://dev12345.service-now.com'

const states: readonly ChoiceView[] = [
  { value: '1', label: 'New' },
  { value: '2', label: 'In Progress' },
  { value: '3', label: 'On Hold' },
  { value: '6', label: 'Resolved' },
  { value: '7', label: 'Closed' },
  { value: '8', label: 'Canceled' },
]
const priorities: readonly ChoiceView[] = [
  { value: '1', label: '1 - Critical' },
  { value: '2', label: '2 - High' },
  { value: '3', label: '3 - Moderate' },
  { value: '4', label: '4 - Low' },
  { value: '5', label: '5 - Planning' },
]
const subjects: readonly string[] = [
  'Email is down for the whole finance department since this morning',
  'VPN drops every ten minutes when working from home',
  'Cannot print to the colour printer on the third floor',
  'New laptop for a colleague starting in December',
  'SAP login fails with "account locked" although the password is right',
  'Shared drive is read-only',
  'Monitor flickers after docking',
  'Request for access to the reporting workspace',
  'Payroll export stops at 80 % and never finishes',
  'Phone system: incoming calls go straight to voicemail',
  'Wi-Fi in meeting room Aalto is slow',
  'Certificate of the intranet expires in three days',
  'Outlook search finds nothing newer than last week',
]
const people = ['Beth Anglin', 'David Loo', 'Luke Wilson', null, 'Fred Luddy', 'Ayşe Yılmaz'] as const
const groups = ['Service Desk', 'Network', 'Hardware', 'Software'] as const

function pick<T>(list: readonly T[], at: number): T {
  const item = list[at % list.length]
  if (item === undefined) throw new Error('the list is empty')
  return item
}

function id(index: number): string {
  return (0xa5f0 + index).toString(16).padStart(32, '9')
}

/** The incident with this place in the list, 0 being the newest. */
export function incident(index: number, over: Partial<IncidentView> = {}): IncidentView {
  const assignee = pick(people, index)
  const updated = new Date(NOW.getTime() - (3 + index * index * 17) * 60_000)
  return {
    sys_id: id(index),
    number: `INC${String(10_120 - index).padStart(7, '0')}`,
    short_description: pick(subjects, index),
    description: `${pick(subjects, index)}.\n\nStarted around nine. Restarting did not help; two colleagues see the same. Please call before taking over the screen.`,
    state: pick(states, [1, 0, 1, 2, 0, 3, 4, 5][index % 8] ?? 0),
    priority: pick(priorities, [0, 1, 3, 4, 1, 2, 2][index % 7] ?? 3),
    impact: { value: '2', label: '2 - Medium' },
    urgency: { value: '1', label: '1 - High' },
    category: { value: 'network', label: 'Network' },
    subcategory: { value: 'vpn', label: 'VPN' },
    assignment_group: { sys_id: id(900 + (index % 4)), name: pick(groups, index) },
    assigned_to: assignee === null ? null : { sys_id: id(700 + index), name: assignee },
    caller: { sys_id: id(800), name: 'Joe Employee' },
    opened_at: new Date(updated.getTime() - 86_400_000).toISOString(),
    updated_on: updated.toISOString(),
    resolved_at: null,
    close_code: '',
    close_notes: '',
    open_url: `${INSTANCE}/nav_to.do?uri=incident.do%3Fsys_id%3D${id(index)}`,
    ticket_id: index === 1 ? '42' : null,
    pending: index === 4,
    fields: { u_site: 'Helsinki', u_floor: '3' },
    ...over,
  }
}

export function incidents(count: number): readonly IncidentView[] {
  return Array.from({ length: count }, (_, index) => incident(index))
}

export const journal: readonly JournalEntryView[] = [
  {
    kind: 'work_notes',
    text: 'Gateway log shows repeated re-authentication. Moved the user to the second gateway; watching it for a day.',
    created_on: '2026-11-22T10:31:00Z',
    created_by: 'David Loo',
  },
  {
    kind: 'comments',
    text: 'Thank you for the report. We are looking into it and will come back to you before noon.',
    created_on: '2026-11-22T09:12:00Z',
    created_by: 'Beth Anglin',
  },
  {
    kind: 'comments',
    text: 'It happened again at 8:40, 8:51 and 9:02.\nThe laptop was on Ethernet the whole time.',
    created_on: '2026-11-21T08:05:00Z',
    created_by: 'Joe Employee',
  },
]

export function detail(view: IncidentView, over: Partial<IncidentDetailView> = {}): IncidentDetailView {
  return { ...view, journal, ...over }
}

export function page(rows: readonly IncidentView[], over: Partial<IncidentList> = {}): IncidentList {
  return {
    success: true,
    incidents: rows,
    total: rows.length,
    nextCursor: null,
    source: 'live',
    asOf: '2026-11-22T10:42:00Z',
    instance: INSTANCE,
    ...over,
  }
}

export function health(over: Partial<HealthView> = {}): HealthView {
  return {
    success: true,
    configured: true,
    connected: true,
    status: 'ok',
    message: 'Connected',
    source: 'env',
    instance: INSTANCE,
    auth_type: 'basic_auth',
    missing: [],
    invalid: [],
    checks: [],
    checked_at: '2026-11-22T10:42:00Z',
    ...over,
  }
}

export const notConfigured: HealthView = health({
  configured: false,
  connected: false,
  status: 'not_configured',
  message: 'ServiceNow not configured',
  source: null,
  instance: null,
  auth_type: null,
  missing: ['SN_INSTANCE_URL'],
})
