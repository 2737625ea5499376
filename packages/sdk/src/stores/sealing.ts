/** What a seal makes of a state: the version it becomes and the state that follows, alike for every driver. */
import type { ChangeCounts } from '../model/change.ts'
import type { DatasetVersion, RollbackSeal, Seal } from '../model/dataset-version.ts'
import { emptyBooks, nextGeneration, type OpenBooks, type SyncState } from '../model/sync-state.ts'

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

/** Did the open version come to differ from the sealed one? Its books count each record that does, so they know. */
export function isUnfinished({ added, updated, deleted }: OpenBooks): boolean {
  return added + updated + deleted > 0
}

/** The number a rollback writes under. Rows of an unfinished open version go with it, and so does its number. */
export function rollbackNumber({ books, open }: Pick<SyncState, 'books' | 'open'>): number {
  return isUnfinished(books) ? open + 1 : open
}

/**
 * The version that a rollback to `target` appends, and the state that follows: the watermark and the feed of deletes go back with the
 * content and every other pass is due, so that the next run brings the mirror forward. A version of another generation answers another
 * question; after it everything is read again.
 */
export function rolledBack(
  state: SyncState,
  target: DatasetVersion,
  seal: RollbackSeal,
  counts: ChangeCounts,
): { state: SyncState; version: DatasetVersion } {
  const { incidentCount, contentHash, generation, watermark, deletesTo } = target
  const number = rollbackNumber(state)
  const { added, updated, deleted } = counts
  const sameQuestion = generation === state.generation
  const asked = sameQuestion ? state : nextGeneration(state, state.fingerprint)
  const version = {
    integration: state.integration,
    number,
    parent: state.head === 0 ? null : state.head,
    active: true,
    ...{ incidentCount, added, updated, deleted, contentHash, generation, watermark, deletesTo },
    ...seal,
    cause: `rollback:${target.number}`,
  }
  const following = {
    ...asked,
    watermark: sameQuestion ? watermark : null,
    head: number,
    open: number + 1,
    progress: null,
    books: { ...emptyBooks, incidentCount, contentHash },
    passes: { deletesTo, reconciledAt: null, deepAt: null },
  }
  return { state: following, version }
}

/** The counts of a version against its parent, with what both hold alike. */
export function countsAgainst(
  target: DatasetVersion,
  { added, updated, deleted }: Omit<ChangeCounts, 'unchanged'>,
): ChangeCounts {
  return { added, updated, deleted, unchanged: target.incidentCount - added - updated }
}
