/** The form of records as they arrive: told in the log, as an error, or not at all. */
import { expect, test } from 'vitest'
import { ConfigError } from '../../src/base/errors.ts'
import type { ClientOptions } from '../../src/client/options.ts'
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

test('display values, single pages and other tables’ own fields are left alone', async () => {
  const { client, warnings } = open('error')
  await client.incidents.list({ displayValue: true })
  await client.incidents.page({ query: '', limit: 1 })
  await client.table('u_asset').list()
  expect(warnings).toEqual([])
})
