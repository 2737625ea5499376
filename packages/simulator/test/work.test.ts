/** Work by the clock: what is due is done when somebody asks, with the stamps of its own moments, the same for a seed. */
import { expect, test } from 'vitest'
import { baseTables, createInstance } from '../src/index.ts'
import { fromScenario } from '../src/scenario.ts'
import { ask, INCIDENT, listPath } from './door.ts'

const [incidentTable] = baseTables.filter(({ name }) => name === 'incident') as [(typeof baseTables)[number]]

test('changes become due by the clock and carry the stamps of their moments', async () => {
  const sn = createInstance({ incidents: 20 })
  sn.control.work({ everySeconds: 10, count: 1 })
  const since = listPath('sys_updated_on>2026-11-02 09:00:00^ORDERBYsys_updated_on', {
    sysparm_fields: 'sys_updated_on',
  })
  expect((await ask(sn, 'GET', since)).rows()).toEqual([])
  sn.control.clock.advance(9)
  expect((await ask(sn, 'GET', since)).rows()).toEqual([])
  sn.control.clock.advance(21)
  const stamps = (await ask(sn, 'GET', since)).rows().map((row) => row.sys_updated_on)
  expect(stamps.length).toBeGreaterThan(0)
  for (const stamp of stamps) expect(stamp).toMatch(/^2026-11-02 09:00:[123]0$/)
  sn.control.work()
  sn.control.clock.advance(600)
  expect((await ask(sn, 'GET', since)).rows()).toHaveLength(stamps.length)
})

test('it is the same whether somebody asks often or once, and a reset sends the people home', () => {
  const worked = (steps: readonly number[]) => {
    const sn = createInstance({ incidents: 20, seed: 3 })
    sn.control.work({ everySeconds: 5, seed: 9 })
    for (const step of steps) {
      sn.control.clock.advance(step)
      sn.control.records('incident')
    }
    return sn
  }
  const often = worked(Array.from({ length: 60 }, () => 1))
  const byId = (rows: Record<string, string>[]) =>
    rows.sort((a, b) => ((a.sys_id ?? '') < (b.sys_id ?? '') ? -1 : 1))
  expect(byId(often.control.records('incident'))).toEqual(byId(worked([60]).control.records('incident')))
  often.control.reset()
  often.control.clock.advance(3600)
  expect(often.control.records('incident')).toHaveLength(20)
})

test('a clock that jumps far makes the last thousand turns, one that goes back makes none', () => {
  const sn = createInstance({ incidents: 5 })
  sn.control.work({ everySeconds: 1 })
  sn.control.clock.advance(86_400)
  const stamps = sn.control.records('incident').map((row) => row.sys_updated_on ?? '')
  expect(stamps.some((stamp) => stamp > '2026-11-03 08:43:00')).toBe(true)
  expect(stamps.filter((stamp) => stamp > '2026-11-02 09:00:00' && stamp < '2026-11-03 08:43:00')).toEqual([])
  const before = sn.control.stats().requests
  sn.control.clock.advance(-7200)
  expect(sn.control.stats().requests).toBe(before)
})

test('the door sets and clears it, and says what is wrong with a pace', async () => {
  const sn = createInstance({ incidents: 5 })
  expect((await ask(sn, 'POST', '/__sim/work', { everySeconds: 0 })).json()).toMatchObject({
    error: 'work: everySeconds: 0 is not a number from 0.001. Write a number from 0.001.',
  })
  expect((await ask(sn, 'POST', '/__sim/work', { everySeconds: 1, count: 2 })).json()).toEqual({ work: true })
  await ask(sn, 'POST', '/__sim/clock', { advance: 30 })
  expect(Number((await ask(sn, 'GET', INCIDENT)).headers.get('x-total-count'))).toBeGreaterThan(5)
  expect((await ask(sn, 'DELETE', '/__sim/work')).json()).toEqual({ work: false })
})

test('people at work use the words of their own instance, and no request breaks by what they do', async () => {
  const own = { close_code: { choices: { done: 'Done' } }, hold_reason: { choices: { 9: 'Somebody' } } }
  const sn = createInstance(
    fromScenario({ incidents: 30, work: { everySeconds: 1 }, tables: { incident: { fields: own } } }),
  )
  for (let times = 0; times < 200; times++) {
    sn.control.clock.advance(1)
    expect((await ask(sn, 'GET', `${INCIDENT}?sysparm_limit=1`)).status).toBe(200)
  }
  const touched = sn.control
    .records('incident')
    .filter((row) => (row.sys_updated_on ?? '') > '2026-11-02 09:00:00')
  const held = touched.filter((row) => row.hold_reason !== '' && row.sys_updated_on !== row.sys_created_on)
  expect(touched.some((row) => row.close_code === 'done')).toBe(true)
  expect(held.length).toBeGreaterThan(0)
})

test('a change that a policy refuses is skipped, and work goes on', async () => {
  // Nothing can be resolved here: the code that the policy demands cannot be written.
  const shut = createInstance({
    incidents: 3,
    tables: [
      {
        ...incidentTable,
        fields: incidentTable.fields.map((field) =>
          field.name === 'close_code' ? { ...field, writable: false } : field,
        ),
      },
    ],
  })
  shut.control.work({ everySeconds: 1 })
  for (let times = 0; times < 60; times++) {
    shut.control.clock.advance(1)
    expect((await ask(shut, 'GET', INCIDENT)).status).toBe(200)
  }
  expect(shut.control.records('incident').some((row) => row.sys_updated_on !== row.sys_created_on)).toBe(true)
})
