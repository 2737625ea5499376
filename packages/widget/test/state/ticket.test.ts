import { expect, test } from 'vitest'
import {
  isSettling,
  isUnconfirmed,
  type LinkState,
  lastError,
  lookDelayMs,
  toFields,
  toLinkState,
  toOverrides,
} from '../../src/state/ticket.ts'
import { linkedTicket, linkOf, preview, push } from '../support/fake-tickets.ts'

const dead = push({ state: 'dead', error: { code: 'sn_forbidden', message: 'No.' } })

test.each<[string, ReturnType<typeof linkOf>, LinkState]>([
  ['nothing linked', linkOf(), 'unlinked'],
  ['linked and in step', linkOf(linkedTicket()), 'ok'],
  ['linked before anything was sent', linkOf(linkedTicket({ sn_sync_status: null })), 'ok'],
  ['a create on its way', linkOf({}, [push({ kind: 'create' })]), 'pending'],
  [
    'the status says so and the queue is not shown',
    linkOf(linkedTicket({ sn_sync_status: 'pending' })),
    'pending',
  ],
  ['done writes only', linkOf(linkedTicket(), [push({ state: 'done' })]), 'ok'],
  ['a dead letter before a write on its way', linkOf(linkedTicket(), [dead, push()]), 'failed'],
  ['the column says failed', linkOf(linkedTicket({ sn_sync_status: 'failed' })), 'failed'],
  [
    'a decision comes before everything',
    linkOf(linkedTicket(), [dead, push({ state: 'waiting' })]),
    'waiting',
  ],
])('%s: the link is %o', (_name, link, state) => {
  expect(toLinkState(link)).toBe(state)
})

test('what is under way is looked after even beside a failure; what waits for a person is not', () => {
  expect(isSettling(linkOf(linkedTicket(), [dead, push()]))).toBe(true)
  expect(isSettling(linkOf(linkedTicket(), [push({ state: 'waiting' })]))).toBe(false)
  expect(isSettling(linkOf(linkedTicket()))).toBe(false)
})

test('unconfirmed is what was sent and has no answer', () => {
  const error = { code: 'sn_timeout', message: 'No answer.' }
  expect(isUnconfirmed(push({ state: 'inflight', error }))).toBe(true)
  expect(isUnconfirmed(push({ state: 'inflight' }))).toBe(false)
  expect(isUnconfirmed(push({ state: 'pending', error }))).toBe(false)
  expect(isUnconfirmed(null)).toBe(false)
})

test('the last error is that of the newest dead letter, else what the ticket keeps', () => {
  const newer = push({ state: 'dead', error: { code: 'sn_error', message: 'Newer.' } })
  expect(lastError(linkOf({}, [dead, newer]))?.message).toBe('Newer.')
  expect(lastError(linkOf({ sn_last_error: 'Kept.' }))).toEqual({ code: '', message: 'Kept.' })
  expect(lastError(linkOf())).toBeNull()
})

test('looks are soon at first and never rarer than every 30 seconds', () => {
  const delays = Array.from({ length: 12 }, (_, looks) => lookDelayMs(looks))
  expect(delays.slice(0, 3)).toEqual([2_000, 3_000, 4_500])
  expect(delays.at(-1)).toBe(30_000)
  expect(delays).toEqual([...delays].sort((a, b) => a - b))
})

test('the form asks for what is missing first, then for texts, then codes; the correlation is fixed', () => {
  const missing = [{ field: 'close_code', message: 'It is needed.' }]
  const fields = toFields(preview({ missing }))
  expect(fields[0]).toEqual({ name: 'close_code', value: '', group: 'missing', why: 'It is needed.' })
  expect(fields.filter(({ group }) => group === 'main').map(({ name }) => name)).toEqual([
    'short_description',
    'description',
    'work_notes',
    'category',
  ])
  expect(fields.filter(({ group }) => group === 'more').map(({ name }) => name)).toEqual([
    'state',
    'priority',
    'impact',
    'urgency',
  ])
  expect(fields.filter(({ group }) => group === 'fixed').map(({ name }) => name)).toEqual([
    'correlation_id',
    'correlation_display',
  ])
})

test('a missing field that has a value already keeps it and stands once', () => {
  const fields = toFields(preview({ missing: [{ field: 'category', message: 'No choice.' }] }))
  expect(fields.filter(({ name }) => name === 'category')).toEqual([
    { name: 'category', value: 'network', group: 'missing', why: 'No choice.' },
  ])
})

test('only what was changed is an override, and a cleared field is one', () => {
  const fields = toFields(preview({ missing: [{ field: 'close_code', message: 'x' }] }))
  const typed = new Map([
    ['close_code', 'Solved'],
    ['short_description', 'VPN drops every ten minutes when working from home'],
    ['category', ''],
  ])
  expect(toOverrides(fields, typed)).toEqual({ close_code: 'Solved', category: '' })
})
