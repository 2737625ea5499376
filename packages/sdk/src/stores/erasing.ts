/** What rewriting records does to bodies, hashes and sealed sums, worked out without a database so that every driver does it alike. */
import { canonicalWriter } from '../base/canonical-json.ts'
import { DigestSum, sha256 } from '../base/digest.ts'
import { StoreError } from '../base/errors.ts'
import type { SysId } from '../base/values.ts'
import type { DatasetVersion } from '../model/dataset-version.ts'
import type { SourceRecord } from '../model/source-record.ts'
import type { SyncState } from '../model/sync-state.ts'
import { rowDigest } from './interval.ts'

export type Rewrite = (record: SourceRecord) => SourceRecord | null

/** One interval as an erasure meets it. */
export interface ErasedInterval {
  sysId: SysId
  fromVersion: number
  toVersion: number | null
  hash: string
}

/** The rewriting of one body: its new text and hash, or null when nothing changes. Throws `store.bad_rewrite`. */
export function bodyRewriter(rewrite: Rewrite): (body: string) => { body: string; hash: string } | null {
  const write = canonicalWriter()
  return (body) => {
    const record = JSON.parse(body) as SourceRecord
    const rewritten = rewrite(record)
    if (rewritten === null) return null
    if (rewritten.sys_id !== record.sys_id || rewritten.sys_updated_on !== record.sys_updated_on) {
      throw new StoreError(`The record ${record.sys_id} would change its sys_id or sys_updated_on`, {
        code: 'store.bad_rewrite',
        hint: 'Leave both as they are: they order what is known. Nothing was written.',
      })
    }
    const text = write(rewritten)
    return text === body ? null : { body: text, hash: sha256(text) }
  }
}

/**
 * The sums of all versions and of the mirror, brought up to date by what was rewritten. An interval counts in a run of versions, so its
 * difference is noted where the run begins and taken back where it ends; one walk at the end adds them up.
 */
export class ErasedSums {
  private readonly versions: readonly DatasetVersion[]
  private readonly state: SyncState
  private readonly steps: DigestSum[]
  private merged = 0
  private rewritten = 0

  constructor(versions: readonly DatasetVersion[], state: SyncState) {
    this.versions = versions.toSorted((a, b) => a.number - b.number)
    this.state = state
    this.steps = Array.from({ length: versions.length + 2 }, () => new DigestSum('0'))
  }

  get records(): number {
    return this.rewritten
  }

  /** An interval that held `interval.hash` holds `hash` from now on. */
  record(interval: ErasedInterval, hash: string): void {
    const before = rowDigest(interval.sysId, interval.hash)
    const after = rowDigest(interval.sysId, hash)
    const begin = this.position(interval.fromVersion)
    const end = interval.toVersion === null ? this.steps.length - 1 : this.position(interval.toVersion)
    this.steps[begin]?.add(after)
    this.steps[begin]?.subtract(before)
    this.steps[end]?.add(before)
    this.steps[end]?.subtract(after)
    this.rewritten += 1
  }

  /** A record that the open version had changed is now as the sealed version holds it. */
  merge(): void {
    this.merged += 1
  }

  /** The versions whose hash is another one now, and the state with its books. */
  outcome(): { versions: DatasetVersion[]; state: SyncState } {
    const running = new DigestSum('0')
    const changed: DatasetVersion[] = []
    for (const [index, version] of this.versions.entries()) {
      const contentHash = this.advance(running, index, version.contentHash)
      if (contentHash !== version.contentHash) changed.push({ ...version, contentHash })
    }
    const { books } = this.state
    const contentHash = this.advance(running, this.versions.length, books.contentHash)
    const updated = books.updated - this.merged
    return { versions: changed, state: { ...this.state, books: { ...books, updated, contentHash } } }
  }

  private advance(running: DigestSum, index: number, stored: string): string {
    running.add(this.steps[index]?.toHex() ?? '0')
    const sum = new DigestSum(stored)
    sum.add(running.toHex())
    return sum.toHex()
  }

  /** Index of the first version numbered `from` or later; the mirror stands behind the last one. */
  private position(from: number): number {
    let low = 0
    let high = this.versions.length
    while (low < high) {
      const middle = (low + high) >> 1
      if ((this.versions[middle]?.number ?? Number.POSITIVE_INFINITY) < from) low = middle + 1
      else high = middle
    }
    return low
  }
}
