/** A list read in several ranges of `sys_id` side by side; loaded when more than one lane is asked for. */
import { QueryError } from '../base/errors.ts'
import type { QueryNode } from '../query/conditions.ts'
import { allOf } from '../query/conditions.ts'
import type { ListPage, ListPlan } from './list-plan.ts'

const maxLanes = 16
/** Prefixes of two hexadecimal digits: fine enough to cut evenly, and ids of an instance are spread evenly over them. */
const prefixes = 256

/**
 * The pages of all lanes, each as soon as it is there; one page a lane is asked for ahead. An error of one lane ends them all, and so
 * does leaving the loop.
 */
export async function* readLanes<T>(
  plan: ListPlan,
  open: (plan: ListPlan) => AsyncGenerator<ListPage<T>, void, undefined>,
): AsyncGenerator<ListPage<T>, void, undefined> {
  const stop = new AbortController()
  const signal = plan.signal === undefined ? stop.signal : AbortSignal.any([plan.signal, stop.signal])
  const lanes = new Map(
    rangesOf(plan).map((range, lane) => {
      const pages = open({ ...plan, where: allOf([plan.where, range]), lanes: 1, signal })
      return [lane, { pages, next: step(pages, lane) }] as const
    }),
  )
  try {
    while (lanes.size > 0) {
      const { lane, result } = await Promise.race([...lanes.values()].map(({ next }) => next))
      const state = lanes.get(lane)
      if (result.done || state === undefined) {
        lanes.delete(lane)
        continue
      }
      const { value } = result
      lanes.set(lane, { ...state, next: step(state.pages, lane) })
      yield { ...value, total: null, cursor: null }
    }
  } finally {
    // What is under way has nobody left to read it.
    for (const { next } of lanes.values()) next.catch(() => {})
    stop.abort()
  }
}

async function step<T>(pages: AsyncGenerator<T, void, undefined>, lane: number) {
  return { lane, result: await pages.next() }
}

/** Conditions that cut the ids into ranges, the first open below and the last open above. */
function rangesOf({ lanes, paging, cursor }: ListPlan): QueryNode[] {
  if (!Number.isInteger(lanes) || lanes < 1 || lanes > maxLanes) {
    throw new QueryError(`lanes must be a whole number from 1 to ${maxLanes}.`, { details: { lanes } })
  }
  if (paging.kind !== 'keyset' || paging.byStamp || cursor !== undefined) {
    throw new QueryError(
      'A list is read in lanes only without an order of its own, by key and from its start.',
      {
        hint: 'Leave orderBy, paging and cursor out.',
      },
    )
  }
  const edges = Array.from({ length: lanes - 1 }, (_, lane) =>
    Math.round(((lane + 1) * prefixes) / lanes)
      .toString(16)
      .padStart(2, '0'),
  )
  return Array.from({ length: lanes }, (_, lane): QueryNode => {
    const [from, to] = [edges[lane - 1], edges[lane]]
    const terms = [
      ...(from === undefined
        ? []
        : [{ kind: 'condition', field: 'sys_id', operator: '>=', value: from } as const]),
      ...(to === undefined
        ? []
        : [{ kind: 'condition', field: 'sys_id', operator: '<', value: to } as const]),
    ]
    return { kind: 'and', terms }
  })
}
