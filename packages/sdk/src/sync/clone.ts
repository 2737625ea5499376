/** Was the instance cloned over or restored? Then its rows are older than what it showed us before, and everything is read again. */
import type { UtcStamp } from '../base/values.ts'
import type { TableSource } from '../ports/source.ts'
import type { SyncStore } from '../ports/store.ts'

/** Rows that must show an older stamp than ours; all of them where the mirror holds fewer. */
const PROOF = 3
/** Mirrored rows asked for: those created since the copy was made do not come back. */
const ASKED = 100

/**
 * - `same`: nothing speaks for it
 * - `doubtful`: some rows went back, too few for a proof: a reconcile should look
 * - `cloned`: three rows, and all that were shown, went back: rows never do that by themselves
 */
export type CloneVerdict = 'same' | 'doubtful' | 'cloned'

/** Asks nothing while the newest visible row is as new as the newest mirrored one. Throws what the source throws. */
export async function lookForClone(
  source: TableSource,
  store: SyncStore,
  question: { integration: string; newest: UtcStamp | null; watermark: UtcStamp | null; signal: AbortSignal },
): Promise<CloneVerdict> {
  const { integration, newest, watermark, signal } = question
  if (watermark === null || newest === null || newest >= watermark) return 'same'
  const { records } = await store.listRecords(integration, { limit: ASKED })
  const newer = records.filter((record) => record.sys_updated_on > newest)
  if (newer.length === 0) return 'same'
  const ours = new Map(newer.map((record) => [record.sys_id, record.sys_updated_on]))
  const page = await source.byIds([...ours.keys()], { view: 'unfiltered_keys', signal })
  const older = page.records.filter((record) => record.sys_updated_on < (ours.get(record.sys_id) ?? ''))
  if (older.length === 0) return 'same'
  const all = older.length === page.records.length
  return all && older.length >= Math.min(PROOF, records.length) ? 'cloned' : 'doubtful'
}
