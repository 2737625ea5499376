/** The retry rules as a table: each failure, for calls that may be repeated and calls that may not. */
import { describe, expect, test } from 'vitest'
import type { TransportFault, UnexpectedKind } from '../../src/base/errors.ts'
import {
  AuthenticationError,
  DataPolicyError,
  InstanceError,
  InstanceUnavailableError,
  InvalidRequestError,
  NotFoundError,
  PermissionError,
  RateLimitError,
  TransportError,
  UnexpectedResponseError,
} from '../../src/base/errors.ts'
import { decideRetry, retryAfterMs } from '../../src/base/retry.ts'

const call = { method: 'GET', url: 'https://dev00001.service-now.com/api/now/table/incident' }
const fields = { code: 'instance.error' }
const transport = (fault: TransportFault) => new TransportError('x', fault, call)
const odd = (kind: UnexpectedKind, retryable = false) =>
  new UnexpectedResponseError('x', kind, call, { retryable })
const unavailable = (details = {}) =>
  new InstanceUnavailableError('x', { ...call, status: 503 }, { ...fields, details })
const limited = (wait?: number) =>
  new RateLimitError(
    'x',
    { ...call, status: 429 },
    { ...fields, details: wait === undefined ? {} : { retryAfterMs: wait } },
  )

const decide = (error: unknown, idempotent: boolean, more = {}) => {
  const decision = decideRetry({ error, idempotent, attempt: 0, maxRetries: 2, random: 0.5, ...more })
  return decision.retry ? `${decision.waitMs} ${decision.reason}` : decision.reason
}

test.each<[string, unknown, string, string]>([
  ['429', limited(), '250 rate_limited', '250 rate_limited'],
  ['429 with a wait', limited(7000), '7000 rate_limited', '7000 rate_limited'],
  ['429 with a wait at the cap', limited(60_000), '60000 rate_limited', '60000 rate_limited'],
  ['429 with a longer wait', limited(60_001), 'wait_too_long', 'wait_too_long'],
  ['refused', transport('refused'), '250 not_sent', '250 not_sent'],
  ['dns', transport('dns'), '250 not_sent', '250 not_sent'],
  ['tls', transport('tls'), 'final', 'final'],
  ['blocked', transport('blocked'), 'final', 'final'],
  ['reset', transport('reset'), '250 no_answer', 'outcome_unknown'],
  ['timeout', transport('timeout'), '250 no_answer', 'outcome_unknown'],
  ['network', transport('network'), '250 no_answer', 'outcome_unknown'],
  [
    'no credentials in time',
    new TransportError('x', 'timeout', call, { sent: false }),
    '250 not_sent',
    '250 not_sent',
  ],
  ['503', unavailable(), '250 no_answer', 'outcome_unknown'],
  ['503 with a wait', unavailable({ retryAfterMs: 3000 }), '3000 no_answer', 'outcome_unknown'],
  ['503 with a long wait', unavailable({ retryAfterMs: 300_000 }), 'wait_too_long', 'outcome_unknown'],
  ['408', new InstanceError('x', { ...call, status: 408 }, fields), '250 no_answer', 'outcome_unknown'],
  ['cut JSON', odd('cut_json', true), '250 no_answer', 'outcome_unknown'],
  ['a cancelled transaction', odd('error_in_body', true), '250 no_answer', 'outcome_unknown'],
  ['another error in a 200', odd('error_in_body'), 'final', 'outcome_unknown'],
  ['maintenance', odd('maintenance', true), '250 no_answer', 'outcome_unknown'],
  ['202', odd('dropped', true), '250 dropped', 'final'],
  ['hibernating', odd('hibernating'), 'final', 'final'],
  ['login page', odd('login_page'), 'final', 'final'],
  ['redirect', odd('redirect'), 'final', 'final'],
  ['html', odd('html'), 'final', 'outcome_unknown'],
  ['not JSON', odd('not_json'), 'final', 'outcome_unknown'],
  ['shape', odd('shape'), 'final', 'outcome_unknown'],
  ['too large', odd('too_large'), 'final', 'outcome_unknown'],
  ['empty', odd('empty'), 'final', 'outcome_unknown'],
  ['400', new InvalidRequestError('x', { ...call, status: 400 }, fields), 'final', 'final'],
  ['401', new AuthenticationError('x', { ...call, status: 401 }, fields), 'final', 'final'],
  ['403', new PermissionError('x', { ...call, status: 403 }, fields), 'final', 'final'],
  ['data policy', new DataPolicyError('x', { ...call, status: 403 }, fields), 'final', 'final'],
  ['404', new NotFoundError('x', { ...call, status: 404 }, fields), 'final', 'final'],
  ['a programming error', new TypeError('x'), 'final', 'final'],
])('%s', (_, error, repeatable, once) => {
  expect([decide(error, true), decide(error, false)]).toEqual([repeatable, once])
})

describe('waits', () => {
  test('full jitter doubles with each attempt', () => {
    const waits = [0, 1, 2, 3].map((attempt) =>
      decide(unavailable(), true, { attempt, maxRetries: 10, random: 0.999 }),
    )
    expect(waits).toEqual(['499 no_answer', '999 no_answer', '1998 no_answer', '3996 no_answer'])
    expect(decide(unavailable(), true, { random: 0 })).toBe('0 no_answer')
  })

  test('never beyond the cap', () => {
    expect(decide(unavailable(), true, { attempt: 9, maxRetries: 10, random: 1 })).toBe('60000 no_answer')
  })

  test('ends after maxRetries', () => {
    expect(decide(limited(), false, { attempt: 2 })).toBe('exhausted')
    expect(decide(limited(), true, { maxRetries: 0 })).toBe('exhausted')
  })
})

test.each<[Record<string, string>, number | null]>([
  [{}, null],
  [{ 'x-ratelimit-reset': '' }, null],
  [{ 'retry-after': '7' }, 7000],
  [{ 'retry-after': ' 0 ' }, 0],
  [{ 'retry-after': '1.5' }, 1500],
  [{ 'retry-after': 'Thu, 01 Jan 2026 00:00:09 GMT' }, 9000],
  [{ 'retry-after': 'Wed, 31 Dec 2025 00:00:00 GMT' }, 0],
  [{ 'retry-after': 'soon' }, null],
  [{ 'retry-after': 'soon', 'x-ratelimit-reset': '1767225605' }, 5000],
  [{ 'x-ratelimit-reset': '1767225605' }, 5000],
  [{ 'x-ratelimit-reset': '1' }, 0],
  [{ 'retry-after': '2', 'x-ratelimit-reset': '1767225605' }, 2000],
])('%o at 429 asks for %s ms', (headers, expected) => {
  expect(retryAfterMs(new Headers(headers), Date.UTC(2026, 0, 1), 429)).toBe(expected)
})

// A rate rule sends its reset with every answer: only at 429 has it anything to do with this failure.
test.each<[Record<string, string>, number | null]>([
  [{ 'x-ratelimit-reset': '1767225605' }, null],
  [{ 'retry-after': '7', 'x-ratelimit-reset': '1767225605' }, 7000],
])('%o at 503 asks for %s ms', (headers, expected) => {
  expect(retryAfterMs(new Headers(headers), Date.UTC(2026, 0, 1), 503)).toBe(expected)
})
