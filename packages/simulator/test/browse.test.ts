/** A look for people: newest rows of every table, found by what they show; the log from a number on; the state in a few lines. */
import { expect, test } from 'vitest'
import { createInstance, FAULT_KINDS } from '../src/index.ts'
import { ask, INCIDENT, listPath } from './door.ts'

test('rows come newest first with labels and names, and are found by any text they show or by sys_id', () => {
  const sn = createInstance({ incidents: 300 })
  const { columns, rows, total, more } = sn.control.browse('incident', { limit: 300 })
  expect(columns.map(({ label }) => label)).toContain('Assigned to')
  expect([rows.length, total, more]).toEqual([200, 300, true])
  const stamps = rows.map(({ cells }) => cells.at(-1) ?? '')
  expect(stamps).toEqual([...stamps].sort().reverse())
  const found = sn.control.browse('incident', { search: 'on hold', limit: 100 }).rows
  expect(found.length).toBeGreaterThan(5)
  expect(new Set(found.map(({ cells }) => cells[2]))).toEqual(new Set(['On Hold']))
  const [one] = rows
  expect(sn.control.browse('incident', { search: one?.sys_id ?? '' }).rows).toEqual([one])
})

test('every table can be looked at, and every field of a record', () => {
  const sn = createInstance({ incidents: 20 })
  for (const { name } of sn.control.overview().tables)
    expect(sn.control.browse(name).columns.length).toBeGreaterThan(0)
  const [row] = sn.control.browse('incident', { limit: 1 }).rows
  const fields = sn.control.browseRecord('incident', row?.sys_id ?? '')
  expect(fields.find(({ name }) => name === 'state')).toMatchObject({ label: 'State', value: /^\d$/ })
  expect(() => sn.control.browseRecord('incident', 'x')).toThrow('There is no record x in incident')
  expect(() => sn.control.browse('nothing')).toThrow('The simulator has no table nothing')
})

test('the state in a few lines: name, people, tables, clock, work, faults and a sentence for each kind', () => {
  const sn = createInstance({ name: 'Monday', seed: 7, incidents: 2, latencyMs: 5 })
  sn.control.setFault({ kind: 'cut' })
  sn.control.work({ everySeconds: 3 })
  const state = sn.control.overview()
  expect(state).toMatchObject({
    name: 'Monday',
    seed: 7,
    latencyMs: 5,
    pending: 0,
    running: false,
    work: { everySeconds: 3 },
  })
  expect(state).toMatchObject({ now: '2026-11-02T09:00:00.000Z', faults: [{ kind: 'cut' }] })
  expect(state.users).toEqual([{ user: 'admin', name: 'System Administrator', roles: ['admin', 'itil'] }])
  expect(state.kinds.map(({ kind }) => kind)).toEqual([...FAULT_KINDS])
  for (const { sentence } of state.kinds) expect(sentence).toMatch(/^[A-Z].*\.$/)
})

test('the door gives the same, and the log from a number on', async () => {
  const sn = createInstance({ incidents: 9 })
  for (let at = 0; at < 5; at++) await ask(sn, 'GET', `${INCIDENT}?sysparm_limit=1`)
  const seqs = async (query: string): Promise<number[]> => {
    const { requests } = (await ask(sn, 'GET', `/__sim/requests${query}`)).json()
    return (requests as { seq: number }[]).map(({ seq }) => seq)
  }
  expect([await seqs(''), await seqs('?after=3'), await seqs('?after=1&limit=2')]).toEqual([
    [1, 2, 3, 4, 5],
    [4, 5],
    [4, 5],
  ])
  expect(await seqs('?after=9')).toEqual([])
  expect((await ask(sn, 'GET', '/__sim/overview')).json()).toMatchObject({ requests: 5 })
  const { rows } = (await ask(sn, 'GET', '/__sim/browse/incident?limit=3')).json()
  expect(rows).toHaveLength(3)
})

test('a whole number or sys_id is found wherever it stands; a text says how many rows were looked at', async () => {
  const sn = createInstance({ incidents: 10, bulkIncidents: 20_500 })
  const [oldest] = (await ask(sn, 'GET', listPath('ORDERBYsys_updated_on', { sysparm_limit: '1' }))).rows()
  const { number = '', sys_id = '' } = oldest ?? {}
  for (const search of [number, number.toLowerCase(), ` ${number} `, sys_id, sys_id.toUpperCase()])
    expect(sn.control.browse('incident', { search })).toMatchObject({
      rows: [{ sys_id }],
      total: 20_510,
      searched: 20_510,
      more: false,
    })
  const nothing = sn.control.browse('incident', { search: 'nothing shows this' })
  expect(nothing).toMatchObject({ rows: [], total: 20_510, searched: 20_000, more: true })
})

test('a record shows what people look for first, and its journals with the newest on top', async () => {
  const sn = createInstance({ incidents: 3 })
  const [row] = sn.control.browse('incident', { limit: 1 }).rows
  const id = row?.sys_id ?? ''
  for (const note of ['first', 'second']) {
    sn.control.clock.advance(60)
    await ask(sn, 'PATCH', `${INCIDENT}/${id}`, { work_notes: note })
  }
  await ask(sn, 'PATCH', `${INCIDENT}/${id}`, { work_notes: 'third, in the same second' })
  const names = sn.control.browseRecord('incident', id).map(({ name }) => name)
  expect(names.slice(0, 4)).toEqual(['number', 'short_description', 'state', 'priority'])
  expect(names.indexOf('sys_updated_on')).toBeLessThan(8)
  const journal = sn.control.browseJournal('incident', id)
  expect(journal.slice(0, 3)).toMatchObject([
    { text: 'third, in the same second', on: '2026-11-02 09:02:00' },
    { element: 'work_notes', label: 'Work notes', text: 'second', by: 'admin', on: '2026-11-02 09:02:00' },
    { text: 'first', on: '2026-11-02 09:01:00' },
  ])
  expect((await ask(sn, 'GET', `/__sim/browse/incident/${id}`)).json()).toMatchObject({ journal })
  expect(() => sn.control.browseJournal('incident', 'x')).toThrow('There is no record x in incident')
})
