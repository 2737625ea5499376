/** How the errors of a command are told. */
import { messageOf } from '../doctor/cause.ts'
import { ConfigError, isSnowlineError } from '../index.ts'
import type { Surroundings } from './surroundings.ts'

/** Runs a command. What it throws is told to a person: every fault of the variables, or the error with its hint; no stack, no secret. */
export async function telling(
  around: Pick<Surroundings, 'complain' | 'fail'>,
  run: () => Promise<void>,
): Promise<void> {
  try {
    await run()
  } catch (error) {
    tell(error, around)
  }
}

function tell(error: unknown, { complain, fail }: Pick<Surroundings, 'complain' | 'fail'>): void {
  if (error instanceof ConfigError) {
    for (const { key, message, hint } of error.problems)
      complain(`${key} ${message}. ${hint ?? `Set ${key}.`}`)
  } else {
    complain(error instanceof Error ? messageOf(error) : String(error))
    if (isSnowlineError(error) && error.hint !== undefined) complain(error.hint)
  }
  fail(1)
}
