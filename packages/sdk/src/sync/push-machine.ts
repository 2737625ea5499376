/**
 * What becomes of an outbox entry, as a complete table of state and event. Pure.
 *
 *              claimed                    accepted
 *   pending ------------> inflight ----------------------> done
 *      ^   <------------     |  ^  \                         ^
 *      |    not accepted     |  |   \ refused                | (found late)
 *      |                absent  doubtful \                   |
 *      |                     +--+         +----> dead -------+
 *      +---- resend, ours ------- waiting <---- conflict
 */
import type { SysId } from '../base/values.ts'
import type { FieldConflict, OutboxEntry, OutboxFault, OutboxState } from '../model/outbox-entry.ts'

export type PushEvent =
  /** A worker holds it until then and is about to send or look up. */
  | { type: 'claimed'; until: number }
  /** Proven to be there: by the answer, or by a look-up. */
  | {
      type: 'accepted'
      sysId: SysId
      number: string
      /** Fields that stayed theirs by policy. */
      kept?: readonly FieldConflict[]
      /** Fields the instance took and dropped in silence. */
      fault?: OutboxFault
    }
  /** Surely not carried out: not sent, 429, 202. `counts`: the answer was about this record. */
  | { type: 'notAccepted'; retryAt: number; counts: boolean; fault: OutboxFault }
  /** A final no about this record. */
  | { type: 'refused'; fault: OutboxFault }
  /** Sent, and no answer proves its fate. */
  | { type: 'doubtful'; fault: OutboxFault }
  /** Looked up after the wait, and it is not there. */
  | { type: 'absent'; until: number }
  /** Looked up, and more than one record carries the key. */
  | { type: 'duplicates'; sysId: SysId; number: string }
  /** The other side changed the same fields to other values, and a person decides. */
  | { type: 'conflict'; conflicts: readonly FieldConflict[] }
  /** A person has decided. */
  | { type: 'resolved'; choice: 'ours' | 'theirs' | 'resend' | 'drop'; at: number }
  /** Too old to go on. */
  | { type: 'expired'; fault: OutboxFault }

export interface PushLimits {
  /** How long an instance may take to carry out a request whose client has given up (default 310,000 ms: its own limit is 300 s). */
  ambiguousWaitMs: number
  /** Answers about one record before it is given up. */
  maxTries: number
}

type Of<T extends PushEvent['type']> = Extract<PushEvent, { type: T }>
type Cell<T extends PushEvent['type']> =
  | ((entry: OutboxEntry, event: Of<T>, limits: PushLimits) => OutboxEntry)
  | 'impossible'

/** A missing cell does not compile. */
type Table = { readonly [S in OutboxState]: { readonly [T in PushEvent['type']]: Cell<T> } }

const claim: Cell<'claimed'> = (entry, { until }, { ambiguousWaitMs }) => ({
  ...entry,
  state: 'inflight',
  claimedUntil: until,
  // Committed before any byte leaves: whoever finds it later knows how long the request may still be carried out.
  unknownUntil: until + ambiguousWaitMs,
})

const claimAgain: Cell<'claimed'> = (entry, { until }) => ({ ...entry, claimedUntil: until })

const settle: Cell<'accepted'> = (entry, { sysId, number, kept = [], fault = null }) => ({
  ...entry,
  state: 'done',
  unknownUntil: null,
  claimedUntil: 0,
  conflicts: kept,
  fault,
  result: { sysId, number },
})

const giveUp = (entry: OutboxEntry, fault: OutboxFault): OutboxEntry => ({
  ...entry,
  state: 'dead',
  unknownUntil: null,
  claimedUntil: 0,
  fault,
})

const refuse: Cell<'refused'> = (entry, { fault }) => giveUp(entry, fault)

const putBack: Cell<'notAccepted'> = (entry, { retryAt, counts, fault }, { maxTries }) => {
  const tries = entry.tries + (counts ? 1 : 0)
  if (tries >= maxTries) return { ...giveUp(entry, fault), tries }
  return { ...entry, state: 'pending', notBefore: retryAt, unknownUntil: null, claimedUntil: 0, tries, fault }
}

const doubt: Cell<'doubtful'> = (entry, { fault }, { maxTries }) => {
  const tries = entry.tries + 1
  // Even the last try may have arrived: it stays inflight, to be looked up, and is never given up while in doubt.
  return { ...entry, tries: Math.min(tries, maxTries), claimedUntil: 0, fault }
}

const sendAgain: Cell<'absent'> = (entry, { until }, { ambiguousWaitMs, maxTries }) => {
  if (entry.tries >= maxTries && entry.fault !== null) return giveUp(entry, entry.fault)
  return { ...entry, claimedUntil: until, unknownUntil: until + ambiguousWaitMs, lookFirst: false }
}

const tooMany: Cell<'duplicates'> = (entry, { sysId, number }) => ({
  ...giveUp(entry, {
    code: 'push.duplicate_found',
    message: `More than one incident carries the key ${entry.key}; the ticket is linked to the oldest, ${number}`,
    hint: 'Close the newer ones in ServiceNow, and ask for a unique index on correlation_id.',
  }),
  result: { sysId, number },
})

const askPerson: Cell<'conflict'> = (entry, { conflicts }) => ({
  ...entry,
  state: 'waiting',
  unknownUntil: null,
  claimedUntil: 0,
  conflicts,
})

const decided: Cell<'resolved'> = (entry, { choice, at }) => {
  if (choice === 'ours' || choice === 'resend') {
    const force = choice === 'ours'
    return {
      ...entry,
      state: 'pending',
      // Its age counts from the decision: a letter that died of age would die again at once.
      createdAt: at,
      notBefore: at,
      tries: 0,
      conflicts: [],
      force,
      lookFirst: true,
      fault: null,
    }
  }
  if (choice === 'theirs') return { ...entry, state: 'done', conflicts: [], fault: null }
  return giveUp(entry, { code: 'push.dropped', message: 'Dropped by a person' })
}

const expire: Cell<'expired'> = (entry, { fault }) => giveUp(entry, fault)

const same = (entry: OutboxEntry): OutboxEntry => entry

const table: Table = {
  pending: {
    claimed: claim,
    accepted: settle,
    notAccepted: putBack,
    refused: refuse,
    doubtful: 'impossible',
    absent: 'impossible',
    duplicates: tooMany,
    conflict: askPerson,
    resolved: decided,
    expired: expire,
  },
  inflight: {
    claimed: claimAgain,
    accepted: settle,
    notAccepted: putBack,
    refused: refuse,
    doubtful: doubt,
    absent: sendAgain,
    duplicates: tooMany,
    conflict: askPerson,
    resolved: 'impossible',
    // In doubt it is never given up by age: it is looked up, and listed for a person meanwhile.
    expired: same,
  },
  waiting: {
    claimed: 'impossible',
    accepted: settle,
    notAccepted: 'impossible',
    refused: refuse,
    doubtful: 'impossible',
    absent: 'impossible',
    duplicates: tooMany,
    conflict: askPerson,
    resolved: decided,
    expired: same,
  },
  done: {
    claimed: 'impossible',
    accepted: same,
    notAccepted: 'impossible',
    refused: 'impossible',
    doubtful: 'impossible',
    absent: 'impossible',
    duplicates: 'impossible',
    conflict: 'impossible',
    resolved: 'impossible',
    expired: same,
  },
  dead: {
    claimed: 'impossible',
    accepted: settle,
    notAccepted: 'impossible',
    refused: refuse,
    doubtful: 'impossible',
    absent: 'impossible',
    duplicates: tooMany,
    conflict: 'impossible',
    resolved: decided,
    expired: same,
  },
}

/** True when the table has a way for this event. */
export function canTake(state: OutboxState, type: PushEvent['type']): boolean {
  return table[state][type] !== 'impossible'
}

/**
 * The entry after an event. Throws RangeError for an event that cannot happen in this state: a fault of the caller, never of an answer.
 *
 * @example transition(pending, { type: 'claimed', until: 60_000 }, { ambiguousWaitMs: 310_000, maxTries: 8 }).unknownUntil  // 370000
 */
export function transition(entry: OutboxEntry, event: PushEvent, limits: PushLimits): OutboxEntry {
  const cell = table[entry.state][event.type] as Cell<PushEvent['type']>
  if (cell === 'impossible') throw new RangeError(`An entry that is ${entry.state} cannot be ${event.type}`)
  return (cell as (entry: OutboxEntry, event: PushEvent, limits: PushLimits) => OutboxEntry)(
    entry,
    event,
    limits,
  )
}
