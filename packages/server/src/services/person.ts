/** What of a record speaks of one person, and the record without it. Pure. */

export interface Person {
  /** As given: e-mail addresses, sys_ids of the user, user names. */
  identifiers: readonly string[]
}

type Fields = Readonly<Record<string, string>>

/** Stands where an address stood in a text. */
export const ERASED = '[erased]'

/** What names a version of a record and not a person; the store would not let it change either. */
const KEPT: ReadonlySet<string> = new Set([
  'sys_id',
  'number',
  'sys_updated_on',
  'sys_mod_count',
  'sys_created_on',
])

/**
 * Identifiers of a list such as `ann@example.com, 62826bf03710200044e0bfc8bcbe5df1, ann.lee`.
 *
 * @throws RangeError when there is none, or one that would match too much
 */
export function parsePerson(list: string): Person {
  const identifiers = [...new Set(list.split(',').map((part) => part.trim()))].filter((part) => part !== '')
  if (identifiers.length === 0)
    throw new RangeError('Name the person: an e-mail address, a sys_id or a user name.')
  const short = identifiers.find((identifier) => identifier.length < 3)
  // One or two characters are the value of states, flags and priorities.
  if (short !== undefined) throw new RangeError(`"${short}" is too short to be a person's alone.`)
  return { identifiers }
}

/**
 * A function that gives a record without what speaks of the person, null when nothing in it does. A field that holds an identifier and
 * nothing else becomes empty, a list loses that member, and an address or sys_id within a text becomes `[erased]`. A user name within a
 * text stays: it may be any word.
 *
 * @example withoutPerson(parsePerson('ann@example.com'))({ ...record, description: 'Ann (ann@example.com) called' })?.description
 * // 'Ann ([erased]) called'
 */
export function withoutPerson({ identifiers }: Person) {
  const whole = new Set(identifiers.map((identifier) => identifier.toLowerCase()))
  const within = identifiers.filter(
    (identifier) => identifier.includes('@') || /^[0-9a-f]{32}$/i.test(identifier),
  )
  const pattern = within.length === 0 ? null : new RegExp(within.map(alone).join('|'), 'giu')
  const cleaned = (value: string): string => {
    if (whole.has(value.trim().toLowerCase())) return ''
    const list = withoutMembers(value, whole)
    return pattern === null ? list : list.replace(pattern, ERASED)
  }
  return <R extends Fields>(record: R): R | null => {
    const fields = Object.entries(record).map(([field, value]) => [
      field,
      KEPT.has(field) ? value : cleaned(value),
    ])
    const after: Fields = Object.fromEntries(fields)
    if (Object.keys(record).every((field) => record[field] === after[field])) return null
    // The same fields with other values: what R says of them still holds, since those that identify the record are kept.
    return after as R
  }
}

/** A watch list and its like: members without a space in them. A sentence with commas is none. */
function withoutMembers(value: string, whole: ReadonlySet<string>): string {
  const members = value.split(',')
  if (members.length === 1 || members.some((member) => /\S\s+\S/.test(member))) return value
  const left = members.filter((member) => !whole.has(member.trim().toLowerCase()))
  return left.length === members.length ? value : left.join(',')
}

/** The identifier where it is not part of a longer one: `ann@example.com`, and neither `joann@example.com` nor `ann@example.com.au`. */
function alone(identifier: string): string {
  const literal = identifier.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')
  return `(?<![\\p{L}\\p{N}._%+-])${literal}(?![\\p{L}\\p{N}_%+-]|[.][\\p{L}\\p{N}])`
}
