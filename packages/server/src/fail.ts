/** How a command ends that could not do its work. */
import { isSnowlineError } from '@snowline/sdk'
import { ProblemError } from './problem/problem-error.ts'

/** One sentence for people, and the exit code for programs. */
export function fail(error: unknown): never {
  const hint = hintOf(error)
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n${hint}`)
  process.exit(1)
}

function hintOf(error: unknown): string {
  const hint = isSnowlineError(error)
    ? error.hint
    : error instanceof ProblemError
      ? error.fields.hint
      : undefined
  return hint === undefined ? '' : `${hint}\n`
}
