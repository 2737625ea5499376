/** How a queue stands: every state of an entry, and what makes up for a dead one. */
import type { OutboxEntry } from '@snowline/sdk/sync'
import { expect, test } from 'vitest'
import { DROPPED, linkGeneration, openCreate, standingOf } from '../../src/push/standing.ts'

let seq = 0
function entry(
  kind: OutboxEntry['kind'],
  state: OutboxEntry['state'],
  more: Partial<OutboxEntry> = {},
): OutboxEntry {
  seq += 1
  return {
    opId: `op-${seq}`,
    connection: 'env',
    ticket: '1',
    kind,
    key: 'k',
    sysId: null,
    payload: {},
    base: {},
    state,
    seq,
    createdAt: 0,
    notBefore: 0,
    unknownUntil: null,
    tries: 0,
    token: 0,
    claimedUntil: 0,
    lookFirst: false,
    conflicts: [],
    force: false,
    fault: null,
    result: null,
    ...more,
  }
}
const result = { sysId: 'a'.repeat(32) as NonNullable<OutboxEntry['sysId']>, number: 'INC1' }
const fault = (code: string) => ({ fault: { code, message: '' } })

const failures: readonly [string, OutboxEntry[], boolean, number][] = [
  ['a dead create of an unlinked ticket', [entry('create', 'dead')], false, 1],
  ['linked since', [entry('create', 'dead')], true, 0],
  ['a create that found twins', [entry('create', 'dead', { result })], true, 1],
  ['dropped', [entry('create', 'dead', fault(DROPPED))], false, 0],
  ['a dead update', [entry('update', 'dead')], true, 1],
  ['and a later one that arrived', [entry('update', 'dead'), entry('update', 'done')], true, 0],
  ['and an earlier one that arrived', [entry('update', 'done'), entry('update', 'dead')], true, 1],
  ['an update of an incident that is linked no more', [entry('update', 'dead')], false, 0],
  ['a dead note is made up for by no other', [entry('note', 'dead'), entry('note', 'done')], true, 1],
]

for (const [name, queue, linked, count] of failures) {
  test(`failed: ${name}`, () => {
    expect(standingOf(queue, linked).failed).toHaveLength(count)
  })
}

test('open and waiting are what they say', () => {
  const queue = [
    entry('create', 'done', { result }),
    entry('update', 'inflight'),
    entry('update', 'waiting'),
    entry('note', 'pending'),
  ]
  const { open, waiting, failed } = standingOf(queue, true)
  expect(open.map(({ state }) => state)).toEqual(['inflight', 'pending'])
  expect(waiting.map(({ state }) => state)).toEqual(['waiting'])
  expect(failed).toEqual([])
  expect(openCreate(queue)).toBeNull()
  expect(openCreate([entry('create', 'inflight')])).not.toBeNull()
})

test('a create that made nothing keeps its generation, one that made something gives way to the next', () => {
  expect(linkGeneration([])).toBe(1)
  expect(linkGeneration([entry('create', 'dead'), entry('create', 'pending')])).toBe(1)
  expect(linkGeneration([entry('create', 'done', { result })])).toBe(2)
})
