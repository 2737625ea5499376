/** A list read in several ranges of `sys_id` side by side; loaded when more than one lane is asked for. */
import type { QueryNode } from '../query/conditions.ts'
import { allOf } from '../query/conditions.ts'
import type { ListPage, ListPlan } from './list-plan.ts'

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
  const lanes = rangesOf(plan).map((range) =>
    open({ ...plan, where: allOf([plan.where, range]), lanes: 1, signal }),
  )
  const ready: Step<T>[] = []
  let wake = () => {}
  // Not Promise.race(): a slow lane would hold every page that has overtaken it.
  const ask = (pages: Pages<T>) => {
    const put = (step: Omit<Step<T>, 'pages'>) => {
      ready.push({ pages, ...step })
      wake()
    }
    pages.next().then(
      (result) => put({ result }),
      (error: unknown) => put({ error }),
    )
  }
  try {
    for (const pages of lanes) ask(pages)
    for (let reading = lanes.length; reading > 0; ) {
      const step = ready.shift()
      if (step === undefined) {
        await new Promise<void>((resolve) => {
          wake = resolve
        })
        continue
      }
      if ('error' in step) throw step.error
      if (step.result === undefined || step.result.done) {
        reading -= 1
        continue
      }
      ask(step.pages)
      yield { ...step.result.value, total: null, cursor: null }
    }
  } finally {
    // What is under way has nobody left to read it.
    stop.abort()
  }
}

type Pages<T> = AsyncGenerator<ListPage<T>, void, undefined>

/** What came of one request of a lane: a page, its end, or an error. */
interface Step<T> {
  pages: Pages<T>
  result?: IteratorResult<ListPage<T>, void>
  error?: unknown
}

/** Conditions that cut the ids into ranges, the first open below and the last open above. */
function rangesOf({ lanes }: ListPlan): QueryNode[] {
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
