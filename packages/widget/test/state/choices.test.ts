import { expect, test } from 'vitest'
import { freshChoices, labelOf, learnChoices } from '../../src/state/choices.ts'
import { incident, incidents } from '../support/incidents.ts'

test('what an instance calls its choices is learnt from its answers, in the order of their values', () => {
  const rows = [
    incident(0, { state: { value: '2', label: 'Under way' } }),
    incident(1, { state: { value: '10', label: 'With vendor' } }),
    incident(3, { priority: { value: '', label: '' } }),
  ]
  const learnt = learnChoices(freshChoices, rows)
  expect(learnt.states.map((choice) => choice.value)).toEqual(['1', '2', '3', '6', '7', '8', '10'])
  expect(labelOf(learnt.states, '2')).toBe('Under way')
  expect(learnt.priorities).toBe(freshChoices.priorities)
})

test('an answer that brings nothing new changes nothing', () => {
  expect(learnChoices(freshChoices, incidents(20))).toBe(freshChoices)
})

test('a value nobody has named is its own label', () => {
  expect(labelOf(freshChoices.states, '99')).toBe('99')
})
