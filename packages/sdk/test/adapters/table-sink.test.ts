/** What a sink makes of each answer: the keys it refuses to send, and the 403 it looks behind. */
import { expect, test } from 'vitest'
import { tableSink } from '../../src/adapters/table-sink.ts'
import type { FakeAnswer } from '../client/fake-instance.ts'
import { fakeInstance, json } from '../client/fake-instance.ts'

const sysId = '46f09e75a9fe198100f4ffd8d366d17b'
const call = { timeoutMs: 10_000 }
const said = (message: string) => json({ error: { message } }, { status: 403 })
const row = (correlation_id: string) => ({ sys_id: sysId, correlation_id })
const open = (...answers: FakeAnswer[]) => {
  const { client, requests } = fakeInstance(answers)
  return { sink: tableSink(client, 'incident'), requests }
}

test.each([
  ['ACL Exception Insert Failed due to security constraints', 'forbidden'],
  ['nope', 'forbidden'],
  ["Operation against file 'incident' was denied due to table security.", 'forbidden'],
  ["Operation against file 'incident' was aborted by Business Rule 'Guard'.", 'refused'],
  ['Data Policy Exception: The following fields are mandatory: Resolution code', 'refused'],
  ['Failed API level ACL Validation', 'refused'],
])('a create that is answered 403 %j is %s', async (message, type) => {
  const { sink } = open(said(message))
  expect(await sink.create({ correlation_id: 'copilot:1' }, call)).toMatchObject({ type })
})

test('an update that an ACL refuses is final', async () => {
  const { sink } = open(said('ACL Exception Update Failed due to security constraints'))
  expect(await sink.update(sysId as never, { state: '2' }, call)).toMatchObject({
    type: 'refused',
    fault: { code: 'instance.write_acl' },
  })
})

test('a key that could not be looked up is never sent', async () => {
  const { sink, requests } = open(json({ result: row('x') }))
  const refused = await sink.create({ correlation_id: 'javascript:gs.getUserID()' }, call)
  expect(refused).toMatchObject({
    type: 'refused',
    fault: { code: 'query.invalid', hint: expect.any(String) },
  })
  expect(requests).toHaveLength(0)
  expect(await sink.create({ correlation_id: '' }, call)).toMatchObject({ type: 'accepted' })
})

test('a key is found exactly: neighbours by collation are not its own, strangers prove nothing', async () => {
  const neighbours = open(json({ result: [row('COPILOT:1'), row('copilot:1')] }))
  expect(await neighbours.sink.findByKey('copilot:1', call)).toMatchObject({
    type: 'read',
    value: [{ correlation_id: 'copilot:1' }],
  })
  expect(neighbours.requests[0]?.url.searchParams.get('sysparm_query')).toBe(
    'correlation_id=copilot:1^ORDERBYsys_created_on^ORDERBYsys_id',
  )
  const others = open(json({ result: [row('COPILOT:1')] }))
  expect(await others.sink.findByKey('copilot:1', call)).toEqual({ type: 'read', value: [] })
  const strangers = open(json({ result: [row('')] }))
  expect(await strangers.sink.findByKey('copilot:1', call)).toMatchObject({ type: 'failed' })
  const full = open(json({ result: Array.from({ length: 3 }, () => row('COPILOT:1')) }))
  expect(await full.sink.findByKey('copilot:1', call)).toMatchObject({ type: 'failed' })
})
