/** What a run says in one sentence at each step, for people who watch it. Pure. */
import type { SyncPhase } from '@snowline/protocol'
import type { Change, PhaseEvent, RemovalCause } from '@snowline/sdk/sync'

type PullPhase = PhaseEvent['phase']

/** The phases of the contract: what an engine does beside its window counts as ingesting. */
const phases: Readonly<Record<PullPhase, SyncPhase>> = {
  validate: 'validate',
  fetch: 'fetch',
  ingest: 'ingest',
  scope: 'ingest',
  deletes: 'ingest',
  reconcile: 'ingest',
  version: 'version',
}

export function phaseOf(phase: PullPhase): SyncPhase {
  return phases[phase]
}

/** Example: `phaseMessage(event of phase fetch, 200 rows read)` is `'200 records read from ServiceNow'`. */
export function phaseMessage({ phase, read, totals }: Pick<PhaseEvent, 'phase' | 'read' | 'totals'>): string {
  switch (phase) {
    case 'validate':
      return 'Settings are complete, connecting to ServiceNow'
    case 'fetch':
      return read === 0
        ? 'Asking ServiceNow for what is new'
        : `${plural(read, 'record')} read from ServiceNow`
    case 'ingest':
      return totals.incidents === 0
        ? 'Nothing new'
        : `${plural(totals.incidents, 'incident')} to process in ${plural(totals.batches, 'batch', 'batches')}`
    case 'scope':
      return 'Looking for incidents that the filter does not hold any more'
    case 'deletes':
      return 'Looking for incidents that were deleted'
    case 'reconcile':
      return 'Comparing every incident with ServiceNow'
    case 'version':
      return 'Sealing the dataset version'
  }
}

const causes: Readonly<Record<RemovalCause, string>> = {
  deleted: 'deleted in ServiceNow',
  left_scope: 'outside the filter now',
  gone_from_view: 'gone from view',
  not_seen: 'not found again',
}

/** Example: two deletes and one row that left the filter are `'3 incidents removed (2 deleted in ServiceNow, 1 outside the filter now)'`. */
export function removalMessage(changes: readonly Pick<Change, 'cause'>[]): string {
  const counts = new Map<RemovalCause, number>()
  for (const { cause = 'not_seen' } of changes) counts.set(cause, (counts.get(cause) ?? 0) + 1)
  const parts = [...counts].map(([cause, count]) => `${count} ${causes[cause]}`)
  return `${plural(changes.length, 'incident')} removed (${parts.join(', ')})`
}

/** Example: `plural(2, 'batch', 'batches')` is `'2 batches'`. */
export function plural(count: number, noun: string, many = `${noun}s`): string {
  return `${count} ${count === 1 ? noun : many}`
}
