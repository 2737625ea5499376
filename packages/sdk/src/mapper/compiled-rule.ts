/** A rule ready to run, and what all kinds of rule share: reading a text from a ticket, conditions, settings. */
import { MappingError } from '../base/errors.ts'
import { isSysId, type SysId } from '../base/values.ts'
import type { LookupRequest, MappingContext, MappingWarning } from './context.ts'
import type { Draft, MapperShape, TextRecord } from './draft.ts'
import { ownMember } from './names.ts'
import { type CompiledPath, compilePath, type TicketView } from './path.ts'
import type { From } from './rules.ts'

/** A ticket in the making. */
export interface Reading {
  readonly record: TextRecord
  readonly ticket: Record<string, unknown>
  readonly warnings: MappingWarning[]
}

export interface CompiledRule {
  readonly name: string
  /** Fields of the record it may write. */
  readonly writes: readonly string[]
  /** Fields of the record it reads back; a path through a reference counts as one name. */
  readonly reads: readonly string[]
  write(draft: Draft): void
  read(reading: Reading): void
  /** True when the base already says what the ticket says, or the ticket says nothing. */
  agrees(ticket: TicketView, base: TextRecord): boolean
  /** True when two values of one of its fields mean the same; only where equal texts are not the only way. */
  same?(field: string, a: string, b: string): boolean
  needs?(ticket: TicketView): LookupRequest | null
}

/** Where a value was met, for the message of a fault. */
export interface ValuePlace {
  readonly table: string
  readonly field: string
  readonly kind: string
}

/**
 * A member's value as text: `undefined` when it is not there, `''` when it is null. Throws MappingError for an object, an array
 * or a number that is not finite.
 */
export function textOf(value: unknown, place: ValuePlace): string | undefined {
  if (typeof value === 'string' || value === undefined) return value
  if (value === null) return ''
  if (typeof value === 'boolean' || typeof value === 'bigint') return String(value)
  if (typeof value === 'number' && Number.isFinite(value)) return String(value)
  const found = typeof value === 'number' ? String(value) : describe(value)
  throw new MappingError(
    `${place.field} of the ticket is ${found}; a ${place.kind} rule needs a text.`,
    place,
    {
      hint: 'Give a text, or map the member with a computed rule.',
    },
  )
}

/** What a value is, in words and without showing it. */
export function describe(value: unknown): string {
  if (Array.isArray(value)) return 'a list'
  if (value instanceof Date) return 'a Date'
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`
}

/** Reads the first path that is not empty; `undefined` when none is there, `''` when all that are there are empty. */
export interface Source {
  readonly paths: readonly CompiledPath[]
  readonly first: CompiledPath
  text(ticket: TicketView): string | undefined
}

export function compileSource(shape: MapperShape, from: From<string>, kind: string): Source {
  const table = shape.table.name
  const names = typeof from === 'string' ? [from] : from
  const paths = names.map((path) => compilePath(table, path, shape.slots))
  const [first] = paths
  if (first === undefined) {
    throw new MappingError(`A ${kind} rule of the mapper for ${table} names no member.`, {
      table,
      field: '',
      kind,
    })
  }
  const place = { table, field: first.path, kind }
  // Most rules read one member of the ticket itself: no call in between.
  if (paths.length === 1 && first.slot !== null) {
    const { slot } = first
    return { paths, first, text: ({ values }) => textOf(values[slot], place) }
  }
  const places = paths.map((path) => ({ table, field: path.path, kind }))
  return {
    paths,
    first,
    text(view) {
      let seen: string | undefined
      for (let index = 0; index < paths.length; index += 1) {
        const text = textOf(paths[index]?.get(view), places[index] ?? place)
        if (text) return text
        seen ??= text
      }
      return seen
    },
  }
}

/** A setting as text; `undefined` when it is not set or empty. */
export function readSetting(context: MappingContext, name: string | undefined): string | undefined {
  if (name === undefined) return undefined
  const value = ownMember(context.settings, name)
  if (value === undefined || value === '') return undefined
  return typeof value === 'string' ? value : String(value)
}

/** Checks sys_ids, and remembers the last good one: a default is the same for every ticket. */
export function sysIdCheck(): (value: string | undefined) => value is SysId {
  let proven: string | undefined
  return (value): value is SysId => {
    if (value !== undefined && value === proven) return true
    if (!isSysId(value)) return false
    proven = value
    return true
  }
}
