import type { SysId } from '@snowline/sdk'
import type { CommittedEvent } from '@snowline/sdk/sync'
import { expect, test } from 'vitest'
import { commitDraft, eventsOf, frameOf, phaseProgress } from '../../src/runs/run-events.ts'

const none = { added: 0, updated: 0, unchanged: 0, deleted: 0 }

function commit(changes: number): CommittedEvent {
  return {
    type: 'committed',
    changes: Array.from({ length: changes }, (_, i) => ({
      sysId: String(i).padStart(32, '0') as SysId,
      kind: i % 2 === 0 ? 'added' : 'updated',
      label: `INC${i}`,
    })),
    batchSize: 5,
    firstBatch: 3,
    before: { ...none, added: 10 },
    counts: { added: 14, updated: 3, unchanged: 6, deleted: 0 },
    totals: { incidents: 17, batches: 4, exact: true },
    etaMs: 40,
  }
}

test('a commit is one row; cut again it gives the same batches with running counts', () => {
  const draft = commitDraft(commit(7))
  expect(draft).toMatchObject({ kind: 'commit', span: 2 })
  const events = eventsOf({ ...draft, first: 20 })
  expect(events.map(({ number }) => number)).toEqual([20, 21])
  expect(events.map(({ event }) => event.data)).toEqual([
    {
      batch: 3,
      totalBatches: 4,
      totalIncidents: 17,
      incidents: ['INC0', 'INC1', 'INC2', 'INC3', 'INC4'],
      message: 'Batch 3 of 4 processed (5 incidents)',
      phase: 'ingest',
      processed: 15,
      added: 13,
      updated: 2,
      unchanged: 0,
      deleted: 0,
      etaMs: 40,
    },
    expect.objectContaining({
      batch: 4,
      incidents: ['INC5', 'INC6'],
      processed: 17,
      added: 14,
      updated: 3,
      unchanged: 6,
    }),
  ])
  expect(eventsOf({ ...draft, first: 20 })).toEqual(events)
})

test('totals are hidden until the first rows are there', () => {
  const telling = {
    counts: none,
    totals: { incidents: 12, batches: 3, exact: false },
    etaMs: null,
    message: 'x',
  }
  expect(phaseProgress({ ...telling, phase: 'fetch', batches: 0 })).toMatchObject({
    batch: 0,
    totalBatches: 0,
    totalIncidents: 0,
  })
  expect(phaseProgress({ ...telling, phase: 'ingest', batches: 0 })).toMatchObject({
    batch: 0,
    totalBatches: 3,
    totalIncidents: 12,
  })
  expect(phaseProgress({ ...telling, phase: 'fetch', batches: 2 })).toMatchObject({
    batch: 2,
    totalBatches: 3,
  })
})

test('a frame names run and number', () => {
  const event = {
    type: 'error',
    data: { success: false, message: 'm', code: 'internal', runId: 'r' },
  } as const
  expect(frameOf('r', 4, event)).toEqual({
    id: 'r:4',
    event: 'error',
    data: '{"success":false,"message":"m","code":"internal","runId":"r"}',
  })
})
