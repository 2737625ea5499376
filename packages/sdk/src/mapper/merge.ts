/** Three-way merge of a record's fields: what we changed, what they changed, and who wins where both did. */

/** `remote`: theirs stays. `local`: ours is sent. `manual`: nothing is sent until a person has chosen. */
export type FieldPolicy = 'remote' | 'local' | 'manual'

/** One policy for all fields, or one a field with a default for the rest. */
export type MergePolicy =
  | FieldPolicy
  | { readonly default: FieldPolicy; readonly fields: Readonly<Record<string, FieldPolicy>> }

export interface MergeConflict {
  field: string
  base: string
  ours: string
  theirs: string
  winner: FieldPolicy
}

type Fields = Readonly<Record<string, string>>

export interface MergeInput {
  /** The record as it was last seen. A field that is not there counts as empty. */
  base: Fields
  /** The fields we want, for example `mapper.patch(...).fields`; a field that is not there is left to them. */
  ours: Fields
  /** The record as it is now. */
  theirs: Fields
  policy: MergePolicy
  /** Fields that are won or lost together (`mapper.groups`): half of a priority is nobody's. */
  groups?: readonly (readonly string[])[]
  /** When two different texts mean the same (`mapper.same`). */
  same?: (field: string, a: string, b: string) => boolean
}

export interface MergeResult {
  /** What to send: our changes that nobody contradicts, and those that win. */
  patch: Record<string, string>
  conflicts: MergeConflict[]
}

const strictness: readonly FieldPolicy[] = ['manual', 'remote', 'local']

/**
 * Merges without loss: what only one side changed is kept, what both changed to the same value is nothing to do, what both changed
 * differently is a conflict and goes by the policy. In a group the strictest policy of its fields counts (manual, remote, local).
 *
 * @example
 * merge({ base: { state: '1' }, ours: { state: '6' }, theirs: { state: '2' }, policy: 'remote' })
 * // { patch: {}, conflicts: [{ field: 'state', base: '1', ours: '6', theirs: '2', winner: 'remote' }] }
 */
export function merge(input: MergeInput): MergeResult {
  const patch: [string, string][] = []
  const conflicts: MergeConflict[] = []
  for (const fields of unitsOf(input)) mergeUnit(input, fields, patch, conflicts)
  return { patch: Object.fromEntries(patch), conflicts }
}

/** Our fields, each with those it is bound to. */
function unitsOf({ ours, groups = [] }: MergeInput): string[][] {
  const seen = new Set<string>()
  const units: string[][] = []
  for (const field of Object.keys(ours)) {
    if (seen.has(field)) continue
    const unit = [...new Set([field, ...(groups.find((group) => group.includes(field)) ?? [])])]
    for (const each of unit) seen.add(each)
    units.push(unit)
  }
  return units
}

function mergeUnit(
  input: MergeInput,
  unit: readonly string[],
  patch: [string, string][],
  conflicts: MergeConflict[],
): void {
  const { base, ours, theirs, same = (_field, a, b) => a === b } = input
  const differs = (field: string, a: string, b: string) => a !== b && !same(field, a, b)
  const wanted = unit.filter((field) => Object.hasOwn(ours, field))
  const known = unit.filter(
    (field) => wanted.includes(field) || (Object.hasOwn(base, field) && Object.hasOwn(theirs, field)),
  )
  const was = (field: string) => own(base, field)
  const mine = (field: string) => (wanted.includes(field) ? own(ours, field) : was(field))
  const now = (field: string) => own(theirs, field)

  const apart = known.filter((field) => differs(field, mine(field), now(field)))
  const weChanged = wanted.some((field) => differs(field, mine(field), was(field)))
  if (!weChanged || apart.length === 0) return
  const theyChanged = known.some((field) => differs(field, now(field), was(field)))
  const winner = theyChanged ? strictest(input.policy, unit) : 'local'
  if (theyChanged) {
    for (const field of apart) {
      conflicts.push({ field, base: was(field), ours: mine(field), theirs: now(field), winner })
    }
  }
  if (winner === 'local') for (const field of apart) patch.push([field, mine(field)])
}

function own(fields: Fields, field: string): string {
  return Object.hasOwn(fields, field) ? (fields[field] ?? '') : ''
}

function strictest(policy: MergePolicy, unit: readonly string[]): FieldPolicy {
  if (typeof policy === 'string') return policy
  const chosen = unit.map((field) =>
    Object.hasOwn(policy.fields, field) ? (policy.fields[field] ?? policy.default) : policy.default,
  )
  return strictness.find((each) => chosen.includes(each)) ?? policy.default
}
