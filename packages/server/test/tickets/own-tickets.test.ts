/** Tickets in our own database: a change, its pushes and its audit entry stand or fall together. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openSqlite, type SqliteDatabase, sqliteOutbox } from '@snowline/sdk/stores/sqlite'
import { sql } from 'kysely'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { systemActor } from '../../src/db/audit.ts'
import { migrate } from '../../src/db/migrations.ts'
import { installationId } from '../../src/db/settings.ts'
import type { AppTables } from '../../src/db/tables.ts'
import { createOwnTickets } from '../../src/tickets/own-tickets.ts'
import type { OwedPush, TicketDraft, TicketStore } from '../../src/tickets/ticket-store.ts'
import { HandClock } from '../kit.ts'

const draft: TicketDraft = {
  subject: 'One',
  description: '',
  status: 'open',
  priority: null,
  predicted_priority: null,
  category: null,
  predicted_category: null,
  requester_email: null,
  ai_suggestions: null,
}
const SYS_ID = 'a'.repeat(32)
const audit = { actor: systemActor, entry: { action: 'test', target: 'ticket' } }

let folder: string
let database: SqliteDatabase
let tickets: TicketStore

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'snowline-tickets-'))
  database = openSqlite({ file: join(folder, 'test.db') })
  await migrate(database.write)
  const [write, read] = [database.write.withTables<AppTables>(), database.read.withTables<AppTables>()]
  tickets = createOwnTickets({
    write,
    read,
    outbox: await sqliteOutbox({ database }),
    clock: new HandClock(),
  })
})
afterEach(async () => {
  await database.close()
  rmSync(folder, { recursive: true, force: true })
})

const push = (ticket: string, more: Partial<OwedPush> = {}): OwedPush => ({
  opId: 'op-1',
  connection: 'env',
  ticket,
  kind: 'create',
  key: 'k',
  sysId: null,
  payload: { short_description: 'One' },
  base: {},
  createdAt: 1_000,
  ...more,
})
const auditRows = async () => (await sql`select * from app_audit`.execute(database.read)).rows.length

test('a decision that throws leaves nothing; one that holds writes all of it', async () => {
  const { id } = await tickets.create(draft)
  const refuse = tickets.change(id, () => {
    throw new RangeError('no')
  })
  await expect(refuse).rejects.toThrow('no')
  await tickets.change(id, () => ({ fields: { status: 'closed' }, pushes: [push(id)], audit }))
  expect(await tickets.readBooks(id)).toMatchObject({
    ticket: { status: 'closed' },
    queue: [{ opId: 'op-1' }],
  })
  expect(await auditRows()).toBe(1)
})

test('a second ticket with the same incident: refused, with its pushes and its audit entry', async () => {
  const linked = { ...draft, sn_sys_id: SYS_ID, sn_number: 'INC1' }
  const one = await tickets.create(linked)
  await expect(tickets.create(linked)).rejects.toMatchObject({ code: 'already_linked' })
  const two = await tickets.create(draft)
  const change = { link: { sn_sys_id: SYS_ID }, pushes: [push(two.id)], audit }
  await expect(tickets.change(two.id, () => change)).rejects.toMatchObject({ code: 'already_linked' })
  expect((await tickets.readBooks(two.id))?.queue).toEqual([])
  expect(await auditRows()).toBe(0)
  expect([...(await tickets.findLinks([SYS_ID, 'b'.repeat(32)]))]).toEqual([[SYS_ID, one.id]])
})

test('of many changes at once each sees the one before it', async () => {
  const { id } = await tickets.create(draft)
  const seen: number[] = []
  const changes = Array.from({ length: 20 }, (_, n) =>
    tickets.change(id, ({ queue }) => {
      seen.push(queue.length)
      return queue.length > 0 ? {} : { pushes: [push(id, { opId: `op-${n}` })] }
    }),
  )
  await Promise.all(changes)
  expect(seen).toEqual([0, ...Array.from({ length: 19 }, () => 1)])
})

test('a push that is known: left alone, unless it is dead; then it goes out again, looked up first', async () => {
  const { id } = await tickets.create(draft)
  await tickets.change(id, () => ({ pushes: [push(id, { refused: { code: 'x', message: 'no' } })] }))
  expect((await tickets.readBooks(id))?.queue[0]).toMatchObject({ state: 'dead', fault: { code: 'x' } })
  const again = { payload: { short_description: 'Two' }, createdAt: 2_000 }
  await tickets.change(id, () => ({ pushes: [push(id, again)] }))
  const sent = { state: 'pending', lookFirst: true, createdAt: 2_000, fault: null, payload: again.payload }
  expect((await tickets.readBooks(id))?.queue).toMatchObject([sent])
  await tickets.change(id, () => ({ pushes: [push(id, { payload: { short_description: 'Three' } })] }))
  expect((await tickets.readBooks(id))?.queue).toMatchObject([sent])
  await tickets.change(id, () => ({ drops: ['op-1', 'op-unknown'] }))
  expect((await tickets.readBooks(id))?.queue).toMatchObject([
    { state: 'dead', fault: { code: 'push.dropped' } },
  ])
})

test('what both sides agreed on is kept beside the ticket, and forgotten when told', async () => {
  const { id } = await tickets.create(draft, { agreed: { state: '1' } })
  expect((await tickets.readBooks(id))?.agreed).toEqual({ state: '1' })
  await tickets.change(id, ({ agreed }) => ({ agreed: { ...agreed, state: '2' } }))
  expect((await tickets.readBooks(id))?.agreed).toEqual({ state: '2' })
  await tickets.change(id, () => ({ agreed: null }))
  expect((await tickets.readBooks(id))?.agreed).toBeNull()
})

test('an unknown id: null to readers, not_found to writers, nothing to a settle', async () => {
  for (const id of ['7', '0', '-1', '1e1', '', 'x']) {
    expect(await tickets.read(id)).toBeNull()
    await expect(tickets.change(id, () => ({}))).rejects.toMatchObject({ code: 'not_found' })
    await tickets.outbox.transaction((tx) => tickets.settle(tx, id, () => ({ fields: { status: 'closed' } })))
  }
})

test('the installation has one name, made once', async () => {
  const db = database.write.withTables<AppTables>()
  const names = await Promise.all([installationId(db), installationId(db)])
  expect(new Set(names).size).toBe(1)
  expect(names[0]).toMatch(/^copilot-[0-9a-f]{8}$/)
})
