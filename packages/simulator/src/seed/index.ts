/** Believable data for an instance: people alone, or people with incidents and their journals. */
import type { RawRecord } from '../table-store.ts'
import { type IncidentSeed, streamIncidents } from './incidents.ts'
import { createCast } from './people.ts'

/** Raw records by table, ready for `control.load` or the option `records`. */
export type SeedData = Readonly<Record<string, readonly RawRecord[]>>

/**
 * 32 people, 8 groups, 12 devices and 5 places, by the names of their tables. The same seed gives the same ids; all were
 * created 90 days before `now`.
 *
 * @example seedPeople({ seed: 1, now: new Date() }).sys_user?.length // 32
 */
export function seedPeople(options: { readonly seed: number; readonly now: Date }): SeedData {
  return createCast(options).records
}

/**
 * The people of `seedPeople` and `count` incidents over the 60 days before `now`, with journals; numbers run from
 * INC0010001, oldest first. One incident answered in full is about 2.3 kB of JSON (3.2 kB with reference links).
 *
 * @example seedIncidents({ seed: 1, count: 400, now: new Date() }).incident // 400 records
 */
export function seedIncidents(options: IncidentSeed): SeedData {
  const cast = createCast(options)
  const incident: RawRecord[] = []
  const journal: RawRecord[] = []
  for (const seeded of streamIncidents(options, cast)) {
    incident.push(seeded.incident)
    journal.push(...seeded.journal)
  }
  return { ...cast.records, incident, sys_journal_field: journal }
}
