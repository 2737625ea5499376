/** Everything that changes a ticket, its link or its pushes leaves one entry of the audit log, and the chain holds. */
import { join } from 'node:path'
import { openSqlite } from '@snowline/sdk/stores/sqlite'
import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { findBrokenAudit } from '../../src/db/audit.ts'
import type { AppTables } from '../../src/db/tables.ts'
import { Desk } from '../desk.ts'

test('who did what, and what became of it', async () => {
  const desk = await Desk.open({ incidents: 2 })
  const database = openSqlite({ file: join(desk.server.dataDir, 'snowline.db') })
  const heard = async (work: () => Promise<unknown>): Promise<string[]> => {
    const before = await last()
    await work()
    await desk.settle()
    const { rows } = await sql<{ action: string; target: string }>`
      select action, target from app_audit where seq > ${before} order by seq`.execute(database.read)
    return rows.map(({ action, target }) => `${action} ${target}`)
  }
  const last = async (): Promise<number> => {
    const { rows } = await sql<{ seq: number }>`select max(seq) as seq from app_audit`.execute(database.read)
    return rows[0]?.seq ?? 0
  }
  try {
    expect(await heard(() => desk.ticket())).toEqual(['ticket.create ticket:1'])
    expect(await heard(() => desk.create('1'))).toEqual([
      'ticket.create_incident ticket:1',
      'push.done ticket:1',
    ])
    expect(await heard(() => desk.create('1'))).toEqual([])
    expect(await heard(() => desk.patch('1', { status: 'in_progress' }))).toEqual([
      'ticket.update ticket:1',
      'push.done ticket:1',
    ])
    const ticket = await desk.read('1')
    expect(await heard(() => desk.note(ticket, 'Hello'))).toEqual([
      'ticket.note ticket:1',
      'push.done ticket:1',
    ])
    expect(await heard(() => desk.sync({ ...ticket, sn_sys_id: '0'.repeat(32) }))).toEqual([])
    const path = '/api/tickets/1/sn/link'
    expect(await heard(() => desk.server.call('DELETE', path))).toEqual(['ticket.unlink ticket:1'])
    const number = desk.incidents()[0]?.number
    expect(await heard(() => desk.server.post(path, { number }))).toEqual(['ticket.link ticket:1'])
    const pulled = await heard(() => desk.server.post('/api/sn/sync/pull', { import: true }))
    expect(pulled).toEqual(['sync.complete integration:env', 'ticket.import ticket:2'])
    expect(await heard(() => desk.create('1', {}, { as: 'viewer' }))).toEqual([
      'authz.denied POST /api/sn/incidents/create-from-ticket/:ticket_id',
    ])
    expect(await findBrokenAudit(database.read.withTables<AppTables>())).toBeNull()
  } finally {
    await database.close()
    await desk.close()
  }
})
