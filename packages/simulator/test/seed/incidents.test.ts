/** The seed data: believable, consistent, the same for a seed, and quick in bulk. */
import { expect, test } from 'vitest'
import { createInstance, seedIncidents } from '../../src/index.ts'
import { ask, INCIDENT } from '../door.ts'

const now = new Date('2026-11-02T09:00:00Z')
const data = seedIncidents({ seed: 1, count: 400, now })
const { incident = [], sys_user = [], sys_user_group = [], sys_journal_field = [] } = data

test('400 incidents with people, groups and journals, equal for equal seeds and different for others', () => {
  expect([incident.length, sys_user.length, sys_user_group.length]).toEqual([400, 32, 8])
  expect(sys_journal_field.length).toBeGreaterThan(300)
  expect(seedIncidents({ seed: 1, count: 400, now })).toEqual(data)
  expect(seedIncidents({ seed: 2, count: 400, now }).incident?.[0]).not.toEqual(incident[0])
})

test('every state and priority occurs, and each state carries what belongs to it', () => {
  expect(new Set(incident.map((row) => row.state))).toEqual(new Set(['1', '2', '3', '6', '7', '8']))
  expect(new Set(incident.map((row) => row.priority))).toEqual(new Set(['1', '2', '3', '4', '5']))
  for (const row of incident) {
    const done = row.state === '6' || row.state === '7'
    expect(Boolean(row.close_code && row.close_notes && row.resolved_at && row.resolved_by)).toBe(done)
    expect(Boolean(row.closed_at)).toBe(row.state === '7' || row.state === '8')
    expect(row.active).toBe(row.state === '7' || row.state === '8' ? 'false' : 'true')
    expect(Boolean(row.hold_reason)).toBe(row.state === '3')
    expect(row.incident_state).toBe(row.state)
  }
})

test('stamps run over the last 60 days up to minutes ago, numbers follow the opening', () => {
  const opened = incident.map((row) => row.opened_at ?? '')
  expect([...opened].sort()).toEqual(opened)
  expect(opened[0]?.slice(0, 7)).toBe('2026-09')
  expect((opened.at(-1) ?? '') > '2026-11-02 08:30:00').toBe(true)
  for (const row of incident) {
    expect((row.sys_updated_on ?? '') >= (row.sys_created_on ?? '')).toBe(true)
    expect((row.sys_updated_on ?? '') <= '2026-11-02 09:00:00').toBe(true)
    expect((row.resolved_at || row.opened_at || '') >= (row.opened_at ?? '')).toBe(true)
  }
  expect([incident[0]?.number, incident.at(-1)?.number]).toEqual(['INC0010001', 'INC0010400'])
})

test('texts are filled, varied and never doubled on one record', () => {
  const all = [
    ...incident.flatMap((row) => [row.short_description, row.description]),
    ...sys_journal_field.map((row) => row.value),
  ]
  expect(all.every((text) => text && text.length > 8 && !/[{}]|undefined/.test(text))).toBe(true)
  expect(new Set(incident.map((row) => row.short_description)).size).toBeGreaterThan(120)
  expect(new Set(incident.map((row) => row.description)).size).toBeGreaterThan(350)
  const notes = sys_journal_field.map((row) => `${row.element_id} ${row.value}`)
  expect(new Set(notes).size).toBe(notes.length)
})

test('every reference of an incident leads to a record', () => {
  const ids = new Set(Object.values(data).flatMap((rows) => rows.map((row) => row.sys_id)))
  for (const row of incident) {
    for (const name of [
      'caller_id',
      'opened_by',
      'assigned_to',
      'assignment_group',
      'cmdb_ci',
      'location',
      'resolved_by',
      'closed_by',
    ]) {
      expect(!row[name] || ids.has(row[name])).toBe(true)
    }
  }
})

test('an answered record has all 92 fields and between 2 and 3 kB', async () => {
  const instance = createInstance({ incidents: 100 })
  const page = await ask(instance, 'GET', `${INCIDENT}?sysparm_exclude_reference_link=true`)
  expect(page.rows().every((row) => Object.keys(row).length === 92)).toBe(true)
  expect(page.text.length / 100).toBeGreaterThan(2000)
  expect(page.text.length / 100).toBeLessThan(3000)
})
