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

export interface CompiledPath {
  readonly path: string
  /** The first segment: the member of the ticket the path begins with. */
  readonly member: string
  get(ticket: Members): unknown
  /** Writes into a plain object, making the objects in between. */
  set(target: Record<string, unknown>, value: unknown): void
}

/** Checks a path and makes its reader and writer. Throws MappingError for an empty segment or one that reaches a prototype. */
export function compilePath(table: string, path: string): CompiledPath {
  const segments = path.split('.')
  if (segments.some((segment) => segment === '' || isForbiddenName(segment))) {
    throw new MappingError(
      `The path ${JSON.stringify(path)} cannot be read from a ticket.`,
      { table, field: path, kind: 'path' },
      { hint: 'Name members joined by dots; __proto__, constructor and prototype are refused.' },
    )
  }
  const [member = path, ...rest] = segments
  if (rest.length === 0) {
    return {
      path,
      member,
      get: (ticket) => (Object.hasOwn(ticket, member) ? ticket[member] : undefined),
      set: (target, value) => {
        target[member] = value
      },
    }
  }
  return {
    path,
    member,
    get: (ticket) => segments.reduce<unknown>(step, ticket),
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
