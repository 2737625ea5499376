/** What differs between two sealed versions, read by the index of intervals in windows of ids. */
import { type Kysely, sql } from 'kysely'
import type { SysId } from '../../base/values.ts'
import type { VersionDifference } from '../../model/dataset-version.ts'
import { difference } from '../difference.ts'
import type { SnowlineTables } from './tables.ts'

export interface DifferencePage {
  differences: VersionDifference[]
  /** Where to go on, null at the end. A page may be empty and not the last. */
  next: string | null
}

/** Intervals in one window: where nothing differs they cost a step in the index each, and no row is read. */
const WINDOW = 1_000

interface DifferingRow {
  sys_id: SysId
  in_from: number
  hash: string
  body: string
}

/** One window behind `after`, in which an interval counts when it is in one of the two versions and not in the other. */
export async function differencesOf(
  db: Kysely<SnowlineTables>,
  integration: string,
  { from, to, after }: { from: number; to: number; after: string },
): Promise<DifferencePage> {
  const stream = sql`(select stream from sl_states where integration = ${integration})`
  const bound = await sql<{ sys_id: string }>`select sys_id from sl_rows where stream = ${stream}
    and sys_id > ${after} order by sys_id limit 1 offset ${sql.lit(WINDOW - 1)}`.execute(db)
  const next = bound.rows[0]?.sys_id ?? null
  const upTo = next === null ? sql`` : sql`and sys_id <= ${next}`
  const { rows } = await sql<DifferingRow>`select sys_id, ${covers(from)} as in_from, hash, body
    from sl_rows where stream = ${stream} and sys_id > ${after} ${upTo}
    and ${covers(from)} <> ${covers(to)} order by sys_id, from_version`.execute(db)
  return { differences: paired(rows), next }
}

function covers(number: number) {
  return sql`(from_version <= ${number} and (to_version is null or to_version > ${number}))`
}

/** One or two rows a record: what it was, what it became. */
function paired(rows: readonly DifferingRow[]): VersionDifference[] {
  const pairs = new Map<SysId, { before?: DifferingRow; after?: DifferingRow }>()
  for (const row of rows) {
    const pair = pairs.get(row.sys_id) ?? {}
    pairs.set(row.sys_id, row.in_from ? { ...pair, before: row } : { ...pair, after: row })
  }
  return [...pairs]
    .map(([sysId, { before, after }]) => difference(sysId, before, after))
    .filter((each) => each !== null)
}
