import { expect, test } from 'vitest'
import type { Failure } from '../../src/state/failure.ts'
import { emptyList, hiddenCount, type ListState, reduceList } from '../../src/state/list.ts'
import { incident, incidents, page } from '../support/incidents.ts'

const failure: Failure = {
  kind: 'unreachable',
  code: 'sn_unreachable',
  message: null,
  hint: null,
  requestId: null,
  retryAfterSeconds: null,
}
const loaded: ListState = reduceList(emptyList, {
  type: 'answered',
  more: false,
  answer: page(incidents(3), { total: 7, nextCursor: 'c3' }),
})

test('an answer brings rows, count, cursor and the time they were true', () => {
  expect(loaded).toMatchObject({ phase: 'ready', total: 7, nextCursor: 'c3', source: 'live', stale: false })
  expect(loaded.incidents).toHaveLength(3)
})

test('asking keeps what is shown, and says whether it asks for more of it', () => {
  expect(reduceList(loaded, { type: 'asked', more: false })).toEqual({ ...loaded, phase: 'loading' })
  expect(reduceList(loaded, { type: 'asked', more: true }).phase).toBe('loading_more')
})

test('a further page is added; a record that comes again replaces its older self in its place', () => {
  const moved = incident(1, { short_description: 'Changed meanwhile' })
  const after = reduceList(loaded, { type: 'answered', more: true, answer: page([moved, incident(3)]) })
  expect(after.incidents.map((one) => one.sys_id)).toEqual(incidents(4).map((one) => one.sys_id))
  expect(after.incidents[1]?.short_description).toBe('Changed meanwhile')
  expect(after.nextCursor).toBeNull()
})

test('a failure keeps the rows, and the next answer forgets it', () => {
  const failed = reduceList(loaded, { type: 'failed', failure })
  expect(failed).toMatchObject({ phase: 'failed', failure, incidents: loaded.incidents })
  expect(reduceList(failed, { type: 'answered', more: false, answer: page([]) }).failure).toBeNull()
})

test('rows hidden by access rules are counted on the last page only', () => {
  expect(hiddenCount(loaded)).toBe(0)
  const last = reduceList(loaded, { type: 'answered', more: true, answer: page([incident(3)], { total: 7 }) })
  expect(hiddenCount(last)).toBe(3)
  expect(hiddenCount({ ...last, total: null })).toBe(0)
  expect(hiddenCount({ ...last, total: 2 })).toBe(0)
})
