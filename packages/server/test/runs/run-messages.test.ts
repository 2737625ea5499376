import { expect, test } from 'vitest'
import { phaseMessage, phaseOf, plural, removalMessage } from '../../src/runs/run-messages.ts'

test('what an engine does beside its window is ingesting, in the words of the contract', () => {
  const phases = ['validate', 'fetch', 'ingest', 'scope', 'deletes', 'reconcile', 'version'] as const
  expect(phases.map(phaseOf)).toEqual([
    'validate',
    'fetch',
    'ingest',
    'ingest',
    'ingest',
    'ingest',
    'version',
  ])
  const totals = { incidents: 7, batches: 2, exact: true }
  const sentences = phases.map((phase) => phaseMessage({ phase, read: 3, totals }))
  expect(new Set(sentences).size).toBe(phases.length)
  expect(sentences[2]).toBe('7 incidents to process in 2 batches')
})

test('a removal says how many left, and why', () => {
  expect(removalMessage([{ cause: 'deleted' }])).toBe('1 incident removed (1 deleted in ServiceNow)')
  expect(removalMessage([{ cause: 'deleted' }, { cause: 'left_scope' }, { cause: 'deleted' }])).toBe(
    '3 incidents removed (2 deleted in ServiceNow, 1 outside the filter now)',
  )
})

test('plural', () => {
  expect([plural(0, 'run'), plural(1, 'run'), plural(2, 'batch', 'batches')]).toEqual([
    '0 runs',
    '1 run',
    '2 batches',
  ])
})
