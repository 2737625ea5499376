/** Killed between the two files: what stands in the application's file comes over later, once. */
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { migrateHostFile } from '../../src/tickets/host-migrate.ts'
import { HostApp } from './host-app.ts'
import { type OpenStore, openStore } from './host-store.ts'

const open: { close(): unknown }[] = []

afterEach(async () => {
  for (const each of open.splice(0).reverse()) await each.close()
})

async function killed(what: string): Promise<{ app: HostApp; after: OpenStore }> {
  const app = new HostApp()
  open.push(app)
  await migrateHostFile(app.config(), { dryRun: false, now: new Date() })
  app.write(
    `update support_tickets set sn_sys_id = '${'a'.repeat(32)}', sn_last_sync_at = '2026-01-01T00:00:00.000Z' where ticket_id = 7`,
  )
  const ownFile = join(app.folder, 'own.db')
  const args = ['--conditions=@snowline/source', join(import.meta.dirname, 'host-crash.ts')]
  const { signal, stderr } = spawnSync(process.execPath, [
    ...args,
    ownFile,
    JSON.stringify(app.config()),
    what,
  ])
  expect(signal, stderr.toString()).toBe('SIGKILL')
  const after = await openStore(ownFile, app.config())
  open.push(after)
  return { app, after }
}

async function booksOf({ store, own }: OpenStore) {
  const books = await store.readBooks('7')
  const audit = await own.selectFrom('app_audit').select(['action', 'target']).execute()
  return { queue: books?.queue ?? [], agreed: books?.agreed, audit, ticket: books?.ticket }
}

async function collectTwice({ store }: OpenStore): Promise<number> {
  const first = await store.collector.collect()
  const second = await store.collector.collect()
  expect(second).toEqual({ taken: 0, left: 0 })
  return first.taken
}

test('a status: its push and its audit entry come over once', async () => {
  const { app, after } = await killed('status')
  expect(app.row(7).state).toBe('working')
  expect(await booksOf(after)).toMatchObject({ queue: [], audit: [] })
  expect(await collectTwice(after)).toBe(1)
  expect(await booksOf(after)).toMatchObject({
    queue: [{ opId: 'op-status', payload: { state: '2' }, state: 'pending' }],
    audit: [{ action: 'test.status', target: 'ticket:7' }],
  })
  expect(app.all('select * from snowline_outbox')).toEqual([])
})

test('a link: what both sides agreed on and its audit entry come over once', async () => {
  const { app, after } = await killed('link')
  expect(app.row(7)).toMatchObject({ sn_sys_id: 'b'.repeat(32), sn_number: 'INC2' })
  expect(await collectTwice(after)).toBe(1)
  expect(await booksOf(after)).toMatchObject({
    queue: [],
    agreed: { state: '1' },
    audit: [{ action: 'test.link', target: 'ticket:7' }],
  })
})

test('a settled push: nothing of it counts in our own books, so it is looked up and settled again', async () => {
  const { app, after } = await killed('settle')
  expect(app.row(7).sn_sync_status).toBe('ok')
  expect(app.all('select * from snowline_outbox')).toEqual([])
  expect(await booksOf(after)).toMatchObject({
    queue: [{ opId: 'op-settle', state: 'pending' }],
    agreed: null,
    audit: [],
  })
  const before = app.row(7).sn_last_sync_at
  await after.store.outbox.transaction((tx) =>
    after.store.settle(tx, '7', ({ ticket }) => ({
      link: { sn_sync_status: 'ok', sn_last_sync_at: ticket.sn_last_sync_at },
    })),
  )
  expect(app.row(7).sn_last_sync_at).not.toBe(before)
  expect(app.all('select * from snowline_outbox')).toEqual([])
})
