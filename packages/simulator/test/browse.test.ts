/** A look for people: newest rows of every table, found by what they show; the log from a number on; the state in a few lines. */
import { expect, test } from 'vitest'
import { createInstance, FAULT_KINDS } from '../src/index.ts'
import { ask, INCIDENT } from './door.ts'

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
