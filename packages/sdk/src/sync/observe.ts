/** Turns an answer into observations: canonical body, hash, and when its request started and ended. */
import { canonicalWriter } from '../base/canonical-json.ts'
import { sha256 } from '../base/digest.ts'
import { modCount, type Observation, SEQUENCES_PER_RUN } from '../model/observation.ts'
import type { SourceRecord } from '../model/source-record.ts'

/** Counts requests and answers of one run; comparable with those of every other run of the same integration. */
export function sequence(token: number): () => number {
  let last = token * SEQUENCES_PER_RUN
  return () => {
    last += 1
    return last
  }
}

/** One observer a run: it remembers the field order of the last record. */
export function observer(): (
  records: readonly SourceRecord[],
  times: { startedAt: number; endedAt: number },
) => Observation[] {
  const write = canonicalWriter()
  return (records, { startedAt, endedAt }) =>
    records.map((record) => {
      const body = write(record)
      return {
        sysId: record.sys_id,
        u: record.sys_updated_on,
        mod: modCount(record),
        startedAt,
        endedAt,
        hash: sha256(body),
        body,
        label: record.number ?? record.sys_id,
      }
    })
}
