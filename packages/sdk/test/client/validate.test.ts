/** The form of records as they arrive: told in the log, as an error, or not at all. */
import { createInstance } from '@snowline/simulator'
import { expect, test } from 'vitest'
import { ConfigError } from '../../src/base/errors.ts'
import { silentLogger } from '../../src/base/log.ts'
import { createClient } from '../../src/client/client.ts'
import type { ClientOptions } from '../../src/client/options.ts'
import { validateRows } from '../../src/client/validate.ts'
import { basicAuth } from '../../src/http/auth.ts'
import { incidentSchema, recordSchema } from '../../src/schemas/index.ts'
import { kindsOf } from '../../src/tables/tables.ts'
import { fakeInstance, json } from './fake-instance.ts'

const sysId = '46f09e75a9fe198100f4ffd8d366d17b'
const row = {
  sys_id: sysId,
  sys_updated_on: '13-Jul-2026 10:29:21',
  short_description: 'private',
  u_mine: 'x',
  state: '-77',
}

function open(validate?: ClientOptions['validate']) {
  const warnings: unknown[] = []
  const logger = {
    debug() {},
    info() {},
    error() {},
    warn: (event: string, fields?: object) => warnings.push([event, fields]),
  }
  const answer = (request: Request) =>
    new URL(request.url).pathname.endsWith(sysId) ? json({ result: row }) : json({ result: [row] })
  const { client } = fakeInstance([answer], { logger, ...(validate === undefined ? {} : { validate }) })
  return { client, warnings }
}

test('by default a warning names the fields and no value, and the read goes on', async () => {
  const { client, warnings } = open()
  expect((await client.incidents.list()).records).toHaveLength(1)
  expect((await client.incidents.get(sysId)).state).toBe('-77')
  const warning = ['answer.unexpected_form', { table: 'incident', fields: ['sys_updated_on'] }]
  expect(warnings).toEqual([warning, warning])
})

test('as an error, or not at all', async () => {
  await expect(open('error').client.incidents.list()).rejects.toMatchObject({
    code: 'response.shape',
    details: { fields: ['sys_updated_on'] },
  })
  const silent = open('off')
  await silent.client.incidents.list()
  expect(silent.warnings).toEqual([])
  expect(() => open('loud' as never)).toThrow(ConfigError)
})

test('display values and single pages are left alone', async () => {
  const { client, warnings } = open('error')
  await client.incidents.list({ displayValue: true })
  await client.incidents.page({ query: '', limit: 1 })
  expect(warnings).toEqual([])
})

test.each([
  ['sys_updated_on', '13-Jul-2026 10:29:21'],
  ['sys_created_on', 'yesterday'],
  ['sys_mod_count', '1,024'],
  ['sys_id', 'x'],
  ['u_anything', 7],
  ['u_anything', null],
  ['u_owner', { display_value: 'Abel Tuter' }],
])('a table that is not known: %s: %o has no form of an instance', async (field, cell) => {
  const { client } = fakeInstance([json({ result: [{ sys_id: sysId, [field]: cell }] })], {
    validate: 'error',
  })
  await expect(client.table('u_asset').list({ paging: 'offset' })).rejects.toMatchObject({
    details: { fields: [field] },
  })
})

test('a table that is not known: texts of any form, and references with their link, pass', async () => {
  const owner = { link: 'https://dev00001.service-now.com/api/now/table/sys_user/x', value: 'x' }
  const asset = {
    sys_id: sysId,
    sys_updated_on: '2026-01-01 00:00:00',
    u_date: 'soon',
    u_owner: owner,
    u_none: '',
  }
  const { client } = fakeInstance([json({ result: [asset] })], { validate: 'error' })
  expect((await client.table('u_asset').list()).records).toHaveLength(1)
})

test('the group of the global domain has a word for its id', async () => {
  const group = { sys_id: 'global', name: 'global', sys_domain: 'global' }
  const answer = (request: Request) =>
    json({ result: new URL(request.url).pathname.endsWith('/global') ? group : [group] })
  const { client } = fakeInstance([answer], { validate: 'error' })
  const { records } = await client.table('sys_user_group').list()
  expect(records).toHaveLength(1)
  expect((await client.table('sys_user_group').get('global')).name).toBe('global')
})

test('the first 25 rows of a page are looked at', async () => {
  const rows = Array.from({ length: 26 }, (_, n) => ({
    sys_id: n.toString(16).padStart(32, '0'),
    active: n < 25 ? 'true' : 'perhaps',
  }))
  const { client } = fakeInstance([json({ result: rows })], { validate: 'error' })
  expect((await client.incidents.list()).records).toHaveLength(26)
})

test.each([
  ['sys_id', '../../x'],
  ['sys_id', ''],
  ['sys_mod_count', '1,024'],
  ['active', 'yes'],
  ['number', 7],
  ['caller_id', { display_value: 'Abel Tuter' }],
  ['opened_at', null],
])('%s: %o has not the form of its kind', async (field, cell) => {
  const answer = () => json({ result: [{ ...row, sys_updated_on: '', [field]: cell }] })
  const { client } = fakeInstance([answer], { validate: 'error' })
  await expect(client.incidents.list({ paging: 'offset' })).rejects.toMatchObject({
    details: { fields: [field] },
  })
})

test('what the schemas call an incident passes, with links and without', async () => {
  const instance = createInstance({ seed: 3, incidents: 60 })
  const client = createClient({
    instanceUrl: 'dev00000',
    auth: basicAuth({ username: 'admin', password: 'admin' }),
    fetch: instance.fetch,
    validate: 'error',
  })
  for (const table of ['incident', 'sys_user', 'sys_user_group'] as const) {
    for (const excludeReferenceLink of [true, false]) {
      const { records } = await client.table(table).page({ query: '', limit: 50, excludeReferenceLink })
      const kindOf = kindsOf(table)
      const call = { method: 'GET', url: '/' }
      validateRows(records, table, { mode: 'error', logger: silentLogger, call, kindOf })
      expect(records.length).toBeGreaterThan(0)
      for (const record of records) (table === 'incident' ? incidentSchema : recordSchema).parse(record)
    }
  }
})
