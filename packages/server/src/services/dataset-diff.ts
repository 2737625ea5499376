/** What differs between two sealed versions, record by record and field by field, in pages. */
import type { DatasetDifference, FieldDifference, IncidentDifference } from '@snowline/protocol'
import { isSysId } from '@snowline/sdk'
import type { DatasetVersion, SyncStore, VersionDifference } from '@snowline/sdk/sync'
import { validationFailed } from '../problem/problem-error.ts'

export type DiffCounts = DatasetDifference['counts']

export interface DiffPage {
  limit: number
  cursor?: string | undefined
}

export interface DatasetDiff {
  /** One page of the difference from one version to another, backwards too. @throws ProblemError `validation_failed` for a strange cursor */
  page(from: DatasetVersion, to: DatasetVersion, page: DiffPage): Promise<DatasetDifference>
}

/** Whole differences counted lately: a page that is turned does not count them again. */
const COUNTS_KEPT = 50

export function createDatasetDiff(store: SyncStore): DatasetDiff {
  const counted = new Map<string, Promise<DiffCounts>>()
  const counts = (from: DatasetVersion, to: DatasetVersion): Promise<DiffCounts> => {
    // By content: an erasure seals anew, and may leave less to differ.
    const key = [from.integration, from.number, to.number, from.contentHash, to.contentHash].join(' ')
    const known = counted.get(key) ?? count(store, from, to)
    counted.delete(key)
    counted.set(key, known)
    known.catch(() => counted.delete(key))
    if (counted.size > COUNTS_KEPT) counted.delete(counted.keys().next().value ?? '')
    return known
  }
  return {
    async page(from, to, { limit, cursor }) {
      if (cursor !== undefined && !isSysId(cursor)) {
        throw validationFailed([{ path: 'cursor', message: 'is not a cursor of this list' }])
      }
      const range = { limit: limit + 1, ...(cursor === undefined ? {} : { after: cursor }) }
      const found: IncidentDifference[] = []
      for await (const difference of store.diff(from.integration, from.number, to.number, range)) {
        found.push(incidentDifference(difference))
      }
      const changes = found.slice(0, limit)
      return {
        success: true,
        from: from.number,
        to: to.number,
        counts: await counts(from, to),
        changes,
        nextCursor: found.length > limit ? (changes.at(-1)?.sys_id ?? null) : null,
      }
    },
  }
}

async function count(store: SyncStore, from: DatasetVersion, to: DatasetVersion): Promise<DiffCounts> {
  const counts = { added: 0, updated: 0, deleted: 0 }
  for await (const { kind } of store.diff(from.integration, from.number, to.number)) counts[kind] += 1
  return counts
}

/** Pure. Fields sorted by name; an empty field of a record that came or went says nothing and is left out. */
export function incidentDifference({ sysId, kind, before, after }: VersionDifference): IncidentDifference {
  const [old, now] = [recordOf(before), recordOf(after)]
  const names = [...new Set([...Object.keys(old), ...Object.keys(now)])].sort()
  const fields = names.flatMap((field): FieldDifference[] => {
    const [from, to] = [old[field] ?? null, now[field] ?? null]
    const silent = kind === 'updated' ? from === to : (from ?? '') === (to ?? '')
    return silent ? [] : [{ field, from, to }]
  })
  return { sys_id: sysId, number: now.number || old.number || sysId, kind, fields }
}

function recordOf(body: string | null): Readonly<Record<string, string>> {
  return body === null ? {} : (JSON.parse(body) as Record<string, string>)
}
