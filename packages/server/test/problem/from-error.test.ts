import { type ProblemCode, problemStatuses } from '@snowline/protocol'
import {
  AuthenticationError,
  ConfigError,
  InstanceUnavailableError,
  InvalidRequestError,
  LeaseLostError,
  NotFoundError,
  PermissionError,
  QueryError,
  RateLimitError,
  SnowlineError,
  StoreError,
  TransportError,
  type TransportFault,
  type UnexpectedKind,
  UnexpectedResponseError,
} from '@snowline/sdk'
import { SyncRunningError } from '@snowline/sdk/sync'
import { expect, test } from 'vitest'
import { catalogue } from '../../src/problem/catalogue.ts'
import { toProblem } from '../../src/problem/from-error.ts'
import { ProblemError } from '../../src/problem/problem-error.ts'

const call = { method: 'GET', url: 'https://dev1.service-now.com/api/now/table/incident' }
const secret = 'message of the instance with a secret'
const http = (status: number) => ({ ...call, status })

test.each<[string, unknown, ProblemCode]>([
  ['401', new AuthenticationError(secret, http(401)), 'sn_auth_failed'],
  ['403', new PermissionError(secret, http(403)), 'sn_forbidden'],
  ['404', new NotFoundError(secret, http(404)), 'sn_error'],
  ['400', new InvalidRequestError(secret, http(400)), 'sn_error'],
  ['500', new InstanceUnavailableError(secret, http(500)), 'sn_error'],
  ['503', new InstanceUnavailableError(secret, http(503)), 'sn_unavailable'],
  ['store', new StoreError(secret), 'store_failed'],
  ['lease', new LeaseLostError(secret), 'run_interrupted'],
  [
    'disk',
    new StoreError(secret, { cause: Object.assign(new Error('x'), { code: 'SQLITE_FULL' }) }),
    'storage_full',
  ],
  ['file', Object.assign(new Error(secret), { code: 'ENOSPC' }), 'storage_full'],
  ['unknown of the family', new SnowlineError(secret, { code: 'x.y' }), 'internal'],
  ['unknown', new Error(secret), 'internal'],
  ['no error', 'text', 'internal'],
])('%s', (_name, error, code) => {
  const problem = toProblem(error)
  expect(problem.code).toBe(code)
  expect(problem.message).not.toContain('secret')
  if (code !== 'internal') expect(problem.fields.hint).toMatch(/\w/)
})

test.each<[TransportFault, ProblemCode]>([
  ['dns', 'sn_unreachable'],
  ['refused', 'sn_unreachable'],
  ['tls', 'sn_unreachable'],
  ['reset', 'sn_unreachable'],
  ['network', 'sn_unreachable'],
  ['timeout', 'sn_timeout'],
  ['blocked', 'destination_blocked'],
])('transport %s is %s', (fault, code) => {
  expect(toProblem(new TransportError(secret, fault, call)).code).toBe(code)
})

test.each<[UnexpectedKind, ProblemCode]>([
  ['hibernating', 'sn_unavailable'],
  ['maintenance', 'sn_unavailable'],
  ['redirect', 'redirect_refused'],
  ['login_page', 'sn_unexpected_response'],
  ['cut_json', 'sn_unexpected_response'],
  ['shape', 'sn_unexpected_response'],
])('answer %s is %s', (kind, code) => {
  expect(toProblem(new UnexpectedResponseError(secret, kind, call)).code).toBe(code)
})

test('what is ours to say keeps its sentence', () => {
  expect(toProblem(new QueryError('The field x may not be asked for.'))).toMatchObject({
    code: 'invalid_query',
    message: 'The field x may not be asked for.',
  })
  expect(toProblem(new ConfigError([{ key: 'auth', message: 'is missing' }]))).toMatchObject({
    code: 'validation_failed',
  })
  expect(toProblem(new SyncRunningError('i', 'run-1'))).toMatchObject({
    code: 'sync_running',
    fields: { runId: 'run-1' },
  })
  const limited = new RateLimitError('x', http(429), { details: { retryAfterMs: 1_500 } })
  expect(toProblem(limited)).toMatchObject({ code: 'sn_rate_limited', fields: { retryAfterSeconds: 2 } })
  const problem = new ProblemError('conflict', 'x')
  expect(toProblem(problem)).toBe(problem)
})

test('every code has its entry, every entry says what to do', () => {
  expect(Object.keys(catalogue).sort()).toEqual(Object.keys(problemStatuses).sort())
  for (const entry of Object.values(catalogue)) {
    for (const text of Object.values(entry)) expect(text.length).toBeGreaterThan(5)
  }
})
