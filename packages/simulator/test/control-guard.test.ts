/** What would kill an instance is refused by the methods and the door alike, with place and mend, before anything changes. */
import { expect, test } from 'vitest'
import { type Control, createInstance, type Instance } from '../src/index.ts'
import { AUTH, ask, INCIDENT } from './door.ts'

const ID = '1'.repeat(32)

function instance(): Instance {
  return createInstance({ records: { incident: [{ sys_id: ID, number: 'INC0000001', state: '1' }] } })
}

/** Everything that a refused call could have changed. */
async function state({ control, ...sn }: Instance): Promise<unknown> {
  const read = await ask({ control, ...sn }, 'GET', INCIDENT)
  const made = await ask({ control, ...sn }, 'POST', INCIDENT, { short_description: 'x' })
  return [
    [read.status, read.rows().length, made.status],
    control.faults(),
    control.clock.now().toISOString(),
    control.requestLog().length,
    control.records('incident').length,
    control.records('sys_audit_delete'),
    control.overview().work,
  ]
}

const wrong: readonly [method: keyof Control, route: string, body: unknown, place: string][] = [
  ['setFault', 'faults', { kind: 'status', status: 204 }, 'status: 204 is not a status with a body.'],
  ['setFault', 'faults', { kind: 'status', status: 304 }, 'status: 304'],
  ['setFault', 'faults', { kind: 'status', status: 99 }, 'status: 99'],
  ['setFault', 'faults', { kind: 'status', status: 700 }, 'status: 700'],
  ['setFault', 'faults', { kind: 'status', status: 'abc' }, 'status: "abc"'],
  ['setFault', 'faults', { kind: 'hibernating', status: 204 }, 'status: 204'],
  ['setFault', 'faults', { kind: 'slow', match: { method: 5 } }, 'match.method: 5 is not known here.'],
  [
    'setFault',
    'faults',
    { kind: 'slow', match: { method: 'GTE' } },
    'match.method: "GTE" is not known here. Did you mean "GET"?',
  ],
  [
    'setFault',
    'faults',
    { kind: 'slow', match: { table: 'incidnt' } },
    'match.table: The instance has no table incidnt.',
  ],
  ['setFault', 'faults', { kind: 'slow', delayMs: 1e12 }, 'delayMs: 1000000000000'],
  [
    'setFault',
    'faults',
    { kind: 'status', contentType: 'Ω' },
    'contentType: "Ω" is not a value of a header.',
  ],
  ['setFault', 'faults', { kind: 'login', location: 'https://a\nb: c' }, 'location: '],
  [
    'setFault',
    'faults',
    { kind: 'cut', matches: {} },
    'matches: There is no such name. Did you mean "match"?',
  ],
  ['semaphore', 'semaphore', { concurrent: 0 }, 'concurrent: 0 is not a whole number from 1.'],
  ['semaphore', 'semaphore', { concurrent: 'x' }, 'concurrent: "x"'],
  ['semaphore', 'semaphore', { concurrent: -1, queue: -1 }, 'queue: -1'],
  ['sessionLock', 'session-lock', { waiting: 'x' }, 'waiting: "x"'],
  ['businessRule', 'business-rules', { table: 'incident', name: 'n', when: 5 }, 'when: 5 is not a text.'],
  ['businessRule', 'business-rules', { table: 'incident', name: 'n', on: 5 }, 'on: 5 is not a list.'],
  [
    'businessRule',
    'business-rules',
    { table: 'incident', name: 'n', when: 'stae=1' },
    'when: "stae=1" has no effect on incident. Did you mean "state"?',
  ],
  ['dataPolicy', 'data-policies', { table: 'incident', mandatory: ['state'], when: 5 }, 'when: 5'],
  [
    'dataPolicy',
    'data-policies',
    { table: 'incident', mandatory: 'state' },
    'mandatory: "state" is not a list.',
  ],
  [
    'lateCommits',
    'late-commits',
    { seed: 1, share: 1, maxSeconds: 1, writes: 5 },
    'writes: 5 is not a list.',
  ],
  ['lateCommits', 'late-commits', { seed: 1, share: 1, maxSeconds: 1e20 }, 'maxSeconds: '],
  ['quota', 'quota', { seconds: 'x', msPerRow: 1 }, 'seconds: "x"'],
  ['work', 'work', {}, 'everySeconds: This is missing.'],
  [
    'rateRule',
    'rate-rules',
    { limit: 1, user: 'admni' },
    'user: The instance has no user admni. Did you mean "admin"?',
  ],
  ['tableAcl', 'table-acl', { table: 'ghosts', answer: 'empty' }, 'table: The instance has no table ghosts.'],
  [
    'queryAcl',
    'query-acl',
    { table: 'incident', field: 'stae', answer: 'ignored' },
    'field: incident has no column stae. Did you mean "state"?',
  ],
  ['apiKey', 'api-keys', { key: 'k', user: 'admin', apis: [] }, 'apis: This list is empty.'],
  [
    'oauthClient',
    'oauth-clients',
    { clientId: 'a', clientSecret: 'b', jwt: { algorithm: 'RS256', key: 'no' } },
    'jwt.key: This is no key for RS256.',
  ],
  [
    'importMap',
    'import-maps',
    { staging: 'u_s', target: 'incident', coalesce: ['nmber'] },
    'coalesce[0]: incident has no column nmber. Did you mean "number"?',
  ],
  ['attach', 'attach', { sysId: ID, fileName: 'a', sizeBytes: 1, contentType: 'Ω' }, 'contentType: "Ω"'],
  ['mutate', 'mutate', { seed: 1, count: 'x' }, 'count: "x"'],
  ['bulk', 'bulk', { seed: 1, count: 1, sameSecond: 2 }, 'sameSecond: 2 is more than count.'],
]

test.each(wrong)('%s (%s) refuses %j', async (method, route, body, place) => {
  const sn = instance()
  const call = sn.control[method] as (given: unknown) => unknown
  expect(() => call(body)).toThrow(place)
  const { status, json } = await ask(sn, 'POST', `/__sim/${route}`, body)
  const { problems } = json() as unknown as { problems: { path: string; mend: string }[] }
  expect([status, problems.length > 0, problems.every(({ mend }) => mend !== '')]).toEqual([400, true, true])
  expect(`${problems.map((each) => Object.values(each).join(': ')).join()}`).toContain(place.split(':')[0])
  expect(await state(sn)).toEqual(await state(instance()))
})

const lists: readonly [route: string, body: unknown, place: string][] = [
  [
    'play',
    { lines: [{ at: '2026-01-01T00:00:00Z', op: 'insert', set: {} }] },
    'lines[0].sys_id: This is missing.',
  ],
  [
    'play',
    {
      lines: [
        { at: '2026-01-01T00:00:00Z', op: 'insert', sys_id: ID },
        { at: 'noon', op: 'insert', sys_id: ID },
      ],
    },
    'lines[1].at: "noon" is not an instant.',
  ],
  ['play', '{"at":"2026-01-01T00:00:00Z","op":"delete","sys_id":"1"}\n{bad', 'lines[1]: This is not JSON'],
  ['play', {}, 'lines[0].at: This is missing.'],
  ['load', { records: [{ sys_id: 'a' }, 5] }, 'records[1]: This is no record.'],
  ['load', { records: [{ sys_id: 'a', state: {} }] }, 'records[0].state: {} is not a text.'],
  ['load', {}, 'records: This is missing.'],
  ['clone', { records: { incident: 5 } }, 'records.incident: 5 is not a list.'],
  ['clone', {}, 'records: This is missing.'],
  ['remove', { sys_ids: 'all' }, 'sys_ids: "all" is not a list.'],
  ['hide', { sys_ids: [ID], user: 'nobody' }, 'user: The instance has no user nobody.'],
  ['reveal', { sys_ids: 5 }, 'sys_ids: 5 is not a list.'],
  ['clock', { advance: '60' }, 'advance: "60" is not a number'],
  ['clock', { freeze: true, advance: 1e11 * 9 }, 'The clock cannot go on by'],
  ['clock', { advance: 1e20 }, 'The clock cannot go on by'],
  ['clock', { advnce: 60 }, 'advnce: There is no such name. Did you mean "advance"?'],
  ['property', {}, 'name: This is missing.'],
  [
    'property',
    { name: 'glide.invalid_query.return_no_rows', value: 'true' },
    'Did you mean "glide.invalid_query.returns_no_rows"?',
  ],
  ['requests', { keep: 'all' }, 'keep: "all"'],
  ['requests', {}, 'keep: This is missing.'],
  ['restore', {}, 'token: This is missing.'],
]

test.each(lists)('the door refuses %s with %j', async (route, body, place) => {
  const sn = instance()
  const { status, json } = await ask(sn, 'POST', `/__sim/${route}`, body)
  expect(status).toBe(400)
  expect(String(json().error)).toContain(place)
  expect(await state(sn)).toEqual(await state(instance()))
})

test('a body that is no JSON object is told, whatever the route, and nothing is done', async () => {
  const names = [
    'requests',
    'mutate',
    'semaphore',
    'session-lock',
    'clone',
    'clock',
    'reset',
    'load',
    'snapshot',
    'faults',
  ]
  for (const body of ['{bad', '[]', '5', 'null', '"x"']) {
    const sn = instance()
    for (const name of names) {
      const { status, json } = await ask(sn, 'POST', `/__sim/${name}`, body)
      expect([name, body, status]).toEqual([name, body, 400])
      expect(json().problems).toHaveLength(1)
    }
    expect(await state(sn)).toEqual(await state(instance()))
  }
})

test('a number of the address that is none is told', async () => {
  const sn = instance()
  for (const path of [
    'requests?after=x',
    'requests?limit=',
    'browse/incident?limit=many',
    'browse/incident?limit=-1',
  ])
    expect((await ask(sn, 'GET', `/__sim/${path}`)).status).toBe(400)
})

test('the many faults of a long list are told by its first ones', () => {
  const { control } = instance()
  const records = Array.from({ length: 50 }, () => ({ number: 'x' }))
  expect(() => control.load('incident', records)).toThrow('and 30 more')
})

/** A request as a page in somebody's browser would send it. */
function knock(
  sn: Instance,
  headers: Record<string, string>,
  body = '{}',
  method = 'POST',
): Promise<Response> {
  const init =
    method === 'GET' ? { method, headers } : { method, headers, body: new TextEncoder().encode(body) }
  return sn.fetch('http://127.0.0.1:4412/__sim/reset', init)
}

test('a page of somebody else is not let in, nor what it could send without asking first', async () => {
  const sn = instance()
  sn.control.remove('incident', [ID])
  const origins = ['https://evil.example', 'http://127.0.0.1:4413', 'http://localhost:4412', 'null']
  for (const origin of origins)
    expect((await knock(sn, { origin, 'content-type': 'application/json' })).status).toBe(403)
  for (const type of [
    'text/plain',
    'text/plain;charset=UTF-8',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
  ])
    for (const body of ['', '{}']) expect((await knock(sn, { 'content-type': type }, body)).status).toBe(415)
  expect(sn.control.records('incident')).toEqual([])
})

test('its own page, programs with JSON and those that name no type are let in', async () => {
  const sn = instance()
  const own = { origin: 'http://127.0.0.1:4412', 'content-type': 'application/json' }
  expect((await knock(sn, own)).status).toBe(200)
  expect((await knock(sn, { 'content-type': 'application/json; charset=utf-8' })).status).toBe(200)
  expect((await knock(sn, {})).status).toBe(200)
  const lines = '{"at":"2026-01-01T00:00:00Z","op":"delete","sys_id":"1"}\n'
  const stream = await ask(sn, 'POST', '/__sim/play', lines, { 'content-type': 'application/x-ndjson' })
  expect(stream.json()).toEqual({ played: 1 })
  expect((await sn.fetch('http://127.0.0.1:4412/__sim/stats', { headers: AUTH })).status).toBe(200)
})

test('a stream may be handed over lazily, and its values become texts', () => {
  const { control } = instance()
  const at = '2026-01-01T00:00:00Z'
  const lines = function* () {
    yield { at, op: 'insert' as const, sys_id: 'b', set: { impact: 2 as never, active: true as never } }
  }
  expect(control.play(lines())).toBe(1)
  expect(control.records('incident').find(({ sys_id }) => sys_id === 'b')).toMatchObject({
    impact: '2',
    active: 'true',
  })
})
