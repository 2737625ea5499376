/** What is wrong with a scenario: every fault at once, each with its place and its mend. */

/** One fault of a scenario. */
export interface ScenarioProblem {
  /** Where, such as `faults[2].kind`; '' for the whole file. */
  readonly path: string
  readonly message: string
  /** What to write instead. */
  readonly mend: string
}

function lineOf({ path, message, mend }: ScenarioProblem): string {
  return `${path === '' ? '' : `${path}: `}${message} ${mend}`
}

/** Thrown for a scenario that cannot be; the message has one line for each problem. */
export class ScenarioError extends Error {
  override readonly name = 'ScenarioError'
  readonly problems: readonly ScenarioProblem[]

  /** @param source what was read, such as the file's name */
  constructor(source: string, problems: readonly ScenarioProblem[]) {
    const count = problems.length === 1 ? 'one fault' : `${problems.length} faults`
    super([`${source} has ${count}:`, ...problems.map((problem) => `  ${lineOf(problem)}`)].join('\n'))
    this.problems = problems
  }
}
