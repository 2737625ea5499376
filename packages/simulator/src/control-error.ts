/** What a control method or the control door was given and cannot use: each fault with its place and its mend; nothing has changed. */
import type { ScenarioProblem } from './scenario/problem.ts'
import type { Shape } from './scenario/shape.ts'

/** A list of 100,000 records without a sys_id says no more than its first ones. */
const MOST_TOLD = 20

/** Thrown before anything changes. The message has a line for each fault. */
export class ControlError extends RangeError {
  override readonly name = 'ControlError'
  readonly problems: readonly ScenarioProblem[]

  /** @param what the method, such as `setFault`, or what came to the control door */
  constructor(what: string, problems: readonly ScenarioProblem[]) {
    const told = problems.slice(0, MOST_TOLD)
    const lines = told.map(({ path, message, mend }) => `${path === '' ? '' : `${path}: `}${message} ${mend}`)
    const more = problems.length > MOST_TOLD ? [`and ${problems.length - MOST_TOLD} more`] : []
    const [first = ''] = lines
    super(lines.length === 1 ? `${what}: ${first}` : [`${what}:`, ...lines, ...more].join('\n  '))
    this.problems = told
  }
}

/** Makes sure that a value has its shape; throws `ControlError` with everything that is wrong with it. */
export function demand(what: string, shape: Shape, value: unknown): void {
  const problems: ScenarioProblem[] = []
  shape(value, '', problems)
  if (problems.length > 0) throw new ControlError(what, problems)
}
