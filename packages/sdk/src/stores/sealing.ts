/** What a seal makes of a state: the version it becomes and the state that follows, alike for every driver. */
import type { DatasetVersion, Seal } from '../model/dataset-version.ts'
import { emptyBooks, type SyncState } from '../model/sync-state.ts'

/** The version that a state becomes when it is sealed. */
export function sealedVersion(state: SyncState, seal: Seal): DatasetVersion {
  return {
    integration: state.integration,
    number: state.open,
    parent: state.head === 0 ? null : state.head,
    active: true,
    ...state.books,
    generation: state.generation,
    deletesTo: state.passes.deletesTo,
    ...seal,
  }
}

/** The state that follows a seal: nothing pending, the next number open, hash and count carried over. */
export function afterSeal(state: SyncState, seal: Seal): SyncState {
  const { incidentCount, contentHash } = state.books
  return {
    ...state,
    watermark: seal.watermark,
    head: state.open,
    open: state.open + 1,
    progress: null,
    books: { ...emptyBooks, incidentCount, contentHash },
  }
}
