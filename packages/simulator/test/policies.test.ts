/** Writes that are refused: data policies and business rules set by control (servicenow.md 1.5, 7). */
import { expect, test } from 'vitest'
import { baseTables, createInstance } from '../src/index.ts'
import { ask, INCIDENT } from './door.ts'

const detail = (json: unknown) => (json as { error: { detail: string } }).error.detail

test('a data policy names the labels of what is missing, and only where its condition holds', async () => {
  const sn = createInstance()
  sn.control.dataPolicy({
    table: 'incident',
    mandatory: ['assignment_group', 'caller_id'],
    when: 'priority=1',
  })
  expect((await ask(sn, 'POST', INCIDENT, { impact: '3', urgency: '3' })).status).toBe(201)
  const refused = await ask(sn, 'POST', INCIDENT, { impact: '1', urgency: '1' })
  expect([refused.status, detail(refused.json())]).toEqual([
    403,
    'Data Policy Exception: The following fields are mandatory: Assignment group, Caller',
  ])
  expect(sn.control.records('incident')).toHaveLength(1)
  const id = sn.control.records('incident')[0]?.sys_id
  expect((await ask(sn, 'PATCH', `${INCIDENT}/${id}`, { impact: '1', urgency: '1' })).status).toBe(403)
  expect(sn.control.records('incident')[0]?.impact).toBe('3')
  sn.control.clearPolicies()
  expect((await ask(sn, 'PATCH', `${INCIDENT}/${id}`, { impact: '1', urgency: '1' })).status).toBe(200)
  expect(() => sn.control.dataPolicy({ table: 'incident', mandatory: ['ghost'] })).toThrow('no column ghost')
})

test('a business rule aborts with its name, its id and its stack', async () => {
  const sn = createInstance({ incidents: 1 })
  const id = sn.control.businessRule({ table: 'incident', name: 'No deletes', on: ['delete'] })
  const incident = sn.control.records('incident')[0]?.sys_id
  const refused = await ask(sn, 'DELETE', `${INCIDENT}/${incident}`)
  expect([refused.status, detail(refused.json())]).toEqual([
    403,
    `Operation against file 'incident' was aborted by Business Rule 'No deletes^${id}'. Business Rule Stack:No deletes`,
  ])
  sn.control.businessRule({ table: 'incident', name: 'Freeze', when: 'category=hardware' })
  expect((await ask(sn, 'POST', INCIDENT, { category: 'hardware' })).status).toBe(403)
  expect((await ask(sn, 'POST', INCIDENT, { category: 'software' })).status).toBe(201)
  sn.control.clearPolicies(id)
  expect(sn.control.records('incident')).toHaveLength(2)
  await ask(sn, 'POST', '/__sim/business-rules', { table: 'incident', name: 'Closed today', on: ['insert'] })
  expect((await ask(sn, 'POST', INCIDENT, {})).status).toBe(403)
})

test('people at work and loaded data are not judged', () => {
  const sn = createInstance({ incidents: 20 })
  sn.control.businessRule({ table: 'incident', name: 'Freeze' })
  expect(sn.control.mutate({ seed: 1, count: 10 })).toHaveLength(10)
  expect(sn.control.load('incident', [{ sys_id: '1'.repeat(32) }])).toBe(1)
})

test('the delivered policy speaks the language of the instance', async () => {
  const [incident] = baseTables
  if (!incident) throw new Error('no tables')
  const fields = incident.fields.map((field) =>
    field.name === 'close_code' ? { ...field, label: 'Lösungscode' } : field,
  )
  const sn = createInstance({ tables: [{ ...incident, fields }] })
  const refused = await ask(sn, 'POST', INCIDENT, { state: '6' })
  expect(detail(refused.json())).toContain('mandatory: Lösungscode, Resolution notes')
})
