/** Takes over what waits in the application's file: each row becomes pushes, agreed record and audit entry of ours exactly once. */
import type { Logger } from '@snowline/sdk'
import type { Outbox } from '@snowline/sdk/sync'
import type { Clock } from '../clock.ts'
import type { Actor } from '../db/audit.ts'
import type { Executor } from '../db/tables.ts'
import { booksOf, type OwnTransaction, queueOf, takeOver, writeEffects } from './host-books.ts'
import { HostBusyError, type HostFile } from './host-file.ts'
import { deleteRows, type QueuedRow, readQueue } from './host-queue.ts'
import type { HostRows } from './host-rows.ts'
import { nextMark } from './host-time.ts'
import type { Ticket, TicketBooks, TicketChange, TicketLink } from './ticket-store.ts'

/** A status that the application's own code has set. */
export interface QueuedStatus {
  /** Becomes the id of the push. */
  opId: string
  status: Ticket['status']
  /** Its age counts from here: what waited while no server ran is not too old. */
  takenAtMs: number
}

/** What a status of the application owes the instance. Pure: it runs inside the transaction that writes it down. */
export type DecideStatus = (books: TicketBooks, queued: QueuedStatus) => Pick<TicketChange, 'pushes' | 'link'>

/** Null while nobody can say where it should go: the rows wait in the application's file. */
export type PlanStatus = () => Promise<DecideStatus | null>

export interface HostCollector {
  /** From now on; before it, what the application has set waits in its file. */
  use(plan: PlanStatus): void
  /** Everything that waits, once. Gives how many rows were taken over and how many stay. */
  collect(): Promise<{ taken: number; left: number }>
  /** Collects whenever the application's file has changed, until aborted; calls `onTaken` when there is something to push. */
  run(options: { onTaken: () => void; signal: AbortSignal }): Promise<void>
}

export interface HostCollectorOptions {
  file: HostFile
  rows: HostRows
  write: Executor
  outbox: Outbox
  clock: Clock
  logger: Logger
}

/** Asking whether anything has changed reads no page of the file. */
const LOOK_MS = 250
/** What could not be taken over is looked at again, changed or not. */
const AGAIN_MS = 5_000
const PAGE = 200

/** The application itself; what it does has no request of ours. */
const application: Actor = { id: 'application', requestId: null }

export function createHostCollector(options: HostCollectorOptions): HostCollector {
  let plan: PlanStatus = async () => null
  const collect: HostCollector['collect'] = async () => {
    let taken = 0
    for (;;) {
      const page = readQueue(options.file.reader, PAGE)
      const done = page.length === 0 ? [] : await takePage(options, page, await plan())
      taken += done.length
      if (done.length > 0) await options.file.turn()
      const cleared = forget(options.file, done)
      if (page.length < PAGE || done.length === 0 || !cleared)
        return { taken, left: page.length - done.length }
    }
  }
  return {
    use(given) {
      plan = given
    },
    collect,
    async run({ onTaken, signal }) {
      const { file, clock, logger } = options
      let seen: number | null = null
      let againAt = 0
      while (!signal.aborted) {
        try {
          const version = file.dataVersion()
          if (version !== seen || clock.now() >= againAt) {
            const { taken, left } = await collect()
            seen = version
            againAt = left > 0 ? clock.now() + AGAIN_MS : Number.POSITIVE_INFINITY
            if (taken > 0) onTaken()
          }
        } catch (error) {
          logger.warn('tickets.collect.failed', {
            reason: error instanceof Error ? error.message : 'unknown',
          })
        }
        await clock.sleep(LOOK_MS, signal).catch(() => undefined)
      }
    },
  }
}

/** False when the application does not let us in: what was taken over is known by its id, and goes the next time. */
function forget(file: HostFile, opIds: readonly string[]): boolean {
  if (opIds.length === 0) return true
  try {
    file.writeNow((db) => deleteRows(db, opIds))
    return true
  } catch (error) {
    if (error instanceof HostBusyError) return false
    throw error
  }
}

/** Gives the ids of the rows that may go. A ticket whose row has to wait keeps its later rows waiting too: their order is theirs. */
async function takePage(
  options: HostCollectorOptions,
  page: readonly QueuedRow[],
  decide: DecideStatus | null,
): Promise<string[]> {
  const done: string[] = []
  const waiting = new Set<string>()
  for (const row of page) {
    if (waiting.has(row.ticket)) continue
    // The driver never waits for anything: without this a long queue would hold every request.
    await new Promise((resolve) => setImmediate(resolve))
    const ready = row.effects !== null || decide !== null
    const taken = ready && (await takeRow(options, row, decide))
    if (taken) done.push(row.opId)
    else waiting.add(row.ticket)
  }
  return done
}

/** False when it failed: said once in the log, tried again later. */
async function takeRow(
  options: HostCollectorOptions,
  row: QueuedRow,
  decide: DecideStatus | null,
): Promise<boolean> {
  const { write, clock, logger } = options
  try {
    await write.transaction().execute(async (tx) => {
      if (!(await takeOver(tx, row.opId, clock.now()))) return
      if (row.effects !== null) await writeEffects(tx, queueOf(tx), row.ticket, row.effects, clock)
      else if (decide !== null) await takeStatus(options, tx, row, decide)
    })
    return true
  } catch (error) {
    const reason = error instanceof Error ? error.message : 'unknown'
    logger.warn('tickets.collect.row_failed', { op: row.opId, kind: row.kind, reason })
    return false
  }
}

async function takeStatus(
  options: HostCollectorOptions,
  tx: OwnTransaction,
  row: QueuedRow,
  decide: DecideStatus,
): Promise<void> {
  const { rows, file, outbox, clock } = options
  const found = rows.read(file.reader, row.ticket)
  // Deleted since: there is nothing left to tell the instance.
  if (found === null) return
  const ticket = rows.toTicket(found)
  const status = row.status === null ? ticket.status : rows.statusOf(row.status)
  const queued = { opId: row.opId, takenAtMs: clock.now() }
  const { pushes = [], link } =
    status === null ? { link: unknownWord } : decide(await booksOf(tx, outbox, ticket), { ...queued, status })
  const entry = { action: 'ticket.status', target: `ticket:${ticket.id}`, after: { status: row.status } }
  const audit = row.kind === 'compare' ? {} : { audit: { actor: application, entry } }
  await writeEffects(tx, queueOf(tx), ticket.id, { pushes, ...audit }, clock)
  if (link !== undefined) markTicket(options, row.ticket, link)
}

const unknownWord: Partial<TicketLink> = {
  sn_sync_status: 'failed',
  sn_last_error:
    'The status is no word of TICKETS_MAP, so it was not sent. Add it there, then sync the status.',
}

function markTicket(
  { rows, file, clock }: HostCollectorOptions,
  id: string,
  link: Partial<TicketLink>,
): void {
  file.writeNow((db) => {
    const old = rows.read(db, id)?.sn_last_sync_at
    const mark = nextMark(new Date(clock.now()).toISOString(), typeof old === 'string' ? old : null)
    rows.update(db, id, { ...link, sn_last_sync_at: mark })
  })
}
