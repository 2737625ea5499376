/** Believes no row before it is checked: those of a slice, those of a few ids, entries of deletes; loaded with the first page. */
import type { CallContext } from '../base/errors.ts'
import { UnexpectedResponseError } from '../base/errors.ts'
import { isSysId, isUtcStamp } from '../base/values.ts'
import type { Slice } from '../model/slice.ts'
import type { SourceRecord } from '../model/source-record.ts'
import type { PageRequest } from '../ports/source.ts'

/** Entries as rows of their own stamp. An entry of another table means that the instance dropped our condition. */
export function toEntries(
  rows: Record<string, unknown>[],
  table: string,
  call: CallContext,
): Record<string, unknown>[] {
  return rows.map((row) => {
    flatten(row)
    if (row.tablename !== table) throw wrongShape('An entry names another table.', call)
    if (!isSysId(String(row.documentkey))) throw wrongShape('An entry names no record.', call)
    return { sys_id: row.sys_id, sys_updated_on: row.sys_created_on, documentkey: row.documentkey }
  })
}

/** The rows, each of which was asked for by its id. */
export function verifyIds(
  rows: Record<string, unknown>[],
  asked: readonly string[],
  call: CallContext,
): SourceRecord[] {
  const wanted = new Set(asked)
  for (const row of rows) {
    flatten(row)
    if (!wanted.delete(String(row.sys_id))) throw wrongShape('A row was not asked for.', call)
    if (!isUtcStamp(row.sys_updated_on)) throw wrongShape('A row has no valid sys_updated_on.', call)
  }
  return rows as SourceRecord[]
}

const idPattern = /^[0-9a-f]{32}$/

/** Checks and flattens every row in one pass: this loop sees 100,000 rows in a full read. */
export function verifyRows(
  rows: Record<string, unknown>[],
  { slice, order, limit }: PageRequest,
  call: CallContext,
): SourceRecord[] {
  if (rows.length > limit) throw wrongShape(`The page holds more than the ${limit} rows asked for.`, call)
  const seen = new Set<string>()
  const validStamps = new Set<string>()
  let lastStamp = ''
  let lastId = ''
  for (const row of rows) {
    flatten(row)
    const { sys_id: id, sys_updated_on: stamp } = row
    if (typeof id !== 'string' || !idPattern.test(id)) throw wrongShape('A row has no valid sys_id.', call)
    if (typeof stamp !== 'string' || !(validStamps.has(stamp) || isUtcStamp(stamp))) {
      throw wrongShape('A row has no valid sys_updated_on.', call, id)
    }
    validStamps.add(stamp)
    if (!inside(slice, stamp, id)) throw wrongShape('A row lies outside the slice asked for.', call, id)
    if (seen.has(id)) throw wrongShape('A row is in the page twice.', call, id)
    seen.add(id)
    if (lastId !== '' && !ordered(order, lastStamp, lastId, stamp, id))
      throw wrongShape('The rows are not in order.', call, id)
    lastStamp = stamp
    lastId = id
  }
  return rows as SourceRecord[]
}

/** References stay objects on some instances although links are excluded; null stands for empty. */
function flatten(row: Record<string, unknown>): void {
  for (const key in row) {
    const value = row[key]
    if (typeof value === 'string') continue
    if (value === null || value === undefined) row[key] = ''
    else if (typeof value === 'object')
      row[key] = 'value' in value && value.value !== null ? String(value.value) : ''
    else row[key] = String(value)
  }
}

function inside({ from, to, after, prefix }: Slice, stamp: string, id: string): boolean {
  if ((from !== null && stamp < from) || (to !== null && stamp > to)) return false
  return (after === undefined || id > after) && (prefix === undefined || id.startsWith(prefix))
}

function ordered(
  order: PageRequest['order'],
  lastStamp: string,
  lastId: string,
  stamp: string,
  id: string,
): boolean {
  if (order === 'newest') return stamp <= lastStamp
  if (order === 'by_id') return id > lastId
  return stamp > lastStamp || (stamp === lastStamp && id > lastId)
}

function wrongShape(message: string, call: CallContext, sysId?: string): UnexpectedResponseError {
  return new UnexpectedResponseError(message, 'shape', call, {
    hint: 'The instance may ignore a condition or an order this user has no right to (query_range), or something changes its answers.',
    ...(sysId === undefined ? {} : { details: { sysId } }),
  })
}
