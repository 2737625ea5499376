/** Every state with every event: where it leads, or that it cannot happen. */
import { describe, expect, test } from 'vitest'
import type { SysId } from '../../src/base/values.ts'
import type { OutboxEntry, OutboxState } from '../../src/model/outbox-entry.ts'
import { newEntry } from '../../src/stores/outbox-rules.ts'
import { canTake, type PushEvent, transition } from '../../src/sync/push-machine.ts'

const limits = { ambiguousWaitMs: 310_000, maxTries: 8 }
const fault = { code: 'x', message: 'x' }
const sysId = '0'.repeat(32) as SysId

const entry: OutboxEntry = newEntry(
  {
    opId: 'op',
    connection: 'c',
    ticket: '1',
    kind: 'create',
    key: 'k',
    sysId: null,
    payload: {},
    base: {},
    createdAt: 0,
  },
  1,
)

const events: { [T in PushEvent['type']]: Extract<PushEvent, { type: T }> } = {
  claimed: { type: 'claimed', until: 60_000 },
  accepted: { type: 'accepted', sysId, number: 'INC1' },
  notAccepted: { type: 'notAccepted', retryAt: 5, counts: true, fault },
  refused: { type: 'refused', fault },
  doubtful: { type: 'doubtful', fault },
  absent: { type: 'absent', until: 500_000 },
  duplicates: { type: 'duplicates', sysId, number: 'INC1' },
  conflict: { type: 'conflict', conflicts: [{ field: 'state', base: '1', ours: '2', theirs: '3' }] },
  resolved: { type: 'resolved', choice: 'resend', at: 9 },
  expired: { type: 'expired', fault },
}

type Row = Record<PushEvent['type'], OutboxState | '-'>

const expected: Record<OutboxState, Row> = {
  pending: row('inflight done pending dead - - dead waiting pending dead'),
  inflight: row('inflight done pending dead inflight inflight dead waiting - inflight'),
  waiting: row('- done - dead - - dead waiting pending waiting'),
  done: row('- done - - - - - - - done'),
  dead: row('- done - dead - - dead - pending dead'),
}

function row(text: string): Row {
  const cells = text.split(' ') as (OutboxState | '-')[]
  const types = Object.keys(events) as PushEvent['type'][]
  return Object.fromEntries(types.map((type, index) => [type, cells[index]])) as Row
}

describe.each(Object.keys(expected) as OutboxState[])('%s', (state) => {
  test.each(Object.keys(events) as PushEvent['type'][])('%s', (type) => {
    const given = { ...entry, state, fault }
    const next = expected[state][type]
    expect(canTake(state, type)).toBe(next !== '-')
    if (next === '-') expect(() => transition(given, events[type], limits)).toThrow(RangeError)
    else expect(transition(given, events[type], limits).state).toBe(next)
  })
})

test('a claim writes down how long the request may still be carried out', () => {
  expect(transition(entry, events.claimed, limits).unknownUntil).toBe(60_000 + 310_000)
})

test('a second claim of an entry in doubt does not move its wait', () => {
  const doubtful = { ...entry, state: 'inflight', unknownUntil: 42 } as const
  expect(transition(doubtful, events.claimed, limits)).toMatchObject({
    unknownUntil: 42,
    claimedUntil: 60_000,
  })
})

test('what was looked up and is not there begins a new wait before it is sent again', () => {
  const doubtful = { ...entry, state: 'inflight', unknownUntil: 42 } as const
  expect(transition(doubtful, events.absent, limits).unknownUntil).toBe(500_000 + 310_000)
})

test('eight answers about the record and it is given up; pauses of the connection do not count', () => {
  const tired = { ...entry, state: 'inflight', tries: 7 } as const
  expect(transition(tired, events.notAccepted, limits).state).toBe('dead')
  expect(transition(tired, { ...events.notAccepted, counts: false }, limits).state).toBe('pending')
})

test('in doubt after the last try it is looked up once more, and given up only when it is not there', () => {
  const last = transition({ ...entry, state: 'inflight', tries: 7 }, events.doubtful, limits)
  expect(last.state).toBe('inflight')
  expect(transition(last, events.absent, limits).state).toBe('dead')
})

test('what a person sends again is looked up first', () => {
  expect(transition({ ...entry, state: 'dead' }, events.resolved, limits)).toMatchObject({
    lookFirst: true,
    createdAt: 9,
    tries: 0,
  })
})

test.each([
  ['ours', { state: 'pending', force: true }],
  ['theirs', { state: 'done' }],
  ['drop', { state: 'dead', fault: { code: 'push.dropped' } }],
] as const)('a conflict resolved for %s', (choice, result) => {
  const waiting = { ...entry, state: 'waiting' } as const
  expect(transition(waiting, { type: 'resolved', choice, at: 9 }, limits)).toMatchObject(result)
})
