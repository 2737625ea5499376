/** What a new instance may be given beside its data: an own priority matrix, dressed seeds, and things done before anybody asks. */
import { expect, test } from 'vitest'
import { createInstance } from '../src/index.ts'
import { ask, INCIDENT } from './door.ts'

test('begin runs on the fresh instance and after each reset', async () => {
  const sn = createInstance({ begin: (control) => void control.setFault({ kind: 'maintenance', count: 1 }) })
  expect((await ask(sn, 'GET', INCIDENT)).status).toBe(503)
  expect((await ask(sn, 'GET', INCIDENT)).status).toBe(200)
  sn.control.reset()
  expect((await ask(sn, 'GET', INCIDENT)).status).toBe(503)
})

test('another priority matrix rules over seeds, bulk and writes (7)', async () => {
  const priorities = { '1/1': '1', '1/2': '1', '2/1': '1', '2/2': '2', '1/3': '2', '3/1': '2' }
  const sn = createInstance({ incidents: 60, bulkIncidents: 60, priorities })
  for (const { impact, urgency, priority } of sn.control.records('incident')) {
    const wanted = (priorities as Record<string, string>)[`${impact}/${urgency}`]
    if (wanted !== undefined) expect([impact, urgency, priority]).toEqual([impact, urgency, wanted])
  }
  const made = await ask(sn, 'POST', INCIDENT, { impact: '1', urgency: '2', short_description: 'x' })
  expect(made.row().priority).toBe('1')
})

test('seeded records are dressed, stored and made ones alike; written ones are not', async () => {
  const sn = createInstance({
    incidents: 3,
    bulkIncidents: 3,
    dress: (table, record) => (table === 'incident' ? { ...record, u_site: 'Aachen' } : record),
  })
  expect(sn.control.records('incident').map((row) => row.u_site)).toEqual(Array(6).fill('Aachen'))
  expect((await ask(sn, 'POST', INCIDENT, { short_description: 'x' })).row().u_site).toBe('')
})
