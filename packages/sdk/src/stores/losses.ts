/** What a store says when somebody else has gone on, or when there is nothing to read: the same words from every driver. */
import { LeaseLostError, StoreError } from '../base/errors.ts'
import type { Lease } from '../model/lease.ts'
import type { OutboxEntry } from '../model/outbox-entry.ts'

export function leaseLost({ name, token }: Lease): LeaseLostError {
  return new LeaseLostError(`The lease "${name}" went to another holder; nothing was written`, {
    hint: 'Another process syncs this integration now; let it finish.',
    details: { name, token },
  })
}

export function claimLost({ opId, token }: OutboxEntry): LeaseLostError {
  return new LeaseLostError(`The operation ${opId} went to another worker; nothing was written`, {
    details: { op: opId, token },
  })
}

export function noVersion(integration: string, number: number): StoreError {
  return new StoreError(`There is no version ${number} of ${integration}`, { code: 'store.no_version' })
}
