/** Where a reading stands and what to ask next: pure steps over keys (`sys_id`, or `sys_updated_on` and `sys_id`) or offsets. */
import type { CallContext } from '../base/errors.ts'
import { QueryError, UnexpectedResponseError } from '../base/errors.ts'
import type { QueryNode, QueryOrder, QueryTree } from '../query/conditions.ts'
import { allOf } from '../query/conditions.ts'

/** The key of the last row read: its stamp (null when rows are ordered by `sys_id` alone) and its id. */
export interface RowKey {
  stamp: string | null
  id: string
}

/** Everything needed to go on: kept in a cursor. */
export interface ReadingState {
  after: RowKey | null
  /** Rows skipped within the window that `after` opens: more than 0 after pages whose rows were all hidden. */
  offset: number
  /** Rows of the whole query at the first page. */
  total: number | null
}

export type PagingPlan =
  | { kind: 'keyset'; byStamp: boolean; direction: 'asc' | 'desc'; order: readonly QueryOrder[] }
  | { kind: 'offset'; order: readonly QueryOrder[] }

export const startOfReading: ReadingState = { after: null, offset: 0, total: null }

/** Chooses how to page, and ends the order with `sys_id`, without which an instance repeats and loses rows between pages. */
export function planPaging(order: readonly QueryOrder[], asked: 'keyset' | 'offset' | undefined): PagingPlan {
  const whole = order.some(({ field }) => field === 'sys_id')
    ? order
    : [...order, { field: 'sys_id', direction: order.at(-1)?.direction ?? ('asc' as const) }]
  const [first, second] = whole
  const direction = first?.direction ?? 'asc'
  const byId = whole.length === 1 && first?.field === 'sys_id'
  const byStamp =
    whole.length === 2 &&
    first?.field === 'sys_updated_on' &&
    second?.field === 'sys_id' &&
    second.direction === direction
  if (asked !== 'offset' && (byId || byStamp)) return { kind: 'keyset', byStamp, direction, order: whole }
  if (asked === 'keyset') {
    throw new QueryError(
      'Keyset paging needs an order by sys_id, or by sys_updated_on and sys_id in one direction.',
      {
        hint: 'Leave the order out, or leave paging out to read by offset.',
      },
    )
  }
  return { kind: 'offset', order: whole }
}

/** The fields a plan must see on each row. */
export function keyFields(plan: PagingPlan): string[] {
  if (plan.kind === 'offset') return []
  return plan.byStamp ? ['sys_id', 'sys_updated_on'] : ['sys_id']
}

/** The query of the next request. With new-query blocks the key stands in each of them. */
export function nextQuery(plan: PagingPlan, where: QueryNode | null, state: ReadingState): QueryTree {
  const key =
    plan.kind === 'keyset' && state.after !== null ? keyCondition(plan.direction, state.after) : null
  return { where: allOf([where, key]), order: plan.order }
}

/** `sys_updated_on>=T^sys_updated_on>T^ORsys_id>S`: later, or at the same second with a greater id. */
function keyCondition(direction: 'asc' | 'desc', { stamp, id }: RowKey): QueryNode {
  const beyond = direction === 'asc' ? ('>' as const) : ('<' as const)
  const idBeyond = { kind: 'condition', field: 'sys_id', operator: beyond, value: id } as const
  if (stamp === null) return idBeyond
  const at = {
    kind: 'condition',
    field: 'sys_updated_on',
    operator: `${beyond}=` as const,
    value: stamp,
  } as const
  const stampBeyond = { kind: 'condition', field: 'sys_updated_on', operator: beyond, value: stamp } as const
  return { kind: 'and', terms: [at, { kind: 'or', terms: [stampBeyond, idBeyond] }] }
}

/** What one answer showed. `keys` are those of its rows, in their order; empty for offset paging. */
export interface Step {
  rows: number
  keys: readonly RowKey[]
  limit: number
  total: number | null
  link: 'next' | 'last' | 'absent'
  /** The call as an error shows it. */
  call: CallContext
}

/**
 * The state after a page, null when everything was read. A page that is short or empty ends nothing while the count or rel=next says
 * more; with neither signal only an empty page does. Throws UnexpectedResponseError (`shape`) when rows do not follow the order asked
 * for: going on would lose some.
 */
export function advance(plan: PagingPlan, state: ReadingState, step: Step): ReadingState | null {
  const total = state.total ?? step.total
  const last = plan.kind === 'keyset' ? checkedLast(plan.direction, state.after, step) : null
  const covered = state.offset + step.limit
  const counted = step.total !== null && covered < step.total
  const linked = step.link === 'next' && (step.total === null || step.rows > 0)
  const silent = step.total === null && step.link === 'absent' && step.rows > 0
  if (!counted && !linked && !silent) return null
  return last === null ? { after: state.after, offset: covered, total } : { after: last, offset: 0, total }
}

function checkedLast(direction: 'asc' | 'desc', after: RowKey | null, { keys, call }: Step): RowKey | null {
  let previous = after
  for (const key of keys) {
    if (previous !== null && !follows(previous, key, direction)) throw unordered(call)
    previous = key
  }
  return keys.length === 0 ? null : previous
}

function follows(a: RowKey, b: RowKey, direction: 'asc' | 'desc'): boolean {
  const [low, high] = direction === 'asc' ? [a, b] : [b, a]
  if (low.stamp !== null && high.stamp !== null && low.stamp !== high.stamp) return low.stamp < high.stamp
  return low.id < high.id
}

function unordered(call: CallContext): UnexpectedResponseError {
  return new UnexpectedResponseError('The rows do not follow the order that was asked for.', 'shape', call, {
    hint: 'The user may lack the right to compare or order by this column (query_range); read with paging: "offset".',
  })
}
