/** Leases say which process holds them: whatever a killed one was at (a run, a rollback, one record), the next holder need not wait. */
import type { SyncStore } from '@snowline/sdk/sync'
import { isDead, processIdentity } from './process-identity.ts'

/** Stands between the work and its process; neither holds a space. */
const BETWEEN = ' '

/** How a store knows the holder of a lease. Example: `ownerOf('run-7', 'web-1/4711/88')` is `'run-7 web-1/4711/88'`. */
export function ownerOf(work: string, identity: string): string {
  return `${work}${BETWEEN}${identity}`
}

/**
 * The same store, whose leases are held in the name of this process. A lease whose process is certainly dead is ended by whoever wants
 * it next; every other one is respected. `heldBy` is the work alone: nobody is shown a process. `endLease` takes an {@link ownerOf}.
 */
export function namingProcess(store: SyncStore): SyncStore {
  const identity = processIdentity()
  const acquireLease: SyncStore['acquireLease'] = async (name, work, ttlMs, nowMs) => {
    for (;;) {
      const answer = await store.acquireLease(name, ownerOf(work, identity), ttlMs, nowMs)
      if (!('heldBy' in answer)) return answer
      const [held = '', holder] = answer.heldBy.split(BETWEEN)
      if (holder === undefined || !isDead(holder)) return { ...answer, heldBy: held }
      // When it is not there to be ended any more, another one was quicker: the next round tells who.
      await store.endLease(name, answer.heldBy)
    }
  }
  return new Proxy(store, {
    get(target, member: keyof SyncStore) {
      if (member === 'acquireLease') return acquireLease
      const value: unknown = target[member]
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
}
