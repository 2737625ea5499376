/** What one observation does to the intervals of its record, decided without a database so that every driver decides alike. */
import { DigestSum, sha256 } from '../base/digest.ts'
import type { SysId } from '../base/values.ts'
import { type Observation, type StoredSight, supersedes } from '../model/observation.ts'
import type { OpenBooks, SyncState } from '../model/sync-state.ts'
import type { ApplyOptions } from '../ports/store.ts'

/** The live interval of a record. */
export interface LiveRow extends StoredSight {
  fromVersion: number
  generation: number
}

/** What a driver knows of a record: its live interval, and the hash of the one that was closed in the open version. */
export interface Standing {
  live: LiveRow | null
  closedHash: string | null
}

/**
 * - `keep`: equal or older than what is stored: nothing is written
 * - `mark`: equal, first sight in a new generation: only the mark moves
 * - `insert`: no live interval
 * - `rewrite`: the live interval began in the open version: it is written over
 * - `supersede`: the live interval belongs to a sealed version: close it, insert
 * - `revert`: back to what the sealed version holds: drop the open interval, reopen the sealed one
 */
export type RowAction = 'keep' | 'mark' | 'insert' | 'rewrite' | 'supersede' | 'revert'

export function decide(
  state: Pick<SyncState, 'open' | 'generation'>,
  standing: Standing,
  seen: Observation,
  options: ApplyOptions = {},
): RowAction {
  const { live, closedHash } = standing
  if (live === null) return closedHash === seen.hash ? 'revert' : 'insert'
  const firstInGeneration = live.generation < state.generation
  if (live.hash === seen.hash) return firstInGeneration ? 'mark' : 'keep'
  if (!firstInGeneration && !supersedes(live, seen) && !(options.force && readLater(live, seen)))
    return 'keep'
  if (live.fromVersion < state.open) return 'supersede'
  return closedHash === seen.hash ? 'revert' : 'rewrite'
}

/** Did the request start after the stored sight was complete? Then it is the truer one, whatever it is stamped. */
function readLater(live: LiveRow, seen: Observation): boolean {
  return seen.startedAt > live.observed
}

/** The hash a record has in the newest sealed version, null when it is not in it. */
export function sealedHash(state: Pick<SyncState, 'open'>, standing: Standing): string | null {
  const { live, closedHash } = standing
  return live !== null && live.fromVersion < state.open ? live.hash : closedHash
}

/** The books of the open version, kept by what changed: counts against the sealed version, and the order-free hash. */
export class Ledger {
  private readonly counts: { added: number; updated: number; deleted: number }
  private incidentCount: number
  private readonly sum: DigestSum

  constructor(books: OpenBooks) {
    this.counts = { added: books.added, updated: books.updated, deleted: books.deleted }
    this.incidentCount = books.incidentCount
    this.sum = new DigestSum(books.contentHash)
  }

  /** A record goes from hash `before` to hash `after` (null: not there), while the sealed version holds `sealed`. */
  record(sysId: SysId, sealed: string | null, before: string | null, after: string | null): void {
    if (before !== null) {
      this.sum.subtract(rowDigest(sysId, before))
      this.incidentCount -= 1
    }
    if (after !== null) {
      this.sum.add(rowDigest(sysId, after))
      this.incidentCount += 1
    }
    this.count(sealed, before, -1)
    this.count(sealed, after, 1)
  }

  books(): OpenBooks {
    return { incidentCount: this.incidentCount, ...this.counts, contentHash: this.sum.toHex() }
  }

  private count(sealed: string | null, open: string | null, by: 1 | -1): void {
    if (sealed === open) return
    if (sealed === null) this.counts.added += by
    else if (open === null) this.counts.deleted += by
    else this.counts.updated += by
  }
}

/** What one row adds to the hash of its version. */
export function rowDigest(sysId: string, hash: string): string {
  return sha256(`${sysId}:${hash}`)
}
