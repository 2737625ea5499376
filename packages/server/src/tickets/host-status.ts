/** What a status that the application's own code has set owes the instance: the same push as a status set through our API. */
import type { Mapping } from '../push/mapping.ts'
import { statusPush } from '../push/owed.ts'
import type { PlanStatus } from './host-collector.ts'

export interface StatusPlanOptions {
  /** Name of the mirror of the connection in use; null while none is set up. */
  target: () => Promise<string | null>
  mapping: Mapping
}

export function planStatus({ target, mapping }: StatusPlanOptions): PlanStatus {
  return async () => {
    const connection = await target()
    if (connection === null) return null
    const context = mapping.offline()
    return (books, { opId, status, takenAtMs: nowMs }) => {
      if (books.ticket.sn_sys_id === null) return {}
      const after = { ...books.ticket, status }
      const { push } = statusPush(books, after, { opId, connection, nowMs, context }, false)
      if (push === null) return {}
      if (push.refused === undefined) return { pushes: [push] }
      const { message, hint = '' } = push.refused
      const sn_last_error = `${message}. ${hint}`.trim()
      return { pushes: [push], link: { sn_sync_status: 'failed', sn_last_error } }
    }
  }
}
