/**
 * The help desk's preset beside a function written by hand that does the same work for the same context: fields, journal entries, settings,
 * choices, warnings, what is missing, what was not mapped, and the refusal of values that are no texts. Both are checked to agree, then
 * measured in the same process in alternating rounds; the median counts.
 *
 * Prints nanoseconds a ticket and the ratio; fails above 2.
 */
import assert from 'node:assert/strict'
import { isSysId, MappingError } from '@snowline/sdk'
import {
  type CopilotSettings,
  type CopilotTicket,
  copilotMapper,
  type MappingContext,
} from '@snowline/sdk/mapper'

const TICKETS = Number(process.env.TICKETS ?? 20_000)
const ROUNDS = Number(process.env.ROUNDS ?? 41)
const LIMIT = 2

const caller = '46f09e75a9fe198100f4ffd8d366d17b'
const group = '287ebd7da9fe198100f92cc8d1d2154e'
type Context = MappingContext<CopilotSettings>
const context: Context = {
  settings: {
    defaultAssignmentGroup: group,
    closeCode: 'Solution provided',
    closeNotes: 'Done.',
    holdReason: '1',
  },
  choices: {
    category: ['inquiry', 'software', 'hardware', 'network'],
    close_code: ['Solution provided', 'Duplicate'],
    hold_reason: ['1', '3', '4', '5'],
  },
  lookups: [{ table: 'sys_user', by: 'email', value: 'ann@example.test', found: [caller] }],
}

type Row = CopilotTicket & { created_at: string; updated_at: string; channel: string }
const pick = <T>(values: readonly T[], index: number): T => values[index % values.length] as T

const tickets: Row[] = Array.from({ length: TICKETS }, (_, index) => ({
  id: index + 1,
  subject:
    index % 10 === 0 ? `Printer ${'on the third floor '.repeat(10)}` : `Printer ${index} does not answer`,
  description: 'It hums.\n\nThen it stops, and nobody can print the invoices of the day.\nSince Monday.',
  status: pick(['open', 'in_progress', 'pending', 'resolved', 'closed'], index),
  priority: pick(['low', null, 'high', 'urgent', 'medium'], index),
  predicted_priority: 'medium',
  category: pick(['hardware', 'network', 'garden', null], index),
  predicted_category: null,
  requester_email: 'ann@example.test',
  ai_suggestions: pick(['Restart the spooler.\nClear the queue.', null], index),
  created_at: '2026-03-01 10:00:00',
  updated_at: '2026-03-01 10:00:00',
  channel: 'chat',
}))

type Mapped = ReturnType<typeof mapper.toRecord>
const mapper = copilotMapper()

const priorities = new Map<string, [string, string, string]>([
  ['urgent', ['1', '1', '1']],
  ['high', ['2', '2', '1']],
  ['medium', ['3', '2', '2']],
  ['low', ['4', '3', '2']],
])
const states = new Map(
  Object.entries({ open: '1', in_progress: '2', pending: '3', resolved: '6', closed: '7' }),
)
const read = new Set(
  'id subject description status priority predicted_priority category predicted_category requester_email ai_suggestions hold_reason close_code close_notes created_at updated_at sn_sys_id sn_number sn_last_sync_at sn_sync_status sn_last_error'.split(
    ' ',
  ),
)
const headings = /^( *)(Full subject|Full description|AI Suggestions)$/gm
const protect = (text: string) =>
  text.includes('Full subject') || text.includes('Full description') || text.includes('AI Suggestions')
    ? text.replace(headings, ' $1$2')
    : text

function describe(description: string, cutSubject: string, suggestions: string): string {
  let whole = protect(description)
  if (cutSubject) whole = `Full subject\n${protect(cutSubject)}\n\nFull description\n${whole}`
  if (suggestions) whole += `${whole === '' ? '' : '\n\n'}AI Suggestions\n${protect(suggestions)}`
  return whole.length > 4000 ? `${whole.slice(0, 3999)}…` : whole
}

/** A member as text, as the preset takes it. */
function text(value: unknown, member: string): string {
  if (typeof value === 'string') return value
  if (value === null || value === undefined) return ''
  if (typeof value === 'number' && Number.isFinite(value)) return String(value)
  throw new MappingError(`${member} is not a text.`, { table: 'incident', field: member, kind: 'text' })
}

function setting(name: keyof CopilotSettings, settings: CopilotSettings): string {
  const value = settings[name]
  return value === undefined ? '' : String(value)
}

/** The instance's spelling of a choice, null for none, the value itself when the choices are not known. */
function choice(value: string, field: string, { choices }: Context): string | null {
  const options = choices?.[field]
  if (options === undefined) return value
  for (const option of options)
    if ((typeof option === 'string' ? option : option.value) === value) return value
  const folded = value.toLowerCase()
  for (const option of options) {
    if (typeof option === 'string') {
      if (option.toLowerCase() === folded) return option
    } else if (option.value.toLowerCase() === folded || option.label.toLowerCase() === folded)
      return option.value
  }
  return null
}

function keyOf(ticket: Row, settings: CopilotSettings): string {
  const installation = setting('installationId', settings) || 'copilot'
  const generation = setting('linkGeneration', settings) || '1'
  if (installation.includes(':') || !/^\d+$/.test(generation)) throw new Error('The key cannot be made.')
  const key = `${installation}:${ticket.id}:${generation}`
  if (key.length > 100) throw new Error('The key is too long.')
  return key
}

/** A field that the instance demands: from the ticket, else from a setting, else it is missing. */
function demand(
  mapped: Mapped,
  context: Context,
  given: string,
  preset: string,
  { field, label, why }: Mapped['missing'][number],
): void {
  const value = given || preset
  const sent = value === '' || field === 'close_notes' ? value : choice(value, field, context)
  if (sent) mapped.fields[field] = sent
  else mapped.missing.push({ field, label, why })
}

function finish(mapped: Mapped, ticket: Row, context: Context, settings: CopilotSettings): void {
  const { state } = mapped.fields
  if (state === '3') {
    const why = 'an incident On Hold needs its reason'
    const given = text(ticket.hold_reason, 'hold_reason')
    const missing = { field: 'hold_reason', label: 'On hold reason', why }
    demand(mapped, context, given, setting('holdReason', settings), missing)
  }
  if (state !== '6' && state !== '7') return
  const code = {
    field: 'close_code',
    label: 'Resolution code',
    why: 'a resolved or closed incident needs it',
  }
  demand(mapped, context, text(ticket.close_code, 'close_code'), setting('closeCode', settings), code)
  const notes = {
    field: 'close_notes',
    label: 'Resolution notes',
    why: 'a resolved or closed incident needs them',
  }
  demand(mapped, context, text(ticket.close_notes, 'close_notes'), setting('closeNotes', settings), notes)
}

function findCaller(ticket: Row, context: Context, settings: CopilotSettings): string {
  const wanted = text(ticket.requester_email, 'requester_email').trim()
  for (const { table, by, value, found } of wanted ? (context.lookups ?? []) : []) {
    if (table !== 'sys_user' || by !== 'email' || value !== wanted || found === 'refused') continue
    if (found.length === 1 && isSysId(found[0])) return found[0]
  }
  const preset = setting('defaultCaller', settings)
  return isSysId(preset) ? preset : ''
}

function byHand(ticket: Row, context: Context): Mapped {
  const fields: Record<string, string> = {}
  const mapped: Mapped = { fields, journal: {}, unmapped: [], warnings: [], missing: [] }
  const settings = context.settings ?? {}
  const subject = text(ticket.subject, 'subject')
  const cut = subject.length > 160
  if (subject) fields.short_description = cut ? `${subject.slice(0, 159)}…` : subject
  const body = describe(
    text(ticket.description, 'description'),
    cut ? subject : '',
    text(ticket.ai_suggestions, 'ai'),
  )
  const priority = text(ticket.priority, 'priority') || text(ticket.predicted_priority, 'predicted_priority')
  const codes = priorities.get(priority)
  if (codes) [fields.priority, fields.impact, fields.urgency] = codes
  const category = text(ticket.category, 'category') || text(ticket.predicted_category, 'predicted_category')
  const known = category === '' ? null : choice(category, 'category', context)
  if (category !== '' && known === null) {
    const message = 'the value is no choice of the instance; "software" is sent instead'
    mapped.warnings.push({ field: 'category', message })
  }
  fields.category = known ?? 'software'
  const caller = findCaller(ticket, context, settings)
  if (caller) fields.caller_id = caller
  mapped.journal.work_notes = `Copilot Ticket ID: ${ticket.id}`
  fields.correlation_id = keyOf(ticket, settings)
  fields.correlation_display = setting('systemName', settings) || 'Copilot'
  const state = states.get(text(ticket.status, 'status'))
  if (state) fields.state = state
  const group = setting('defaultAssignmentGroup', settings)
  if (isSysId(group)) fields.assignment_group = group
  if (body) fields.description = body
  for (const [member, value] of Object.entries(ticket)) {
    if (read.has(member) || value === null || value === undefined || value === '') continue
    if (/^u_[a-z0-9_]+$/.test(member)) fields[member] = text(value, member)
    else mapped.unmapped.push({ field: member, reason: 'no rule reads it' })
  }
  finish(mapped, ticket, context, settings)
  return mapped
}

for (const ticket of tickets.slice(0, 1_000))
  assert.deepEqual(mapper.toRecord(ticket, context), byHand(ticket, context))

const odd = { ...tickets[0], subject: { text: 'Printer' } } as unknown as Row
assert.throws(() => mapper.toRecord(odd, context), MappingError)
assert.throws(() => byHand(odd, context), MappingError)

let kept = 0
function nanoseconds(map: (ticket: Row) => Mapped): number {
  const start = process.hrtime.bigint()
  for (const ticket of tickets) kept += map(ticket).missing.length
  return Number(process.hrtime.bigint() - start) / tickets.length
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
}

const ours = (ticket: Row) => mapper.toRecord(ticket, context)
const theirs = (ticket: Row) => byHand(ticket, context)
for (let round = 0; round < 5; round += 1) {
  nanoseconds(ours)
  nanoseconds(theirs)
}
const rounds = Array.from({ length: ROUNDS }, (_, round) => {
  if (round % 2 === 0) return [nanoseconds(ours), nanoseconds(theirs)] as const
  const hand = nanoseconds(theirs)
  return [nanoseconds(ours), hand] as const
})
const [preset, hand] = [median(rounds.map(([a]) => a)), median(rounds.map(([, b]) => b))]
const ratio = median(rounds.map(([a, b]) => a / b))
console.log(`mapper: ${TICKETS} tickets a round, ${ROUNDS} rounds, ${kept} fields missing`)
console.log(`preset ${preset.toFixed(0)} ns a ticket, by hand ${hand.toFixed(0)} ns a ticket`)
console.log(`ratio preset / by hand: ${ratio.toFixed(2)} (limit ${LIMIT})`)
if (ratio > LIMIT) process.exitCode = 1
