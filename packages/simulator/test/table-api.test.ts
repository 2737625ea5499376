/** The Table API on the wire, each fact with its source: servicenow.md sections 1.1 to 1.6 and 3. */
import { expect, test } from 'vitest'
import { createInstance } from '../src/index.ts'
import { ask, INCIDENT, listPath, ORIGIN } from './door.ts'

const small = () => createInstance({ incidents: 25 })
const failure = (message: string, detail: string | null) => ({
  error: { message, detail },
  status: 'failure',
})

test('a list: 200, result, count, Link, and the headers of every instance (1.3, 1.6)', async () => {
  const { status, headers, rows } = await ask(small(), 'GET', `${INCIDENT}?sysparm_limit=10`)
  expect(status).toBe(200)
  expect(rows()).toHaveLength(10)
  expect(headers.get('x-total-count')).toBe('25')
  expect(headers.get('content-type')).toBe('application/json;charset=UTF-8')
  expect(headers.get('x-is-logged-in')).toBe('true')
  expect(headers.get('x-transaction-id')).toMatch(/^[0-9a-f]{32}$/)
  expect(headers.get('date')).toBe('Mon, 02 Nov 2026 09:00:00 GMT')
})

function rels(link: string | null): Record<string, string> {
  const found = [...(link ?? '').matchAll(/<([^>]+)>;rel="(\w+)"/g)]
  return Object.fromEntries(
    found.map(([, url = '', rel = '']) => [rel, new URL(url).searchParams.get('sysparm_offset')]),
  ) as Record<string, string>
}

test('Link: a negative prev on page one, no next on the last page, nothing when one page holds all (1.6)', async () => {
  const instance = small()
  const link = async (query: string) =>
    (await ask(instance, 'GET', `${INCIDENT}?${query}`)).headers.get('link')
  expect(rels(await link('sysparm_limit=10'))).toEqual({ first: '0', prev: '-10', next: '10', last: '20' })
  expect(rels(await link('sysparm_limit=10&sysparm_offset=10'))).toEqual({
    first: '0',
    prev: '0',
    next: '20',
    last: '20',
  })
  expect(rels(await link('sysparm_limit=10&sysparm_offset=20'))).toEqual({
    first: '0',
    prev: '10',
    last: '20',
  })
  expect(await link('sysparm_limit=25')).toBeNull()
  expect(await link('sysparm_limit=10&sysparm_suppress_pagination_header=true')).toBeNull()
  const kept = await link(
    'sysparm_limit=10&sysparm_query=active%3Dtrue%5EORDERBYnumber&sysparm_fields=number',
  )
  expect(kept).toContain('sysparm_query=active%3Dtrue%5EORDERBYnumber&sysparm_fields=number')
})

test('following next from Link reads each record once when the order ends in sys_id', async () => {
  const instance = createInstance({ incidents: 57 })
  let path: string | undefined =
    `${listPath('ORDERBYpriority^ORDERBYsys_id')}&sysparm_limit=10&sysparm_fields=sys_id`
  const ids: string[] = []
  while (path !== undefined) {
    const page = await ask(instance, 'GET', path)
    ids.push(...page.rows().map((row) => row.sys_id ?? ''))
    path = /<https:\/\/[^/]+([^>]+)>;rel="next"/.exec(page.headers.get('link') ?? '')?.[1]
  }
  expect(new Set(ids).size).toBe(57)
  expect(ids).toHaveLength(57)
})

test('sysparm_no_count leaves the count out (1.2)', async () => {
  const { headers } = await ask(small(), 'GET', `${INCIDENT}?sysparm_limit=1&sysparm_no_count=true`)
  expect(headers.get('x-total-count')).toBeNull()
})

test.each(['0', '-1', 'ten'])('sysparm_limit=%s is refused with the exact words (1.2)', async (limit) => {
  const { status, json, headers } = await ask(small(), 'GET', `${INCIDENT}?sysparm_limit=${limit}`)
  expect(status).toBe(400)
  expect(json()).toEqual(
    failure('Invalid value given for sysparm_limit', 'sysparm_limit value must be a positive integer'),
  )
  expect(headers.get('x-total-count')).toBeNull()
})

test('unknown table, record, path and credentials: status and body to the letter (1.5)', async () => {
  const instance = small()
  const table = await ask(instance, 'GET', '/api/now/table/ghosts')
  expect([table.status, table.json()]).toEqual([400, failure('Invalid table ghosts', null)])
  const record = await ask(instance, 'GET', `${INCIDENT}/${'0'.repeat(32)}`)
  expect([record.status, record.json()]).toEqual([
    404,
    failure('No Record found', "Record doesn't exist or ACL restricts the record retrieval"),
  ])
  const path = await ask(instance, 'GET', '/api/now/nothing')
  expect([path.status, path.json()]).toEqual([
    400,
    failure('Requested URI does not represent any resource', null),
  ])
  const stranger = await ask(instance, 'GET', INCIDENT, undefined, {
    authorization: `Basic ${btoa('admin:wrong')}`,
  })
  expect([stranger.status, stranger.json()]).toEqual([
    401,
    failure('User Not Authenticated', 'Required to provide Auth information'),
  ])
  expect(stranger.headers.get('www-authenticate')).toBe('Basic realm="Service-now"')
  expect(stranger.headers.get('x-is-logged-in')).toBe('false')
})

test('v1 answers an empty list by 404, v2 and the latest by 200 (1.1)', async () => {
  const instance = small()
  const status = async (version: string) =>
    (await ask(instance, 'GET', `/api/now${version}/table/incident?sysparm_query=number=none`)).status
  expect([await status('/v1'), await status('/v2'), await status('')]).toEqual([404, 200, 200])
})

test('the version segment comes back in reference links (1.1)', async () => {
  const { rows } = await ask(small(), 'GET', '/api/now/v2/table/incident?sysparm_limit=1')
  const caller = rows()[0]?.caller_id as unknown as { link: string; value: string }
  expect(caller.link).toBe(`${ORIGIN}/api/now/v2/table/sys_user/${caller.value}`)
})

test('POST: 201, Location, the 92 fields and defaults of a plain incident (7)', async () => {
  const instance = createInstance()
  const { status, headers, row } = await ask(
    instance,
    'POST',
    `${INCIDENT}?sysparm_exclude_reference_link=true`,
    {
      short_description: 'Printer on fire',
    },
  )
  const record = row()
  expect(status).toBe(201)
  expect(headers.get('location')).toBe(`${ORIGIN}${INCIDENT}/${record.sys_id}`)
  expect(Object.keys(record)).toHaveLength(92)
  expect(record).toMatchObject({
    number: 'INC0010001',
    task_effective_number: 'INC0010001',
    category: 'inquiry',
    impact: '3',
    urgency: '3',
    priority: '5',
    severity: '3',
    state: '1',
    incident_state: '1',
    active: 'true',
    approval: 'not requested',
    upon_approval: 'proceed',
    upon_reject: 'cancel',
    escalation: '0',
    notify: '1',
    knowledge: 'false',
    made_sla: 'true',
    reassignment_count: '0',
    reopen_count: '0',
    sys_mod_count: '0',
    contact_type: '',
    sys_class_name: 'incident',
    sys_domain: 'global',
    sys_domain_path: '/',
    sys_created_by: 'admin',
    sys_created_on: '2026-11-02 09:00:00',
  })
  expect(Object.values(record).every((value) => typeof value === 'string')).toBe(true)
})

test('PUT is a partial update, DELETE is 204 without a body, HEAD is GET without one (1.1)', async () => {
  const instance = small()
  const [first] = (await ask(instance, 'GET', `${INCIDENT}?sysparm_limit=1`)).rows()
  const path = `${INCIDENT}/${first?.sys_id}`
  const put = await ask(instance, 'PUT', path, { description: 'only this' })
  expect(put.row()).toMatchObject({ description: 'only this', short_description: first?.short_description })
  const head = await ask(instance, 'HEAD', `${INCIDENT}?sysparm_limit=1`)
  expect([head.status, head.text, head.headers.get('x-total-count')]).toEqual([200, '', '25'])
  const gone = await ask(instance, 'DELETE', path)
  expect([gone.status, gone.text]).toEqual([204, ''])
  expect((await ask(instance, 'GET', path)).status).toBe(404)
})

test('X-HTTP-Method-Override and X-no-response-body are honoured (1.1)', async () => {
  const instance = small()
  const [first] = (await ask(instance, 'GET', `${INCIDENT}?sysparm_limit=1`)).rows()
  const patch = { 'x-http-method-override': 'PATCH', 'x-no-response-body': 'true' }
  const answer = await ask(instance, 'POST', `${INCIDENT}/${first?.sys_id}`, { description: 'over' }, patch)
  expect([answer.status, answer.text]).toEqual([200, ''])
  expect((await ask(instance, 'GET', `${INCIDENT}/${first?.sys_id}`)).row().description).toBe('over')
})

test('X-no-response-body leaves the body of writes out, of POST, PUT and PATCH alone (1.1)', async () => {
  const instance = small()
  const quiet = { 'x-no-response-body': 'true' }
  const made = await ask(instance, 'POST', INCIDENT, { short_description: 'new' }, quiet)
  const path = (made.headers.get('location') ?? '').replace(ORIGIN, '')
  expect([made.status, made.text]).toEqual([201, ''])
  for (const method of ['PUT', 'PATCH']) {
    const answer = await ask(instance, method, path, { description: method }, quiet)
    expect([answer.status, answer.text]).toEqual([200, ''])
  }
  expect((await ask(instance, 'GET', path, undefined, quiet)).row().description).toBe('PATCH')
  expect((await ask(instance, 'GET', INCIDENT, undefined, quiet)).rows()).not.toEqual([])
})

test('media types, broken bodies, sizes and long addresses are refused (1.1, 1.5, 2.4)', async () => {
  const instance = createInstance({ maxBodyBytes: 100 })
  expect(
    (await ask(instance, 'POST', INCIDENT, 'a=1', { 'content-type': 'application/x-www-form-urlencoded' }))
      .status,
  ).toBe(415)
  expect((await ask(instance, 'GET', INCIDENT, undefined, { accept: 'text/csv' })).status).toBe(406)
  expect((await ask(instance, 'POST', INCIDENT, '{"a":')).status).toBe(400)
  const big = await ask(instance, 'POST', INCIDENT, { description: 'x'.repeat(200) })
  expect([big.status, big.json()]).toEqual([
    400,
    failure(
      'Exception while reading request',
      'Rejected large REST payload with content-length = 218 bytes. Max allowed: 100 bytes.',
    ),
  ])
  const long = await ask(instance, 'GET', listPath(`numberIN${'INC0010001,'.repeat(2000)}`))
  expect(long.status).toBe(400)
  expect(long.text).toContain('Request header is too large')
})

test('only the first object of several is processed (1.1)', async () => {
  const instance = createInstance()
  await ask(instance, 'POST', INCIDENT, [{ short_description: 'one' }, { short_description: 'two' }])
  expect(instance.control.records('incident').map((row) => row.short_description)).toEqual(['one'])
})

test('plain name=value parameters filter, by raw and by display value (1.1)', async () => {
  const instance = createInstance({ incidents: 200 })
  const count = async (query: string) =>
    (await ask(instance, 'GET', `${INCIDENT}?${query}`)).headers.get('x-total-count')
  const held = instance.control.records('incident').filter((row) => row.state === '3').length
  expect(held).toBeGreaterThan(0)
  expect(await count('state=3')).toBe(String(held))
  expect(await count('state=On+Hold')).toBe(String(held))
  expect(await count('ghost=1')).toBe('200')
})

test('a condition on an unknown field or operator is dropped: more rows than asked; with the property none (1.5)', async () => {
  const path = listPath('ghost=1^number~x')
  expect((await ask(small(), 'GET', path)).headers.get('x-total-count')).toBe('25')
  const strict = createInstance({ incidents: 25, invalidQueryReturnsNoRows: true })
  expect((await ask(strict, 'GET', path)).headers.get('x-total-count')).toBe('0')
})

test('without ORDERBY the order changes from request to request, and a seed replays it (3.1)', async () => {
  const read = async (seed: number) => {
    const instance = createInstance({ seed, incidents: 50 })
    const once = async () =>
      (await ask(instance, 'GET', `${INCIDENT}?sysparm_limit=50`)).rows().map((row) => row.number)
    return [await once(), await once()]
  }
  const [first, second] = await read(7)
  expect(first).not.toEqual(second)
  expect([...(first ?? [])].sort()).toEqual([...(second ?? [])].sort())
  expect(await read(7)).toEqual([first, second])
})

test('ties beyond the given ORDERBY keys are unstable too (3.1)', async () => {
  const instance = createInstance()
  const same = Array.from({ length: 30 }, (_, at) => ({
    sys_id: String(at).padStart(32, '0'),
    sys_updated_on: '2026-01-01 00:00:00',
  }))
  instance.control.load('incident', same)
  const read = async () =>
    (await ask(instance, 'GET', listPath('ORDERBYsys_updated_on'))).rows().map((row) => row.sys_id)
  expect(await read()).not.toEqual(await read())
})

test('the keyset predicate of section 2.1 reads exactly what comes after a (stamp, id)', async () => {
  const instance = createInstance()
  const rows = ['a1', 'a2', 'a3'].flatMap((id) =>
    ['01', '02'].map((s) => ({ sys_id: id + s, sys_updated_on: `2026-01-01 00:00:${s}` })),
  )
  instance.control.load('incident', rows)
  const T = '2026-01-01 00:00:01'
  const query = `sys_updated_on>=${T}^sys_updated_on>${T}^ORsys_id>a201^ORDERBYsys_updated_on^ORDERBYsys_id`
  const ids = (await ask(instance, 'GET', listPath(query))).rows().map((row) => row.sys_id)
  expect(ids).toEqual(['a301', 'a102', 'a202', 'a302'])
})
