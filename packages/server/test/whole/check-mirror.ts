/** What the mirror and its versions must be, read from the database file with SQL of our own: no code of the product judges itself here. */
import { createHash } from 'node:crypto'
import type Database from 'better-sqlite3'

/** A row of `sl_versions` as far as it is judged. */
interface VersionRow {
  stream: number
  number: number
  parent: number | null
  incident_count: number
  added: number
  updated: number
  deleted: number
  content_hash: string
}

/** Journals are written through and never read back with the record. */
const journals = new Set(['comments', 'work_notes', 'comments_and_work_notes'])

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')

/** I1: one live interval a record, and intervals that do not overlap. */
export function checkIntervals(database: Database.Database): string[] {
  const doubled = database
    .prepare(
      `select sys_id, count(*) as n from sl_rows where to_version is null group by stream, sys_id having n > 1`,
    )
    .all() as { sys_id: string; n: number }[]
  const overlapping = database
    .prepare(
      `select a.sys_id from sl_rows a join sl_rows b on a.stream = b.stream and a.sys_id = b.sys_id
       and a.from_version < b.from_version and (a.to_version is null or a.to_version > b.from_version)`,
    )
    .all() as { sys_id: string }[]
  return [
    ...doubled.map(({ sys_id, n }) => `I1: ${n} live rows of ${sys_id}`),
    ...overlapping.map(({ sys_id }) => `I1: intervals of ${sys_id} overlap`),
  ]
}

/** I3: what was applied to a record never went back, but by a rollback. */
export function checkNeverBack(database: Database.Database): string[] {
  const back = database
    .prepare(
      `select a.sys_id from sl_rows a join sl_rows b on a.stream = b.stream and a.sys_id = b.sys_id
       and b.from_version > a.from_version and b.u < a.u and a.generation = b.generation
       and not exists (select 1 from sl_versions v where v.stream = b.stream and v.number = b.from_version
       and v.cause like 'rollback:%')`,
    )
    .all() as { sys_id: string }[]
  return back.map(({ sys_id }) => `I3: ${sys_id} went back in time`)
}

/** Each body is the one its hash was made of. */
export function checkBodies(database: Database.Database): string[] {
  const wrong: string[] = []
  const rows = database.prepare('select sys_id, hash, body from sl_rows').iterate()
  for (const row of rows as IterableIterator<{ sys_id: string; hash: string; body: string }>) {
    if (sha256(row.body) !== row.hash) wrong.push(`I2: the body of ${row.sys_id} is not what was hashed`)
  }
  return wrong
}

/**
 * I13: every version recomputes from its rows, counts what it holds and what it changed, and is what it was when it was first seen.
 *
 * @param known hash of each version by `stream:number`; new ones are added
 * @param again also versions whose rows were recomputed before
 */
export function checkVersions(
  database: Database.Database,
  known: Map<string, string>,
  again: boolean,
): string[] {
  const wrong: string[] = []
  const versions = database.prepare('select * from sl_versions order by stream, number').all() as VersionRow[]
  for (const version of versions) {
    const key = `${version.stream}:${version.number}`
    const before = known.get(key)
    if (before !== undefined && before !== version.content_hash)
      wrong.push(`I13: the hash of version ${key} changed`)
    if (before !== undefined && !again) continue
    known.set(key, version.content_hash)
    wrong.push(...checkVersion(database, version, key))
  }
  const present = new Set(versions.map((version) => `${version.stream}:${version.number}`))
  for (const key of known.keys()) if (!present.has(key)) wrong.push(`I13: version ${key} is gone`)
  return wrong
}

function checkVersion(database: Database.Database, version: VersionRow, key: string): string[] {
  const rows = rowsOf(database, version.stream, version.number)
  let sum = 0n
  for (const [sysId, hash] of rows) sum = (sum + BigInt(`0x${sha256(`${sysId}:${hash}`)}`)) % (1n << 256n)
  const wrong: string[] = []
  if (sum.toString(16).padStart(64, '0') !== version.content_hash)
    wrong.push(`I13: version ${key} does not verify`)
  if (rows.size !== version.incident_count)
    wrong.push(`I6: version ${key} holds ${rows.size} rows and says ${version.incident_count}`)
  const parent = version.parent === null ? new Map() : rowsOf(database, version.stream, version.parent)
  const found = difference(parent, rows)
  const said = { added: version.added, updated: version.updated, deleted: version.deleted }
  if (JSON.stringify(found) !== JSON.stringify(said))
    wrong.push(`I6: version ${key} differs by ${JSON.stringify(found)} and says ${JSON.stringify(said)}`)
  return wrong
}

/** I14: a rollback is equal to the version it went back to, in content and watermark, and follows the head it replaced. */
export function checkRollbacks(database: Database.Database): string[] {
  const wrong = database
    .prepare(
      `select r.number, r.cause from sl_versions r where r.cause like 'rollback:%' and not exists (
         select 1 from sl_versions t where t.stream = r.stream and t.number = cast(substr(r.cause, 10) as integer)
         and t.content_hash = r.content_hash and t.watermark is r.watermark
         and r.parent = (select max(number) from sl_versions p where p.stream = r.stream and p.number < r.number))`,
    )
    .all() as { number: number; cause: string }[]
  return wrong.map(({ number, cause }) => `I14: version ${number} is no ${cause}`)
}

function rowsOf(database: Database.Database, stream: number, number: number): Map<string, string> {
  const rows = database
    .prepare(
      `select sys_id, hash from sl_rows where stream = ? and from_version <= ?
       and (to_version is null or to_version > ?)`,
    )
    .raw()
    .all(stream, number, number) as [string, string][]
  return new Map(rows)
}

function difference(before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>) {
  let [added, updated, deleted] = [0, 0, 0]
  for (const [sysId, hash] of after) {
    const was = before.get(sysId)
    if (was === undefined) added += 1
    else if (was !== hash) updated += 1
  }
  for (const sysId of before.keys()) if (!after.has(sysId)) deleted += 1
  return { added, updated, deleted }
}

/** I4 at rest: the mirror is what the instance holds, record by record and field by field. */
export function checkExact(
  database: Database.Database,
  integration: string,
  records: readonly Record<string, string>[],
): string[] {
  const rows = database
    .prepare(
      `select sys_id, body from sl_rows where to_version is null
       and stream = (select stream from sl_states where integration = ?)`,
    )
    .raw()
    .all(integration) as [string, string][]
  const mirror = new Map(rows)
  const wrong: string[] = []
  for (const record of records) {
    const body = mirror.get(record.sys_id ?? '')
    mirror.delete(record.sys_id ?? '')
    if (body === undefined) wrong.push(`I4: ${record.number} is lost`)
    else wrong.push(...fieldsThatDiffer(record, JSON.parse(body)))
  }
  for (const sysId of mirror.keys()) wrong.push(`I4: ${sysId} is not in the instance`)
  return wrong
}

function fieldsThatDiffer(record: Record<string, string>, mirrored: Record<string, string>): string[] {
  return Object.entries(record)
    .filter(([field, value]) => !journals.has(field) && (mirrored[field] ?? '') !== value)
    .map(([field, value]) => `I4: ${record.number}.${field} is ${mirrored[field]} instead of ${value}`)
}
