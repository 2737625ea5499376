/** Which versions go and which stay, alike for every driver. */
import { StoreError } from '../base/errors.ts'
import type { DatasetVersion } from '../model/dataset-version.ts'
import type { SyncState } from '../model/sync-state.ts'

/**
 * The versions that go, and the first number that is still held by anything: intervals ending there or before belong to nobody.
 * Throws `store.bad_retention`.
 */
export function retention(
  state: SyncState,
  versions: readonly DatasetVersion[],
  from: number,
): { gone: readonly DatasetVersion[]; firstHeld: number } {
  if (!Number.isSafeInteger(from) || from > state.head) {
    throw new StoreError(`Versions of ${state.integration} cannot be kept from ${from} on`, {
      code: 'store.bad_retention',
      hint: `Name a whole number up to ${state.head}, the active version: it always stays.`,
    })
  }
  const gone = versions.filter((version) => version.number < from)
  const held = versions.filter((version) => version.number >= from).map((version) => version.number)
  return { gone, firstHeld: Math.min(state.open, ...held) }
}
