/** The rows of a small world: every version ever committed, when each could be seen, who may see it, and the feed of deletes. */
import { type SysId, stampFromMs, type UtcStamp } from '../../src/base/values.ts'
import type { SourceRecord } from '../../src/model/source-record.ts'

/** What a row was from `visibleAt` on; without a record it was deleted. */
export interface Version {
  record: SourceRecord | null
  visibleAt: number
}

interface Entry {
  sysId: SysId
  /** `sys_created_on` of the entry. */
  at: UtcStamp
  documentkey: SysId
  visibleAt: number
}

interface Snapshot {
  rows: ReadonlyMap<SysId, SourceRecord | null>
  feed: readonly Entry[]
}

export class Rows {
  /** Per sys_id, in the order of their commits. */
  readonly history = new Map<SysId, Version[]>()
  /** Rows that were seen again under an old stamp or carry one from the future: the overlap alone does not find them. */
  readonly irregular = new Set<SysId>()
  private readonly hiddenIds = new Set<SysId>()
  /** When a hidden row was last shown again. */
  private readonly revealedAt = new Map<SysId, number>()
  private feed: Entry[] = []

  /** Writes a version that can be seen `lateMs` after `nowMs`, never before the one it follows. */
  commit(id: SysId, record: SourceRecord | null, nowMs: number, lateMs: number): void {
    const versions = this.history.get(id) ?? []
    this.history.set(id, versions)
    versions.push({ record, visibleAt: Math.max(versions.at(-1)?.visibleAt ?? 0, nowMs + lateMs) })
  }

  /** Deletes a row; an audited delete leaves an entry with an id and a stamp of its own. */
  delete(
    id: SysId,
    nowMs: number,
    lateMs: number,
    entry: { id: SysId; lateMs: number; aheadMs: number } | null,
  ): void {
    this.commit(id, null, nowMs, lateMs)
    if (entry === null) return
    const visibleAt = nowMs + entry.lateMs
    this.feed.push({ sysId: entry.id, at: stampFromMs(nowMs + entry.aheadMs), documentkey: id, visibleAt })
  }

  /** Brings a deleted row back as it last was, its stamp included. False when it is not deleted. */
  undelete(id: SysId, nowMs: number): boolean {
    const versions = this.history.get(id) ?? []
    if (versions.at(-1)?.record !== null) return false
    const last = versions.findLast((version) => version.record !== null)
    this.commit(id, last?.record ?? null, nowMs, 0)
    this.irregular.add(id)
    return true
  }

  hide(id: SysId): void {
    this.hiddenIds.add(id)
  }

  reveal(id: SysId, nowMs: number): void {
    if (!this.hiddenIds.delete(id)) return
    this.irregular.add(id)
    this.revealedAt.set(id, nowMs)
  }

  hides(id: SysId): boolean {
    return this.hiddenIds.has(id)
  }

  snapshot(nowMs: number): Snapshot {
    const rows = new Map(
      [...this.history].map(([id, versions]) => [id, versionAt(versions, nowMs)?.record ?? null]),
    )
    return { rows, feed: this.feed.filter((entry) => entry.visibleAt <= nowMs) }
  }

  /** Every row goes back to the snapshot, and so does the feed: nothing tells of it. */
  restore(snapshot: Snapshot, nowMs: number): void {
    for (const [id, versions] of this.history) {
      const seen = versions.filter((version) => version.visibleAt <= nowMs)
      const record = snapshot.rows.get(id) ?? null
      this.history.set(id, seen)
      if (record !== (seen.at(-1)?.record ?? null)) {
        seen.push({ record, visibleAt: nowMs })
        this.irregular.add(id)
      }
    }
    this.feed = [...snapshot.feed]
  }

  /** The rows of the table now, whoever asks. */
  present(nowMs: number): SourceRecord[] {
    const records: SourceRecord[] = []
    for (const versions of this.history.values()) {
      const record = versionAt(versions, nowMs)?.record
      if (record) records.push(record)
    }
    return records
  }

  /** Did no access rule hide the row at any moment since then? */
  shownSince(id: SysId, fromMs: number): boolean {
    return !this.hiddenIds.has(id) && (this.revealedAt.get(id) ?? 0) < fromMs
  }

  /** The entries of the feed that can be seen now, as rows of their own table. */
  deleted(nowMs: number): SourceRecord[] {
    return this.feed
      .filter((entry) => entry.visibleAt <= nowMs)
      .map(({ sysId, at, documentkey }) => ({ sys_id: sysId, sys_updated_on: at, documentkey }))
  }
}

function versionAt(versions: readonly Version[], nowMs: number): Version | undefined {
  return versions.findLast((version) => version.visibleAt <= nowMs)
}

/** Was the row at every moment from `fromMs` to `nowMs` as `accepts` asks? Null stands for a deleted one. */
export function steadily(
  versions: readonly Version[],
  span: { fromMs: number; nowMs: number },
  accepts: (record: SourceRecord | null) => boolean,
): boolean {
  const seen = versions.filter((version) => version.visibleAt <= span.nowMs)
  const first = seen.findLastIndex((version) => version.visibleAt <= span.fromMs)
  return first >= 0 && seen.slice(first).every(({ record }) => accepts(record))
}
