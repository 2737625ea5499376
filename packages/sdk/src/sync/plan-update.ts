/** What an update still has to send: the base it was made on, our values, theirs now, and a policy for each field. Pure. */
import type { FieldConflict, OutboxEntry } from '../model/outbox-entry.ts'
import type { SourceRecord } from '../model/source-record.ts'

/** Who wins a field that both sides changed: the instance, the ticket, or a person. */
export type FieldPolicy = 'remote' | 'local' | 'manual'

export interface UpdatePlan {
  patch: Readonly<Record<string, string>>
  /** For a person; nothing is sent while there is one. */
  conflicts: readonly FieldConflict[]
  /** Fields where their value stays, by policy. */
  kept: readonly FieldConflict[]
}

/**
 * Compares field by field. Equal on both sides: nothing. Theirs is still the base, or a person chose ours: send. Both changed: the policy.
 *
 * @example planUpdate({ payload: { state: '6' }, base: { state: '2' }, force: false }, { state: '3', ... }, () => 'manual').conflicts
 * // [{ field: 'state', base: '2', ours: '6', theirs: '3' }]
 */
export function planUpdate(
  entry: Pick<OutboxEntry, 'payload' | 'base' | 'force'>,
  theirs: SourceRecord,
  policy: (field: string) => FieldPolicy,
): UpdatePlan {
  const patch: Record<string, string> = {}
  const conflicts: FieldConflict[] = []
  const kept: FieldConflict[] = []
  for (const [field, ours] of Object.entries(entry.payload)) {
    const current = theirs[field] ?? ''
    if (current === ours) continue
    const base = entry.base[field]
    const winner = entry.force || base === undefined || current === base ? 'local' : policy(field)
    const conflict = { field, base: base ?? '', ours, theirs: current }
    if (winner === 'local') patch[field] = ours
    else if (winner === 'manual') conflicts.push(conflict)
    else kept.push(conflict)
  }
  return { patch, conflicts, kept }
}
