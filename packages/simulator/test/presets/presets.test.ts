/** The presets: each is what its sentence says, and each answers the same to the same requests by its seed. */
import { expect, test } from 'vitest'
import { createInstance, FAULT_KINDS } from '../../src/index.ts'
import { fromScenario, presetNames, presets } from '../../src/scenario.ts'
import { ask, INCIDENT } from '../door.ts'

test.each(presetNames)('%s has a sentence and 400 incidents for the administrator', (name) => {
  expect(presets[name].sentence).toMatch(/^[A-Z].*\.$/)
  const sn = createInstance(fromScenario({ preset: name, clock: {} }))
  expect(sn.control.records('incident', { user: 'admin' })).toHaveLength(400)
})

test('customised: German labels and dates, another matrix, own columns, choices beyond the delivered ones', async () => {
  const sn = createInstance(fromScenario('customised'))
  const body = {
    short_description: 'Drucker',
    impact: '1',
    urgency: '2',
    state: '5',
    hold_reason: '9',
    category: 'sap',
  }
  const made = (
    await ask(sn, 'POST', `${INCIDENT}?sysparm_display_value=all`, body)
  ).row() as unknown as Record<string, { value: string; display_value: string }>
  expect(made.priority).toEqual({ value: '1', display_value: 'P1 - Notfall' })
  expect(made.state).toEqual({ value: '5', display_value: 'Beim Lieferanten' })
  expect(made.hold_reason?.display_value).toBe('Warten auf Betriebsrat')
  expect(made.u_vip).toEqual({ value: 'false', display_value: 'false' })
  expect(made.opened_at?.display_value).toBe('02.11.2026 10:00:00')
  const sites = new Set(sn.control.records('incident').map((row) => row.u_site))
  expect([...sites].sort()).toEqual(['', 'ac', 'gz', 'le'])
  sn.control.mutate({ seed: 5, count: 200 })
})

test('customised: journals under German labels, choices in German with the English ones beside them', async () => {
  const sn = createInstance(fromScenario('customised'))
  const query = 'sysparm_display_value=true&sysparm_fields=work_notes,comments,comments_and_work_notes'
  const notes = { work_notes: 'intern', comments: 'offen' }
  const made = (await ask(sn, 'POST', `${INCIDENT}?${query}`, notes)).row()
  expect(made.work_notes).toContain('(Arbeitsnotizen)')
  expect(made.comments).toContain('(Zusätzliche Kommentare)')
  expect(made.comments_and_work_notes).not.toMatch(/Work notes|Additional comments/)
  const choices = sn.control.records('sys_choice').filter((row) => row.name === 'incident')
  const labels = (element: string, value: string) =>
    choices
      .filter((row) => row.element === element && row.value === value)
      .map(({ language, label }) => [language, label])
  expect(labels('state', '6')).toEqual([
    ['en', 'Resolved'],
    ['de', 'Gelöst'],
  ])
  // A choice of the company's own was never delivered in English.
  expect(labels('category', 'sap')).toEqual([
    ['en', 'SAP'],
    ['de', 'SAP'],
  ])
  const languages = createInstance()
    .control.records('sys_choice')
    .map(({ language }) => language)
  expect(new Set(languages)).toEqual(new Set(['en']))
})

test('hostile: every kind of fault is there, and about one request in ten is struck', async () => {
  const sn = createInstance({ ...fromScenario('hostile'), sleep: async () => undefined })
  expect(new Set(sn.control.faults().map(({ kind }) => kind))).toEqual(new Set(FAULT_KINDS))
  // Those that never answer would hold this test as they hold a client.
  for (const { id, kind } of sn.control.faults()) if (/hang|late/.test(kind)) sn.control.clearFaults(id)
  const path = `${INCIDENT}?sysparm_limit=1`
  for (let at = 0; at < 1000; at++) await ask(sn, 'GET', path, undefined, {}).catch(() => undefined)
  const struck = sn.control.stats().log.filter(({ fault }) => fault !== undefined).length
  expect(struck).toBeGreaterThan(40)
  expect(struck).toBeLessThan(160)
})

test('busy: people work, answers wait, a semaphore and a rate rule stand', async () => {
  const waits: number[] = []
  const sn = createInstance({
    ...fromScenario({ preset: 'busy', clock: {} }),
    sleep: async (ms) => void waits.push(ms),
  })
  const since = `${INCIDENT}?sysparm_query=sys_updated_on>2026-11-02 09:00:00`
  sn.control.clock.advance(60)
  const answer = await ask(sn, 'GET', since)
  expect(answer.rows().length).toBeGreaterThan(10)
  expect(answer.headers.get('x-ratelimit-limit')).toBe('3000')
  expect(waits).toEqual([120])
})

test('asleep: HTML at 200 until the fault is switched off', async () => {
  const sn = createInstance(fromScenario('asleep'))
  const page = await ask(sn, 'GET', INCIDENT)
  expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html;charset=UTF-8'])
  expect(page.text).toContain('Your instance is hibernating')
  sn.control.clearFaults()
  expect((await ask(sn, 'GET', INCIDENT)).rows()).toHaveLength(400)
})
