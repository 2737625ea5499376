/**
 * Tickets in the SQLite file of an application that was there before us. Two files know no common transaction, so the application's file
 * carries both halves: a change writes the ticket and, in the same transaction, a row of `snowline_outbox` with everything that belongs
 * into our own database. That half is written at once, under the row's id, and again after a crash, when it is not there yet.
 */
import type { Logger } from '@snowline/sdk'
import { ConfigError } from '@snowline/sdk'
import type { Outbox } from '@snowline/sdk/sync'
import { type Clock, isoSeconds } from '../clock.ts'
import type { Executor } from '../db/tables.ts'
import { readAgreed } from '../db/tickets.ts'
import { ProblemError, validationFailed } from '../problem/problem-error.ts'
import { booksOf, type OwnTransaction, queueOf, takeOver, writeEffects } from './host-books.ts'
import { createHostCollector, type HostCollector } from './host-collector.ts'
import { HostBusyError, type HostFile, isBusy, openHostFile } from './host-file.ts'
import type { HostTicketsConfig } from './host-map.ts'
import {
  adoptRow,
  deleteRows,
  disownRow,
  type HostEffects,
  hasRowsOf,
  insertRow,
  newestSeq,
} from './host-queue.ts'
import { type HostRow, HostRows } from './host-rows.ts'
import { missingStatements } from './host-schema.ts'
import { inspectTable } from './host-table.ts'
import { nextMark } from './host-time.ts'
import { unknownTicket } from './own-tickets.ts'
import type { Ticket, TicketBooks, TicketChange, TicketLink, TicketStore } from './ticket-store.ts'

export interface HostTicketsOptions {
  config: HostTicketsConfig
  /** Our own database, brought up to date. */
  write: Executor
  read: Executor
  outbox: Outbox
  clock: Clock
  /** Ids of operations, and of imported tickets where the application's ids are texts. */
  newId: () => string
  logger: Logger
}

export interface HostTickets extends TicketStore {
  readonly collector: HostCollector
  readonly file: HostFile
  readonly rows: HostRows
  close(): void
}

/** How often a change tries to get in between the application's own writes: with pause and busy time-out about five seconds. */
const CHANGE_TRIES = 200
const PAUSE_MS = 5
/** How often a change has what waits before it taken over; what stays then has nowhere to go, and holds nobody up. */
const LOOKS = 3
/** A settled push holds our own lock meanwhile, about a second at most; not let in, it is looked up and settled again later. */
const SETTLE_TRIES = 50

/**
 * @throws ConfigError naming everything in file, table and map that cannot be used, and when `snowline migrate` has not been run
 */
export function openHostTickets(options: HostTicketsOptions): HostTickets {
  const { config } = options
  const file = openHostFile(config.file)
  try {
    const table = inspectTable(file.reader, config)
    if (missingStatements(file.reader, table).length > 0) throw notPrepared()
    const rows = new HostRows(table, config.map)
    prepare(file, rows)
    return new HostTicketStore(options, file, rows)
  } catch (error) {
    file.close()
    throw error
  }
}

function notPrepared(): ConfigError {
  return new ConfigError([
    {
      key: 'TICKETS_DATABASE_URL',
      message: "leads to a file without Snowline's columns, table and trigger",
      hint: 'Run `snowline migrate --dry-run` to see what would be added, then `snowline migrate`.',
    },
  ])
}

/** A trigger or a collation of the application may need functions that only its own code has. */
function prepare(file: HostFile, rows: HostRows): void {
  try {
    rows.prepareAll(file.writer)
  } catch {
    throw new ConfigError([
      {
        key: 'TICKETS_TABLE',
        message:
          'names a table that no other program can write: a trigger or an index needs functions of the application',
        hint: "Use SQLite's own functions there, or give createApp a TicketStore of your own.",
      },
    ])
  }
}

/** The application changed the row between our look and our lock. */
class RowMovedError extends Error {}

/** What the application has set waits to be taken over. */
class RowsWaitError extends Error {}

class HostTicketStore implements HostTickets {
  readonly outbox: Outbox
  readonly collector: HostCollector
  readonly file: HostFile
  readonly rows: HostRows
  private readonly options: HostTicketsOptions

  constructor(options: HostTicketsOptions, file: HostFile, rows: HostRows) {
    this.options = options
    this.outbox = options.outbox
    this.file = file
    this.rows = rows
    this.collector = createHostCollector({ ...options, file, rows })
  }

  async findLinks(sysIds: readonly string[]): Promise<ReadonlyMap<string, string>> {
    return sysIds.length === 0 ? new Map() : this.rows.linked(this.file.reader, sysIds)
  }

  async list({ cursor, ...query }: Parameters<TicketStore['list']>[0]) {
    const before = cursor === undefined ? null : decodeCursor(cursor)
    const rows = this.rows.list(this.file.reader, { ...query, before, limit: query.limit + 1 })
    const page = rows.slice(0, query.limit)
    const last = page.at(-1)
    const more = rows.length > query.limit && last !== undefined
    return {
      tickets: page.map((row) => this.rows.toTicket(row)),
      nextCursor: more ? encodeCursor(last.position) : null,
    }
  }

  async read(id: string) {
    const row = this.rows.read(this.file.reader, id)
    return row === null ? null : this.rows.toTicket(row)
  }

  async readBooks(id: string): Promise<TicketBooks | null> {
    const ticket = await this.read(id)
    if (ticket === null) return null
    return {
      ticket,
      queue: await this.outbox.ofTicket(id),
      agreed: await readAgreed(this.options.read, id),
    }
  }

  create: TicketStore['create'] = (draft, change = {}) =>
    this.patiently(async (tx) => {
      const { clock, newId } = this.options
      this.demandUnlinked(draft.sn_sys_id ?? null, null)
      const opId = newId()
      const now = clock.now()
      const { id, effects } = this.file.writeNow((db) => {
        const made = this.rows.insert(db, draft, isoSeconds(now), newId)
        const owed = effectsOf(named(change, made))
        if (hasAny(owed)) insertRow(db, { opId, ticket: made, kind: 'books', effects: owed, nowMs: now })
        return { id: made, effects: owed }
      })
      if (hasAny(effects)) await this.takeOver(tx, opId, id, effects)
      return { id, taken: hasAny(effects) ? [opId] : [] }
    })

  change: TicketStore['change'] = (id, decide) => {
    let looks = 0
    return this.patiently(async (tx) => {
      // Our own writer's lock is held: of a hundred presses at once each sees the one before it.
      const row = this.demand(id)
      // What the application has set before goes out before.
      if (looks < LOOKS && hasRowsOf(this.file.reader, id)) {
        looks += 1
        throw new RowsWaitError()
      }
      const books = await booksOf(tx, this.outbox, this.rows.toTicket(row))
      const change = decide(books)
      const plan = this.plan(row, change)
      const effects = effectsOf(change)
      if (plan === null) {
        await writeEffects(tx, queueOf(tx), id, effects, this.options.clock)
        return { id, taken: [] }
      }
      const update = plan.queued ? effects.pushes?.find(({ kind }) => kind === 'update') : undefined
      const opId = update?.opId ?? this.options.newId()
      if (hasAny(effects)) await this.takeOver(tx, opId, id, effects)
      // Last before our own commit: whatever fails above leaves the application's file as it was.
      this.writeTicket(row, plan.values, (db, newest) => {
        if (plan.queued && update === undefined) disownRow(db, newest)
        if (!hasAny(effects)) return
        if (update !== undefined && adoptRow(db, newest, opId, effects)) return
        insertRow(db, { opId, ticket: id, kind: 'books', effects, nowMs: this.options.clock.now() })
      })
      return { id, taken: hasAny(effects) ? [opId] : [] }
    })
  }

  settle: TicketStore['settle'] = async (transaction, id, decide) => {
    const tx = transaction.db as OwnTransaction
    for (let tries = 1; ; tries += 1) {
      const row = this.rows.read(this.file.reader, id)
      if (row === null) return
      const stored = await booksOf(tx, this.outbox, this.rows.toTicket(row))
      const queue = await Promise.all(stored.queue.map(async (e) => (await transaction.read(e.opId)) ?? e))
      const books = { ...stored, queue }
      const change = decide(books)
      try {
        this.settleTicket(row, change)
        await writeEffects(tx, transaction, id, effectsOf(change), this.options.clock)
        return
      } catch (error) {
        const again = isPassing(error)
        if (!again || tries >= SETTLE_TRIES) throw error
        await new Promise((resolve) => setImmediate(resolve))
      }
    }
  }

  close(): void {
    this.file.close()
  }

  /** Nothing of it is queued: it comes from the instance. Only a status that moved while the incident was being made is compared. */
  private settleTicket(row: HostRow, change: TicketChange): void {
    const plan = this.plan(row, change)
    if (plan === null) return
    const { newId, clock } = this.options
    const linked = row.sn_sys_id === null && typeof plan.values.sn_sys_id === 'string'
    this.writeTicket(row, plan.values, (db) => {
      if (!linked) return
      const ticket = String(row.id)
      insertRow(db, { opId: newId(), ticket, kind: 'compare', effects: null, nowMs: clock.now() })
    })
  }

  private demand(id: string): HostRow {
    const row = this.rows.read(this.file.reader, id)
    if (row === null) throw unknownTicket()
    return row
  }

  /** What is written into the row; null when that is nothing. `queued`: the trigger will queue the status. */
  private plan(row: HostRow, { fields = {}, link }: TicketChange) {
    const now = this.options.clock.now()
    if (typeof link?.sn_sys_id === 'string') this.demandUnlinked(link.sn_sys_id, String(row.id))
    const columns = this.rows.changedColumns(row, fields, isoSeconds(now))
    const mark = link === undefined ? {} : marked(row, link, new Date(now).toISOString())
    const values = { ...columns, ...mark }
    if (Object.keys(values).length === 0) return null
    const { status } = this.rows.table.mapped
    const queued = link === undefined && row.sn_sys_id !== null && status !== null && status in columns
    return { values, queued }
  }

  private writeTicket(
    row: HostRow,
    values: Parameters<HostRows['update']>[2],
    beside: (db: HostFile['writer'], newestBefore: number) => void,
  ): void {
    const id = String(row.id)
    this.file.writeNow((db) => {
      const present = this.rows.read(db, id)
      if (JSON.stringify(present) !== JSON.stringify(row)) throw new RowMovedError()
      const newest = newestSeq(db)
      this.rows.update(db, id, values)
      beside(db, newest)
    })
  }

  /**
   * Only we write links, and always under the lock of our own database: the look happens outside of the application's lock, which a search
   * through a large table would hold too long. An index of ours in its file would be one thing too many.
   */
  private demandUnlinked(sysId: string | null, own: string | null): void {
    if (sysId === null) return
    const other = this.rows.linked(this.file.reader, [sysId]).get(sysId)
    if (other === undefined || other === own) return
    throw new ProblemError('already_linked', 'Another ticket is linked to this incident.', {
      hint: 'Open that ticket, or unlink it there first.',
    })
  }

  private async takeOver(tx: OwnTransaction, opId: string, ticket: string, effects: HostEffects) {
    await takeOver(tx, opId, this.options.clock.now())
    await writeEffects(tx, queueOf(tx), ticket, effects, this.options.clock)
  }

  /** One transaction of our own database around one short write of the application's; both are begun anew when the latter is not let in. */
  private async patiently(
    work: (tx: OwnTransaction) => Promise<{ id: string; taken: readonly string[] }>,
  ): Promise<Ticket> {
    const { write } = this.options
    for (let tries = 1; ; tries += 1) {
      try {
        await this.file.turn()
        const { id, taken } = await write.transaction().execute(work)
        this.forget(taken)
        return this.rows.toTicket(this.demand(id))
      } catch (error) {
        if (error instanceof RowsWaitError) {
          await this.collector.collect()
          continue
        }
        const again = isPassing(error)
        if (!again || tries >= CHANGE_TRIES) throw error
        await new Promise((resolve) => setTimeout(resolve, PAUSE_MS))
      }
    }
  }

  /** Taken over already: when the application does not let us in now, the collector clears up. */
  private forget(opIds: readonly string[]): void {
    if (opIds.length === 0) return
    try {
      this.file.writeNow((db) => deleteRows(db, opIds))
    } catch (error) {
      if (!(error instanceof HostBusyError)) throw error
    }
  }
}

/** Over by itself in a moment: begun anew. */
function isPassing(error: unknown): boolean {
  return error instanceof RowMovedError || error instanceof HostBusyError || isBusy(error)
}

/** The link's columns with the mark that the trigger skips. */
function marked(row: HostRow, link: Partial<TicketLink>, nowIso: string): Record<string, string | null> {
  const old = typeof row.sn_last_sync_at === 'string' ? row.sn_last_sync_at : null
  const wanted = link.sn_last_sync_at === undefined ? nowIso : link.sn_last_sync_at
  const sysId = link.sn_sys_id === undefined ? row.sn_sys_id : link.sn_sys_id
  // Emptied the mark moves too; without a link nothing is queued and no mark is needed.
  const emptied = wanted === null && (old !== null || sysId === null)
  return { ...link, sn_last_sync_at: emptied ? null : nextMark(wanted ?? nowIso, old) }
}

function effectsOf({ pushes, drops, agreed, audit }: TicketChange): HostEffects {
  return {
    ...(pushes === undefined || pushes.length === 0 ? {} : { pushes }),
    ...(drops === undefined || drops.length === 0 ? {} : { drops }),
    ...(agreed === undefined ? {} : { agreed }),
    ...(audit === undefined ? {} : { audit }),
  }
}

/** Of a ticket that had no name yet when its audit entry was written. */
function named<Change extends Pick<TicketChange, 'audit'>>(change: Change, ticket: string): Change {
  const { audit } = change
  if (audit === undefined) return change
  return { ...change, audit: { ...audit, entry: { ...audit.entry, target: `ticket:${ticket}` } } }
}

function hasAny(effects: HostEffects): boolean {
  return Object.keys(effects).length > 0
}

function encodeCursor(position: number): string {
  return Buffer.from(`h ${position}`, 'utf8').toString('base64url')
}

function decodeCursor(text: string): number {
  const plain = Buffer.from(text, 'base64url').toString('utf8')
  if (/^h -?\d{1,15}$/.test(plain)) return Number(plain.slice(2))
  throw validationFailed([{ path: 'cursor', message: 'is not a cursor of this list' }])
}
