/** Which one thing stands in the middle of `<sn-incidents>`, and what is said beside it. Pure. */
import type { HealthView } from '@snowline/protocol'
import type { Failure, FailureKind } from './failure.ts'
import { type Filters, isFiltered } from './filters.ts'
import type { ListState } from './list.ts'

export type Scene = 'loading' | 'table' | 'empty' | 'nothing_found' | 'misconfigured' | FailureKind

/** A strip above rows that are still worth reading. */
export type Notice =
  | { kind: 'stale'; asOf: string | null; reason: string | null }
  | { kind: 'failed'; failure: Failure }

export interface SceneInput {
  health: HealthView | null
  list: ListState
  filters: Filters
}

export function toScene({ health, list, filters }: SceneInput): Scene {
  if (health?.status === 'not_configured' || health?.status === 'misconfigured') return health.status
  if (list.phase === 'idle') return 'loading'
  if (list.incidents.length > 0 && !blocksRows(list.failure)) return 'table'
  if (list.phase === 'loading' && list.asOf === null) return 'loading'
  if (list.failure !== null) return sharpen(list.failure.kind, health)
  if (list.phase === 'loading') return 'loading'
  return isFiltered(filters) ? 'nothing_found' : 'empty'
}

export function toNotice(list: ListState): Notice | null {
  if (list.failure !== null) return { kind: 'failed', failure: list.failure }
  return list.stale ? { kind: 'stale', asOf: list.asOf, reason: list.reason } : null
}

/** Rows of a person who is not signed in any more, or may not see them, are not left standing. */
function blocksRows(failure: Failure | null): boolean {
  return (
    failure?.kind === 'signed_out' || failure?.kind === 'no_permission' || failure?.kind === 'not_configured'
  )
}

/** The health check often knows better why nothing came. */
function sharpen(kind: FailureKind, health: HealthView | null): FailureKind {
  if (kind !== 'error' && kind !== 'unreachable') return kind
  if (health?.status === 'asleep') return 'asleep'
  if (health?.status === 'auth_failed') return 'auth_failed'
  return kind
}
