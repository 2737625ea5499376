/** Whether a value is one of the instance's choices, and how the instance spells it. */
import type { ChoiceOption, MappingContext } from './context.ts'
import { ownMember } from './names.ts'

/** The spelling of the instance, null for what is known to be no choice, `unknown` when the choices could not be read. */
export type ChoiceVerdict = { readonly value: string | null } | 'unknown'

/**
 * Finds a choice by its value, else by its value or label in any case.
 * Example: `findChoice('Network', 'category', { choices: { category: ['network'] } })` is `{ value: 'network' }`.
 */
export function findChoice(wanted: string, field: string, context: MappingContext): ChoiceVerdict {
  const options = ownMember(context.choices, field)
  if (options === undefined) return 'unknown'
  const folded = wanted.toLowerCase()
  let close: string | null = null
  for (const option of options) {
    const value = codeOf(option)
    if (value === wanted) return { value }
    if (close === null && isClose(option, folded)) close = value
  }
  return { value: close }
}

function codeOf(option: ChoiceOption): string {
  return typeof option === 'string' ? option : option.value
}

function isClose(option: ChoiceOption, folded: string): boolean {
  if (typeof option === 'string') return option.toLowerCase() === folded
  return option.value.toLowerCase() === folded || option.label.toLowerCase() === folded
}
