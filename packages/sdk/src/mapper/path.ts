/** Paths into a ticket (`status`, `requester.email`), checked once and read through own properties only. */
import { MappingError } from '../base/errors.ts'
import { isForbiddenName } from './names.ts'

type Leaf =
  | string
  | number
  | bigint
  | boolean
  | symbol
  | Date
  | readonly unknown[]
  | ((...args: never) => unknown)

/** The paths of a ticket's type, three levels deep. Example: `TicketPath<{ a: { b: string } }>` is `'a' | 'a.b'`. */
export type TicketPath<T, Depth extends readonly unknown[] = []> = Depth['length'] extends 3
  ? never
  : {
      [K in Extract<keyof T, string>]-?: NonNullable<T[K]> extends Leaf
        ? K
        : K | `${K}.${TicketPath<NonNullable<T[K]>, readonly [...Depth, unknown]>}`
    }[Extract<keyof T, string>]

/** What a mapper reads: any object, seen as its own members. */
export type Members = Readonly<Record<string, unknown>>

/** The members the rules of one mapper read, numbered; a negative number is a member that is known and ignored. */
export type Slots = Map<string, number>

/** A ticket read once: the values of its own members by slot, and the names of members no rule reads. */
export interface TicketView {
  readonly ticket: Members
  readonly values: readonly unknown[]
  readonly extras: readonly string[]
}

const noExtras: readonly string[] = []

/** Reads a ticket's own enumerable members in one pass. */
export function viewTicket(slots: Slots, ticket: Members): TicketView {
  const values: unknown[] = []
  for (let slot = slots.size; slot > 0; slot -= 1) values.push(undefined)
  let extras: string[] | null = null
  const plain = inheritsNothing(ticket)
  for (const member in ticket) {
    if (!plain && !Object.hasOwn(ticket, member)) continue
    const slot = slots.get(member)
    if (slot === undefined) {
      extras ??= []
      extras.push(member)
    } else if (slot >= 0) values[slot] = ticket[member]
  }
  return { ticket, values, extras: extras ?? noExtras }
}

/** True when a loop over the members can meet only own ones: asking for each costs as much as reading it. */
function inheritsNothing(ticket: Members): boolean {
  const prototype: unknown = Object.getPrototypeOf(ticket)
  if (prototype !== Object.prototype) return prototype === null
  for (const _added in Object.prototype) return false
  return true
}

export interface CompiledPath {
  readonly path: string
  /** The first segment: the member of the ticket the path begins with. */
  readonly member: string
  /** Its slot, when the path is that member itself. */
  readonly slot: number | null
  get(view: TicketView): unknown
  /** The same from a plain object, for example what a host's function gave. */
  getFrom(object: Members): unknown
  /** Writes into a plain object, making the objects in between. */
  set(target: Record<string, unknown>, value: unknown): void
}

/** Checks a path and makes its reader and writer. Throws MappingError for an empty segment or one that reaches a prototype. */
export function compilePath(table: string, path: string, slots: Slots): CompiledPath {
  const segments = path.split('.')
  if (segments.some((segment) => segment === '' || isForbiddenName(segment))) {
    throw new MappingError(
      `The path ${JSON.stringify(path)} cannot be read from a ticket.`,
      { table, field: path, kind: 'path' },
      { hint: 'Name members joined by dots; __proto__, constructor and prototype are refused.' },
    )
  }
  const [member = path, ...rest] = segments
  const slot = slots.get(member) ?? slots.size
  slots.set(member, slot)
  return {
    path,
    member,
    slot: rest.length === 0 ? slot : null,
    get: rest.length === 0 ? (view) => view.values[slot] : (view) => rest.reduce(step, view.values[slot]),
    getFrom: (object) => segments.reduce<unknown>(step, object),
    set: (target, value) => place(target, segments, value),
  }
}

function step(value: unknown, segment: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, segment)) return undefined
  return (value as Members)[segment]
}

function place(target: Record<string, unknown>, segments: readonly string[], value: unknown): void {
  let at = target
  for (const segment of segments.slice(0, -1)) {
    const next = step(at, segment)
    const inner = typeof next === 'object' && next !== null ? (next as Record<string, unknown>) : {}
    at[segment] = inner
    at = inner
  }
  const last = segments.at(-1)
  if (last !== undefined) at[last] = value
}
