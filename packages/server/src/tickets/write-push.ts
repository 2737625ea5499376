/** Writes a push that a change owes: new, sent again, or kept as refused; the same for every store of tickets. */
import type { OutboxEntry, OutboxTransaction } from '@snowline/sdk/sync'
import { DROPPED } from '../push/standing.ts'
import type { OwedPush } from './ticket-store.ts'

/** An operation that is known is left alone, unless it was given up: then it goes out again with what it carries now. */
export async function writePush(tx: OutboxTransaction, push: OwedPush): Promise<void> {
  const { refused, lookFirst = false, ...entry } = push
  const known = await tx.read(entry.opId)
  if (known !== null && known.state !== 'dead') return
  const stored = known === null ? await tx.insert(entry) : sentAgain(known, push)
  if (refused !== undefined) await tx.save({ ...stored, state: 'dead', fault: refused })
  else if (known !== null || lookFirst) await tx.save({ ...stored, lookFirst: true })
}

/** Gives up what has not been sent, or waits for a person; what may be at the instance stays. */
export async function dropPush(tx: OutboxTransaction, opId: string): Promise<void> {
  const entry = await tx.read(opId)
  if (entry?.state !== 'pending' && entry?.state !== 'waiting') return
  const fault = { code: DROPPED, message: 'Dropped by a person' }
  await tx.save({ ...entry, state: 'dead', unknownUntil: null, claimedUntil: 0, conflicts: [], fault })
}

/** Looked up first: what was given up may have arrived after all. Its age counts from now. */
function sentAgain(known: OutboxEntry, { payload, base, createdAt }: OwedPush): OutboxEntry {
  return {
    ...known,
    payload,
    base,
    createdAt,
    notBefore: createdAt,
    state: 'pending',
    unknownUntil: null,
    claimedUntil: 0,
    tries: 0,
    conflicts: [],
    fault: null,
  }
}
