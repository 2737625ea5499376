/** What the filter menus offer: the choices a fresh instance has, renamed and extended by those seen in answers. Pure. */
import type { ChoiceView, IncidentView } from '@snowline/protocol'

export interface Choices {
  states: readonly ChoiceView[]
  priorities: readonly ChoiceView[]
}

/** As in the base system's choice list of `incident`; an instance that renamed one corrects it with its first answer. */
export const freshChoices: Choices = {
  states: [
    { value: '1', label: 'New' },
    { value: '2', label: 'In Progress' },
    { value: '3', label: 'On Hold' },
    { value: '6', label: 'Resolved' },
    { value: '7', label: 'Closed' },
    { value: '8', label: 'Canceled' },
  ],
  priorities: [
    { value: '1', label: '1 - Critical' },
    { value: '2', label: '2 - High' },
    { value: '3', label: '3 - Moderate' },
    { value: '4', label: '4 - Low' },
    { value: '5', label: '5 - Planning' },
  ],
}

/** Takes in the choices of some incidents. Gives back the same object when they bring nothing new. */
export function learnChoices(known: Choices, incidents: readonly IncidentView[]): Choices {
  const states = merge(
    known.states,
    incidents.map((incident) => incident.state),
  )
  const priorities = merge(
    known.priorities,
    incidents.map((incident) => incident.priority),
  )
  return states === known.states && priorities === known.priorities ? known : { states, priorities }
}

/** The label of a value; the value itself when nobody has named it. */
export function labelOf(choices: readonly ChoiceView[], value: string): string {
  return choices.find((choice) => choice.value === value)?.label ?? value
}

function merge(known: readonly ChoiceView[], seen: readonly ChoiceView[]): readonly ChoiceView[] {
  const labels = new Map(known.map((choice) => [choice.value, choice.label]))
  const before = labels.size
  let renamed = false
  for (const { value, label } of seen) {
    if (value === '' || label === '' || labels.get(value) === label) continue
    renamed = true
    labels.set(value, label)
  }
  if (!renamed && labels.size === before) return known
  return [...labels]
    .map(([value, label]) => ({ value, label }))
    .sort((a, b) => a.value.localeCompare(b.value, 'en', { numeric: true }))
}
