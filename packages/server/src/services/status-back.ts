/** `SYNC_STATUS_BACK`: after a pull, a linked ticket takes the status of its incident; marked, so that it is not sent back again. */
import type { PullItem } from '@snowline/protocol'
import { isSysId } from '@snowline/sdk'
import type { SourceRecord, SyncStore } from '@snowline/sdk/sync'
import type { Clock } from '../clock.ts'
import type { Connection } from '../connections/connections.ts'
import { systemActor } from '../db/audit.ts'
import { agreedOf } from '../push/agreed.ts'
import { ticketMapper } from '../push/mapping.ts'
import { syncStamp } from '../push/settled.ts'
import { standingOf } from '../push/standing.ts'
import type { TicketBooks, TicketChange, TicketStore } from '../tickets/ticket-store.ts'
import { isTicketStatus } from '../tickets/words.ts'

export interface StatusBack {
  /** Every linked ticket of which the incident has moved since both agreed. Nothing while the setting is off. */
  bring(connection: Connection): Promise<PullItem[]>
}

export interface StatusBackOptions {
  on: boolean
  tickets: TicketStore
  store: SyncStore
  clock: Clock
}

const PAGE = 200

export function createStatusBack({ on, tickets, store, clock }: StatusBackOptions): StatusBack {
  const bringOne = async (
    connection: Connection,
    id: string,
    sysId: string | null,
  ): Promise<PullItem | null> => {
    if (!isSysId(sysId)) return null
    const record = await store.readRecord(connection.mirror, sysId)
    const books = record === null ? null : await tickets.readBooks(id)
    if (record === null || books === null || statusChange(books, record, clock.now()) === null) return null
    await tickets.change(id, (now) => statusChange(now, record, clock.now()) ?? {})
    return { number: record.number ?? '', sys_id: sysId, ticket_id: id, action: 'update', reason: null }
  }
  return {
    async bring(connection) {
      const items: PullItem[] = []
      if (!on) return items
      for (let cursor: string | undefined; ; ) {
        const page = await tickets.list({
          limit: PAGE,
          linked: true,
          ...(cursor === undefined ? {} : { cursor }),
        })
        for (const { id, sn_sys_id: sysId } of page.tickets) {
          const item = await bringOne(connection, id, sysId)
          if (item !== null) items.push(item)
        }
        if (page.nextCursor === null) return items
        cursor = page.nextCursor
      }
    },
  }
}

/** Null when there is nothing to take: not moved since both agreed, older than what we know, or a push of ours is on its way. */
function statusChange(
  { ticket, queue, agreed }: TicketBooks,
  record: SourceRecord,
  nowMs: number,
): TicketChange | null {
  const { open, waiting, failed } = standingOf(queue, true)
  if (open.length > 0 || waiting.length > 0 || failed.length > 0) return null
  const older = (agreed?.sys_updated_on ?? '') > record.sys_updated_on
  if (older || ticket.sn_sys_id !== record.sys_id || record.state === agreed?.state) return null
  const { status } = ticketMapper.toTicket({ state: record.state ?? '' }).ticket
  if (!isTicketStatus(status)) return null
  const link = { sn_last_sync_at: syncStamp(nowMs, ticket.sn_last_sync_at) }
  const after = { status, sysId: record.sys_id }
  const entry = { action: 'ticket.status_back', target: `ticket:${ticket.id}`, before: ticket.status, after }
  const agreement = { agreed: { ...agreed, ...agreedOf(record) } }
  if (status === ticket.status) return agreement
  return { ...agreement, fields: { status }, link, audit: { actor: systemActor, entry } }
}
