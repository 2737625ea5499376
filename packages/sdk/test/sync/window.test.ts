/** The window of a run as a table of cases. */
import { expect, test } from 'vitest'
import type { UtcStamp } from '../../src/base/values.ts'
import type { PullProgress } from '../../src/model/sync-state.ts'
import { planWindow } from '../../src/sync/window.ts'

const at = (time: string) => `2026-01-01 ${time}` as UtcStamp
const newest = (stamp: UtcStamp | null, servedAt: UtcStamp | null = at('12:00:00')) => ({
  stamp,
  servedAt,
  total: 9,
  linkSeen: true,
})
const state = (watermark: UtcStamp | null, progress: PullProgress | null = null) => ({ watermark, progress })
const L = 600

test('a first run reads from the beginning of time, the overlap last and alone', () => {
  expect(planWindow(state(null), newest(at('10:30:00')), L)).toEqual({
    lo: null,
    hi: at('10:30:00'),
    settledTo: at('10:20:00'),
    settled: [{ from: null, to: at('10:20:00') }],
    tail: { from: at('10:20:01'), to: at('10:30:00') },
    beyond: null,
    watermark: at('10:30:00'),
  })
})

test('a later run begins an overlap below the watermark', () => {
  const window = planWindow(state(at('10:00:00')), newest(at('10:30:00')), L)
  expect(window?.settled).toEqual([{ from: at('09:50:00'), to: at('10:20:00') }])
})

test('a short window is one request over the whole of it', () => {
  const window = planWindow(state(at('10:00:00')), newest(at('10:00:00')), L)
  expect(window).toMatchObject({ settled: [], tail: { from: at('09:50:00'), to: at('10:00:00') } })
})

test('nothing visible and nothing known: nothing to read', () => {
  expect(planWindow(state(null), newest(null), L)).toBeNull()
})

test('nothing visible any more: the window of the watermark is read again', () => {
  expect(planWindow(state(at('10:00:00')), newest(null), L)).toMatchObject({
    hi: at('10:00:00'),
    watermark: at('10:00:00'),
  })
})

test('a stamp beyond the clock of the instance is read, and the watermark does not follow it', () => {
  const window = planWindow(state(null), newest(at('18:00:00')), L)
  expect(window).toMatchObject({
    hi: at('12:05:00'),
    beyond: { from: at('12:05:01'), to: null },
    watermark: at('12:00:00'),
  })
})

test('the watermark never goes back', () => {
  expect(planWindow(state(at('11:00:00')), newest(at('10:00:00')), L)?.watermark).toBe(at('11:00:00'))
})

test('an instance that does not tell its time is believed', () => {
  expect(planWindow(state(null), newest(at('18:00:00'), null), L)).toMatchObject({
    hi: at('18:00:00'),
    beyond: null,
  })
})

test('an unfinished run is taken over: its slices, then what came since, then the tail', () => {
  const progress = { readTo: at('10:20:00'), pending: [{ from: at('08:00:00'), to: at('10:20:00') }] }
  const window = planWindow(state(null, progress), newest(at('11:00:00')), L)
  expect(window?.settled).toEqual([
    { from: at('08:00:00'), to: at('10:20:00') },
    { from: at('10:20:01'), to: at('10:50:00') },
  ])
  expect(window?.tail).toEqual({ from: at('10:50:01'), to: at('11:00:00') })
})

test('an unfinished run whose newest row is the same has only its own slices left', () => {
  const progress = { readTo: at('10:20:00'), pending: [] }
  expect(planWindow(state(null, progress), newest(at('10:30:00')), L)?.settled).toEqual([])
})
