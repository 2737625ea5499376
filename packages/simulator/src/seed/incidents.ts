/** Composes incidents out of stories and people: any number of them, in order of their opening, the same for the same seed. */
import { createRandom, mixSeed, type Random } from '../random.ts'
import { priorityOf } from '../rules.ts'
import { toStamp } from '../stamp.ts'
import type { RawRecord } from '../table-store.ts'
import type { Cast, Person } from './people.ts'
import { type Story, stories, words } from './stories.ts'

/** How many incidents, for which seed, and the present to which their stamps lead. */
export interface IncidentSeed {
  readonly seed: number
  readonly count: number
  readonly now: Date
}

/** One incident with its journal entries, as raw records. */
export interface SeededIncident {
  readonly incident: RawRecord
  readonly journal: readonly RawRecord[]
}

const MINUTE = 60_000
const DAY = 86_400_000
const SPREAD_DAYS = 60

/** Fills the braces of a text. */
export function compose(text: string, random: Random, own: Readonly<Record<string, string>>): string {
  const filled = text.replace(
    /\{(\w+)\}/g,
    (_, name: string) => own[name] ?? random.pick(words[name] ?? ['']),
  )
  return filled.charAt(0).toUpperCase() + filled.slice(1)
}

type State = '1' | '2' | '3' | '6' | '7' | '8'

/** How likely each state is at an age: new ones are young, closed ones old. */
function stateAt(ageMs: number, random: Random): State {
  const draw = random.next()
  const choose = (...table: readonly (readonly [number, State])[]): State =>
    table.find(([until]) => draw < until)?.[1] ?? '7'
  if (ageMs < 60 * MINUTE) return choose([0.75, '1'], [1, '2'])
  if (ageMs < DAY) return choose([0.35, '1'], [0.75, '2'], [0.85, '3'], [0.97, '6'], [1, '8'])
  if (ageMs < 7 * DAY) return choose([0.06, '1'], [0.35, '2'], [0.5, '3'], [0.92, '6'], [0.96, '7'], [1, '8'])
  return choose([0.01, '1'], [0.08, '2'], [0.13, '3'], [0.2, '6'], [0.95, '7'], [1, '8'])
}

interface Times {
  readonly opened: number
  readonly updated: number
}

/** When the incident of a rank was opened and last worked on. */
export function timesFor(at: number, { count, now }: IncidentSeed, random: Random): Times {
  // Quadratic ages: many young incidents, the youngest minutes old, the oldest almost 60 days.
  const share = 1 - (at + random.next()) / count
  const age = 2 * MINUTE + share * share * (SPREAD_DAYS * DAY - 2 * MINUTE)
  const opened = now.getTime() - age
  const worked = Math.min(age - MINUTE, Math.max(MINUTE, age * random.next() ** 2))
  return { opened, updated: opened + worked }
}

interface Draft {
  readonly story: Story
  readonly caller: Person
  readonly agent: Person
  readonly state: State
  readonly times: Times
  readonly id: string
  readonly own: Readonly<Record<string, string>>
}

function levelAround(usual: number, random: Random): string {
  const draw = random.next()
  const level = draw < 0.7 ? usual : draw < 0.85 ? usual - 1 : usual + 1
  return String(Math.min(3, Math.max(1, level)))
}

function resolutionOf({ state, story, agent, times }: Draft, random: Random): RawRecord {
  if (state === '8') return { closed_at: toStamp(times.updated), closed_by: agent.id }
  if (state !== '6' && state !== '7') return {}
  const [close_code, close_notes] = random.pick(story.fixes)
  const resolved =
    state === '6'
      ? times.updated
      : times.opened + (times.updated - times.opened) * (0.2 + 0.6 * random.next())
  const seconds = Math.max(60, Math.floor((resolved - times.opened) / 1000))
  const closed: RawRecord = state === '7' ? { closed_at: toStamp(times.updated), closed_by: agent.id } : {}
  return {
    close_code,
    close_notes,
    resolved_at: toStamp(resolved),
    resolved_by: agent.id,
    calendar_duration: toStamp(seconds * 1000),
    calendar_stc: String(seconds),
    business_duration: toStamp(Math.floor(seconds / 3) * 1000),
    business_stc: String(Math.floor(seconds / 3)),
    ...closed,
  }
}

function journalText(work: boolean, byCaller: boolean, { story, own }: Draft, random: Random): string {
  const texts = work ? story.notes : byCaller ? (words.blocked ?? ['']) : story.replies
  return compose(random.pick(texts), random, own)
}

function journalOf(draft: Draft, random: Random): RawRecord[] {
  const { caller, agent, state, times, id } = draft
  const entries = state === '1' ? (random.chance(0.2) ? 1 : 0) : 1 + random.int(4)
  const span = times.updated - times.opened
  const said = new Map<string, RawRecord>()
  for (let at = 0; at < entries; at++) {
    const work = random.chance(0.5)
    const byCaller = !work && random.chance(0.3)
    const value = journalText(work, byCaller, draft, random)
    // Nobody says the same thing twice here, so that a doubled note in the statistics is a fault of a client.
    if (said.has(value)) continue
    said.set(value, {
      sys_id: random.hex(32),
      name: 'incident',
      element: work ? 'work_notes' : 'comments',
      element_id: id,
      value,
      sys_created_on: toStamp(times.opened + (span * (at + 1)) / entries),
      sys_created_by: byCaller ? caller.userName : agent.userName,
    })
  }
  return [...said.values()]
}

/** What an instance fills in by itself. */
const DEFAULTS: RawRecord = {
  severity: '3',
  child_incidents: '0',
  approval: 'not requested',
  upon_approval: 'proceed',
  upon_reject: 'cancel',
  escalation: '0',
  notify: '1',
  sys_class_name: 'incident',
  sys_domain: 'global',
  sys_domain_path: '/',
}

function recordOf(draft: Draft, at: number, cast: Cast, random: Random): RawRecord {
  const { story, caller, agent, state, times, own } = draft
  const impact = levelAround(story.levels[0], random)
  const urgency = levelAround(story.levels[1], random)
  const opened = toStamp(times.opened)
  const number = `INC${String(10_001 + at).padStart(7, '0')}`
  const self = random.chance(0.6)
  const started = state !== '1'
  const mods = started ? 1 + random.int(8) : random.int(2)
  return {
    ...DEFAULTS,
    sys_id: draft.id,
    number,
    task_effective_number: number,
    short_description: compose(random.pick(story.shorts), random, own).slice(0, 160),
    description: compose(random.pick(story.details), random, own),
    category: story.category,
    subcategory: story.subcategory,
    contact_type: random.pick(['self-service', 'phone', 'email', 'chat', 'walk-in', 'virtual_agent']),
    caller_id: caller.id,
    opened_by: self ? caller.id : agent.id,
    opened_at: opened,
    state,
    incident_state: state,
    hold_reason: state === '3' ? random.pick(['1', '1', '3', '4', '5']) : '',
    active: state === '7' || state === '8' ? 'false' : 'true',
    impact,
    urgency,
    priority: priorityOf(impact, urgency),
    assignment_group: cast.groups.find(({ name }) => name === story.group)?.id ?? '',
    assigned_to: started || random.chance(0.2) ? agent.id : '',
    cmdb_ci: cast.devices.find(({ name }) => name === story.device)?.id ?? '',
    location: cast.places.find(({ name }) => name === caller.place)?.id ?? '',
    made_sla: random.chance(0.85) ? 'true' : 'false',
    knowledge: random.chance(0.1) ? 'true' : 'false',
    reassignment_count: String(random.chance(0.3) ? 1 + random.int(3) : 0),
    reopen_count: random.chance(0.04) ? '1' : '0',
    sys_created_on: opened,
    sys_created_by: self ? caller.userName : agent.userName,
    sys_updated_on: toStamp(mods === 0 ? times.opened : times.updated),
    sys_updated_by: mods === 0 ? caller.userName : agent.userName,
    sys_mod_count: String(mods),
    ...resolutionOf(draft, random),
  }
}

/** Yields incidents one by one, oldest first, so that 100,000 of them need no memory of their own. */
export function* streamIncidents(options: IncidentSeed, cast: Cast): Generator<SeededIncident> {
  const random = createRandom(mixSeed(options.seed, 'incidents'))
  const agents = cast.people.filter(({ support }) => support)
  for (let at = 0; at < options.count; at++) {
    const times = timesFor(at, options, random)
    const caller = random.pick(cast.people)
    const draft: Draft = {
      story: random.pick(stories),
      caller,
      agent: random.pick(agents),
      state: stateAt(options.now.getTime() - times.opened, random),
      times,
      id: random.hex(32),
      own: { first: caller.first, place: caller.place },
    }
    yield { incident: recordOf(draft, at, cast, random), journal: journalOf(draft, random) }
  }
}
