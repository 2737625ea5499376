/** The bulk pull: the mirror brought up to date, and, when asked for, local tickets made from mirrored incidents, each at most once. */
import type { PullAnswer, PullItem } from '@snowline/protocol'
import { encodeQuery, isUtcStamp, stampToIso } from '@snowline/sdk'
import { matches } from '@snowline/sdk/query'
import type { SourceRecord, SyncStore } from '@snowline/sdk/sync'
import type { Clock } from '../clock.ts'
import type { Connection, Connections } from '../connections/connections.ts'
import { ProblemError } from '../problem/problem-error.ts'
import { agreedOf } from '../push/agreed.ts'
import { ticketMapper } from '../push/mapping.ts'
import { syncStamp } from '../push/settled.ts'
import type { TicketDraft, TicketStore } from '../tickets/ticket-store.ts'
import { isTicketPriority, isTicketStatus } from '../tickets/words.ts'
import { incidentQuery } from './incident-query.ts'
import { demandConnection } from './incidents.ts'
import type { MirrorEvent, MirrorPull } from './mirror-pull.ts'
import type { StatusBack } from './status-back.ts'
import type { By } from './tickets.ts'

export interface PullRequest {
  import?: boolean | undefined
  dryRun?: boolean | undefined
  query?: string | undefined
  limit?: number | undefined
}

export type ImportEvent = Extract<MirrorEvent, { type: 'progress' }> | { type: 'complete'; data: PullAnswer }

export interface TicketImports {
  /**
   * Progress, then exactly one `complete`. A dry run reads the instance, or the mirror when it cannot be reached, and writes nothing.
   *
   * @throws ProblemError `sn_not_configured`, `invalid_query`, `sync_running`, `sn_*`
   */
  pull(request: PullRequest, by: By, signal: AbortSignal): AsyncGenerator<ImportEvent, void, void>
}

export interface TicketImportsOptions {
  tickets: TicketStore
  connections: Connections
  store: SyncStore
  mirrorPull: MirrorPull
  statusBack: StatusBack
  clock: Clock
  installationId: string
  /** `SN_QUERY_FIELDS`. */
  queryFields: ReadonlySet<string>
}

const DEFAULT_LIMIT = 200
const PAGE = 500

export function createTicketImports(options: TicketImportsOptions): TicketImports {
  const { connections, mirrorPull, statusBack } = options
  return {
    async *pull(request, by, signal) {
      const connection = demandConnection(await connections.resolve())
      const limit = request.limit ?? DEFAULT_LIMIT
      // Asked first: a query that cannot be meant so must not cost a run.
      const find = finder(options, connection, request.query)
      if (request.dryRun === true) {
        const records = request.import === true ? await find(limit, 'live') : []
        const items = await Promise.all(records.map((record) => plan(options, connection, record)))
        yield {
          type: 'complete',
          data: answer(
            records.length,
            items.map(({ item }) => item),
          ),
        }
        return
      }
      let pulled = { fetched: 0, updated: 0 }
      for await (const event of mirrorPull.events(connection, by, signal)) {
        if (event.type === 'progress') yield event
        else pulled = event.data
      }
      const brought = await statusBack.bring(connection)
      const records = request.import === true ? await find(limit, 'mirror') : []
      const items: PullItem[] = [...brought]
      for (const record of records) items.push(await importOne(options, connection, record, by))
      const told = answer(request.import === true ? records.length : pulled.fetched, items)
      yield { type: 'complete', data: request.import === true ? told : { ...told, updated: pulled.updated } }
    },
  }
}

function answer(fetched: number, items: readonly PullItem[]): PullAnswer {
  const count = (action: PullItem['action']): number => items.filter((item) => item.action === action).length
  return {
    success: true,
    fetched,
    imported: count('import'),
    updated: count('update'),
    skipped: count('skip'),
    items,
  }
}

type Find = (limit: number, from: 'live' | 'mirror') => Promise<readonly SourceRecord[]>

/** @throws ProblemError `invalid_query` */
function finder(
  { store, clock, queryFields }: TicketImportsOptions,
  connection: Connection,
  query?: string,
): Find {
  const tree = incidentQuery({ query }, queryFields)
  const nowMs = clock.now()
  const mirrored = async (limit: number): Promise<readonly SourceRecord[]> =>
    (
      await store.listRecords(connection.mirror, {
        limit,
        matches: (record) => matches(tree.where, record, { nowMs }),
      })
    ).records
  return async (limit, from) => {
    if (from === 'mirror') return mirrored(limit)
    const records: SourceRecord[] = []
    for (let offset = 0; records.length < limit; offset += PAGE) {
      const page = await connection.client
        .table(connection.table)
        .page({ query: encodeQuery(tree), limit: Math.min(PAGE, limit), offset })
      records.push(...(page.records as unknown as SourceRecord[]))
      if (page.link !== 'next') break
    }
    return records.slice(0, limit)
  }
}

interface Plan {
  item: PullItem
  /** Null when nothing is to be made. */
  draft: TicketDraft | null
}

async function plan(
  { tickets, clock, installationId }: TicketImportsOptions,
  _connection: Connection,
  record: SourceRecord,
): Promise<Plan> {
  const { sys_id: sysId } = record
  const number = record.number ?? ''
  const skip = (ticketId: string | null, reason: string): Plan => ({
    item: { number, sys_id: sysId, ticket_id: ticketId, action: 'skip', reason },
    draft: null,
  })
  const owner = (await tickets.findLinks([sysId])).get(sysId)
  if (owner !== undefined) return skip(owner, `Ticket ${owner} is linked to it already`)
  const [installation, ticketId = ''] = (record.correlation_id ?? '').split(':')
  if (installation === installationId) return skip(ticketId, `It was made from ticket ${ticketId}`)
  const draft = draftOf(record, clock.now())
  return { item: { number, sys_id: sysId, ticket_id: null, action: 'import', reason: null }, draft }
}

/** A code in none of our tables reads as nothing said: the ticket is open, its priority unknown. */
function draftOf(record: SourceRecord, nowMs: number): TicketDraft {
  const { ticket } = ticketMapper.toTicket(record)
  const { opened_at: opened = '' } = record
  return {
    subject: ticket.subject || record.number || record.sys_id,
    description: ticket.description ?? '',
    status: isTicketStatus(ticket.status) ? ticket.status : 'open',
    priority: isTicketPriority(ticket.priority) ? ticket.priority : null,
    predicted_priority: null,
    category: ticket.category || null,
    predicted_category: null,
    requester_email: ticket.requester_email || null,
    ai_suggestions: ticket.ai_suggestions || null,
    sn_sys_id: record.sys_id,
    sn_number: record.number ?? '',
    sn_last_sync_at: syncStamp(nowMs, null),
    sn_sync_status: 'ok',
    sn_last_error: null,
    ...(isUtcStamp(opened) ? { created_at: stampToIso(opened) } : {}),
  }
}

async function importOne(
  options: TicketImportsOptions,
  connection: Connection,
  record: SourceRecord,
  { actor }: By,
): Promise<PullItem> {
  const { item, draft } = await plan(options, connection, record)
  if (draft === null) return item
  const entry = {
    action: 'ticket.import',
    target: 'ticket',
    after: { sysId: record.sys_id, number: item.number },
  }
  try {
    const ticket = await options.tickets.create(draft, { agreed: agreedOf(record), audit: { actor, entry } })
    return { ...item, ticket_id: ticket.id }
  } catch (error) {
    // Imported by somebody else in this very moment.
    if (!(error instanceof ProblemError) || error.code !== 'already_linked') throw error
    return { ...item, action: 'skip', reason: error.message }
  }
}
