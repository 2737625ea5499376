/** Long addresses: the limit of a request line and `sysparm_tiny` (servicenow.md 2.4). */
import { expect, test } from 'vitest'
import { createInstance } from '../src/index.ts'
import { ask, INCIDENT } from './door.ts'

test("a request line over 8 KB is 400 with Tomcat's page, whoever asks (KB0826932)", async () => {
  const sn = createInstance({ incidents: 1 })
  const line = (length: number) => `${INCIDENT}?sysparm_query=`.padEnd(length - 'GET  HTTP/1.1'.length, 'x')
  expect((await ask(sn, 'GET', line(8192))).status).toBe(200)
  const long = await ask(sn, 'GET', line(8193), undefined, { authorization: '' })
  expect([long.status, long.headers.get('content-type')]).toEqual([400, 'text/html;charset=UTF-8'])
  expect(long.text).toContain('Request header is too large')
})

test('POST /api/now/tinyurl keeps an address; sysparm_tiny stands for its parameters', async () => {
  const sn = createInstance({ incidents: 12 })
  const query = `numberIN${'INC0010001,'.repeat(900)}INC0010003`
  const url = `incident_list.do?sysparm_query=${query}&sysparm_fields=number`
  const made = await ask(sn, 'POST', '/api/now/tinyurl', { url })
  const tiny = String(made.json().result)
  expect([made.status, tiny]).toEqual([
    200,
    expect.stringMatching(/^incident_list\.do\?sysparm_tiny=[0-9a-f]{32}$/),
  ])
  expect((await ask(sn, 'POST', '/api/now/tinyurl', { url })).json().result).toBe(tiny)
  const found = await ask(sn, 'GET', `${INCIDENT}?${tiny.split('?')[1]}&sysparm_limit=5`)
  expect(
    found
      .rows()
      .map((row) => row.number)
      .sort(),
  ).toEqual(['INC0010001', 'INC0010003'])
  expect(Object.keys(found.rows()[0] ?? {})).toEqual(['number'])
  expect((await ask(sn, 'POST', '/api/now/tinyurl', {})).status).toBe(400)
})
