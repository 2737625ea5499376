/** Everything that is on its way to an instance: one lane a connection, started and stopped with the server, woken by each change. */
import { randomInt } from 'node:crypto'
import type { Clock, Logger } from '@snowline/sdk'
import type { FieldConflict, OnPushed, OutboxEntry, OutboxFault } from '@snowline/sdk/sync'
import type { Connection, Connections } from '../connections/connections.ts'
import type { TicketStore } from '../tickets/ticket-store.ts'
import type { Homecoming } from './homecoming.ts'
import { PushLane, type Tried } from './push-lane.ts'
import { settledChange } from './settled.ts'

export type Choice = 'ours' | 'theirs' | 'resend' | 'drop'

/** Why nothing goes out, null while it does. */
export type PushHold = { reason: 'not_started' } | { reason: 'stopped'; fault: OutboxFault } | null

export interface Push {
  /** Works from now on, and picks up what waits. */
  start(): Promise<void>
  /** Ends at the next entry; a request under way may end for 3 s. */
  stop(): Promise<void>
  /** Something new is in the outbox, the clock was moved, or settings changed. */
  wake(): Promise<void>
  /** The first try of an operation; null when it has not been tried within `timeoutMs`, or nobody works. */
  firstTry(connection: Connection, opId: string): Promise<Tried | null>
  /** Everything that is due now, also when the server was not started. */
  drain(): Promise<void>
  /** A person's decision. @throws StoreError `push.not_found`, `push.not_a_problem` */
  resolve(connection: Connection, entry: OutboxEntry, choice: Choice): Promise<OutboxEntry>
  hold(): PushHold
}

export interface PushOptions {
  connections: Connections
  tickets: TicketStore
  clock: Clock
  logger: Logger
  /** `SN_AMBIGUOUS_WAIT_MS` and `SN_TIMEOUT_MS`, as they are in the environment. */
  sn: Readonly<Record<string, string>>
  homecoming: Homecoming
}

const REQUEST_TIMEOUT_MS = 30_000
/** A claim lasts a minute: a request has to end well inside it. */
const LONGEST_REQUEST_MS = 50_000
const LOOK_MS = 5_000

export function createPush(options: PushOptions): Push {
  const { connections, tickets, clock, logger, sn, homecoming } = options
  const lanes = new Map<string, PushLane>()
  const decisions = new Map<string, readonly FieldConflict[]>()
  const requestTimeoutMs = Math.min(milliseconds(sn.SN_TIMEOUT_MS) ?? REQUEST_TIMEOUT_MS, LONGEST_REQUEST_MS)
  const onPushed = settling(tickets, clock, decisions)
  let started = false
  let ending = new AbortController()
  let watching: Promise<void> | null = null
  const laneOf = (connection: Connection): PushLane => {
    const known = lanes.get(connection.mirror)
    if (known !== undefined) {
      known.use(connection)
      return known
    }
    const lane = new PushLane(connection, {
      outbox: tickets.outbox,
      clock,
      logger,
      random: () => randomInt(2 ** 32) / 2 ** 32,
      ambiguousWaitMs: milliseconds(sn.SN_AMBIGUOUS_WAIT_MS),
      requestTimeoutMs,
      onPushed,
      onHome: (at, sysId) => void homecoming.comeHome(at, sysId),
    })
    lanes.set(connection.mirror, lane)
    if (started) lane.start()
    return lane
  }
  /** The help desk has one connection at a time: what was queued for another waits until that one is chosen again. */
  const refresh = async (): Promise<PushLane | null> => {
    const resolution = await connections.resolve()
    const mirror = resolution.ready ? resolution.connection.mirror : null
    for (const [name, lane] of lanes) {
      if (name === mirror) continue
      lanes.delete(name)
      await lane.stop()
    }
    return resolution.ready ? laneOf(resolution.connection) : null
  }
  const watch = async (signal: AbortSignal): Promise<void> => {
    while (!signal.aborted) {
      await clock.sleep(LOOK_MS, signal).catch(() => undefined)
      if (!signal.aborted) await refresh().catch((error: unknown) => warn(logger, error))
    }
  }
  return {
    async start() {
      if (started) return
      started = true
      ending = new AbortController()
      await refresh()
      for (const lane of lanes.values()) lane.start()
      watching = watch(ending.signal)
    },
    async stop() {
      started = false
      ending.abort()
      await watching
      await Promise.all([...lanes.values()].map((lane) => lane.stop()))
      await Promise.all([...lanes.keys()].map((mirror) => homecoming.idle(mirror)))
      lanes.clear()
    },
    async wake() {
      const lane = await refresh()
      lane?.wake()
    },
    firstTry: async (connection, opId) => laneOf(connection).firstTry(opId, requestTimeoutMs),
    async drain() {
      const lane = await refresh()
      await lane?.drain()
    },
    async resolve(connection, entry, choice) {
      const lane = laneOf(connection)
      if (choice === 'theirs') decisions.set(entry.opId, entry.conflicts)
      try {
        return await lane.engine.resolve(entry.opId, choice)
      } finally {
        decisions.delete(entry.opId)
        lane.wake()
      }
    },
    hold() {
      if (!started) return { reason: 'not_started' }
      const fault = [...lanes.values()].find((lane) => lane.stoppedBy !== null)?.stoppedBy ?? null
      return fault === null ? null : { reason: 'stopped', fault }
    },
  }
}

/** What a written entry means for its ticket, in the transaction that writes it. */
function settling(
  tickets: TicketStore,
  clock: Clock,
  decisions: ReadonlyMap<string, readonly FieldConflict[]>,
): OnPushed {
  return async (tx, written, record) => {
    let entry = written
    if (entry.state === 'pending' && entry.lookFirst && entry.fault === null) {
      // Sent again by a person: its age counts from now, or what was given up yesterday would be given up at once.
      entry = { ...entry, createdAt: entry.notBefore }
      await tx.save(entry)
    }
    const made = entry.kind === 'create' ? (entry.result?.sysId ?? null) : null
    const owner = made === null ? null : ((await tickets.findLinks([made])).get(made) ?? null)
    const takenBy = owner === entry.ticket ? null : owner
    const theirs = entry.state === 'done' ? (decisions.get(entry.opId) ?? []) : []
    await tickets.settle(tx, entry.ticket, (books) =>
      settledChange(books, { entry, record, nowMs: clock.now(), theirs, takenBy }),
    )
  }
}

function milliseconds(text: string | undefined): number | undefined {
  const value = Number(text)
  return text !== undefined && text.trim() !== '' && Number.isInteger(value) && value > 0 ? value : undefined
}

function warn(logger: Logger, error: unknown): void {
  logger.warn('push.refresh.failed', { reason: error instanceof Error ? error.message : 'unknown' })
}
