/** What every API has in common before it works: versions, media types, sizes of bodies, and HEAD (servicenow.md 1.1, 1.5, 4). */
import { expect, test } from 'vitest'
import { createInstance } from '../src/index.ts'
import { ask, INCIDENT } from './door.ts'

const NOBODY = { authorization: 'Basic bm9ib2R5Og==' }

test.each([
  ['a record that is there', INCIDENT, {}, 200],
  ['wrong credentials', INCIDENT, NOBODY, 401],
  ['a path of no API', '/api/now/nothing', {}, 400],
  ['a path beside the API', '/somewhere.do', {}, 200],
  ['a request line without end', `${INCIDENT}?a=${'x'.repeat(9000)}`, {}, 400],
] as const)('HEAD has no body for %s (1.1)', async (_, path, headers, status) => {
  const sn = createInstance({ incidents: 1 })
  const answer = await ask(sn, 'HEAD', path, undefined, headers)
  expect([answer.status, answer.text]).toEqual([status, ''])
  expect((await ask(sn, 'GET', path, undefined, headers)).text).not.toBe('')
})

test('HEAD has no body where a fault, a limit or a batch answers either', async () => {
  const sn = createInstance({ incidents: 1 })
  sn.control.setFault({ kind: 'maintenance', count: 1 })
  const down = await ask(sn, 'HEAD', INCIDENT)
  expect([down.status, down.text]).toEqual([503, ''])
  sn.control.rateRule({ limit: 0 })
  const limited = await ask(sn, 'HEAD', INCIDENT)
  expect([limited.status, limited.text]).toEqual([429, ''])
  sn.control.clearRateRules()
  const item = { id: '1', method: 'HEAD', url: '/api/now/nothing', headers: [] }
  const batch = await ask(sn, 'POST', '/api/now/v1/batch', { batch_request_id: '1', rest_requests: [item] })
  expect(batch.json().serviced_requests).toMatchObject([{ status_code: 400, body: '' }])
})

test.each(['v0', 'v3', 'v9', 'v10'])('there is no version %s of an API (1.1)', async (version) => {
  const sn = createInstance({ incidents: 1 })
  for (const path of [`table/incident`, 'attachment', 'stats/incident'])
    expect((await ask(sn, 'GET', `/api/now/${version}/${path}`)).status).toBe(400)
})

test.each([
  ['application/json', 201],
  ['application/json;charset=UTF-8', 201],
  ['Application/JSON ; charset=utf-8', 201],
  ['application/json-patch+json', 415],
  ['application/jsonl', 415],
  ['text/application/json', 415],
  ['', 415],
])('a write with Content-Type "%s" is %i (1.1)', async (type, status) => {
  const answer = await ask(createInstance(), 'POST', INCIDENT, '{}', { 'content-type': type })
  expect(answer.status).toBe(status)
})

test.each([
  ['text/csv', 406],
  ['application/json-seq', 406],
  ['text/html, application/json;q=0.9', 200],
  ['*/*', 200],
])('Accept "%s" is %i (1.1)', async (accept, status) => {
  expect((await ask(createInstance(), 'GET', INCIDENT, undefined, { accept })).status).toBe(status)
})

const MEGABYTE = 1_048_576

test.each([
  ['', 10 * MEGABYTE],
  ['abc', 10 * MEGABYTE],
  ['-5', 10 * MEGABYTE],
  ['2000', 2000],
  [String(100 * MEGABYTE), 25 * MEGABYTE],
])('glide.rest.max_content_length "%s" lets %i bytes in, 25 MB at most (4)', async (value, most) => {
  const sn = createInstance({ properties: { 'glide.rest.max_content_length': value } })
  const body = (bytes: number) => `{"x":"${'x'.repeat(bytes - 8)}"}`
  expect((await ask(sn, 'POST', INCIDENT, body(most))).status).toBe(201)
  const more = await ask(sn, 'POST', INCIDENT, body(most + 1))
  expect([more.status, more.text]).toEqual([400, expect.stringContaining(`Max allowed: ${most} bytes.`)])
})
