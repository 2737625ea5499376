/** Rows that go without a trace, and rows that come back (servicenow.md 3.11 to 3.13; sync.md section 2). */
import { expect, test } from 'vitest'
import { createInstance } from '../src/index.ts'
import { ask, INCIDENT, listPath } from './door.ts'

const AUDIT = '/api/now/table/sys_audit_delete'
const idsOf = (rows: readonly Record<string, string>[]) => rows.map((row) => row.sys_id ?? '')

test('an audited delete is recorded, an unaudited one is not (3.11)', () => {
  const { control } = createInstance({ incidents: 5 })
  const [first = '', second = ''] = idsOf(control.records('incident'))
  expect(control.remove('incident', [first, 'nobody'])).toBe(1)
  expect(control.remove('incident', [second], { audited: false })).toBe(1)
  expect(control.records('incident')).toHaveLength(3)
  expect(control.records('sys_audit_delete')).toMatchObject([{ documentkey: first, tablename: 'incident' }])
})

test('an undeleted record has its old stamps and its journal, and its recorded delete stays (3.13)', async () => {
  const instance = createInstance({ incidents: 5 })
  const { control } = instance
  const [row] = control.records('incident')
  const id = row?.sys_id ?? ''
  await ask(instance, 'PATCH', `${INCIDENT}/${id}`, { work_notes: 'a note' })
  const journal = control.records('sys_journal_field').filter((entry) => entry.element_id === id)
  const before = control.records('incident').find((each) => each.sys_id === id)
  control.clock.advance(60)
  await ask(instance, 'DELETE', `${INCIDENT}/${id}`)
  expect(control.records('sys_journal_field').filter((entry) => entry.element_id === id)).toEqual([])
  control.clock.advance(60)
  expect(control.undelete('incident', [id, 'nobody'])).toBe(1)
  expect(control.undelete('incident', [id])).toBe(0)
  expect(control.records('incident').find((each) => each.sys_id === id)).toEqual(before)
  expect(control.records('sys_journal_field').filter((entry) => entry.element_id === id)).toEqual(journal)
  expect(control.records('sys_audit_delete')).toMatchObject([{ documentkey: id }])
  expect(control.history('incident', id).map(({ op }) => op)).toEqual([
    'load',
    'update',
    'delete',
    'undelete',
  ])
})

test('an archived record leaves its table without a recorded delete and can be read in ar_incident (3.12)', async () => {
  const instance = createInstance({ incidents: 4 })
  const { control } = instance
  const [id = ''] = idsOf(control.records('incident'))
  expect(control.archive('incident', [id])).toBe(1)
  expect((await ask(instance, 'GET', `${INCIDENT}/${id}`)).status).toBe(404)
  expect((await ask(instance, 'GET', `/api/now/table/ar_incident/${id}`)).row().sys_id).toBe(id)
  expect(control.records('sys_audit_delete')).toEqual([])
  expect(control.undelete('incident', [id])).toBe(1)
  expect(control.records('ar_incident')).toEqual([])
  expect((await ask(instance, 'GET', `${INCIDENT}/${id}`)).status).toBe(200)
})

test('recorded deletes are found by table and time, in order, with limit and count (3.11)', async () => {
  const instance = createInstance({ incidents: 30 })
  const { control } = instance
  for (const id of idsOf(control.records('incident')).slice(0, 12)) {
    control.clock.advance(1)
    control.remove('incident', [id])
  }
  control.remove('sys_user', [control.records('sys_user')[0]?.sys_id ?? ''])
  const query =
    'tablename=incident^sys_created_on>=2026-11-02 09:00:03^sys_created_on<=2026-11-02 09:00:12^ORDERBYsys_created_on^ORDERBYsys_id'
  const page = await ask(
    instance,
    'GET',
    `${AUDIT}?${new URLSearchParams({ sysparm_query: query, sysparm_limit: '4' })}`,
  )
  expect(page.headers.get('x-total-count')).toBe('10')
  expect(page.rows().map((row) => row.sys_created_on)).toEqual(
    [3, 4, 5, 6].map((second) => `2026-11-02 09:00:0${second}`),
  )
  expect(page.rows()[0]).toMatchObject({
    tablename: 'incident',
    display_value: expect.stringMatching(/^INC/),
  })
})

test('the door takes the same: late commits, snapshot, remove, undelete, archive, history, views', async () => {
  const instance = createInstance({ incidents: 6 })
  const sim = async (method: string, path: string, body?: unknown) =>
    (await ask(instance, method, `/__sim/${path}`, body, { authorization: '' })).json() as Record<
      string,
      unknown
    >
  const [a = '', b = '', c = ''] = idsOf(instance.control.records('incident'))
  const { token } = await sim('POST', 'snapshot')
  expect(await sim('POST', 'late-commits', { seed: 1, share: 1, maxSeconds: 30 })).toEqual({ late: true })
  await ask(instance, 'PATCH', `${INCIDENT}/${a}`, { short_description: 'late' })
  expect(await sim('GET', 'late-commits')).toMatchObject({ pending: [{ sys_id: a, op: 'update' }] })
  expect(await sim('DELETE', 'late-commits')).toEqual({ late: false })
  expect(await sim('GET', 'records/incident?latest=true')).toMatchObject({
    records: expect.arrayContaining([expect.objectContaining({ sys_id: a, short_description: 'late' })]),
  })
  expect(await sim('POST', 'remove', { sys_ids: [b], audited: false })).toEqual({ removed: 1 })
  expect(await sim('POST', 'undelete', { table: 'incident', sys_ids: [b] })).toEqual({ undeleted: 1 })
  expect(await sim('POST', 'archive', { sys_ids: [c] })).toEqual({ archived: 1 })
  expect(await sim('GET', `history/incident/${b}`)).toMatchObject({
    versions: [{ op: 'load' }, { op: 'delete', value: null, u: '', mod: 0 }, { op: 'undelete' }],
  })
  await sim('POST', 'hide', { sys_ids: [b], user: 'admin' })
  expect(((await sim('GET', 'records/incident?user=admin')) as { records: unknown[] }).records).toHaveLength(
    4,
  )
  expect(await sim('GET', 'records/incident?user=ghost')).toEqual({
    error: 'The simulator has no user ghost',
  })
  expect(await sim('POST', 'reveal', { user: 'admin' })).toEqual({ revealed: true })
  expect(await sim('POST', 'restore', { token })).toEqual({ restored: true })
  expect((await ask(instance, 'GET', listPath('ORDERBYsys_id'))).rows()).toHaveLength(6)
  expect(await sim('POST', 'clone', { records: { incident: [{ sys_id: a, state: 2 }] } })).toEqual({
    cloned: true,
  })
  expect(instance.control.records('incident')).toMatchObject([{ sys_id: a, state: '2' }])
  expect(await sim('POST', 'history', { keep: 0 })).toEqual({ keep: 0 })
  expect(await sim('POST', 'restore', { token: 'x' })).toEqual({ error: 'There is no snapshot x' })
})

async function fileOf(sn: ReturnType<typeof createInstance>, id: string): Promise<[number, string]> {
  const answer = await ask(sn, 'GET', `/api/now/attachment/${id}/file`)
  return [answer.status, answer.text]
}

const upload = (sn: ReturnType<typeof createInstance>, id: string, body: string) =>
  ask(sn, 'POST', `/api/now/attachment/file?table_name=incident&table_sys_id=${id}&file_name=a.txt`, body, {
    'content-type': 'text/plain',
  })

test('an undeleted record, and an undeleted file, have their bytes again', async () => {
  const sn = createInstance({ incidents: 3 })
  const [first = '', second = ''] = idsOf(sn.control.records('incident'))
  const sent = (await upload(sn, first, 'sent')).row().sys_id ?? ''
  const made = sn.control.attach({ sysId: first, fileName: 'made.bin', sizeBytes: 70_000 })
  const [, bytes] = await fileOf(sn, made)
  await ask(sn, 'DELETE', `${INCIDENT}/${first}`)
  // An upload sweeps the bytes that nobody has any more.
  await upload(sn, second, 'other')
  expect([await fileOf(sn, sent), await fileOf(sn, made)]).toMatchObject([
    [404, expect.any(String)],
    [404, expect.any(String)],
  ])
  sn.control.undelete('incident', [first])
  expect([await fileOf(sn, sent), await fileOf(sn, made)]).toEqual([
    [200, 'sent'],
    [200, bytes],
  ])
  await ask(sn, 'DELETE', `/api/now/attachment/${sent}`)
  await upload(sn, second, 'another')
  sn.control.undelete('sys_attachment', [sent])
  expect(await fileOf(sn, sent)).toEqual([200, 'sent'])
})

test('an archived record leaves its files where they are', async () => {
  const sn = createInstance({ incidents: 1 })
  const [id = ''] = idsOf(sn.control.records('incident'))
  const file = (await upload(sn, id, 'kept')).row().sys_id ?? ''
  sn.control.archive('incident', [id])
  expect(await fileOf(sn, file)).toEqual([200, 'kept'])
  sn.control.undelete('incident', [id])
  expect(await fileOf(sn, file)).toEqual([200, 'kept'])
})

test('a restore brings the bytes of files back', async () => {
  const sn = createInstance({ incidents: 2 })
  const [first = '', second = ''] = idsOf(sn.control.records('incident'))
  const file = (await upload(sn, first, 'sent')).row().sys_id ?? ''
  const token = sn.control.snapshot()
  await ask(sn, 'DELETE', `/api/now/attachment/${file}`)
  const later = (await upload(sn, second, 'later')).row().sys_id ?? ''
  sn.control.restore(token)
  expect([await fileOf(sn, file), await fileOf(sn, later)]).toMatchObject([
    [200, 'sent'],
    [404, expect.any(String)],
  ])
})
