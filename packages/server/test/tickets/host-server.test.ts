/** A whole server over an application's file: what its own code changes arrives once, what we write is not sent again. */

import { silentLogger } from '@snowline/sdk'
import { openSqlite } from '@snowline/sdk/stores/sqlite'
import { sql } from 'kysely'
import { afterEach, expect, test } from 'vitest'
import { findBrokenAudit } from '../../src/db/audit.ts'
import type { AppTables } from '../../src/db/tables.ts'
import { createHostCollector } from '../../src/tickets/host-collector.ts'
import { migrateHostFile } from '../../src/tickets/host-migrate.ts'
import type { HostTickets } from '../../src/tickets/host-tickets.ts'
import { Desk, type DeskOptions } from '../desk.ts'
import { HandClock } from '../kit.ts'
import { HostApp, type HostAppOptions, hasPython, schema } from './host-app.ts'

const open: { close(): unknown }[] = []

afterEach(async () => {
  for (const each of open.splice(0).reverse()) await each.close()
})

interface Given extends DeskOptions {
  app?: HostAppOptions
  map?: Record<string, unknown>
}

async function deskOver({ app: appOptions = {}, map = {}, ...options }: Given = {}) {
  const app = new HostApp(appOptions)
  open.push(app)
  await migrateHostFile(app.config(map), { dryRun: false, now: new Date() })
  const desk = await Desk.open({ ...options, env: { ...app.env(map), ...options.env } })
  open.push(desk)
  return { app, desk, tickets: storeOf(desk) }
}

function storeOf(desk: Desk): HostTickets {
  const { hostTickets } = desk.server.app.services
  if (hostTickets === null) throw new Error('the tickets are not in a host file')
  return hostTickets
}

async function linkedDesk(given: Given = {}) {
  const made = await deskOver(given)
  const answer = await made.desk.create('7')
  expect(answer.status, answer.text).toBe(201)
  await made.tickets.collector.collect()
  const ticket = await made.desk.read('7')
  return { ...made, ticket: { ...ticket, sn_sys_id: ticket.sn_sys_id ?? '' } }
}

/** What our own process does every quarter of a second. */
async function collectAndPush(desk: Desk): Promise<void> {
  await storeOf(desk).collector.collect()
  await desk.settle()
}

async function auditOf(desk: Desk): Promise<{ action: string; actor: string; target: string }[]> {
  const database = openSqlite({ file: desk.server.app.services.config.databaseFile })
  try {
    expect(await findBrokenAudit(database.read.withTables<AppTables>())).toBeNull()
    const { rows } = await sql<{ action: string; actor: string; target: string }>`
      select action, actor, target from app_audit where target like 'ticket:%' order by seq`.execute(
      database.read,
    )
    return rows
  } finally {
    await database.close()
  }
}

test("the application's rows are tickets, in its own words", async () => {
  const { desk, app } = await deskOver()
  const before = app.all('select * from support_tickets')
  const { body } = await desk.server.get('/api/tickets')
  expect(body.tickets).toMatchObject([
    { id: '9', subject: 'Old words', status: 'open', priority: null },
    { id: '8', subject: 'New laptop', description: '', status: 'in_progress', priority: 'low' },
    { id: '7', status: 'open', priority: 'high', updated_at: '2026-10-01T08:00:00Z', sn_sys_id: null },
  ])
  const ids = async (query: string) =>
    ((await desk.server.get(`/api/tickets?${query}`)).body.tickets as { id: string }[]).map(({ id }) => id)
  expect(await ids('status=in_progress')).toEqual(['8'])
  expect(await ids('status=open')).toEqual(['9', '7'])
  expect(await ids('q=LAPTOP')).toEqual(['8'])
  expect(await ids('linked=true')).toEqual([])
  expect((await desk.server.get('/api/tickets/07')).status).toBe(404)
  expect((await desk.server.get('/api/tickets/7%20or%201=1')).status).toBe(404)
  const first = await desk.server.get('/api/tickets?limit=2')
  expect(await ids(`limit=2&cursor=${String(first.body.nextCursor)}`)).toEqual(['7'])
  expect((await desk.server.get('/api/tickets?cursor=bm9uZQ')).status).toBe(422)
  expect(app.all('select * from support_tickets')).toEqual(before)
})

test('an incident is made from a row, and the link stands in the five columns', async () => {
  const { desk, app, ticket } = await linkedDesk()
  expect(desk.made('7')).toHaveLength(1)
  expect(desk.incident(ticket.sn_sys_id)).toMatchObject({
    short_description: 'VPN is down',
    impact: '2',
    urgency: '1',
  })
  expect(app.row(7)).toMatchObject({ sn_sys_id: ticket.sn_sys_id, sn_sync_status: 'ok', sn_last_error: null })
  expect(app.row(7).sn_last_sync_at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
  expect(app.all('select * from snowline_outbox')).toEqual([])
  // The application's own trigger has not seen a change of status, and nothing of its own has moved.
  expect(app.all('select * from support_log')).toEqual([])
  expect(app.row(7)).toMatchObject({ state: 'new', prio: 2, tenant: 'north', changed: '2026-10-01 08:00:00' })
})

test.skipIf(!hasPython)("a status that Python's sqlite3 sets arrives once", async () => {
  const { desk, app, ticket } = await linkedDesk()
  const writes = desk.writes()
  app.python("update support_tickets set state = 'working' where ticket_id = 7")
  expect(app.all('select ticket, kind, status from snowline_outbox')).toEqual([
    { ticket: '7', kind: 'status', status: 'working' },
  ])
  await collectAndPush(desk)
  await collectAndPush(desk)
  expect(desk.incident(ticket.sn_sys_id).state).toBe('2')
  expect(desk.writes()).toBe(writes + 1)
  expect(app.all('select * from snowline_outbox')).toEqual([])
  expect((await desk.read('7')).sn_sync_status).toBe('ok')
  const entries = (await auditOf(desk)).filter(({ actor }) => actor === 'application')
  expect(entries).toEqual([{ action: 'ticket.status', actor: 'application', target: 'ticket:7' }])
})

/** A wait ends when the test says so. */
class TickClock extends HandClock {
  private readonly waits: (() => void)[] = []

  override sleep(_ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      this.waits.push(resolve)
      signal?.addEventListener('abort', () => resolve(), { once: true })
    })
  }

  tick(): void {
    for (const wake of this.waits.splice(0)) wake()
  }
}

test('a started server looks by itself, and asks the file only whether it has changed', async () => {
  const { desk, app, tickets } = await linkedDesk()
  const clock = new TickClock()
  const database = openSqlite({ file: desk.server.app.services.config.databaseFile })
  open.push(database)
  let queries = 0
  const file = {
    ...tickets.file,
    // The pace of our writes is real time; here only the collector's own clock counts.
    turn: () => Promise.resolve(),
    get reader() {
      queries += 1
      return tickets.file.reader
    },
  }
  const write = database.write.withTables<AppTables>()
  const collector = createHostCollector({ ...tickets, file, write, clock, logger: silentLogger })
  collector.use(async () => () => ({}))
  const ending = new AbortController()
  let taken = 0
  const running = collector.run({ onTaken: () => (taken += 1), signal: ending.signal })
  const look = async () => {
    clock.tick()
    for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve))
  }
  await look()
  const before = queries
  for (let n = 0; n < 5; n += 1) await look()
  expect(queries).toBe(before)
  app.write("update support_tickets set state = 'waiting' where ticket_id = 7")
  await look()
  expect(taken).toBe(1)
  expect(app.all('select * from snowline_outbox')).toEqual([])
  ending.abort()
  await running
})

test('three changes in one transaction go out in their order, and the same word again is no change', async () => {
  const { desk, app, ticket } = await linkedDesk()
  app.write(
    "update support_tickets set state = 'working' where ticket_id = 7",
    "update support_tickets set state = 'working', title = 'VPN' where ticket_id = 7",
    "update support_tickets set state = 'new' where ticket_id = 7",
    "update support_tickets set state = 'working' where ticket_id = 7",
  )
  await collectAndPush(desk)
  expect((await desk.queue('7')).filter(({ kind }) => kind === 'update').map(({ state }) => state)).toEqual([
    'done',
    'done',
    'done',
  ])
  expect(desk.incident(ticket.sn_sys_id).state).toBe('2')
})

test('what the application took back is nowhere', async () => {
  const { desk, app } = await linkedDesk()
  expect(() =>
    app.write("update support_tickets set state = 'working' where ticket_id = 7", 'no such statement'),
  ).toThrow()
  await collectAndPush(desk)
  expect((await desk.queue('7')).filter(({ kind }) => kind === 'update')).toEqual([])
})

test('a PATCH through our API: the trigger queues it, one push, and it is audited as what it was', async () => {
  const { desk, app, ticket } = await linkedDesk()
  const writes = desk.writes()
  const answer = await desk.patch('7', { status: 'in_progress', priority: 'urgent' })
  expect(answer.status, answer.text).toBe(200)
  expect(app.row(7)).toMatchObject({ state: 'working', prio: 1 })
  expect(app.row(7).changed).toBe('2026-11-02 09:00:00')
  expect(app.all('select * from support_log')).toHaveLength(1)
  await collectAndPush(desk)
  await collectAndPush(desk)
  expect(desk.incident(ticket.sn_sys_id).state).toBe('2')
  expect(desk.writes()).toBe(writes + 1)
  expect(app.all('select * from snowline_outbox')).toEqual([])
  expect((await auditOf(desk)).filter(({ actor }) => actor === 'application')).toEqual([])
})

test('a change of the application goes out before a PATCH that came after it', async () => {
  const { desk, app, ticket } = await linkedDesk({ started: true })
  app.write("update support_tickets set state = 'waiting' where ticket_id = 7")
  await desk.patch('7', { status: 'in_progress' })
  await collectAndPush(desk)
  expect((await desk.queue('7')).filter(({ kind }) => kind === 'update')).toHaveLength(2)
  expect(app.row(7).state).toBe('working')
  expect(desk.incident(ticket.sn_sys_id).state).toBe('2')
})

test('a status that moved while its incident was being made is brought after it', async () => {
  const { desk, app } = await deskOver({
    wire: async (request, pass) => {
      if (request.method === 'POST')
        app.write("update support_tickets set state = 'working' where ticket_id = 7")
      return pass(request)
    },
  })
  await desk.create('7')
  await collectAndPush(desk)
  expect(desk.made('7').map(({ state }) => state)).toEqual(['2'])
})

test("nothing configured: changes wait in the application's file until there is somewhere to send them", async () => {
  const { desk, app } = await linkedDesk()
  const { dataDir } = desk.server
  const elsewhere = await Desk.open({
    dataDir,
    env: { ...app.env(), SN_INSTANCE_URL: '', SN_USERNAME: '', SN_PASSWORD: '' },
  })
  app.write("update support_tickets set state = 'working' where ticket_id = 7")
  expect(await storeOf(elsewhere).collector.collect()).toEqual({ taken: 0, left: 1 })
  await elsewhere.server.app.stop()
  await collectAndPush(desk)
  expect(desk.made('7').map(({ state }) => state)).toEqual(['2'])
})

test('a word that nobody explained is not sent, and the ticket says so', async () => {
  const { desk, app, ticket } = await linkedDesk()
  app.write("update support_tickets set state = 'parked' where ticket_id = 7")
  await collectAndPush(desk)
  expect(desk.incident(ticket.sn_sys_id).state).toBe('1')
  const { sn_sync_status, sn_last_error } = await desk.read('7')
  expect(sn_sync_status).toBe('failed')
  expect(sn_last_error).toContain('TICKETS_MAP')
  expect(app.row(7).state).toBe('parked')
  expect(app.all('select * from snowline_outbox')).toEqual([])
})

test('import: defaults fill what must not be empty; without them the answer names the columns', async () => {
  const { desk, app } = await deskOver()
  const answer = await desk.server.post('/api/sn/sync/pull', { import: true, limit: 2 })
  expect(answer.status, answer.text).toBe(200)
  expect(answer.body).toMatchObject({ imported: 2 })
  const rows = app.all('select * from support_tickets where sn_sys_id is not null')
  expect(rows.map(({ tenant }) => tenant)).toEqual(['imported', 'imported'])
  expect(app.all('select * from snowline_outbox')).toEqual([])
  const again = await desk.server.post('/api/sn/sync/pull', { import: true, limit: 2 })
  expect(again.body).toMatchObject({ imported: 0 })

  const bare = await deskOver({ map: { defaults: {} } })
  const refused = await bare.desk.server.post('/api/tickets', { subject: 'x' })
  expect(refused.status).toBe(422)
  expect(refused.body).toMatchObject({ code: 'mapping_failed', errors: [{ path: 'tenant' }] })
  expect(refused.body.hint).toContain('TICKETS_MAP')
  expect(bare.app.all('select * from support_tickets')).toHaveLength(3)
})

test('one incident, one ticket: a hundred presses, and a link that is taken', async () => {
  const { desk, ticket } = await linkedDesk()
  const answers = await Promise.all(Array.from({ length: 100 }, () => desk.create('8')))
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200, 201]))
  expect(desk.made('8')).toHaveLength(1)
  const taken = await desk.server.post('/api/tickets/9/sn/link', { sys_id: ticket.sn_sys_id })
  expect(taken.body.code).toBe('already_linked')
  const gone = await desk.server.call('DELETE', '/api/tickets/7/sn/link')
  expect(gone.status, gone.text).toBe(200)
  const linked = await desk.server.post('/api/tickets/9/sn/link', { sys_id: ticket.sn_sys_id })
  expect(linked.status, linked.text).toBe(200)
  await collectAndPush(desk)
  expect((await desk.read('7')).sn_sys_id).toBeNull()
})

test('ids that are texts, and a file without WAL', async () => {
  const { desk, app } = await deskOver({
    app: {
      journal: 'delete',
      schema: schema
        .replace('ticket_id integer primary key', 'ticket_id text primary key')
        .replace('(7,', "('T-7',"),
    },
  })
  const answer = await desk.create('T-7')
  expect(answer.status, answer.text).toBe(201)
  app.write("update support_tickets set state = 'working' where ticket_id = 'T-7'")
  await collectAndPush(desk)
  expect(desk.made('T-7').map(({ state }) => state)).toEqual(['2'])
  const made = await desk.ticket({ subject: 'New' })
  expect(made.id).toMatch(/^[0-9a-f-]{36}$/)
  const { checks } = (await desk.server.get('/api/sn/health')).body as { checks: { id: string }[] }
  expect(checks.map(({ id }) => id)).toContain('tickets.journal')
})

test('a server does not touch a file that nobody has prepared', async () => {
  const app = new HostApp()
  open.push(app)
  await expect(Desk.open({ env: app.env() })).rejects.toThrow(/TICKETS_DATABASE_URL leads to a file without/)
})

test('health: a trigger that is gone, columns that stop imports, words without a meaning', async () => {
  const { desk, app } = await deskOver({ map: { defaults: {} } })
  app.write('drop trigger snowline_status')
  const { checks } = (await desk.server.get('/api/sn/health')).body as {
    checks: { id: string; status: string }[]
  }
  expect(
    checks.filter(({ id }) => id.startsWith('tickets')).map(({ id, status }) => `${id} ${status}`),
  ).toEqual(['tickets.prepared fail', 'tickets.import warn', 'tickets.words warn'])
})
