/** The list of incidents through its life: asked, answered, more asked, failed. A pure reducer. */
import type { IncidentList, IncidentView } from '@snowline/protocol'
import type { Failure } from './failure.ts'

export interface ListState {
  phase: 'idle' | 'loading' | 'loading_more' | 'ready' | 'failed'
  incidents: readonly IncidentView[]
  /** What the instance counts, blind to its access rules. */
  total: number | null
  nextCursor: string | null
  source: 'live' | 'mirror' | null
  asOf: string | null
  instance: string | null
  stale: boolean
  /** Why a saved copy is shown, in a sentence of the server. */
  reason: string | null
  /** Why the last request failed; rows from before it stay. */
  failure: Failure | null
}

export type ListAction =
  | { type: 'asked'; more: boolean }
  | { type: 'answered'; more: boolean; answer: IncidentList }
  | { type: 'failed'; failure: Failure }

export const emptyList: ListState = {
  phase: 'idle',
  incidents: [],
  total: null,
  nextCursor: null,
  source: null,
  asOf: null,
  instance: null,
  stale: false,
  reason: null,
  failure: null,
}

export function reduceList(state: ListState, action: ListAction): ListState {
  switch (action.type) {
    case 'asked':
      return { ...state, phase: action.more ? 'loading_more' : 'loading' }
    case 'answered':
      return answered(state, action.answer, action.more)
    case 'failed':
      return { ...state, phase: 'failed', failure: action.failure }
  }
}

function answered(state: ListState, answer: IncidentList, more: boolean): ListState {
  return {
    phase: 'ready',
    incidents: more ? append(state.incidents, answer.incidents) : answer.incidents,
    total: answer.total ?? null,
    nextCursor: answer.nextCursor ?? null,
    source: answer.source,
    asOf: answer.asOf,
    instance: answer.instance ?? state.instance,
    stale: answer.stale === true,
    reason: answer.reason ?? null,
    failure: null,
  }
}

/** A record that moved between two pages comes twice: the later reading replaces the earlier in its place. */
function append(before: readonly IncidentView[], added: readonly IncidentView[]): readonly IncidentView[] {
  const merged = new Map(before.map((incident) => [incident.sys_id, incident]))
  for (const incident of added) merged.set(incident.sys_id, incident)
  return [...merged.values()]
}

/** How many the instance counts and does not show us, known only once the last page is here. */
export function hiddenCount(state: ListState): number {
  if (state.phase !== 'ready' || state.nextCursor !== null || state.total === null) return 0
  return Math.max(0, state.total - state.incidents.length)
}
