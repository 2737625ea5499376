/** State and priority as icon, words and colour together. */
import type { ChoiceView } from '@snowline/protocol'
import { html, nothing, type TemplateResult } from 'lit'
import { clip } from '../text/format.ts'
import { otherPriority, otherState, priorityIcons, stateIcons } from './icons.ts'

/** Longer than any choice of a real instance; a chip is no place for an essay. */
const LABEL_LENGTH = 80

const known = /^[1-8]$/

export function stateChip(state: ChoiceView): TemplateResult {
  const tone = known.test(state.value) ? state.value : 'other'
  return html`<span class="state" data-tone=${tone} part="chip state"
    >${stateIcons[state.value] ?? otherState}<span class="words">${clip(state.label || state.value, LABEL_LENGTH)}</span></span
  >`
}

/** Nothing at all for a record without a priority: an empty chip would look like a low one. */
export function priorityChip(priority: ChoiceView): TemplateResult | typeof nothing {
  if (priority.value === '' && priority.label === '') return nothing
  const tone = /^[1-5]$/.test(priority.value) ? priority.value : 'other'
  return html`<span class="priority" data-tone=${tone} part="chip priority"
    >${priorityIcons[priority.value] ?? otherPriority}<span class="words">${clip(priority.label || priority.value, LABEL_LENGTH)}</span></span
  >`
}
