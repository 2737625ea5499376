/** Reading the mirror and sealed versions from SQL, in pages, so that a long reader holds nobody. */
import { type Kysely, sql } from 'kysely'
import type { SysId, UtcStamp } from '../../base/values.ts'
import type { SourceRecord } from '../../model/source-record.ts'
import type { KeyRange, MirrorKey, RecordPage, RecordQuery } from '../../ports/store.ts'
import { breath } from '../breath.ts'
import type { SnowlineTables } from './tables.ts'

/** Rows fetched at once while a filter is looking for its matches. */
const SCAN_PAGE = 500

/** Ids asked for in one statement. */
const LOOKUP = 500

export async function readRecord(
  db: Kysely<SnowlineTables>,
  integration: string,
  sysId: SysId,
): Promise<SourceRecord | null> {
  const row = await live(db, integration).select('body').where('sys_id', '=', sysId).executeTakeFirst()
  return row === undefined ? null : parseBody(row.body)
}

export async function listRecords(
  db: Kysely<SnowlineTables>,
  integration: string,
  query: RecordQuery,
): Promise<RecordPage> {
  const { limit, matches } = query
  const records: SourceRecord[] = []
  let after = query.after ?? null
  for (;;) {
    const rows = await newestAfter(db, integration, after, matches === undefined ? limit + 1 : SCAN_PAGE)
    for (const row of rows) {
      const record = parseBody(row.body)
      if (matches !== undefined && !matches(record)) continue
      if (records.length === limit) return { records, next: keyOf(records.at(-1)) }
      records.push(record)
    }
    const last = rows.at(-1)
    if (last === undefined || matches === undefined || rows.length < SCAN_PAGE) return { records, next: null }
    after = { u: last.u as UtcStamp, sysId: last.sys_id as SysId }
    await breath()
  }
}

export async function countRecords(db: Kysely<SnowlineTables>, integration: string): Promise<number> {
  const row = await db
    .selectFrom('sl_states')
    .select('incident_count')
    .where('integration', '=', integration)
    .executeTakeFirst()
  return row?.incident_count ?? 0
}

/** Keys of the live mirror by sys_id. The rows are walked by the index of intervals, so a page costs a page wherever it begins. */
export async function listKeys(
  db: Kysely<SnowlineTables>,
  integration: string,
  { after, upTo, limit }: KeyRange,
): Promise<MirrorKey[]> {
  const rows = await db
    .selectFrom('sl_rows')
    .select(['sys_id', 'u', 'mod', 'generation'])
    .where('stream', '=', streamOf(integration))
    .where('sys_id', '>', after ?? '')
    .$if(upTo !== undefined, (q) => q.where('sys_id', '<=', upTo as string))
    .where(isLiveUnindexed)
    .orderBy('sys_id')
    .limit(limit)
    .execute()
  return rows.map(toKey)
}

/** Those of these ids that are live. */
export async function readKeys(
  db: Kysely<SnowlineTables>,
  integration: string,
  sysIds: readonly SysId[],
): Promise<MirrorKey[]> {
  const keys: MirrorKey[] = []
  for (let at = 0; at < sysIds.length; at += LOOKUP) {
    const rows = await db
      .selectFrom('sl_rows')
      .select(['sys_id', 'u', 'mod', 'generation'])
      .where('stream', '=', streamOf(integration))
      .where('sys_id', 'in', sysIds.slice(at, at + LOOKUP))
      .where(isLiveUnindexed)
      .execute()
    keys.push(...rows.map(toKey))
    if (at + LOOKUP < sysIds.length) await breath()
  }
  return keys
}

/** A page of a sealed version by sys_id: one range condition, whatever happened since. */
export async function versionPage(
  db: Kysely<SnowlineTables>,
  page: { integration: string; number: number; after: SysId | null; limit: number },
): Promise<{ sysId: SysId; body: string; hash: string }[]> {
  const { integration, number, after, limit } = page
  const rows = await db
    .selectFrom('sl_rows')
    .innerJoin('sl_states', 'sl_states.stream', 'sl_rows.stream')
    .select(['sys_id', 'body', 'hash'])
    .where('integration', '=', integration)
    .where('from_version', '<=', number)
    .where((eb) => eb.or([eb('to_version', 'is', null), eb('to_version', '>', number)]))
    .$if(after !== null, (q) => q.where('sys_id', '>', after as string))
    .orderBy('sys_id')
    .limit(limit)
    .execute()
  return rows.map((row) => ({ sysId: row.sys_id as SysId, body: row.body, hash: row.hash }))
}

function live(db: Kysely<SnowlineTables>, integration: string) {
  return db.selectFrom('sl_rows').where('stream', '=', streamOf(integration)).where('to_version', 'is', null)
}

function newestAfter(
  db: Kysely<SnowlineTables>,
  integration: string,
  after: { u: UtcStamp; sysId: SysId } | null,
  limit: number,
) {
  return live(db, integration)
    .select(['sys_id', 'u', 'body'])
    .$if(after !== null, (q) => q.where(sql<boolean>`(u, sys_id) < (${after?.u}, ${after?.sysId})`))
    .orderBy('u', 'desc')
    .orderBy('sys_id', 'desc')
    .limit(limit)
    .execute()
}

// A scalar subquery keeps the partial index usable; a join would let the planner start at the wrong table.
function streamOf(integration: string) {
  return sql<number>`(select stream from sl_states where integration = ${integration})`
}

// The plus keeps the planner from the partial index of the newest, which would walk the whole mirror to answer by id.
const isLiveUnindexed = sql<boolean>`+to_version is null`

function toKey(row: { sys_id: string; u: string; mod: number; generation: number }): MirrorKey {
  const { u, mod, generation } = row
  return { sysId: row.sys_id as SysId, u: u as UtcStamp, mod, generation }
}

function parseBody(body: string): SourceRecord {
  return JSON.parse(body) as SourceRecord
}

function keyOf(record: SourceRecord | undefined): { u: UtcStamp; sysId: SysId } | null {
  return record === undefined ? null : { u: record.sys_updated_on, sysId: record.sys_id }
}
