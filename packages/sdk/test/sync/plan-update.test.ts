/** The three-way comparison of an update, and what the worker makes of its outcome. */
import { expect, test } from 'vitest'
import { silentLogger } from '../../src/base/log.ts'
import type { SysId, UtcStamp } from '../../src/base/values.ts'
import type { SourceRecord } from '../../src/model/source-record.ts'
import type { SinkAnswer, TableSink } from '../../src/ports/sink.ts'
import { memoryOutbox } from '../../src/stores/memory-outbox.ts'
import { type FieldPolicy, planUpdate } from '../../src/sync/plan-update.ts'
import { PushWorker } from '../../src/sync/push.ts'

const sysId = 'a'.repeat(32) as SysId
const record = (fields: Record<string, string>): SourceRecord => ({
  sys_id: sysId,
  sys_updated_on: '2026-01-01 00:00:00' as UtcStamp,
  number: 'INC1',
  ...fields,
})
const ours = { payload: { state: '6' }, base: { state: '2' }, force: false }

test.each<[string, typeof ours, string, FieldPolicy, object]>([
  ['they have not moved: sent', ours, '2', 'manual', { patch: { state: '6' } }],
  ['they have it already: nothing', ours, '6', 'manual', { patch: {}, conflicts: [], kept: [] }],
  [
    'both moved, a person: a conflict',
    ours,
    '3',
    'manual',
    { conflicts: [{ field: 'state', base: '2', ours: '6', theirs: '3' }] },
  ],
  [
    'both moved, remote: theirs stays, and is told',
    ours,
    '3',
    'remote',
    { patch: {}, kept: [{ theirs: '3' }] },
  ],
  ['both moved, local: ours goes', ours, '3', 'local', { patch: { state: '6' }, conflicts: [] }],
  [
    'a person chose ours: it goes',
    { ...ours, force: true },
    '3',
    'manual',
    { patch: { state: '6' }, conflicts: [] },
  ],
])('%s', (_name, entry, theirs, policy, expected) => {
  expect(planUpdate(entry, record({ state: theirs }), () => policy)).toMatchObject(expected)
})

async function push(
  theirs: Record<string, string>,
  answer: (fields: object) => SinkAnswer,
  policy: FieldPolicy,
) {
  const outbox = memoryOutbox()
  await outbox.transaction((tx) =>
    tx.insert({
      opId: 'op',
      connection: 'c',
      ticket: '1',
      kind: 'update',
      key: '',
      sysId,
      payload: { state: '6', close_code: 'Nonsense' },
      base: { state: '2', close_code: '' },
      createdAt: 0,
    }),
  )
  const sink: TableSink = {
    create: () => Promise.reject(new Error('unused')),
    update: async (_id, fields) => answer(fields),
    read: async () => ({ type: 'read', value: record(theirs) }),
    findByKey: async () => ({ type: 'read', value: [] }),
    hasNote: async () => ({ type: 'read', value: false }),
  }
  const worker = new PushWorker({
    outbox,
    sink,
    connection: 'c',
    clock: { now: () => 1, sleep: async () => {} },
    random: () => 0,
    logger: silentLogger,
    limits: { ambiguousWaitMs: 310_000, maxTries: 8 },
    leaseMs: 60_000,
    requestTimeoutMs: 30_000,
    maxAgeMs: 86_400_000,
    policy: () => policy,
  })
  await worker.step()
  return outbox.read('op')
}

test('what the instance drops in silence is named', async () => {
  const entry = await push(
    { state: '2', close_code: '' },
    () => ({ type: 'accepted', record: record({ state: '6', close_code: '' }) }),
    'manual',
  )
  expect(entry).toMatchObject({
    state: 'done',
    fault: { code: 'push.fields_dropped', message: expect.stringContaining('close_code') },
  })
})

test('what stayed theirs by policy is written down with both values', async () => {
  const entry = await push(
    { state: '3', close_code: 'Nonsense' },
    () => ({ type: 'accepted', record: record({}) }),
    'remote',
  )
  expect(entry).toMatchObject({
    state: 'done',
    conflicts: [{ field: 'state', base: '2', ours: '6', theirs: '3' }],
  })
})
