/** The business rules of the incident table, pure: what a write turns into before it is stored. */
import type { RawRecord } from './table-store.ts'

/** Who writes, and when. */
export interface Writing {
  /** sys_id of the writing user, for `resolved_by` and its like. */
  readonly userId: string
  /** Present time as a raw stamp. */
  readonly now: string
  /** Present time in milliseconds. */
  readonly nowMs: number
  /** Labels of the columns that the data policy demands, in the language of the instance. */
  readonly labels?: Readonly<Record<string, string>>
  /** Another priority matrix than the delivered one: `impact/urgency` to priority. */
  readonly priorities?: Readonly<Record<string, string>> | undefined
}

/** `dl_u_priority` as delivered: impact, then urgency. */
const PRIORITY: Readonly<Record<string, string>> = {
  '1/1': '1',
  '1/2': '2',
  '1/3': '3',
  '2/1': '2',
  '2/2': '3',
  '2/3': '4',
  '3/1': '3',
  '3/2': '4',
  '3/3': '5',
}

const RESOLVED = '6'
const CLOSED = '7'
const CANCELED = '8'

/** The priority an instance gives, as delivered or by its own matrix; '' when impact or urgency is not in it. */
export function priorityOf(impact: string, urgency: string, matrix = PRIORITY): string {
  return matrix[`${impact}/${urgency}`] ?? ''
}

type Draft = Record<string, string>

function keepStatesEqual(before: RawRecord, draft: Draft): void {
  const moved = (name: string): boolean => draft[name] !== (before[name] ?? '')
  if (moved('state')) draft.incident_state = draft.state ?? ''
  else if (moved('incident_state')) draft.state = draft.incident_state ?? ''
}

function duration(fromStamp: string, toMs: number): { text: string; seconds: string } | undefined {
  const from = Date.parse(`${fromStamp.replace(' ', 'T')}Z`)
  if (Number.isNaN(from) || toMs < from) return undefined
  const whole = Math.floor(toMs / 1000) - Math.floor(from / 1000)
  return { text: new Date(whole * 1000).toISOString().slice(0, 19).replace('T', ' '), seconds: String(whole) }
}

function resolve(draft: Draft, writing: Writing): void {
  draft.resolved_at ||= writing.now
  draft.resolved_by ||= writing.userId
  const took = duration(draft.opened_at ?? '', writing.nowMs)
  if (took) {
    draft.calendar_duration = took.text
    draft.calendar_stc = took.seconds
  }
}

function reopen(draft: Draft, writing: Writing): void {
  for (const name of ['resolved_at', 'resolved_by', 'closed_at', 'closed_by']) draft[name] = ''
  draft.active = 'true'
  draft.reopen_count = String(Number(draft.reopen_count || 0) + 1)
  draft.reopened_time = writing.now
  draft.reopened_by = writing.userId
}

function followState(before: RawRecord, draft: Draft, writing: Writing): void {
  const from = before.state ?? ''
  const to = draft.state ?? ''
  if (from === to) return
  const done = (state: string): boolean => state === RESOLVED || state === CLOSED || state === CANCELED
  if (done(from) && !done(to)) reopen(draft, writing)
  if (to === RESOLVED || to === CLOSED) resolve(draft, writing)
  if (to === CLOSED || to === CANCELED) {
    draft.closed_at ||= writing.now
    draft.closed_by ||= writing.userId
    draft.active = 'false'
  }
}

/** Thrown when a data policy refuses a write; the Table API answers 403 with these labels. */
export class DataPolicyError extends Error {
  override readonly name = 'DataPolicyError'
  readonly labels: readonly string[]

  constructor(labels: readonly string[]) {
    super(`Data Policy Exception: The following fields are mandatory: ${labels.join(', ')}`)
    this.labels = labels
  }
}

function demandResolution(draft: Draft, { labels = {} }: Writing): void {
  if (draft.state !== RESOLVED && draft.state !== CLOSED) return
  const missing: string[] = []
  if (!draft.close_code) missing.push(labels.close_code ?? 'Resolution code')
  if (!draft.close_notes) missing.push(labels.close_notes ?? 'Resolution notes')
  if (missing.length > 0) throw new DataPolicyError(missing)
}

/**
 * What an incident becomes when `changes` are written over `before` (empty for an insert). It throws `DataPolicyError`
 * when a resolved or closed incident would lack its resolution code or notes.
 * Sources: def-prio-lookup-rules (priority), captures of state and incident_state, KB texts for the data policy.
 *
 * @example applyIncidentRules({}, { impact: '1', urgency: '2', state: '1' }, writing).priority // '2'
 */
export function applyIncidentRules(
  before: RawRecord,
  changes: RawRecord,
  writing: Writing,
): Record<string, string> {
  const draft: Draft = { ...before, ...changes }
  const insert = before.sys_id === undefined
  keepStatesEqual(before, draft)
  const levelsMoved = draft.impact !== before.impact || draft.urgency !== before.urgency
  // Only the look-up sets the priority: a value in the body alone has no effect.
  draft.priority = before.priority ?? ''
  if (insert || levelsMoved)
    draft.priority = priorityOf(draft.impact ?? '', draft.urgency ?? '', writing.priorities) || draft.priority
  const groupBefore = before.assignment_group ?? ''
  if (!insert && groupBefore !== '' && draft.assignment_group !== groupBefore) {
    draft.reassignment_count = String(Number(before.reassignment_count || 0) + 1)
  }
  followState(before, draft, writing)
  demandResolution(draft, writing)
  return draft
}
