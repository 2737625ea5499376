/** Whether a value is one of the instance's choices, and how the instance spells it. */
import type { ChoiceOption, MappingContext } from './context.ts'
import { ownMember } from './names.ts'

/**
 * Finds a choice by its value, else by its value or label in any case: the spelling of the instance, null for what is known to be no
 * choice, `undefined` when the choices could not be read.
 * Example: `findChoice('Network', 'category', { choices: { category: ['network'] } })` is `'network'`.
 */
export function findChoice(
  wanted: string,
  field: string,
  context: MappingContext,
): string | null | undefined {
  const options = ownMember(context.choices, field)
  if (options === undefined) return undefined
  for (const option of options) if (codeOf(option) === wanted) return wanted
  const folded = wanted.toLowerCase()
  const close = options.find((option) => isClose(option, folded))
  return close === undefined ? null : codeOf(close)
}

function codeOf(option: ChoiceOption): string {
  return typeof option === 'string' ? option : option.value
}

function isClose(option: ChoiceOption, folded: string): boolean {
  if (typeof option === 'string') return option.toLowerCase() === folded
  return option.value.toLowerCase() === folded || option.label.toLowerCase() === folded
}
