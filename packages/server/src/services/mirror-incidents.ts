/** Incidents from the stored copy: the same questions answered without the instance, as far as they can be. */
import type { IncidentList } from '@snowline/protocol'
import { QueryError, type QueryTree, type SysId, type UtcStamp } from '@snowline/sdk'
import { compareRecords, matches } from '@snowline/sdk/query'
import type { SourceRecord, SyncStore } from '@snowline/sdk/sync'
import { type Clock, isoSeconds } from '../clock.ts'
import type { Connection } from '../connections/connections.ts'
import { ProblemError } from '../problem/problem-error.ts'
import { encodeCursor, type IncidentCursor } from './incident-cursor.ts'
import { type IncidentAsk, isNewestFirst } from './incident-query.ts'
import { linkedViews, type TicketLinks } from './linked-views.ts'

export interface MirrorOptions {
  store: SyncStore
  tickets: TicketLinks
  clock: Clock
}

/** Rows that are sorted in memory; beyond it only newest first is offered. */
const MAX_SORTED = 20_000

export async function mirrorList(
  options: MirrorOptions,
  connection: Connection,
  ask: IncidentAsk,
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
    incidents: await linkedViews(options.tickets, connection, page.records),
    total: whole ? await store.countRecords(connection.mirror) : page.total,
    nextCursor: page.next === null ? null : encodeCursor(page.next),
    source: 'mirror',
    asOf: await mirrorTime(store, connection),
    instance: connection.client.origin,
  }
}

/** An operator only an instance can answer is told, not guessed. @throws ProblemError `invalid_query` */
export function fitsOrRefuse(query: Pick<QueryTree, 'where'>, record: SourceRecord, nowMs: number): boolean {
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

export async function hasMirror(store: SyncStore, connection: Connection): Promise<boolean> {
  return (
    (await store.readState(connection.mirror)) !== null && (await store.countRecords(connection.mirror)) > 0
  )
}

/** When the mirror was last true: the sealing of its newest version, else the watermark. */
export async function mirrorTime(store: SyncStore, connection: Connection): Promise<string> {
  const [version] = await store.listVersions(connection.mirror, { limit: 1 })
  const state = version === undefined ? await store.readState(connection.mirror) : null
  const time =
    version?.createdAt ?? (state?.watermark == null ? null : `${state.watermark.replace(' ', 'T')}Z`)
  return time === null ? isoSeconds(0) : isoSeconds(Date.parse(time))
}
