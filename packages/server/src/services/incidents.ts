/** Incidents for the help desk: live from the instance, or from the mirror when it cannot be reached or is asked for. */
import type { IncidentDetailView, IncidentList, IncidentStats } from '@snowline/protocol'
import { isSysId } from '@snowline/sdk'
import type { SyncStore } from '@snowline/sdk/sync'
import { type Clock, isoSeconds } from '../clock.ts'
import type { Connection, Connections, Resolution } from '../connections/connections.ts'
import { toProblem } from '../problem/from-error.ts'
import { ProblemError } from '../problem/problem-error.ts'
import { decodeCursor } from './incident-cursor.ts'
import { type IncidentAsk, type IncidentFilter, incidentQuery } from './incident-query.ts'
import { liveStats, mirrorStats } from './incident-stats.ts'
import { linkedViews, type TicketLinks } from './linked-views.ts'
import { liveDetail, liveList } from './live-incidents.ts'
import { hasMirror, mirrorList, mirrorTime } from './mirror-incidents.ts'

export interface IncidentListRequest extends IncidentFilter {
  limit: number
  cursor?: string | undefined
  source?: 'live' | 'mirror' | undefined
}

export interface IncidentStatsRequest extends Omit<IncidentFilter, 'sort'> {
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
  /** How many by state, priority and age; the same filters, the same way back to the mirror, the same faults. */
  stats(request: IncidentStatsRequest): Promise<IncidentStats>
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
  tickets: TicketLinks
  clock: Clock
  /** `SN_QUERY_FIELDS`. */
  queryFields: ReadonlySet<string>
}

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
      const ask: IncidentAsk = { query, cursor, limit: request.limit }
      return liveOrMirror(options, connection, request.source, {
        live: () => liveList(options, connection, ask),
        mirror: () => mirrorList(options, connection, ask),
      })
    },
    async stats({ source, ...filter }) {
      const connection = demandConnection(await connections.resolve())
      const query = incidentQuery(filter, queryFields)
      return liveOrMirror(options, connection, source, {
        live: () => liveStats(options, connection, query),
        mirror: () => mirrorStats(options, connection, query),
      })
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
        const [view] = await linkedViews(options.tickets, connection, [record])
        if (view === undefined) throw error
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

/** The instance's answer, or the mirror's, marked stale with its reason, when the instance cannot be had and nobody insisted on it. */
async function liveOrMirror<T>(
  { store }: IncidentsOptions,
  connection: Connection,
  wanted: 'live' | 'mirror' | undefined,
  { live, mirror }: { live: () => Promise<T>; mirror: () => Promise<T> },
): Promise<T | (T & { stale: true; reason: string })> {
  if (wanted === 'mirror') return mirror()
  try {
    return await live()
  } catch (error) {
    const reason = toProblem(error)
    const helps = wanted !== 'live' && unreachable.has(reason.code) && (await hasMirror(store, connection))
    if (!helps) throw error
    return { ...(await mirror()), stale: true, reason: reason.message }
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
