/** What is left of a slice after an answer, as a table of cases. */
import { expect, test } from 'vitest'
import type { SysId, UtcStamp } from '../../src/base/values.ts'
import type { SourceRecord } from '../../src/model/source-record.ts'
import { isComplete, readPart, remainingSlices, split } from '../../src/sync/next-slices.ts'

const at = (time: string) => `2026-01-01 ${time}` as UtcStamp
const id = (n: number) => n.toString(16).padStart(32, '0') as SysId
const rows = (...stamps: string[]): SourceRecord[] =>
  stamps.map((time, n) => ({ sys_id: id(n), sys_updated_on: at(time) }))
const answer = (records: SourceRecord[], total: number | null = 99) => ({
  records,
  total,
  link: 'next' as const,
})
const hour = { from: at('10:00:00'), to: at('11:00:00') }

test.each([
  ['the count fits the limit', { total: 5, link: 'absent' }, true],
  ['the count is larger', { total: 6, link: 'absent' }, false],
  ['rel=next outvotes the count', { total: 5, link: 'next' }, false],
  ['no count, a Link without next', { total: null, link: 'last' }, true],
] as const)('%s', (_name, { total, link }, complete) => {
  expect(isComplete({ records: [], total, link }, 5, false)).toBe(complete)
})

test('no count and no Link: complete when this instance sends Links, an error when it never did', () => {
  const silent = { records: [], total: null, link: 'absent' } as const
  expect(isComplete(silent, 5, true)).toBe(true)
  expect(() => isComplete(silent, 5, false)).toThrow(/neither X-Total-Count nor Link/)
})

test('few rows share the last second: that second is read again with what follows', () => {
  const page = answer(rows('10:00:00', '10:00:01', '10:00:02', '10:00:03'))
  expect(remainingSlices(hour, page, 4)).toEqual([{ from: at('10:00:03'), to: hour.to }])
})

test('many rows share the last second: first its rest, then what follows', () => {
  const page = answer(rows('10:00:00', '10:00:03', '10:00:03', '10:00:03'))
  expect(remainingSlices(hour, page, 4)).toEqual([
    { from: at('10:00:03'), to: at('10:00:03'), after: id(3) },
    { from: at('10:00:04'), to: hour.to },
  ])
})

test('the last second is the last of the slice: nothing follows it', () => {
  const page = answer(rows('11:00:00', '11:00:00', '11:00:00', '11:00:00'))
  expect(remainingSlices(hour, page, 4)).toEqual([{ from: hour.to, to: hour.to, after: id(3) }])
})

test('within one second the next ids follow', () => {
  const second = { from: at('10:00:00'), to: at('10:00:00'), prefix: '0' }
  expect(remainingSlices(second, answer(rows('10:00:00')), 1)).toEqual([{ ...second, after: id(0) }])
})

test('nothing visible: halved by time, down to the second, then by the first digit of the id', () => {
  expect(remainingSlices(hour, answer([]), 4)).toEqual([
    { from: at('10:00:00'), to: at('10:30:00') },
    { from: at('10:30:01'), to: at('11:00:00') },
  ])
  const second = { from: at('10:00:00'), to: at('10:00:00') }
  expect(remainingSlices(second, answer([]), 4)).toHaveLength(16)
  const rest = remainingSlices({ ...second, after: `e${'0'.repeat(31)}` as SysId }, answer([]), 4)
  expect(rest.map((slice) => slice.prefix)).toEqual(['e', 'f'])
})

test('an unbounded slice with nothing visible is halved between the first and the last stamp there can be', () => {
  const [older, newer] = split({ from: null, to: null })
  expect(older?.from).toBeNull()
  expect(newer?.to).toBeNull()
  expect(newer?.from && older?.to && newer.from > older.to).toBe(true)
})

test('a slice without stamps is walked by id: after the last one, by sixteen prefixes when nothing is visible', () => {
  const whole = { from: null, to: null }
  const page = answer(rows('10:00:00', '09:00:00', '11:00:00', '10:00:00'))
  expect(remainingSlices(whole, page, 4)).toEqual([{ ...whole, after: id(3) }])
  expect(remainingSlices({ ...whole, prefix: 'a' }, answer([]), 4)[15]).toEqual({ ...whole, prefix: 'af' })
})

test.each([
  ['complete', hour, [], hour],
  ['read up to a second', hour, [{ ...hour, from: at('10:30:00') }], { ...hour, to: at('10:30:00') }],
  [
    'read the first part of its first second',
    hour,
    [
      { from: hour.from, to: hour.from, after: id(3) },
      { ...hour, from: at('10:00:01') },
    ],
    { from: hour.from, to: hour.from },
  ],
  [
    'split, nothing read',
    hour,
    [
      { ...hour, to: at('10:30:00') },
      { ...hour, from: at('10:30:01') },
    ],
    null,
  ],
])('what an answer has read: %s', (_name, slice, rest, read) => {
  expect(readPart(slice, rest)).toEqual(read)
})
