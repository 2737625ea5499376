/** A record as it was seen, and which of two sights of the same record is the truer one. */
import type { SysId, UtcStamp } from '../base/values.ts'
import type { SourceRecord } from './source-record.ts'

/**
 * Sequence numbers of requests and answers, comparable over all runs of an integration: the lease's token counts the runs, the low
 * digits count within one. A hundred million events a run and ninety million runs stay exact in a double.
 */
export const SEQUENCES_PER_RUN = 100_000_000

export interface Observation {
  sysId: SysId
  u: UtcStamp
  mod: number
  /** Sequence number at which the request started. */
  startedAt: number
  /** Sequence number at which its answer was complete. */
  endedAt: number
  /** SHA-256 of `body`. */
  hash: string
  /** Canonical JSON of the raw record. */
  body: string
  /** What people call it: the number, or the id where there is none. */
  label: string
}

/** What a store keeps of the sight it holds. */
export interface StoredSight {
  u: UtcStamp
  mod: number
  observed: number
  hash: string
}

/**
 * Does a new sight replace the stored one? The larger stamp wins. At equal stamps the later read wins: surely when its request started
 * after the stored answer was complete, else by `sys_mod_count`, else the stored one stays. (Start order is not read order, and
 * `sys_mod_count` alone is no order: real logs go back.)
 */
export function supersedes(stored: StoredSight, seen: Pick<Observation, 'u' | 'mod' | 'startedAt'>): boolean {
  if (seen.u !== stored.u) return seen.u > stored.u
  if (seen.startedAt > stored.observed) return true
  return seen.mod > stored.mod
}

/** `sys_mod_count` as a number; 0 when the record does not carry it. */
export function modCount(record: SourceRecord): number {
  const value = Number(record.sys_mod_count ?? '0')
  return Number.isSafeInteger(value) ? value : 0
}
