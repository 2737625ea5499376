/** How the pushes of a ticket stand, read from its queue: what goes on, what waits for a person, what was given up. Pure. */
import type { OutboxEntry } from '@snowline/sdk/sync'

export interface Standing {
  /** Not sent yet, or sent and in doubt. */
  open: readonly OutboxEntry[]
  /** Conflicts for a person. */
  waiting: readonly OutboxEntry[]
  /** Given up, and nothing that came later has made up for it. */
  failed: readonly OutboxEntry[]
}

/** The code of an entry that a person dropped: nobody is to be asked about it again. */
export const DROPPED = 'push.dropped'

export function standingOf(queue: readonly OutboxEntry[], linked: boolean): Standing {
  return {
    open: queue.filter(({ state }) => state === 'pending' || state === 'inflight'),
    waiting: queue.filter(({ state }) => state === 'waiting'),
    failed: queue.filter((entry) => entry.state === 'dead' && !isMadeUpFor(entry, queue, linked)),
  }
}

/** Every note says something of its own; an update is made up for by a later one, a create by any link. */
function isMadeUpFor(entry: OutboxEntry, queue: readonly OutboxEntry[], linked: boolean): boolean {
  if (entry.fault?.code === DROPPED) return true
  // A create that found twins is linked, and the twins still want somebody.
  if (entry.kind === 'create') return linked && entry.result === null
  if (!linked) return true
  return (
    entry.kind === 'update' &&
    queue.some((later) => later.seq > entry.seq && later.kind === 'update' && later.state === 'done')
  )
}

/** The create that is under way, null when there is none. */
export function openCreate(queue: readonly OutboxEntry[]): OutboxEntry | null {
  return (
    queue.find(({ kind, state }) => kind === 'create' && (state === 'pending' || state === 'inflight')) ??
    null
  )
}

/**
 * Which link the next create would make: one more than there were. A create that was given up made none, so the next one has its key and
 * cannot double what may have arrived.
 */
export function linkGeneration(queue: readonly OutboxEntry[]): number {
  return 1 + queue.filter(({ kind, result }) => kind === 'create' && result !== null).length
}
