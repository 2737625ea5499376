import { expect, test } from 'vitest'
import { isUnderWay, noRun, reduceRun, type SyncRunState, shareDone } from '../../src/state/sync-run.ts'
import { batch, cancelled, complete, fetching, RUN, run } from '../support/fake-admin.ts'

const begun = reduceRun(noRun, { type: 'begun', runId: RUN })
const after = (...events: readonly (typeof fetching)[]): SyncRunState =>
  events.reduce((state, event) => reduceRun(state, { type: 'event', event }), begun)

test('from the press to the summary: nobody knows how far while fetching, then batches, then the whole', () => {
  expect(isUnderWay(noRun)).toBe(false)
  expect(isUnderWay(begun)).toBe(true)
  expect(shareDone(begun)).toBeNull()
  expect(shareDone(after(fetching))).toBeNull()
  expect(shareDone(after(fetching, batch(3)))).toBe(0.25)
  const done = after(fetching, batch(12), complete)
  expect(shareDone(done)).toBe(1)
  expect(isUnderWay(done)).toBe(false)
  expect(done.end).toMatchObject({
    kind: 'complete',
    version: 4,
    stats: { added: 45, deleted: 1, total: 58 },
  })
})

test('an estimate that was too small is never more than everything', () => {
  const late = reduceRun(begun, { type: 'event', event: batch(14) })
  expect(shareDone(late)).toBe(1)
})

test('a run that somebody cancelled has not failed', () => {
  const asked = reduceRun(after(batch(1)), { type: 'cancelling', asked: true })
  expect(asked.cancelling).toBe(true)
  expect(reduceRun(asked, { type: 'cancelling', asked: false }).cancelling).toBe(false)
  expect(reduceRun(asked, { type: 'event', event: cancelled }).end).toEqual({ kind: 'cancelled' })
})

test('an error keeps its code, its sentence and its hint', () => {
  const data = {
    success: false as const,
    code: 'sn_auth_failed' as const,
    message: 'Refused.',
    hint: 'Renew it.',
    runId: RUN,
  }
  expect(after({ type: 'error', data }).end).toEqual({
    kind: 'failed',
    code: 'sn_auth_failed',
    message: 'Refused.',
    hint: 'Renew it.',
  })
})

test('a broken connection is told and mended; the progress stays', () => {
  const broken = reduceRun(after(batch(2)), { type: 'link', live: false })
  expect(broken).toMatchObject({ live: false, end: null })
  expect(shareDone(broken)).toBeCloseTo(2 / 12)
  expect(reduceRun(broken, { type: 'link', live: true }).live).toBe(true)
})

test.each([
  ['success', { kind: 'complete', stats: { added: 45 }, version: null }],
  ['cancelled', { kind: 'cancelled' }],
  ['interrupted', { kind: 'failed', code: 'run_interrupted' }],
  ['error', { kind: 'failed', code: 'internal' }],
] as const)('a stored run that is %s ends it when its last event cannot be had', (state, end) => {
  expect(reduceRun(begun, { type: 'ended', run: run({ state }) }).end).toMatchObject(end)
})

test('what comes after the end changes nothing', () => {
  const done = after(complete)
  expect(reduceRun(done, { type: 'event', event: batch(1) })).toBe(done)
  expect(reduceRun(done, { type: 'link', live: false })).toBe(done)
  expect(reduceRun(done, { type: 'failed', code: 'network', message: '', hint: null })).toBe(done)
})
