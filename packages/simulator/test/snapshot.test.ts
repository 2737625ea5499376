/** Snapshots, restores and clones: older stamps come back, newer rows vanish without a recorded delete (sync.md 1, limit 4; servicenow.md 3.13). */
import { expect, test } from 'vitest'
import { createInstance, seedIncidents } from '../src/index.ts'
import { ask, INCIDENT, listPath } from './door.ts'

test('a restore brings every table back as it was, while the clock goes on', async () => {
  const instance = createInstance({ incidents: 20 })
  const { control } = instance
  await ask(instance, 'POST', INCIDENT, {})
  const before = control.records('incident')
  const journal = control.records('sys_journal_field')
  const token = control.snapshot()
  control.clock.advance(600)
  control.mutate({ seed: 1, count: 60 })
  const removed = before.slice(0, 3).map((row) => row.sys_id ?? '')
  control.remove('incident', removed)
  const made = (await ask(instance, 'POST', INCIDENT, { short_description: 'new' })).row()
  control.restore(token)
  const byId = (rows: readonly Record<string, string>[]) =>
    [...rows].sort((a, b) => ((a.sys_id ?? '') < (b.sys_id ?? '') ? -1 : 1))
  expect(byId(control.records('incident'))).toEqual(byId(before))
  expect(byId(control.records('sys_journal_field'))).toEqual(byId(journal))
  expect(control.records('sys_audit_delete')).toEqual([])
  expect(control.clock.now().toISOString()).toBe('2026-11-02T09:10:00.000Z')
  expect((await ask(instance, 'GET', `${INCIDENT}/${made.sys_id}`)).status).toBe(404)
  const newest = await ask(instance, 'GET', listPath('sys_updated_on>=2026-11-02 09:00:01'))
  expect([newest.rows(), newest.headers.get('x-total-count')]).toEqual([[], '0'])
  // The counter of numbers lies in the database too, so a number may belong to two records in turn.
  expect(control.history('incident', made.sys_id ?? '').map(({ op, value }) => [op, value?.number])).toEqual([
    ['insert', made.number],
    ['restore', undefined],
  ])
  control.restore(token)
  expect(byId(control.records('incident'))).toEqual(byId(before))
  expect(() => control.restore('snapshot-9')).toThrow('no snapshot snapshot-9')
})

test('numbers given after the snapshot are given again after the restore', async () => {
  const instance = createInstance()
  const token = instance.control.snapshot()
  const first = (await ask(instance, 'POST', INCIDENT, {})).row()
  instance.control.restore(token)
  const second = (await ask(instance, 'POST', INCIDENT, {})).row()
  expect(second.number).toBe(first.number)
  expect(second.sys_id).not.toBe(first.sys_id)
})

test('what was written late and not seen yet is lost in a restore, and the history says so', async () => {
  const instance = createInstance({ incidents: 1 })
  const { control } = instance
  const [row] = control.records('incident')
  const token = control.snapshot()
  control.lateCommits({ seed: 1, share: 1, maxSeconds: 20 })
  await ask(instance, 'PATCH', `${INCIDENT}/${row?.sys_id}`, { short_description: 'late' })
  control.restore(token)
  control.clock.advance(60)
  expect(control.records('incident')).toEqual([row])
  expect(control.history('incident', row?.sys_id ?? '').map(({ op, visibleAt }) => [op, visibleAt])).toEqual([
    ['load', '2026-11-02T09:00:00.000Z'],
    ['update', null],
  ])
})

test('a snapshot outlives changes of its rows in place, and both ways of one row', () => {
  const { control } = createInstance({ incidents: 5 })
  const older = control.snapshot()
  const first = control.records('incident')
  control.clock.advance(60)
  control.mutate({ seed: 4, count: 30 })
  const newer = control.snapshot()
  const second = control.records('incident').length
  control.restore(older)
  expect(control.records('incident')).toEqual(first)
  control.restore(newer)
  expect(control.records('incident')).toHaveLength(second)
})

test('a clone replaces the tables it names, journals and recorded deletes with them, and no others', () => {
  const { control } = createInstance({ incidents: 10 })
  const users = control.records('sys_user').length
  control.remove('incident', [control.records('incident')[0]?.sys_id ?? ''])
  const other = seedIncidents({ seed: 2, count: 4, now: new Date('2026-10-01T00:00:00Z') })
  control.clone({ incident: other.incident ?? [] })
  expect(control.records('incident').map((row) => row.sys_id)).toEqual(
    other.incident?.map((row) => row.sys_id),
  )
  expect([control.records('sys_journal_field'), control.records('sys_audit_delete')]).toEqual([[], []])
  expect(control.records('sys_user')).toHaveLength(users)
  expect(() => control.clone({ ghosts: [] })).toThrow('no table ghosts')
})
