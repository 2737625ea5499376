/** Requests that no honest client sends: each has an answer of the platform, and none breaks the instance. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createInstance, type Instance } from '../src/index.ts'
import { AUTH, ask, INCIDENT, listPath, ORIGIN } from './door.ts'

const SEED = 20_261_203
const ID = '1'.repeat(32)
const NAMES = ['__proto__', 'constructor', 'toString', 'valueOf', 'hasOwnProperty'] as const
const deep = (open: string, close: string, times: number): string =>
  `${open.repeat(times)}1${close.repeat(times)}`

test.each(NAMES)('a view called %s is an unknown view and shows all columns', async (name) => {
  const sn = createInstance({ incidents: 1 })
  const { status, rows } = await ask(sn, 'GET', `${INCIDENT}?sysparm_view=${name}`)
  expect(status).toBe(200)
  expect(Object.keys(rows()[0] ?? {})).toHaveLength(92)
})

test.each(NAMES)('a having with the operator %s has no effect', async (name) => {
  const sn = createInstance({ incidents: 3 })
  const path = `/api/now/stats/incident?sysparm_count=true&sysparm_having=count^state^${name}^3`
  const { status, json } = await ask(sn, 'GET', path)
  expect([status, json().result]).toEqual([200, { stats: { count: '3' } }])
})

test.each([
  "sys_created_on>javascript:gs.daysAgo('abc')",
  'sys_created_on>javascript:gs.daysAgo(99999999999)',
  'sys_created_on>javascript:gs.beginningOfThisConstructor()',
  'sys_created_on>javascript:gs.beginningOfLast999999999999Years()',
  'sys_created_onRELATIVEGT@year@ago@99999999',
  'sys_created_onRELATIVEGT@constructor@ago@1',
  'sys_created_onMORETHANopened_at@constructor@before@1',
  'numberNSAMEASnumber@constructor',
  'sys_created_on>2026-02-31 00:00:00',
  'sys_created_onDATEPARTMonday@javascript:gs.datePart("dayofweek","","EE")',
])('%s is dropped like every part that nobody can read', async (query) => {
  const sn = createInstance({
    incidents: 3,
    users: [{ user: 'admin', password: 'admin', timeZone: 'Europe/Berlin' }],
  })
  const { status, rows } = await ask(sn, 'GET', listPath(query))
  expect([status, rows().length]).toEqual([200, 3])
})

const UNREADABLE = { message: 'Exception while reading request', detail: 'The payload is not valid JSON.' }

test.each([
  ['POST', INCIDENT, deep('{"value":', '}', 20_000)],
  ['POST', '/api/now/import/u_stage', `{"u_text":${deep('[', ']', 30_000)}}`],
  ['POST', '/api/now/import/u_stage/insertMultiple', `{"records":${deep('[', ']', 30_000)}}`],
  ['POST', '/api/now/v1/batch', `{"rest_requests":${deep('[', ']', 30_000)}}`],
] as const)('%s %s with a body nested beyond reason is 400', async (method, path, body) => {
  const sn = createInstance({ imports: [{ staging: 'u_stage', target: 'incident' }] })
  const { status, json } = await ask(sn, method, path, body)
  expect([status, json().error]).toEqual([400, UNREADABLE])
})

const item = (id: string, url: string) => ({ id, method: 'GET', url, headers: [] })

async function batch(sn: Instance, ...requests: readonly unknown[]) {
  const { json } = await ask(sn, 'POST', '/api/now/v1/batch', {
    batch_request_id: '1',
    rest_requests: requests,
  })
  const answer = json() as unknown as {
    serviced_requests: readonly { id: string; status_code: number; body: string }[]
  }
  return answer.serviced_requests.map(({ id, status_code, body }) => ({
    id,
    status_code,
    text: Buffer.from(body, 'base64').toString(),
  }))
}

test.each(['/\\[', '/\\evil.com/api/now/table/incident', '\\\\evil.com/api/now/table/incident', '//x'])(
  'a batch item for %s is 400 by itself, and the others are served',
  async (url) => {
    const sn = createInstance({ incidents: 1 })
    const items = await batch(sn, item('1', url), item('2', `${INCIDENT}?sysparm_fields=caller_id`))
    expect(items.map(({ status_code }) => status_code)).toEqual([400, 200])
    expect(items[1]?.text).toContain(`${ORIGIN}/api/now/table/sys_user/`)
  },
)

test('a query without end in a batch item is read without a stack', async () => {
  const sn = createInstance({ incidents: 2 })
  const items = await batch(
    sn,
    item('1', `${INCIDENT}?sysparm_query=${'NQ'.repeat(200_000)}`),
    item('2', `${INCIDENT}?sysparm_query=${'a.'.repeat(30_000)}b=1`),
    item('3', `${INCIDENT}?sysparm_query=${'parent.'.repeat(30_000)}number=1`),
    item('4', `${INCIDENT}?sysparm_fields=${'parent.'.repeat(30_000)}number`),
  )
  expect(items.map(({ status_code }) => status_code)).toEqual([200, 200, 200, 200])
  const manyFields = Array.from({ length: 40 }, (_, at) => `${'parent.'.repeat(at)}number`).join(',')
  const many = await batch(sn, item('5', `${INCIDENT}?sysparm_fields=${manyFields}`))
  expect(Object.keys((JSON.parse(many[0]?.text ?? '') as { result: object[] }).result[0] ?? {})).toHaveLength(
    40,
  )
})

async function download(sn: Instance, id: string) {
  const response = await sn.fetch(`${ORIGIN}/api/now/attachment/${id}/file`, { headers: AUTH })
  return { status: response.status, headers: response.headers, text: await response.text() }
}

test('a file name that is cut inside an emoji, and a type that no header can hold, can be read back', async () => {
  const sn = createInstance({ incidents: 1 })
  const id = sn.control.records('incident')[0]?.sys_id ?? ''
  const query = new URLSearchParams({
    table_name: 'incident',
    table_sys_id: id,
    file_name: `${'n'.repeat(99)}😀`,
  })
  const put = await ask(sn, 'POST', `/api/now/attachment/file?${query}`, 'x', {
    'content-type': 'text/plain',
  })
  expect([put.status, put.row().file_name]).toEqual([201, 'n'.repeat(99)])
  expect((await download(sn, put.row().sys_id ?? '')).status).toBe(200)
  const parts = [
    '--b\r\nContent-Disposition: form-data; name="table_name"\r\n\r\nincident',
    `\r\n--b\r\nContent-Disposition: form-data; name="table_sys_id"\r\n\r\n${id}`,
    '\r\n--b\r\nContent-Disposition: form-data; name="uploadFile"; filename="a.txt"\r\nContent-Type: text/Ω\r\n\r\nhello\r\n--b--\r\n',
  ]
  const form = await ask(sn, 'POST', '/api/now/attachment/upload', parts.join(''), {
    'content-type': 'multipart/form-data; boundary=b',
  })
  expect(form.status).toBe(201)
  const read = await download(sn, form.row().sys_id ?? '')
  expect([read.status, read.text, read.headers.get('content-type')]).toEqual([
    200,
    'hello',
    'application/octet-stream',
  ])
})

const letters = fc.oneof(
  fc.constantFrom(
    ...NAMES,
    '\u0000',
    '\ud83d',
    'Ω',
    '😀',
    '%E0%A4%A',
    '\\',
    '/',
    '//',
    '..',
    '@',
    ',',
    '^',
    '-1',
    '1e23',
  ),
  fc.string({ unit: 'binary', maxLength: 6 }),
)
const text = fc.array(letters, { maxLength: 4 }).map((parts) => parts.join(''))
const number = fc.oneof(
  fc.constantFrom('abc', '', '-1', '99999999999', '1e9', '99999999999999999999999', 'Infinity', 'NaN'),
  fc.integer().map(String),
)
const unit = fc.oneof(fc.constantFrom('minute', 'days', 'week', 'month', 'quarter', 'year', ...NAMES), text)
const field = fc.oneof(
  fc.constantFrom('state', 'caller_id', 'caller_id.manager.email', 'sys_created_on', 'work_notes', 'number'),
  fc.constantFrom('calendar_duration', 'close_code', 'sys_class_name', 'active', ...NAMES),
  text,
)
const script = fc.oneof(
  fc.tuple(unit, number).map(([name, count]) => `gs.${name}sAgo(${count})`),
  fc.tuple(unit, number).map(([name, count]) => `gs.beginningOfLast${count}${name}()`),
  unit.map((name) => `gs.endOfThis${name.slice(0, 1).toUpperCase()}${name.slice(1)}()`),
  fc.tuple(text, text).map(([date, time]) => `gs.dateGenerate('${date}','${time}')`),
  fc.constantFrom("gs.dateGenerate('9999-12-31','end')", "gs.dateGenerate('0001-01-01','start')"),
)
const value = fc.oneof(
  text,
  number,
  script.map((call) => `javascript:${call}`),
  field,
)
const condition = fc.oneof(
  fc
    .tuple(
      field,
      fc.constantFrom(
        '=',
        '!=',
        '<',
        '>=',
        'LIKE',
        'STARTSWITH',
        'IN',
        'NOT IN',
        'IN_HIERARCHY',
        'ISEMPTY',
        'SAMEAS',
        'INSTANCEOF',
        'DYNAMIC',
      ),
      value,
    )
    .map((parts) => parts.join('')),
  fc.tuple(field, value, value).map(([name, low, high]) => `${name}BETWEEN${low}@${high}`),
  fc.tuple(field, value, value).map(([name, low, high]) => `${name}ONx@${low}@${high}`),
  fc.tuple(field, unit, number).map(([name, word, count]) => `${name}RELATIVEGT@${word}@ago@${count}`),
  fc
    .tuple(field, field, unit, number)
    .map(([a, b, word, count]) => `${a}MORETHAN${b}@${word}@before@${count}`),
  fc.tuple(field, field, unit).map(([a, b, word]) => `${a}SAMEAS${b}@${word}`),
  fc
    .tuple(field, unit, value)
    .map(([name, part, word]) => `${name}DATEPARTx@javascript:gs.datePart('${part}','${word}','EE')`),
  text.map((words) => `123TEXTQUERY321=${words}`),
  fc.constantFrom('RLQUERYa.b,>=1', 'ENDRLQUERY', 'SUBQUERYa', 'NQNQ', 'ORDERBY', 'GROUPBYstate', 'EQ'),
  field.map((name) => `ORDERBYDESC${name}`),
)
const query = fc
  .array(fc.tuple(fc.constantFrom('^', '^OR', '^NQ'), condition), { maxLength: 4 })
  .map((parts) => parts.flat().join('').slice(1))
const having = fc
  .tuple(fc.constantFrom('count', 'MAX', 'sum', ...NAMES), field, fc.constantFrom('>', '=', ...NAMES), value)
  .map((parts) => parts.join('^'))
const parameter = fc.oneof(
  { weight: 4, arbitrary: fc.tuple(fc.constant('sysparm_query'), query) },
  fc.tuple(fc.constant('sysparm_having'), having),
  fc.tuple(
    fc.constantFrom('sysparm_view', 'sysparm_tiny', 'table_name', 'table_sys_id', 'file_name', 'x-sn-apikey'),
    text,
  ),
  fc.tuple(fc.constantFrom('sysparm_limit', 'sysparm_offset'), number),
  fc.tuple(
    fc.constantFrom(
      'sysparm_fields',
      'sysparm_group_by',
      'sysparm_order_by',
      'sysparm_min_fields',
      'sysparm_sum_fields',
    ),
    field,
  ),
  fc.tuple(
    fc.constantFrom('sysparm_count', 'sysparm_display_value', 'sysparm_input_display_value'),
    fc.constantFrom('true', 'all'),
  ),
  fc.tuple(field, value),
)
const path = fc.oneof(
  fc.constantFrom(INCIDENT, `${INCIDENT}/${ID}`, '/api/now/stats/incident', '/api/now/table/task'),
  fc.constantFrom(
    '/api/now/v1/table/sys_journal_field',
    '/api/now/attachment',
    `/api/now/attachment/file?table_name=incident&table_sys_id=${ID}`,
    '/api/now/attachment/upload',
    '/api/now/v1/batch',
    '/api/now/import/u_stage',
    '/api/now/import/u_stage/insertMultiple',
    '/api/now/tinyurl',
    '/oauth_token.do',
  ),
  text.map((end) => `/api/now/table/${encodeURIComponent(end.toWellFormed())}`),
  text.map((end) => `/${end.toWellFormed().replace(/[?#]/g, '')}`),
)
const columns = fc.constantFrom(
  'short_description',
  'impact',
  'state',
  'follow_up',
  'calendar_duration',
  'opened_at',
  'caller_id',
  'work_notes',
  'sys_id',
  'u_text',
  'url',
  ...NAMES,
)
const record = fc.dictionary(columns, fc.oneof(value, fc.integer(), fc.record({ value }), fc.constant(null)))
const json = fc.oneof(
  fc.json({ maxDepth: 3 }),
  record.map((body) => JSON.stringify(body)),
  fc.array(record, { maxLength: 3 }).map((records) => JSON.stringify({ records })),
  fc
    .array(
      fc.record({
        id: text,
        method: fc.constantFrom('GET', 'PATCH', 'x'),
        url: fc.tuple(path, query).map(([to, asked]) => `${to}?sysparm_query=${asked}`),
        body: text,
      }),
      { maxLength: 3 },
    )
    .map((requests) => JSON.stringify({ batch_request_id: '1', rest_requests: requests })),
  text,
)

test(`no request whatever makes the instance fail in itself (seed ${SEED})`, async () => {
  const sn = createInstance({
    incidents: 5,
    records: { incident: [{ sys_id: ID, number: 'INC1' }] },
    imports: [{ staging: 'u_stage', target: 'incident', fields: { u_text: 'short_description' } }],
    users: [
      { user: 'admin', password: 'admin', timeZone: 'America/New_York', dateFormat: 'dd-MMM-yyyy' },
      { user: 'agent', password: 'agent', unreadable: { incident: ['state'] }, domain: 'a' },
    ],
  })
  const request = fc.record({
    method: fc.constantFrom('GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS'),
    override: fc.option(fc.constantFrom('GET', 'PATCH', 'DELETE', 'x'), { nil: undefined }),
    user: fc.constantFrom('admin', 'agent'),
    path,
    parameters: fc.array(parameter, { maxLength: 4 }),
    body: json,
    type: fc.constantFrom(
      'application/json',
      'text/plain',
      'multipart/form-data; boundary=b',
      'application/x-www-form-urlencoded',
    ),
  })
  await fc.assert(
    fc.asyncProperty(request, async ({ method, override, user, path, parameters, body, type }) => {
      const url = new URL(ORIGIN)
      const [name = '', search = ''] = path.split('?')
      url.pathname = name
      url.search = search
      for (const [name, value] of parameters) url.searchParams.append(name, value)
      const bodiless = method === 'GET' || method === 'HEAD'
      const response = await sn.fetch(url, {
        method,
        headers: {
          authorization: `Basic ${btoa(`${user}:${user}`)}`,
          'content-type': type,
          ...(override === undefined ? {} : { 'x-http-method-override': override }),
        },
        ...(bodiless ? {} : { body }),
      })
      const answer = await response.text()
      // A batch is 200 whatever became of its items, and says so of each.
      const failed = response.status === 500 || /"status_code":500/.test(answer)
      expect(failed ? [url.href, answer] : undefined).toBeUndefined()
    }),
    { seed: SEED, numRuns: 2000 },
  )
})

test('what fails in the instance itself is 500 in the shape of the platform, and stands in the books', async () => {
  const sn = createInstance({
    incidents: 1,
    latencyMs: 1,
    sleep: () => Promise.reject(new RangeError('the floor is gone')),
  })
  const { status, json } = await ask(sn, 'GET', INCIDENT)
  expect([status, json()]).toEqual([
    500,
    {
      error: { message: 'Internal Server Error', detail: 'RangeError: the floor is gone' },
      status: 'failure',
    },
  ])
  expect(sn.control.stats().log.map((entry) => entry.status)).toEqual([500])
})
