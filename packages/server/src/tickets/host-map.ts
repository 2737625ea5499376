/** What TICKETS_MAP says: which column of the application holds which field of a ticket, and its words for status and priority. Pure. */
import { ticketPriorities, ticketStatuses } from '@snowline/protocol'
import * as z from 'zod'

/** Fields of a ticket that a column of the application can hold. */
export const hostFields = [
  'id',
  'subject',
  'description',
  'status',
  'priority',
  'predicted_priority',
  'category',
  'predicted_category',
  'requester_email',
  'ai_suggestions',
  'created_at',
  'updated_at',
] as const

export type HostField = (typeof hostFields)[number]

/** Without these a row is no ticket; any other field may be without a column. */
export const neededFields: readonly HostField[] = ['id', 'subject', 'status']

/** The five columns of the link, as they are named in every table. */
export const linkColumns = [
  'sn_sys_id',
  'sn_number',
  'sn_last_sync_at',
  'sn_sync_status',
  'sn_last_error',
] as const

/** A value that JSON and SQLite both have. */
export type HostValue = string | number

const value = z.union([z.string(), z.number()])
const words = z.union([value, z.array(value).min(1)])

/**
 * - `columns`: field to column; null says that the application has none
 * - `status`, `priority`: our word to the application's, or to several of which the first is written and all are read
 * - `defaults`: values for columns that an imported ticket must fill
 * - `time`: how instants are written; without it as the newest row has them
 */
export const hostMapSchema = z.strictObject({
  columns: z.partialRecord(z.enum(hostFields), z.string().min(1).nullable()).default({}),
  status: z.partialRecord(z.enum(ticketStatuses), words).optional(),
  priority: z.partialRecord(z.enum(ticketPriorities), words).optional(),
  defaults: z.record(z.string(), value).default({}),
  time: z.enum(['iso', 'sql', 'seconds', 'milliseconds']).optional(),
})

export type HostMap = z.infer<typeof hostMapSchema>
export type HostTime = NonNullable<HostMap['time']>

/** Where the tickets of an existing application live. */
export interface HostTicketsConfig {
  /** Absolute path of the application's SQLite file. */
  file: string
  table: string
  map: HostMap
}

/**
 * TICKETS_MAP as it stands in the environment; names the member at fault, never its value.
 *
 * @example parseHostMap('{"columns":{"subject":"title"}}').map?.columns.subject  // 'title'
 */
export function parseHostMap(text: string): { map: HostMap | null; faults: readonly string[] } {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    return { map: null, faults: ['must be a JSON object'] }
  }
  const parsed = hostMapSchema.safeParse(json)
  if (parsed.success) return { map: parsed.data, faults: [] }
  const faults = parsed.error.issues.map(({ path, code }) => {
    const place = path.length === 0 ? '' : `${path.join('.')} `
    return code === 'unrecognized_keys' || code === 'invalid_key'
      ? `${place}has a member that means nothing here`
      : `${place}is not what it must be`
  })
  return { map: null, faults: [...new Set(faults)] }
}

/** The application's words of one field, both ways. */
export interface Words<Ours extends string> {
  /** Null for a word that the map does not name. */
  read(theirs: unknown): Ours | null
  /** Undefined when the application has no word for it. */
  write(ours: Ours): HostValue | undefined
  /** Everything that reads as one of these, as text. */
  namesOf(ours: readonly Ours[]): string[]
}

/** Without a map the application's words are ours. */
export function wordsOf<Ours extends string>(
  all: readonly Ours[],
  map: Partial<Record<Ours, HostValue | readonly HostValue[]>> | undefined,
): Words<Ours> {
  const theirsOf = (ours: Ours): readonly HostValue[] => {
    if (map === undefined) return [ours]
    const given = map[ours]
    if (given === undefined) return []
    return typeof given === 'object' ? given : [given]
  }
  const known = new Map<string, Ours>()
  for (const ours of all) {
    for (const theirs of theirsOf(ours)) if (!known.has(String(theirs))) known.set(String(theirs), ours)
  }
  return {
    read: (theirs) => (theirs === null || theirs === undefined ? null : (known.get(String(theirs)) ?? null)),
    write: (ours) => theirsOf(ours)[0],
    namesOf: (ours) => [...known].filter(([, each]) => ours.includes(each)).map(([theirs]) => theirs),
  }
}
