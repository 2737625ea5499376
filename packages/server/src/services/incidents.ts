/** Incidents for the help desk: live from the instance, or from the mirror when it cannot be reached or is asked for. */
import type { IncidentDetailView, IncidentList } from '@snowline/protocol'
import {
  allOf,
  compareRecords,
  encodeQuery,
  isSysId,
  matches,
  QueryError,
  type QueryNode,
  type QueryTree,
  type SysId,
  type UtcStamp,
} from '@snowline/sdk'
import type { SourceRecord, SyncStore } from '@snowline/sdk/sync'
import { type Clock, isoSeconds } from '../clock.ts'
import type { Connection, Connections, Resolution } from '../connections/connections.ts'
import { toProblem } from '../problem/from-error.ts'
import { ProblemError } from '../problem/problem-error.ts'
import type { TicketStore } from '../tickets/ticket-store.ts'
import { displayText, incidentView, journalEntryView, rawText, viewFields } from '../views/incident-view.ts'
import { decodeCursor, encodeCursor, type IncidentCursor } from './incident-cursor.ts'
import { type IncidentFilter, incidentQuery, newestFirst } from './incident-query.ts'

export interface IncidentListRequest extends IncidentFilter {
  limit: number
  cursor?: string | undefined
  source?: 'live' | 'mirror' | undefined
}

export interface Incidents {
  /**
   * One page, newest update first unless sorted otherwise. Falls back to the mirror, marked stale with its reason, when the instance
   * cannot be reached and the caller did not insist on `live`.
   *
   * @throws ProblemError `sn_not_configured`, `invalid_query`, `validation_failed`, or what the instance said (`sn_*`)
   */
  list(request: IncidentListRequest): Promise<IncidentList>
  /** @throws ProblemError `not_found`, `sn_not_configured`, `sn_*` */
  get(sysId: string): Promise<{
    incident: IncidentDetailView
    source: 'live' | 'mirror'
    asOf: string
    stale: boolean
    reason: string | null
  }>
}

export interface IncidentsOptions {
  connections: Connections
  store: SyncStore
  tickets: TicketStore
  clock: Clock
  /** `SN_QUERY_FIELDS`. */
  queryFields: ReadonlySet<string>
}

/** Journal entries of one incident that are shown. */
const JOURNAL_LIMIT = 200
/** Rows of the mirror that are sorted in memory; beyond it only newest first is offered. */
const MAX_SORTED = 20_000

/** Faults of the instance or the way to it; everything else is the caller's or ours and no reason to show old data. */
const unreachable = new Set([
  'sn_unreachable',
  'sn_unavailable',
  'sn_timeout',
  'sn_rate_limited',
  'sn_unexpected_response',
  'sn_error',
  'sn_auth_failed',
  'sn_forbidden',
  'redirect_refused',
  'destination_blocked',
])

export function createIncidents(options: IncidentsOptions): Incidents {
  const { connections, store, queryFields } = options
  return {
    async list(request) {
      const connection = demandConnection(await connections.resolve())
      const query = incidentQuery(request, queryFields)
      const cursor = request.cursor === undefined ? null : decodeCursor(request.cursor)
      const ask = { query, cursor, limit: request.limit }
      if (request.source === 'mirror') return mirrorList(options, connection, ask)
      try {
        return await liveList(options, connection, ask)
      } catch (error) {
        const reason = toProblem(error)
        if (
          request.source === 'live' ||
          !unreachable.has(reason.code) ||
          !(await hasMirror(store, connection))
        )
          throw error
        return { ...(await mirrorList(options, connection, ask)), stale: true, reason: reason.message }
      }
    },
    async get(sysId) {
      if (!isSysId(sysId)) throw unknownIncident()
      const connection = demandConnection(await connections.resolve())
      try {
        const incident = await liveDetail(options, connection, sysId)
        return { incident, source: 'live', asOf: isoSeconds(options.clock.now()), stale: false, reason: null }
      } catch (error) {
        if (error instanceof Error && error.name === 'NotFoundError') throw unknownIncident()
        const reason = toProblem(error)
        const record = unreachable.has(reason.code) ? await store.readRecord(connection.mirror, sysId) : null
        if (record === null) throw error
        const [ticketId] = (await options.tickets.findLinks([sysId])).values()
        const view = incidentView(record, { origin: connection.client.origin, ticketId: ticketId ?? null })
        const asOf = await mirrorTime(store, connection)
        return {
          incident: { ...view, journal: null },
          source: 'mirror',
          asOf,
          stale: true,
          reason: reason.message,
        }
      }
    },
  }
}

/** @throws ProblemError `sn_not_configured` with what is missing, by name */
export function demandConnection(resolution: Resolution): Connection {
  if (resolution.ready) return resolution.connection
  const names = [...resolution.missing, ...resolution.invalid]
  throw new ProblemError('sn_not_configured', resolution.message, {
    hint:
      names.length === 0
        ? 'Set SN_INSTANCE_URL and the credentials, or add an active integration.'
        : `Set ${names.join(', ')}, or add an active integration.`,
    errors: names.map((name) => ({ path: name, message: 'is missing or not valid' })),
  })
}

function unknownIncident(): ProblemError {
  return new ProblemError('not_found', 'No incident has this id, or it is not visible.', {
    hint: 'Check the sys_id, and whether the integration user may read the incident.',
  })
}

interface Ask {
  query: QueryTree
  cursor: IncidentCursor | null
  limit: number
}

async function liveList(options: IncidentsOptions, connection: Connection, ask: Ask): Promise<IncidentList> {
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
    incidents: await viewsOf(options, connection, page.records),
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

function isNewestFirst({ order }: QueryTree): boolean {
  const [first, second] = order
  return first?.field === newestFirst.field && first.direction === 'desc' && second?.field === 'sys_id'
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

async function mirrorList(
  options: IncidentsOptions,
  connection: Connection,
  ask: Ask,
): Promise<IncidentList> {
  const { store, clock } = options
  const { query, cursor, limit } = ask
  const nowMs = clock.now()
  const fits = (record: SourceRecord): boolean => fitsOrRefuse(query, record, nowMs)
  const whole = query.where === null
  const page =
    isNewestFirst(query) && (cursor === null || 'after' in cursor)
      ? await newestPage(store, connection.mirror, { fits: whole ? null : fits, limit, cursor })
      : await sortedPage(store, connection.mirror, { fits, limit, query, cursor })
  return {
    success: true,
    incidents: await viewsOf(options, connection, page.records),
    total: whole ? await store.countRecords(connection.mirror) : page.total,
    nextCursor: page.next === null ? null : encodeCursor(page.next),
    source: 'mirror',
    asOf: await mirrorTime(store, connection),
    instance: connection.client.origin,
  }
}

/** An operator only an instance can answer is told, not guessed. */
function fitsOrRefuse(query: QueryTree, record: SourceRecord, nowMs: number): boolean {
  try {
    return matches(query.where, record, { nowMs })
  } catch (error) {
    if (!(error instanceof QueryError)) throw error
    throw new ProblemError('invalid_query', `${error.message} The stored copy cannot answer it.`)
  }
}

interface MirrorPage {
  records: readonly SourceRecord[]
  total: number | null
  next: IncidentCursor | null
}

async function newestPage(
  store: SyncStore,
  mirror: string,
  ask: { fits: ((record: SourceRecord) => boolean) | null; limit: number; cursor: IncidentCursor | null },
): Promise<MirrorPage> {
  const page = await store.listRecords(mirror, {
    limit: ask.limit,
    ...(ask.fits === null ? {} : { matches: ask.fits }),
    ...(ask.cursor !== null && 'after' in ask.cursor ? { after: ask.cursor.after } : {}),
  })
  return { records: page.records, total: null, next: page.next === null ? null : { after: page.next } }
}

async function sortedPage(
  store: SyncStore,
  mirror: string,
  ask: {
    fits: (record: SourceRecord) => boolean
    limit: number
    query: QueryTree
    cursor: IncidentCursor | null
  },
): Promise<MirrorPage> {
  const offset = ask.cursor !== null && 'offset' in ask.cursor ? ask.cursor.offset : 0
  const found: SourceRecord[] = []
  for (let after: { u: UtcStamp; sysId: SysId } | null = null; ; ) {
    const page = await store.listRecords(mirror, {
      limit: 1_000,
      matches: ask.fits,
      ...(after === null ? {} : { after }),
    })
    found.push(...page.records)
    if (found.length > MAX_SORTED) {
      throw new ProblemError('invalid_query', 'The stored copy holds too many matches to sort this way.', {
        hint: 'Narrow the filter, or sort by updated_on.',
      })
    }
    if (page.next === null) break
    after = page.next
  }
  found.sort((a, b) => compareRecords(ask.query.order, a, b))
  const end = offset + ask.limit
  return {
    records: found.slice(offset, end),
    total: found.length,
    next: end < found.length ? { offset: end } : null,
  }
}

async function hasMirror(store: SyncStore, connection: Connection): Promise<boolean> {
  return (
    (await store.readState(connection.mirror)) !== null && (await store.countRecords(connection.mirror)) > 0
  )
}

/** When the mirror was last true: the sealing of its newest version, else the watermark. */
async function mirrorTime(store: SyncStore, connection: Connection): Promise<string> {
  const [version] = await store.listVersions(connection.mirror, { limit: 1 })
  const state = version === undefined ? await store.readState(connection.mirror) : null
  const time =
    version?.createdAt ?? (state?.watermark == null ? null : `${state.watermark.replace(' ', 'T')}Z`)
  return time === null ? isoSeconds(0) : isoSeconds(Date.parse(time))
}

async function viewsOf(
  options: IncidentsOptions,
  connection: Connection,
  records: readonly Readonly<Record<string, unknown>>[],
) {
  const links = await options.tickets.findLinks(records.map((record) => rawText(record, 'sys_id')))
  return records.map((record) =>
    incidentView(record, {
      origin: connection.client.origin,
      ticketId: links.get(rawText(record, 'sys_id')) ?? null,
    }),
  )
}

async function liveDetail(
  options: IncidentsOptions,
  connection: Connection,
  sysId: string,
): Promise<IncidentDetailView> {
  const { client, table } = connection
  const record: Readonly<Record<string, unknown>> = await client
    .table(table)
    .get(sysId, { displayValue: 'all' })
  const [view] = await viewsOf(options, connection, [record])
  if (view === undefined) throw unknownIncident()
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
