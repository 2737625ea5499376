/** What every outbox must do, as named cases that any test runner can loop over. */
import assert from 'node:assert/strict'
import { LeaseLostError } from '../base/errors.ts'
import type { SysId } from '../base/values.ts'
import type { OutboxEntry } from '../model/outbox-entry.ts'
import type { NewEntry, Outbox } from '../ports/outbox.ts'

export interface OutboxCase {
  name: string
  /** Rejects with an AssertionError when the outbox breaks the law. The outbox is fresh and empty. */
  run(outbox: Outbox): Promise<void>
}

const sysId = 'a'.repeat(32) as SysId

const given = (opId: string, ticket: string, createdAt = 0): NewEntry => ({
  opId,
  connection: 'c',
  ticket,
  kind: 'update',
  key: opId,
  sysId,
  payload: { state: '2' },
  base: { state: '1' },
  createdAt,
})

const insert = (outbox: Outbox, ...entries: NewEntry[]): Promise<void> =>
  outbox.transaction(async (tx) => {
    for (const entry of entries) await tx.insert(entry)
  })

const hold =
  (until: number) =>
  (entry: OutboxEntry): OutboxEntry => ({
    ...entry,
    state: 'inflight',
    claimedUntil: until,
    unknownUntil: until + 100,
  })

const save = (outbox: Outbox, entry: OutboxEntry): Promise<void> => outbox.transaction((tx) => tx.save(entry))

export const outboxContract: readonly OutboxCase[] = [
  {
    name: 'what went in comes back, every member of it',
    async run(outbox) {
      await insert(outbox, given('one', '1'))
      const stored = await outbox.read('one')
      assert.ok(stored)
      const full: OutboxEntry = {
        ...stored,
        state: 'waiting',
        conflicts: [{ field: 'state', base: '1', ours: '2', theirs: '3' }],
        fault: {
          code: 'x',
          message: 'caret ^ quote " \u{1F9CA}',
          hint: 'h',
          status: 403,
          transactionId: 't',
        },
        result: { sysId, number: 'INC1' },
        force: true,
        lookFirst: true,
        tries: 3,
      }
      await save(outbox, full)
      assert.deepEqual(await outbox.read('one'), full)
    },
  },
  {
    name: 'first in, first out within a ticket; tickets do not wait for one another',
    async run(outbox) {
      await insert(outbox, given('a1', 'a'), given('a2', 'a'), given('b1', 'b'))
      const first = await outbox.claim('c', 0, hold(10))
      const second = await outbox.claim('c', 0, hold(10))
      assert.deepEqual([first?.opId, second?.opId], ['a1', 'b1'])
      assert.equal(await outbox.claim('c', 0, hold(10)), null)
      assert.ok(first)
      await save(outbox, { ...first, state: 'done', claimedUntil: 0 })
      assert.equal((await outbox.claim('c', 0, hold(10)))?.opId, 'a2')
    },
  },
  {
    name: 'a waiting entry holds back what follows it, a dead one does not',
    async run(outbox) {
      await insert(outbox, given('a1', 'a'), given('a2', 'a'))
      const first = await outbox.claim('c', 0, hold(10))
      assert.ok(first)
      await save(outbox, { ...first, state: 'waiting', claimedUntil: 0 })
      assert.equal(await outbox.claim('c', 1_000, hold(2_000)), null)
      await save(outbox, { ...first, state: 'dead', claimedUntil: 0 })
      assert.equal((await outbox.claim('c', 1_000, hold(2_000)))?.opId, 'a2')
    },
  },
  {
    name: 'an entry in doubt is left alone until its time, then claimed again with a newer token',
    async run(outbox) {
      await insert(outbox, given('one', '1'))
      const first = await outbox.claim('c', 0, hold(10))
      assert.ok(first)
      assert.equal(await outbox.claim('c', 109, hold(200)), null)
      assert.equal(await outbox.nextDue('c'), 110)
      const second = await outbox.claim('c', 110, (entry) => ({ ...entry, claimedUntil: 200 }))
      assert.ok(second && second.token > first.token)
      await assert.rejects(save(outbox, { ...first, state: 'done' }), LeaseLostError)
      assert.equal((await outbox.read('one'))?.state, 'inflight')
    },
  },
  {
    name: 'two claims at once never give one entry twice',
    async run(outbox) {
      await insert(outbox, given('one', '1'))
      const claims = await Promise.all([1, 2, 3].map(() => outbox.claim('c', 0, hold(10))))
      assert.equal(claims.filter((claim) => claim !== null).length, 1)
    },
  },
  {
    name: 'a transaction that throws leaves nothing behind',
    async run(outbox) {
      const attempt = outbox.transaction(async (tx) => {
        await tx.insert(given('one', '1'))
        throw new Error('stop')
      })
      await assert.rejects(attempt, /stop/)
      assert.equal(await outbox.read('one'), null)
    },
  },
  {
    name: 'each connection has its own entries, and nothing due is told as such',
    async run(outbox) {
      await insert(outbox, given('later', '1', 500))
      assert.equal(await outbox.claim('other', 1_000, hold(10)), null)
      assert.equal(await outbox.claim('c', 499, hold(10)), null)
      assert.equal(await outbox.nextDue('c'), 500)
      assert.equal(await outbox.nextDue('other'), null)
    },
  },
  {
    name: 'problems are what waits for a person, what was given up, and what stays in doubt',
    async run(outbox) {
      await insert(outbox, given('one', '1'), given('two', '2'), given('three', '3'))
      const claimed = await outbox.claim('c', 0, hold(10))
      assert.ok(claimed)
      await save(outbox, { ...claimed, claimedUntil: 0, fault: { code: 'x', message: 'x' } })
      const dead = await outbox.claim('c', 0, hold(10))
      assert.ok(dead)
      await save(outbox, { ...dead, state: 'dead' })
      const problems = await outbox.problems('c', 50)
      assert.deepEqual(
        problems.map((entry) => entry.opId),
        ['one', 'two'],
      )
    },
  },
]
