/** When an outbox entry falls due and when a person should see it, alike for every driver. */
import type { OutboxEntry } from '../model/outbox-entry.ts'
import type { NewEntry } from '../ports/outbox.ts'

/** A fresh entry as it is stored. */
export function newEntry(given: NewEntry, seq: number): OutboxEntry {
  return {
    ...given,
    seq,
    state: 'pending',
    notBefore: given.createdAt,
    unknownUntil: null,
    tries: 0,
    token: 0,
    claimedUntil: 0,
    lookFirst: false,
    conflicts: [],
    force: false,
    fault: null,
    result: null,
  }
}

/** When a worker may take it (milliseconds since 1970); null when no worker ever will. */
export function dueAt(entry: OutboxEntry): number | null {
  if (entry.state === 'pending') return Math.max(entry.notBefore, entry.claimedUntil)
  if (entry.state === 'inflight') return Math.max(entry.unknownUntil ?? 0, entry.claimedUntil)
  return null
}

/** Waiting for a person, given up, or in doubt for longer than it should be. */
export function isProblem(entry: OutboxEntry, nowMs: number): boolean {
  if (entry.state === 'waiting' || entry.state === 'dead') return true
  return (
    entry.state === 'inflight' &&
    entry.unknownUntil !== null &&
    entry.fault !== null &&
    entry.claimedUntil <= nowMs
  )
}
