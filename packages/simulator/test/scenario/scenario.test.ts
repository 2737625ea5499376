/** Scenarios: what each name does to an instance, files as JSON and YAML, and faults that name their place and mend. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { createInstance } from '../../src/index.ts'
import { fromScenario, loadScenario, type Scenario, ScenarioError } from '../../src/scenario.ts'
import { ask, INCIDENT, listPath, ORIGIN } from '../door.ts'

const ID = 'a'.repeat(32)

function file(name: string, text: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'scenario-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const path = join(folder, name)
  writeFileSync(path, text)
  return path
}

function problemsOf(scenario: unknown): string[] {
  try {
    fromScenario(scenario as Scenario)
  } catch (error) {
    if (error instanceof ScenarioError)
      return error.problems.map(({ path, message, mend }) => `${path}: ${message} ${mend}`)
    throw error
  }
  return []
}

test('data: seed, counts and own records, whose numbers and truths become texts', () => {
  const sn = createInstance(
    fromScenario({
      seed: 4,
      incidents: 7,
      bulkIncidents: 5,
      records: { incident: [{ sys_id: ID, number: 'INC0099999', active: true, impact: 2, parent: null }] },
    }),
  )
  const incidents = sn.control.records('incident')
  expect(incidents).toHaveLength(13)
  expect(incidents.find((row) => row.sys_id === ID)).toMatchObject({
    active: 'true',
    impact: '2',
    parent: '',
  })
})

test('people: users, roles, zones and unreadable columns', async () => {
  const sn = createInstance(
    fromScenario({
      incidents: 2,
      users: [{ user: 'kim', password: 'k', roles: ['itil'], unreadable: { incident: ['number'] } }],
    }),
  )
  const kim = { authorization: `Basic ${btoa('kim:k')}` }
  const [row] = (await ask(sn, 'GET', INCIDENT, undefined, kim)).rows()
  expect(row).toHaveProperty('short_description')
  expect(row).not.toHaveProperty('number')
  expect((await ask(sn, 'GET', INCIDENT)).status).toBe(401)
})

test('troubles: faults, limits, closed tables, query rights and hidden rows stand from the start and after a reset', async () => {
  const sn = createInstance(
    fromScenario({
      records: { incident: [{ sys_id: ID, number: 'INC1' }] },
      hidden: [{ sys_ids: [ID] }],
      faults: [{ kind: 'maintenance', count: 1 }],
      queryAcls: [{ table: 'incident', field: 'number', answer: 'forbidden' }],
      tableAcls: [{ table: 'sys_user_group', answer: 'forbidden' }],
      rateRules: [{ limit: 6 }],
      quota: { seconds: 60, msPerRow: 1, table: 'sys_user' },
      semaphore: { concurrent: 2 },
      sessionLock: {},
      lateCommits: { seed: 1, share: 1, maxSeconds: 9 },
      work: { everySeconds: 60 },
    }),
  )
  const seen = async (): Promise<unknown[]> => {
    const closed = await ask(sn, 'GET', '/api/now/table/sys_user_group')
    const hidden = await ask(sn, 'GET', INCIDENT)
    const query = await ask(sn, 'GET', listPath('ORDERBYnumber'))
    await ask(sn, 'PATCH', `${INCIDENT}/${ID}`, { urgency: '1' })
    await ask(sn, 'POST', INCIDENT, { short_description: 'late' })
    const spent = await ask(sn, 'GET', INCIDENT)
    return [closed.status, hidden.rows(), hidden.headers.get('x-total-count'), query.status, spent.status]
  }
  expect((await ask(sn, 'GET', INCIDENT)).status).toBe(503)
  expect(await seen()).toEqual([403, [], '1', 403, 429])
  expect(sn.control.pending()).toHaveLength(1)
  sn.control.clock.advance(120)
  expect(sn.control.records('incident').length).toBeGreaterThanOrEqual(2)
  sn.control.reset()
  expect((await ask(sn, 'GET', INCIDENT)).status).toBe(503)
  expect(await seen()).toEqual([403, [], '1', 403, 429])
})

test('tables: columns changed, added and filled by the seed, and tables of one’s own', async () => {
  const plan: Scenario = {
    incidents: 40,
    tables: {
      incident: {
        fields: {
          number: { label: 'Nummer' },
          u_site: { choices: { ac: 'Aachen', le: 'Leipzig' }, seeded: ['ac', 'le'] },
        },
      },
      u_asset: { label: 'Asset', fields: { u_tag: { label: 'Tag' }, u_owner: { reference: 'sys_user' } } },
    },
    records: { u_asset: [{ sys_id: ID, u_tag: 'T-1' }] },
  }
  const sn = createInstance(fromScenario(plan))
  const again = createInstance(fromScenario(plan))
  const sites = (from: typeof sn) =>
    from.control
      .records('incident')
      .map((row) => `${row.sys_id} ${row.u_site}`)
      .sort()
  expect(new Set(sn.control.records('incident').map((row) => row.u_site))).toEqual(new Set(['ac', 'le']))
  expect(sites(sn)).toEqual(sites(again))
  const shown = await ask(
    sn,
    'GET',
    `${INCIDENT}?u_site=Aachen&sysparm_display_value=true&sysparm_fields=u_site`,
  )
  expect(new Set(shown.rows().map((row) => row.u_site))).toEqual(new Set(['Aachen']))
  const made = await ask(sn, 'POST', '/api/now/table/u_asset', { u_tag: 'T-2' })
  expect(made.row()).toMatchObject({ u_tag: 'T-2', u_owner: '', sys_mod_count: '0' })
})

test('policies: mandatory columns and rules that abort', async () => {
  const sn = createInstance(
    fromScenario({
      dataPolicies: [{ table: 'incident', mandatory: ['caller_id'], when: 'priority=1' }],
      businessRules: [{ table: 'incident', name: 'Nothing is deleted', on: ['delete'] }],
      records: { incident: [{ sys_id: ID, number: 'INC1' }] },
    }),
  )
  const urgent = await ask(sn, 'POST', INCIDENT, { impact: '1', urgency: '1' })
  expect([urgent.status, urgent.text]).toEqual([403, expect.stringContaining('mandatory: Caller')])
  const gone = await ask(sn, 'DELETE', `${INCIDENT}/${ID}`)
  expect([gone.status, gone.text]).toEqual([403, expect.stringContaining('Nothing is deleted')])
})

test('doors: applications, tokens, API keys, staging tables and properties', async () => {
  const sn = createInstance(
    fromScenario({
      oauthClients: [{ clientId: 'app', clientSecret: 's', applicationUser: 'admin' }],
      oauth: { accessSeconds: 60 },
      apiKeys: [{ key: 'k-1', user: 'admin', apis: ['table'] }],
      imports: [{ staging: 'u_incidents', target: 'incident', coalesce: ['correlation_id'] }],
      properties: { 'glide.invalid_query.returns_no_rows': 'true' },
      incidents: 2,
    }),
  )
  const token = await sn.fetch(`${ORIGIN}/oauth_token.do`, {
    method: 'POST',
    body: new URLSearchParams({ grant_type: 'client_credentials', client_id: 'app', client_secret: 's' }),
  })
  expect(await token.json()).toMatchObject({ expires_in: 60, token_type: 'Bearer' })
  const byKey = await sn.fetch(`${ORIGIN}${INCIDENT}`, { headers: { 'x-sn-apikey': 'k-1' } })
  expect(byKey.headers.get('x-total-count')).toBe('2')
  expect((await ask(sn, 'GET', listPath('nowhere=1'))).rows()).toEqual([])
  const staged = await ask(sn, 'POST', '/api/now/import/u_incidents', {
    correlation_id: 'c',
    short_description: 'x',
  })
  expect(staged.json()).toMatchObject({ staging_table: 'u_incidents', result: [{ status: 'inserted' }] })
})

test('a clock stands still from its start, or goes on with the machine', () => {
  const still = createInstance(fromScenario({ clock: { start: '2026-05-01T00:00:00Z' } })).control.clock
  expect(still.now().toISOString()).toBe('2026-05-01T00:00:00.000Z')
  const going = createInstance(fromScenario({ clock: { follow: true } })).control.clock
  expect(Math.abs(going.now().getTime() - Date.now())).toBeLessThan(10_000)
})

test('a scenario over a preset replaces what it names, and null takes away', () => {
  const options = fromScenario({
    preset: 'busy',
    latencyMs: 0,
    incidents: 3,
    work: null,
    rateRules: [],
  } as never)
  expect(options).toMatchObject({ name: 'busy', latencyMs: 0, incidents: 3 })
  const sn = createInstance(options)
  expect(sn.control.records('incident')).toHaveLength(3)
})

test.each([
  [{ incident: 4 }, 'incident: There is no such name. Did you mean "incidents"? Known: preset, name, seed'],
  [{ incidents: -1 }, 'incidents: -1 is not a whole number from 0. Write a whole number from 0.'],
  [{ faults: { kind: 'cut' } }, 'faults: {"kind":"cut"} is not a list. Write a list, also for one.'],
  [{ faults: [{}, { kind: 'hibernate' }] }, 'faults[0].kind: This is missing. Write "kind".'],
  [
    { faults: [{ kind: 'hibernate' }] },
    'faults[0].kind: "hibernate" is not known here. Did you mean "hibernating"?',
  ],
  [
    { faults: [{ kind: 'cut', match: { path: '(' } }] },
    'faults[0].match.path: "(" is not a regular expression.',
  ],
  [{ users: [{ user: 'a' }] }, 'users[0].password: This is missing. Write "password".'],
  [
    { users: [{ user: 'a', password: 'b', timeZone: 'Mars' }] },
    'users[0].timeZone: "Mars" is not a time zone.',
  ],
  [
    {
      users: [
        { user: 'a', password: 'b' },
        { user: 'a', password: 'c' },
      ],
    },
    'users[1].user: "a" is there twice. Give each user a name of its own.',
  ],
  [
    { records: { incidnt: [] } },
    'records.incidnt: The instance has no table incidnt. Did you mean "incident"?',
  ],
  [{ records: { incident: [{ number: 'x' }] } }, 'records.incident[0].sys_id: A record needs a sys_id.'],
  [{ records: { incident: [{ sys_id: ID, u: {} }] } }, 'records.incident[0].u: {} is not a raw value.'],
  [{ tables: { 'U-Asset': {} } }, 'tables.U-Asset: "U-Asset" is not a name of a table or column.'],
  [
    { tables: { incident: { fields: { state: { kind: 'text' } } } } },
    'tables.incident.fields.state.kind: "text"',
  ],
  [
    { priorities: { high: '1' } },
    'priorities.high: "high" is not a pair of impact and urgency. Write it as "1/2".',
  ],
  [{ clock: { start: 'noon' } }, 'clock.start: "noon" is not an instant. Write ISO 8601 with a zone'],
  [
    { lateCommits: { seed: 1, share: 2, maxSeconds: 1 } },
    'lateCommits.share: 2 is not a number from 0 to 1.',
  ],
  [{ work: { everySeconds: 0 } }, 'work.everySeconds: 0 is not a number from 0.001.'],
  [{ preset: 'helthy' }, 'preset: "helthy" is not known here. Did you mean "healthy"?'],
  [[], ': [] has no names. Write names with their values.'],
])('%j is refused by place and mend', (scenario, wanted) => {
  expect(problemsOf(scenario).join('\n')).toContain(wanted)
})

test('all faults are told at once, a line each', () => {
  const wrong = { seed: 'one', busy: true, users: [{ user: 'a' }] }
  expect(() => fromScenario(wrong as never)).toThrow(
    /^The scenario has 3 faults:\n {2}seed: .*\n {2}busy: .*\n {2}users\[0\]/,
  )
})

test('a JSON file is read; one that is not there or broken says so', async () => {
  const sn = createInstance(await loadScenario(file('few.json', '{ "preset": "healthy", "incidents": 2 }')))
  expect(sn.control.records('incident')).toHaveLength(2)
  await expect(loadScenario('nowhere.json')).rejects.toThrow(
    /nowhere\.json has one fault:\n {2}It cannot be read/,
  )
  await expect(loadScenario(file('bad.json', '{ "seed": 1,'))).rejects.toThrow(
    /It is not JSON: .*\n? Mend the JSON/,
  )
  await expect(loadScenario(file('few.json', '{ "sed": 1 }'))).rejects.toThrow(
    /few\.json has one fault:\n {2}sed: /,
  )
})

test('a YAML file says the same as JSON', async () => {
  const yaml = file('few.yaml', 'preset: customised\nincidents: 2\nfaults:\n  - { kind: cut, count: 1 }\n')
  const sn = createInstance(await loadScenario(yaml))
  expect([sn.control.records('incident').length, sn.control.faults().length]).toEqual([2, 1])
  await expect(loadScenario(file('bad.yml', 'a: [1'))).rejects.toThrow('It is not YAML')
})

const person = { user: 'a', password: 'b' }
const jwtWith = (jwt: unknown) => ({ oauthClients: [{ clientId: 'a', clientSecret: 'b', jwt }] })

test.each([
  [
    { dataPolicies: [{ table: 'incidnt', mandatory: ['state'] }] },
    'dataPolicies[0].table: The instance has no table incidnt. Did you mean "incident"?',
  ],
  [
    { dataPolicies: [{ table: 'incident', mandatory: ['state', 'stae'] }] },
    'dataPolicies[0].mandatory[1]: incident has no column stae. Did you mean "state"?',
  ],
  [
    { dataPolicies: [{ table: 'incident', mandatory: ['state'], when: 'ghost=1' }] },
    'dataPolicies[0].when: "ghost=1" has no effect on incident.',
  ],
  [
    { businessRules: [{ table: 'ghosts', name: 'n' }] },
    'businessRules[0].table: The instance has no table ghosts.',
  ],
  [
    { businessRules: [{ table: 'incident', name: 'n', when: 'state=1^prioriti=1' }] },
    'businessRules[0].when: "prioriti=1" has no effect on incident. Did you mean "priority"?',
  ],
  [
    { imports: [{ staging: 'u_s', target: 'ghosts' }] },
    'imports[0].target: The instance has no table ghosts.',
  ],
  [
    { imports: [{ staging: 'u_s', target: 'incident', fields: { a: 'stae' } }] },
    'imports[0].fields.a: incident has no column stae.',
  ],
  [
    { imports: [{ staging: 'u_s', target: 'incident', coalesce: ['correlation'] }] },
    'imports[0].coalesce[0]: incident has no column correlation.',
  ],
  [{ apiKeys: [{ key: 'k', user: 'admin', apis: [] }] }, 'apiKeys[0].apis: This list is empty.'],
  [
    {
      apiKeys: [
        { key: 'k', user: 'admin', apis: ['table'] },
        { key: 'k', user: 'admin', apis: ['stats'] },
      ],
    },
    'apiKeys[1].key: It is there twice.',
  ],
  [
    { apiKeys: [{ key: 'k', user: 'amdin', apis: ['table'] }] },
    'apiKeys[0].user: The instance has no user amdin.',
  ],
  [
    { oauthClients: [{ clientId: 'a', clientSecret: 'b', applicationUser: 'bot' }] },
    'oauthClients[0].applicationUser: The instance has no user bot.',
  ],
  [
    jwtWith({ algorithm: 'RS256', key: 'secret' }),
    'oauthClients[0].jwt.key: This is no key for RS256. Write a public',
  ],
  [
    jwtWith({ algorithm: 'RS256', key: { kty: 'RSA', n: 'AQAB' } }),
    'oauthClients[0].jwt.key: This is no key',
  ],
  [
    jwtWith({ algorithm: 'HS256', key: { kty: 'RSA', n: 'AQAB', e: 'AQAB' } }),
    'oauthClients[0].jwt.key: This is no',
  ],
  [
    { users: [{ ...person, dateFormat: 'DD/MM/YYYY' }] },
    'users[0].dateFormat: "DD/MM/YYYY" is not a pattern of dates. Write yyyy, MM (or MMM) and dd',
  ],
  [{ users: [{ ...person, dateFormat: 'MM-dd' }] }, 'users[0].dateFormat: "MM-dd" is not a pattern'],
  [
    { users: [{ ...person, cannot: { incidnt: ['read'] } }] },
    'users[0].cannot.incidnt: The instance has no table',
  ],
  [
    { users: [{ ...person, unreadable: { incident: ['work_note'] } }] },
    'users[0].unreadable.incident[0]: incident has no column work_note. Did you mean "work_notes"?',
  ],
  [{ faults: [{ kind: 'status', status: 204 }] }, 'faults[0].status: 204 is not a status with a body.'],
  [{ faults: [{ kind: 'status', status: 9999 }] }, 'faults[0].status: 9999'],
  [
    { faults: [{ kind: 'cut', match: { method: 'GTE' } }] },
    'faults[0].match.method: "GTE" is not known here. Did you mean "GET"?',
  ],
  [
    { faults: [{ kind: 'cut', match: { table: 'ghosts' } }] },
    'faults[0].match.table: The instance has no table ghosts.',
  ],
  [
    { queryAcls: [{ table: 'incident', field: 'nmber', answer: 'ignored', user: 'kim' }] },
    'queryAcls[0].user: The instance has no user kim.',
  ],
  [
    { queryAcls: [{ table: 'incident', field: 'nmber', answer: 'ignored' }] },
    'queryAcls[0].field: incident has no column nmber. Did you mean "number"?',
  ],
  [
    { tableAcls: [{ table: 'ghosts', answer: 'empty' }] },
    'tableAcls[0].table: The instance has no table ghosts.',
  ],
  [{ hidden: [{ sys_ids: [], user: 'kim' }] }, 'hidden[0].user: The instance has no user kim.'],
  [{ rateRules: [{ limit: 1, user: 'kim' }] }, 'rateRules[0].user: The instance has no user kim.'],
  [
    { tables: { u_a: { fields: { u_b: { kind: 'reference' } } } } },
    'tables.u_a.fields.u_b.reference: A reference points nowhere.',
  ],
  [
    { tables: { u_a: { fields: { u_b: { reference: 'sys_usr' } } } } },
    'tables.u_a.fields.u_b.reference: The instance has no table sys_usr. Did you mean "sys_user"?',
  ],
  [{ tables: { incident: { display: 'nmber' } } }, 'tables.incident.display: incident has no column nmber.'],
  [
    { tables: { u_a: { extends: 'tsak' } } },
    'tables.u_a.extends: The instance has no table tsak. Did you mean "task"?',
  ],
  [{ tables: { u_a: { extends: 'u_a' } } }, 'tables.u_a.extends: u_a would extend itself.'],
  [
    { tables: { u_a: { extends: 'u_b' }, u_b: { extends: 'u_a' } } },
    'tables.u_b.extends: u_b would extend itself.',
  ],
  [
    { tables: { incident: { fields: { u_a: { choices: { x: 'X' }, default: 'y' } } } } },
    'tables.incident.fields.u_a.default: "y" is none of the choices.',
  ],
  [
    { tables: { incident: { fields: { state: { default: '9' } } } } },
    'tables.incident.fields.state.default: "9" is none',
  ],
  [
    { records: { incident: [{ sys_id: ID, stae: '1' }] } },
    'records.incident[0].stae: incident has no column stae. Did you mean "state"?',
  ],
  [
    { properties: { 'glide.invalid_query.return_no_rows': 'true' } },
    'Nothing obeys the property glide.invalid_query.return_no_rows. Did you mean "glide.invalid_query.returns_no_rows"?',
  ],
  [{ clock: { start: '5' } }, 'clock.start: "5" is not an instant.'],
  [{ latencyMs: 1e12 }, 'latencyMs: 1000000000000 is not a number from 0 to 2147483647.'],
])('%j would be something else than it says', (scenario, wanted) => {
  expect(problemsOf(scenario).join('\n')).toContain(wanted)
})

test('faults of every kind are told at once, those of the form beside those of the names', () => {
  const places = problemsOf({
    seed: 'one',
    users: [{ user: 'kim', password: 5 }],
    tables: { u_a: { fields: { u_b: { kind: 'text' } } }, incident: { fields: { u_site: {} } } },
    records: { u_a: [{ sys_id: ID, u_b: 1, u_c: 1 }], incident: [{ sys_id: ID, u_site: 1 }] },
    hidden: [{ sys_ids: [ID], user: 'kim' }],
    queryAcls: [{ table: 'u_a', field: 'u_b', answer: 'ignored' }],
    dataPolicies: [{ table: 'incident', mandatory: ['u_sit'] }],
  }).map((line) => line.split(':', 1)[0])
  expect(places).toEqual([
    'seed',
    'users[0].password',
    'tables.u_a.fields.u_b.kind',
    'records.u_a[0].u_c',
    'dataPolicies[0].mandatory[0]',
  ])
})

test('the names of a preset are known to what lies over it; so are staging tables, parents and own properties', () => {
  expect(
    problemsOf({
      preset: 'customised',
      hidden: [{ sys_ids: [ID], user: 'agent' }],
      queryAcls: [{ table: 'incident', field: 'u_site', answer: 'forbidden', user: 'agent' }],
      tableAcls: [
        { table: 'task', answer: 'empty' },
        { table: 'u_staged', answer: 'forbidden' },
      ],
      imports: [{ staging: 'u_staged', target: 'incident' }],
      properties: { 'x_acme.colour': 'blue' },
    }),
  ).toEqual([])
  expect(
    problemsOf({ tables: { u_a: { extends: 'task', fields: { u_b: { reference: 'problem' } } } } }),
  ).toEqual([])
})
