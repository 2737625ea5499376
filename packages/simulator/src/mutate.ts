/** Random but believable changes by the people of the instance, stamped with its clock: work going on in a help desk. */
import type { Principal } from './acl.ts'
import { createRandom, mixSeed, type Random } from './random.ts'
import { RuleAbortError } from './rule-abort.ts'
import { DataPolicyError } from './rules.ts'
import { compose } from './seed/incidents.ts'
import { createCast } from './seed/people.ts'
import { stories, words } from './seed/stories.ts'
import type { Row, TableStore } from './table-store.ts'
import type { World } from './world.ts'
import { insertRecord, updateRecord, type WriteOptions } from './write.ts'

/** What to change: `count` changes drawn from `seed`. */
export interface MutateOptions {
  readonly seed: number
  readonly count: number
  /** Stamps each change up to this many seconds in the past: transactions that commit late. Default 0. */
  readonly lateBySeconds?: number
}

/** One change that was made. */
export interface Mutation {
  readonly op: 'insert' | 'update'
  readonly sys_id: string
  readonly number: string
  /** The fields that were sent. */
  readonly fields: readonly string[]
}

type Body = Readonly<Record<string, string>>

const CLOSED: Body = { close_code: 'Solution provided' }

/** So many draws in a row come to nothing only where no change is possible at all. */
const MOST_REFUSED = 1000

/** The states a person moves an incident to, from where it is. */
const NEXT: Readonly<Record<string, readonly string[]>> = {
  1: ['2', '2', '2', '3', '6', '8'],
  2: ['3', '6', '6', '6'],
  3: ['2', '2', '6'],
  6: ['7', '7', '2'],
}

function principalFor(row: Row, users: TableStore): Principal {
  return {
    id: row.id,
    userName: users.read(row, 'user_name'),
    name: users.read(row, 'name'),
    roles: ['itil'],
    zone: 'UTC',
    dateFormat: 'yyyy-MM-dd',
    cannot: {},
    unreadable: {},
  }
}

function anyOf(table: TableStore, random: Random): Row | undefined {
  const at = random.int(table.size)
  return table.byId.slice(at, at + 1)[0]
}

function newBody(world: World, random: Random): Body {
  const story = random.pick(stories)
  const caller = anyOf(world.database.need('sys_user'), random)
  const users = world.database.need('sys_user')
  const own = {
    first: caller ? users.read(caller, 'first_name') : 'Sam',
    place: (caller && users.read(caller, 'location')) || 'London',
  }
  return {
    short_description: compose(random.pick(story.shorts), random, own),
    description: compose(random.pick(story.details), random, own),
    category: story.category,
    subcategory: story.subcategory,
    caller_id: caller?.id ?? '',
    impact: String(1 + random.int(3)),
    urgency: String(1 + random.int(3)),
    contact_type: random.pick(['self-service', 'phone', 'email']),
    assignment_group: world.database.need('sys_user_group').lookup('name', story.group)?.[0]?.id ?? '',
  }
}

/** The body in this instance's own words: a value that its column does not offer becomes one that it does, drawn by the seed. */
function inOwnWords(incidents: TableStore, body: Body, random: Random): Body {
  const words = Object.entries(body).map(([name, value]) => {
    const at = incidents.column(name)
    const choices = at === undefined ? [] : (incidents.fields[at]?.choices ?? [])
    const known = value === '' || choices.length === 0 || choices.some((choice) => choice.value === value)
    return [name, known ? value : random.pick(choices).value]
  })
  return Object.fromEntries(words)
}

function moveBody(state: string, random: Random): Body {
  const to = random.pick(NEXT[state] ?? ['2'])
  const story = random.pick(stories)
  if (to === '3') return { state: to, hold_reason: random.pick(['1', '3', '4', '5']) }
  if (to !== '6' && to !== '7') return { state: to, hold_reason: '' }
  const [close_code, close_notes] = random.pick(story.fixes)
  return { state: to, close_code, close_notes, hold_reason: '' }
}

function changeBody(world: World, row: Row, random: Random): Body {
  const incidents = world.database.need('incident')
  const draw = random.next()
  if (draw < 0.4) return moveBody(incidents.read(row, 'state'), random)
  if (draw < 0.55) return { impact: String(1 + random.int(3)), urgency: String(1 + random.int(3)) }
  if (draw < 0.75) return { assigned_to: anyOf(world.database.need('sys_user'), random)?.id ?? '' }
  if (draw < 0.85) {
    const note = compose(random.pick(random.pick(stories).notes), random, { place: 'London' })
    return { work_notes: `${note} Reference ${random.hex(6)}.` }
  }
  const text = incidents.read(row, 'short_description').replace(/ \(again on \w+\)$/, '')
  return { short_description: `${text} (again on ${random.pick(words.day ?? ['Monday'])})` }
}

/** An incident for a change: most work is done on what was touched last. */
function workedOn(incidents: TableStore, random: Random): Row | undefined {
  const recent = incidents.ordered.get('sys_updated_on')
  if (!recent || random.chance(0.3)) return anyOf(incidents, random)
  const at = incidents.size - 1 - Math.floor(random.next() ** 2 * incidents.size)
  return recent.slice(at, at + 1)[0]
}

/** Makes the changes and says which; the same seed on the same data makes the same ones, fewer where the instance refuses what people try. */
export function mutate(world: World, options: MutateOptions): Mutation[] {
  const random = createRandom(mixSeed(options.seed, 'mutate'))
  const users = world.database.need('sys_user')
  const incidents = world.database.need('incident')
  world.commits.settle()
  if (users.size === 0)
    for (const user of createCast({ seed: 1, now: world.clock.now() }).records.sys_user) users.insert(user)
  const done: Mutation[] = []
  let refused = 0
  while (done.length < options.count && refused < MOST_REFUSED) {
    const person = anyOf(users, random)
    if (!person) break
    const late = options.lateBySeconds ? random.int(options.lateBySeconds + 1) : 0
    const by: WriteOptions = { by: principalFor(person, users), lateBySeconds: late, writer: 'mutate' }
    const found = random.chance(0.2) ? undefined : workedOn(incidents, random)
    // People see what they wrote themselves, so work goes on from the newest version, seen by queries or not.
    const row = found && world.commits.latest(incidents, found.id)
    const body = inOwnWords(incidents, row ? changeBody(world, row, random) : newBody(world, random), random)
    const write = (): Row | undefined =>
      row ? changed(world, incidents, row, body, { ...by, random }) : insertRecord(world, incidents, body, by)
    const target = unlessRefused(write)
    // A draw that changes nothing (the same priority again), or that a policy refuses, does not count.
    if (!target) {
      refused++
      continue
    }
    refused = 0
    const number = incidents.read(target, 'number')
    done.push({ op: row ? 'update' : 'insert', sys_id: target.id, number, fields: Object.keys(body) })
  }
  return done
}

/** What a write gives; `undefined` when a policy or rule refuses it, as people give up what the form does not take. */
function unlessRefused(write: () => Row | undefined): Row | undefined {
  try {
    return write()
  } catch (error) {
    if (error instanceof DataPolicyError || error instanceof RuleAbortError) return undefined
    throw error
  }
}

/** The row as the change leaves it, or `undefined` when nothing changed. */
function changed(
  world: World,
  incidents: TableStore,
  row: Row,
  body: Body,
  { random, ...by }: WriteOptions & { readonly random: Random },
): Row | undefined {
  const missing = (name: string): boolean => incidents.read(row, name) === ''
  const resolved = /^[67]$/.test(incidents.read(row, 'state'))
  // Loaded history may lack what the data policy demands; people would have to fill it in first.
  const filled: Body = {
    ...(resolved && missing('close_code') ? inOwnWords(incidents, CLOSED, random) : {}),
    ...(resolved && missing('close_notes') ? { close_notes: 'Closed.' } : {}),
    ...body,
  }
  const updated = updateRecord(world, incidents, row.id, filled, by)
  return updated?.changed ? updated.row : undefined
}
