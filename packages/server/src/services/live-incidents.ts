/** Incidents as the instance shows them now: one page of a list, one record with its journal. */
import type { IncidentDetailView, IncidentList } from '@snowline/protocol'
import { allOf, encodeQuery, type QueryNode, type QueryTree, type SysId, type UtcStamp } from '@snowline/sdk'
import { type Clock, isoSeconds } from '../clock.ts'
import type { Connection } from '../connections/connections.ts'
import { toProblem } from '../problem/from-error.ts'
import { displayText, journalEntryView, rawText, viewFields } from '../views/incident-view.ts'
import { encodeCursor, type IncidentCursor } from './incident-cursor.ts'
import { type IncidentAsk, isNewestFirst } from './incident-query.ts'
import { linkedViews, type TicketLinks } from './linked-views.ts'

export interface LiveOptions {
  tickets: TicketLinks
  clock: Clock
}

/** Journal entries of one incident that are shown. */
const JOURNAL_LIMIT = 200

export async function liveList(
  options: LiveOptions,
  connection: Connection,
  ask: IncidentAsk,
): Promise<IncidentList> {
  const { query, cursor, limit } = ask
  const offset = cursor !== null && 'offset' in cursor ? cursor.offset : 0
  const after = cursor !== null && 'after' in cursor ? cursor.after : null
  const page = await connection.client.table(connection.table).page({
    query: encodeQuery(after === null ? query : { ...query, where: afterRow(query.where, after) }),
    limit,
    offset,
    fields: viewFields,
    displayValue: 'all',
  })
  const last = page.records.at(-1)
  const more = page.link === 'next' || (page.total !== null && page.total > offset + limit)
  const total = cursor !== null && 'after' in cursor ? (cursor.total ?? null) : page.total
  const next = more ? nextCursor(query, { offset: offset + limit, total }, last) : null
  return {
    success: true,
    incidents: await linkedViews(options.tickets, connection, page.records),
    total,
    nextCursor: next === null ? null : encodeCursor(next),
    source: 'live',
    asOf: isoSeconds(options.clock.now()),
    instance: connection.client.origin,
  }
}

/** Newest first goes on after a row, which holds while rows move; every other order, and a page without a visible row, by number. */
function nextCursor(
  query: QueryTree,
  { offset, total }: { offset: number; total: number | null },
  last: Readonly<Record<string, unknown>> | undefined,
): IncidentCursor | null {
  if (isNewestFirst(query) && last !== undefined) {
    const after = { u: rawText(last, 'sys_updated_on') as UtcStamp, sysId: rawText(last, 'sys_id') as SysId }
    return { after, total }
  }
  return { offset }
}

/** `u <= U and (u < U or sys_id > S)`: `^OR` binds its neighbour, so it needs no brackets; in each `^NQ` part. */
function afterRow(where: QueryNode | null, after: { u: UtcStamp; sysId: SysId }): QueryNode | null {
  const key = (node: QueryNode | null): QueryNode | null =>
    allOf([
      node,
      { kind: 'condition', field: 'sys_updated_on', operator: '<=', value: after.u },
      {
        kind: 'or',
        terms: [
          { kind: 'condition', field: 'sys_updated_on', operator: '<', value: after.u },
          { kind: 'condition', field: 'sys_id', operator: '>', value: after.sysId },
        ],
      },
    ])
  if (where?.kind !== 'newQuery') return key(where)
  return { kind: 'newQuery', blocks: where.blocks.map((block) => key(block) ?? block) }
}

export async function liveDetail(
  options: LiveOptions,
  connection: Connection,
  sysId: string,
): Promise<IncidentDetailView> {
  const { client, table } = connection
  const record: Readonly<Record<string, unknown>> = await client
    .table(table)
    .get(sysId, { displayValue: 'all' })
  const [view] = await linkedViews(options.tickets, connection, [record])
  if (view === undefined) throw new Error('a record without a view')
  return { ...view, journal: await readJournal(connection, sysId, record) }
}

/** Null when the instance does not let us read it: refused, or empty although the record shows text. */
async function readJournal(
  { client, table }: Connection,
  sysId: string,
  record: Readonly<Record<string, unknown>>,
): Promise<IncidentDetailView['journal']> {
  try {
    const page = await client.table('sys_journal_field').page({
      query: `name=${table}^element_id=${sysId}^ORDERBYDESCsys_created_on^ORDERBYsys_id`,
      limit: JOURNAL_LIMIT,
      noCount: true,
    })
    const entries = page.records
      .filter((row) => rawText(row, 'element_id') === sysId)
      .map(journalEntryView)
      .filter((entry) => entry !== null)
    const shown = displayText(record, 'comments') + displayText(record, 'work_notes')
    return entries.length === 0 && shown !== '' ? null : entries
  } catch (error) {
    const { code } = toProblem(error)
    if (code === 'sn_forbidden' || code === 'sn_error') return null
    throw error
  }
}
