/** Every odd answer told by name: what an instance sends in place of data, and what the client makes of it. */
import { describe, expect, test } from 'vitest'
import {
  AuthenticationError,
  DataPolicyError,
  InstanceError,
  InstanceUnavailableError,
  InvalidRequestError,
  isSnowlineError,
  NotFoundError,
  OutcomeUnknownError,
  PermissionError,
  RateLimitError,
  type SnowlineError,
  UnexpectedResponseError,
} from '../../src/base/errors.ts'
import type { FakeAnswer } from './fake-instance.ts'
import { fakeInstance, json } from './fake-instance.ts'

const html = (body: string, status = 200) =>
  new Response(`<html>${body}</html>`, { status, headers: { 'content-type': 'text/html;charset=UTF-8' } })
const text = (body: string, status = 200, type = 'application/json;charset=UTF-8') =>
  new Response(body, { status, headers: { 'content-type': type, 'x-transaction-id': 'tx1' } })
const refusal = (status: number, message: string | null, detail: string | null = null, headers = {}) =>
  json(
    { error: { message, detail }, status: 'failure' },
    { status, headers: { 'x-transaction-id': 'tx1', ...headers } },
  )

const sysId = '46f09e75a9fe198100f4ffd8d366d17b'
const hibernating = '<title>Instance Hibernating page</title>'
const cancelled = {
  result: [{ number: 'INC0000001' }],
  error: {
    message: 'Transaction cancelled: maximum execution time exceeded',
    detail: 'maximum execution time exceeded',
  },
  status: 'failure',
}

type Kind = new (...args: never[]) => SnowlineError

/** What a read and a create make of an answer that keeps coming: class, code and how often it was asked for. */
async function outcomes(
  answer: FakeAnswer,
): Promise<{ read: unknown; reads: number; created: unknown; posts: number }> {
  const forRead = fakeInstance([answer])
  const read = await forRead.client.incidents
    .page({ query: 'active=true', limit: 10 })
    .catch((error: unknown) => error)
  const forCreate = fakeInstance([answer])
  const created = await forCreate.client.incidents
    .create({ short_description: 'x' })
    .catch((error: unknown) => error)
  return { read, reads: forRead.requests.length, created, posts: forCreate.requests.length }
}

test.each<[string, FakeAnswer, Kind, string, number, Kind, string]>([
  [
    'a hibernating page',
    html(hibernating),
    UnexpectedResponseError,
    'response.hibernating',
    1,
    UnexpectedResponseError,
    'response.hibernating',
  ],
  [
    'a hibernating page at 503',
    html(hibernating, 503),
    UnexpectedResponseError,
    'response.hibernating',
    1,
    UnexpectedResponseError,
    'response.hibernating',
  ],
  [
    'a login page',
    html('<input type="password">'),
    UnexpectedResponseError,
    'response.login_page',
    1,
    UnexpectedResponseError,
    'response.login_page',
  ],
  [
    'a maintenance page',
    html('maintenance'),
    UnexpectedResponseError,
    'response.maintenance',
    3,
    OutcomeUnknownError,
    'write.outcome_unknown',
  ],
  [
    'a maintenance page at 503',
    html('maintenance', 503),
    UnexpectedResponseError,
    'response.maintenance',
    3,
    OutcomeUnknownError,
    'write.outcome_unknown',
  ],
  [
    'some page at 200',
    html('hello'),
    UnexpectedResponseError,
    'response.html',
    1,
    OutcomeUnknownError,
    'write.outcome_unknown',
  ],
  [
    'some page at 404',
    html('not here', 404),
    UnexpectedResponseError,
    'response.html',
    1,
    OutcomeUnknownError,
    'write.outcome_unknown',
  ],
  [
    'some page at 502',
    html('bad gateway', 502),
    InstanceUnavailableError,
    'instance.unavailable',
    3,
    OutcomeUnknownError,
    'write.outcome_unknown',
  ],
  [
    'a page with a JSON type',
    text('<!DOCTYPE html><html>hello</html>'),
    UnexpectedResponseError,
    'response.html',
    1,
    OutcomeUnknownError,
    'write.outcome_unknown',
  ],
  [
    'text',
    text('hello', 200, 'text/plain'),
    UnexpectedResponseError,
    'response.not_json',
    1,
    OutcomeUnknownError,
    'write.outcome_unknown',
  ],
  [
    'cut JSON',
    text('{"result":[{"number":"INC00'),
    UnexpectedResponseError,
    'response.cut_json',
    3,
    OutcomeUnknownError,
    'write.outcome_unknown',
  ],
  [
    'a cancelled transaction inside a 200',
    json(cancelled),
    UnexpectedResponseError,
    'response.error_in_body',
    3,
    OutcomeUnknownError,
    'write.outcome_unknown',
  ],
  [
    'another error inside a 200',
    json({ result: [], error: { message: 'odd' } }),
    UnexpectedResponseError,
    'response.error_in_body',
    1,
    OutcomeUnknownError,
    'write.outcome_unknown',
  ],
  [
    'no result',
    json({}),
    UnexpectedResponseError,
    'response.shape',
    1,
    OutcomeUnknownError,
    'write.outcome_unknown',
  ],
  [
    'a null result',
    json({ result: null }),
    UnexpectedResponseError,
    'response.shape',
    1,
    OutcomeUnknownError,
    'write.outcome_unknown',
  ],
  [
    'a text as result',
    json({ result: 'x' }),
    UnexpectedResponseError,
    'response.shape',
    1,
    OutcomeUnknownError,
    'write.outcome_unknown',
  ],
  [
    'rows that are no records',
    json({ result: [1] }),
    UnexpectedResponseError,
    'response.shape',
    1,
    OutcomeUnknownError,
    'write.outcome_unknown',
  ],
  [
    'JSON null',
    text('null'),
    UnexpectedResponseError,
    'response.shape',
    1,
    OutcomeUnknownError,
    'write.outcome_unknown',
  ],
  [
    'an empty body',
    text(''),
    UnexpectedResponseError,
    'response.empty',
    1,
    OutcomeUnknownError,
    'write.outcome_unknown',
  ],
  [
    'an empty 201',
    text('', 201),
    UnexpectedResponseError,
    'response.empty',
    1,
    OutcomeUnknownError,
    'write.outcome_unknown',
  ],
  [
    '202',
    text('', 202),
    UnexpectedResponseError,
    'response.dropped',
    3,
    UnexpectedResponseError,
    'response.dropped',
  ],
  [
    '302',
    new Response(null, { status: 302, headers: { location: '/login.do?x=secret' } }),
    UnexpectedResponseError,
    'response.redirect',
    1,
    UnexpectedResponseError,
    'response.redirect',
  ],
  [
    '307',
    new Response(null, { status: 307, headers: { location: 'http://169.254.169.254/' } }),
    UnexpectedResponseError,
    'response.redirect',
    1,
    UnexpectedResponseError,
    'response.redirect',
  ],
  [
    '401',
    refusal(401, 'User Not Authenticated', 'Required to provide Auth information'),
    AuthenticationError,
    'instance.unauthenticated',
    1,
    AuthenticationError,
    'instance.unauthenticated',
  ],
  [
    '401 without a body',
    text('', 401),
    AuthenticationError,
    'instance.unauthenticated',
    1,
    AuthenticationError,
    'instance.unauthenticated',
  ],
  [
    '401 with a page',
    html('<title>Log in</title>', 401),
    AuthenticationError,
    'instance.unauthenticated',
    1,
    AuthenticationError,
    'instance.unauthenticated',
  ],
  [
    '403',
    refusal(403, 'nope'),
    PermissionError,
    'instance.forbidden',
    1,
    PermissionError,
    'instance.forbidden',
  ],
  [
    '403 of the API',
    refusal(403, 'User Not Authorized', 'Failed API level ACL Validation'),
    PermissionError,
    'instance.api_acl',
    1,
    PermissionError,
    'instance.api_acl',
  ],
  [
    '403 of a write ACL',
    refusal(403, 'Operation Failed', 'ACL Exception Insert Failed due to security constraints'),
    PermissionError,
    'instance.write_acl',
    1,
    PermissionError,
    'instance.write_acl',
  ],
  [
    '403 of a query',
    refusal(
      403,
      "Operation against file 'incident' was denied due to table security.",
      'Field(s) present in the query do not have permission to be read.',
    ),
    PermissionError,
    'instance.query_acl',
    1,
    PermissionError,
    'instance.query_acl',
  ],
  [
    '404',
    refusal(404, 'No Record found', "Record doesn't exist or ACL restricts the record retrieval"),
    NotFoundError,
    'instance.not_found',
    1,
    NotFoundError,
    'instance.not_found',
  ],
  [
    'an invalid table',
    refusal(400, 'Invalid table incdent'),
    InvalidRequestError,
    'instance.invalid_table',
    1,
    InvalidRequestError,
    'instance.invalid_table',
  ],
  [
    '400 of the container',
    html('Request header is too large', 400),
    InvalidRequestError,
    'instance.request_too_long',
    1,
    InvalidRequestError,
    'instance.request_too_long',
  ],
  [
    '406',
    refusal(406, 'Not acceptable'),
    InstanceError,
    'instance.media_type',
    1,
    InstanceError,
    'instance.media_type',
  ],
  [
    '401 of a second factor (servicenow.md 5)',
    json(
      { error: { message: 'User Not Authenticated' } },
      { status: 401, headers: { 'x-mfa_token': 'invalid' } },
    ),
    AuthenticationError,
    'instance.unauthenticated',
    1,
    AuthenticationError,
    'instance.unauthenticated',
  ],
  [
    'a payload that is too large (KB0747638)',
    refusal(
      400,
      'Exception while reading request',
      'Rejected large REST payload with content-length = 11 bytes. Max allowed: 10485760 bytes.',
    ),
    InvalidRequestError,
    'instance.payload_too_large',
    1,
    InvalidRequestError,
    'instance.payload_too_large',
  ],
  [
    'an unknown path',
    refusal(400, 'Requested URI does not represent any resource'),
    InvalidRequestError,
    'instance.unknown_path',
    1,
    InvalidRequestError,
    'instance.unknown_path',
  ],
  [
    'a limit of nothing',
    refusal(400, 'Invalid value given for sysparm_limit', 'sysparm_limit value must be a positive integer'),
    InvalidRequestError,
    'instance.invalid_limit',
    1,
    InvalidRequestError,
    'instance.invalid_limit',
  ],
  [
    '405',
    refusal(405, 'Method not supported'),
    InstanceError,
    'instance.method_not_allowed',
    1,
    InstanceError,
    'instance.method_not_allowed',
  ],
  [
    '415',
    refusal(415, 'Unsupported media type'),
    InstanceError,
    'instance.media_type',
    1,
    InstanceError,
    'instance.media_type',
  ],
  [
    '499 (KB0546297)',
    refusal(499, 'Client closed request'),
    InstanceError,
    'instance.cut_off',
    3,
    OutcomeUnknownError,
    'write.outcome_unknown',
  ],
  [
    'a transaction cancelled while it waited (KB1297438)',
    refusal(500, 'Transaction cancelled: maximum execution time exceeded'),
    InstanceUnavailableError,
    'instance.unavailable',
    3,
    OutcomeUnknownError,
    'write.outcome_unknown',
  ],
  [
    'a login page at 403',
    html('<title>Log in</title>', 403),
    UnexpectedResponseError,
    'response.login_page',
    1,
    UnexpectedResponseError,
    'response.login_page',
  ],
  [
    '302 to where sleeping instances are woken (servicenow.md 9)',
    new Response(null, { status: 302, headers: { location: 'https://developer.servicenow.com/dev.do?x=1' } }),
    UnexpectedResponseError,
    'response.hibernating',
    1,
    UnexpectedResponseError,
    'response.hibernating',
  ],
  [
    'XML at 200',
    text('<?xml version="1.0"?><response><result/></response>', 200, 'application/xml'),
    UnexpectedResponseError,
    'response.not_json',
    1,
    OutcomeUnknownError,
    'write.outcome_unknown',
  ],
  [
    '202 with JSON from the Table API',
    json({ result: [] }, { status: 202 }),
    UnexpectedResponseError,
    'response.dropped',
    3,
    UnexpectedResponseError,
    'response.dropped',
  ],
  [
    '407',
    html('proxy', 407),
    InstanceError,
    'instance.proxy_unauthenticated',
    1,
    InstanceError,
    'instance.proxy_unauthenticated',
  ],
  [
    '408',
    text('', 408),
    InstanceError,
    'instance.request_timeout',
    3,
    OutcomeUnknownError,
    'write.outcome_unknown',
  ],
  [
    '409',
    refusal(409, 'Conflict'),
    InstanceError,
    'instance.conflict',
    1,
    InstanceError,
    'instance.conflict',
  ],
  [
    '413',
    html('too large', 413),
    InstanceError,
    'instance.payload_too_large',
    1,
    InstanceError,
    'instance.payload_too_large',
  ],
  [
    '414',
    html('too long', 414),
    InstanceError,
    'instance.request_too_long',
    1,
    InstanceError,
    'instance.request_too_long',
  ],
  [
    '431',
    text('', 431),
    InstanceError,
    'instance.request_too_long',
    1,
    InstanceError,
    'instance.request_too_long',
  ],
  [
    '429',
    refusal(429, 'Rate limit exceeded'),
    RateLimitError,
    'instance.rate_limited',
    3,
    RateLimitError,
    'instance.rate_limited',
  ],
  [
    '429 with a page',
    html('busy', 429),
    RateLimitError,
    'instance.rate_limited',
    3,
    RateLimitError,
    'instance.rate_limited',
  ],
  [
    '500',
    refusal(500, 'boom'),
    InstanceUnavailableError,
    'instance.unavailable',
    3,
    OutcomeUnknownError,
    'write.outcome_unknown',
  ],
  [
    '503 without a body',
    text('', 503),
    InstanceUnavailableError,
    'instance.unavailable',
    3,
    OutcomeUnknownError,
    'write.outcome_unknown',
  ],
])('%s', async (_, answer, readKind, readCode, reads, createKind, createCode) => {
  const seen = await outcomes(answer)
  expect(seen.read).toBeInstanceOf(readKind)
  expect(seen.read).toMatchObject({ code: readCode })
  expect(seen.reads).toBe(reads)
  expect(seen.created).toBeInstanceOf(createKind)
  expect(seen.created).toMatchObject({ code: createCode })
  expect(seen.posts).toBe(createCode === 'instance.rate_limited' ? 3 : 1)
})

test.each(['Insert', 'Update', 'Delete'])(
  'a write ACL tells which right is missing: %s',
  async (operation) => {
    const acl = refusal(
      403,
      'Operation Failed',
      `ACL Exception ${operation} Failed due to security constraints`,
    )
    const { client } = fakeInstance([acl])
    const work = {
      Insert: () => client.incidents.create({}),
      Update: () => client.incidents.update(sysId, { state: '2' }),
      Delete: () => client.incidents.delete(sysId),
    }[operation]
    const failure = await work?.().catch((error: unknown) => error)
    expect(failure).toBeInstanceOf(PermissionError)
    expect(failure).toMatchObject({
      code: 'instance.write_acl',
      details: { operation: operation.toLowerCase() },
    })
  },
)

test('an empty list is a list, an upload answered by 201 without a body is of unknown outcome', async () => {
  const { client } = fakeInstance([json({ result: [] })])
  expect((await client.incidents.list()).records).toEqual([])
  const upload = { table: 'incident', sysId, fileName: 'a.txt', body: 'abc' }
  const blind = fakeInstance([text('', 201)]).client.attachments.upload(upload)
  await expect(blind).rejects.toMatchObject({ code: 'write.outcome_unknown', cause: { kind: 'empty' } })
})

describe('other APIs through the raw door', () => {
  test.each([false, '', ' ', [], null, 0])('{"error": %j} says that there is none', async (error) => {
    const { client } = fakeInstance([json({ error, data: 1 })])
    expect((await client.request('GET', '/api/x_acme/things')).json).toEqual({ error, data: 1 })
  })

  test.each(['boom', { message: 'boom' }])('{"error": %j} is one', async (error) => {
    const { client } = fakeInstance([json({ error, data: 1 })])
    await expect(client.request('GET', '/api/x_acme/things')).rejects.toMatchObject({
      code: 'response.error_in_body',
      message: expect.stringContaining('boom'),
    })
  })

  test('a 202 with JSON is an answer, one without or of the platform’s own APIs a dropped request', async () => {
    const accepted = fakeInstance([json({ id: 7 }, { status: 202 })]).client
    expect(await accepted.request('POST', '/api/sn_cicd/app/publish')).toMatchObject({
      status: 202,
      json: { id: 7 },
    })
    for (const path of ['/api/now/table/incident', '/api/now/v2/table/incident', '/api/now/stats/incident'])
      await expect(accepted.request('POST', path)).rejects.toMatchObject({ code: 'response.dropped' })
    const bare = fakeInstance([text('', 202)], { maxRetries: 0 }).client
    await expect(bare.request('POST', '/api/sn_cicd/app/publish')).rejects.toMatchObject({
      code: 'response.dropped',
    })
  })
})

describe('what an error says', () => {
  const failureOf = async (answer: FakeAnswer) => {
    const { client } = fakeInstance([answer], { maxRetries: 0 })
    const failure = await client.incidents
      .page({ query: 'short_description=topsecret', limit: 10 })
      .catch((error: unknown) => error)
    if (!isSnowlineError(failure)) throw new Error('expected an error of the family')
    return failure
  }

  test('method, address without query values, status and transaction id; never the query or the password', async () => {
    const failure = await failureOf(refusal(500, 'boom'))
    expect(failure.details).toEqual({
      method: 'GET',
      url: 'https://dev00001.service-now.com/api/now/table/incident',
      status: 500,
      transactionId: 'tx1',
    })
    expect(JSON.stringify(failure)).not.toMatch(/topsecret|correct horse/)
  })

  test('a refusal that echoes the credentials is cleaned', async () => {
    const encoded = Buffer.from('integration:correct horse').toString('base64')
    const failure = await failureOf(
      refusal(400, `bad header Basic ${encoded}`, 'password correct horse is wrong'),
    )
    expect(failure.message).toBe('bad header [redacted]')
    expect(failure).toMatchObject({ detail: 'password [redacted] is wrong' })
    expect(JSON.stringify(failure)).not.toContain(encoded)
  })

  test('the labels of a data policy', async () => {
    const failure = await failureOf(
      refusal(
        403,
        'Operation Failed',
        'Data Policy Exception: The following fields are mandatory: Resolution code, Resolution notes',
      ),
    )
    expect(failure).toBeInstanceOf(DataPolicyError)
    expect(failure).toMatchObject({
      code: 'instance.data_policy',
      labels: ['Resolution code', 'Resolution notes'],
    })
  })

  test('statuses of what stands in between have a hint each', async () => {
    const hints = await Promise.all(
      [407, 408, 409, 413, 414, 431].map(async (status) => (await failureOf(refusal(status, 'no'))).hint),
    )
    expect(hints).toEqual([
      expect.stringContaining('proxy'),
      expect.stringContaining('try again'),
      expect.stringContaining('read it again'),
      expect.stringContaining('10 MB'),
      expect.stringContaining('too long'),
      expect.stringContaining('too long'),
    ])
  })

  test('a second factor, a cancelled transaction and a long request say what to do', async () => {
    const mfa = json({}, { status: 401, headers: { 'x-mfa_token': 'invalid' } })
    expect(await failureOf(mfa)).toMatchObject({
      details: { reason: 'mfa' },
      hint: expect.stringContaining('second factor'),
    })
    const queued = await failureOf(refusal(500, 'Transaction cancelled: maximum execution time exceeded'))
    expect(queued).toMatchObject({
      details: { cancelled: true },
      hint: expect.stringContaining('fewer records'),
    })
    expect(await failureOf(html('<h1>Request header is too large</h1>', 400))).toMatchObject({
      hint: expect.stringContaining('Batch API'),
    })
  })

  test('the business rule that aborted', async () => {
    const rule = `Operation against file 'incident' was aborted by Business Rule 'Abort changes on group^${sysId}'. Business Rule Stack:x`
    const failure = await failureOf(refusal(403, rule))
    expect(failure).toMatchObject({
      code: 'instance.business_rule',
      details: { rule: 'Abort changes on group', ruleId: sysId },
    })
  })

  test('where a redirect points to, without its query', async () => {
    const failure = await failureOf(
      new Response(null, { status: 302, headers: { location: 'https://idp.example/sso?token=x' } }),
    )
    expect(failure.details).toMatchObject({ location: 'https://idp.example/sso' })
    expect(JSON.stringify(failure)).not.toContain('token=x')
  })

  test('cut JSON keeps the body out of the error and its cause', async () => {
    const failure = await failureOf(text('{"result":[{"short_description":"private te'))
    expect(failure.cause).toBeUndefined()
    expect(JSON.stringify(failure)).not.toContain('private')
  })

  test('a 429 says how long, by the clock of the instance', async () => {
    const headers = {
      'x-ratelimit-reset': String(Date.UTC(2030, 0, 1, 0, 5) / 1000),
      date: 'Tue, 01 Jan 2030 00:00:00 GMT',
    }
    const failure = await failureOf(refusal(429, 'Rate limit exceeded', null, headers))
    expect(failure).toMatchObject({ retryAfterMs: 300_000, retryable: true })
  })

  test('an unknown outcome carries its cause, and the id when Location tells it', async () => {
    const location = `https://dev00001.service-now.com/api/now/table/incident/${sysId}`
    const { client } = fakeInstance([new Response(null, { status: 201, headers: { location } })])
    const failure = await client.incidents.create({ short_description: 'x' }).catch((error: unknown) => error)
    expect(failure).toBeInstanceOf(OutcomeUnknownError)
    expect(failure).toMatchObject({ details: { sysId, status: 201 }, cause: { kind: 'empty' } })
  })
})
