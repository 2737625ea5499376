/** The engine's loop: it sleeps until something falls due, and no wake is slept through. */
import { expect, test } from 'vitest'
import type { SysId, UtcStamp } from '../../src/base/values.ts'
import type { TableSink } from '../../src/ports/sink.ts'
import { memoryOutbox } from '../../src/stores/memory-outbox.ts'
import { createPushEngine } from '../../src/sync/index.ts'

const record = {
  sys_id: 'a'.repeat(32) as SysId,
  sys_updated_on: '2026-01-01 00:00:00' as UtcStamp,
  number: 'INC1',
}

test('a wake that comes during a step is not slept through', async () => {
  const outbox = memoryOutbox()
  const ended = new AbortController()
  const sent: string[] = []
  const sleeps: boolean[] = []
  const clock = {
    now: () => 1,
    sleep: async (_ms: number, signal?: AbortSignal) => {
      sleeps.push(signal?.aborted ?? false)
      if (!signal?.aborted) ended.abort()
    },
  }
  const insert = (opId: string) =>
    outbox.transaction((tx) =>
      tx.insert({
        opId,
        connection: 'c',
        ticket: opId,
        kind: 'create',
        key: opId,
        sysId: null,
        payload: {},
        base: {},
        createdAt: 0,
      }),
    )
  const looks = { nextDue: outbox.nextDue.bind(outbox) }
  const watchedOutbox = Object.assign(Object.create(outbox) as typeof outbox, {
    // Something new arrives just after the engine has found nothing: the moment a wake used to be lost.
    nextDue: async (connection: string) => {
      const due = await looks.nextDue(connection)
      if (sent.length === 1) {
        await insert('second')
        engine.wake()
      }
      return due
    },
  })
  const sink: TableSink = {
    create: async (_fields) => {
      sent.push('create')
      return { type: 'accepted', record }
    },
    update: () => Promise.reject(new Error('unused')),
    read: () => Promise.reject(new Error('unused')),
    findByKey: async () => ({ type: 'read', value: [] }),
    hasNote: () => Promise.reject(new Error('unused')),
  }
  const engine = createPushEngine({ outbox: watchedOutbox, sink, connection: 'c', clock, random: () => 0 })
  await insert('first')
  await engine.run(ended.signal)
  expect(sent).toHaveLength(2)
  expect(sleeps).toEqual([true, false])
})

test('a request may not take longer than the claim it is made under', () => {
  expect(() =>
    createPushEngine({
      outbox: memoryOutbox(),
      sink: {} as TableSink,
      connection: 'c',
      random: () => 0,
      requestTimeoutMs: 60_000,
    }),
  ).toThrow(/requestTimeoutMs/)
})
