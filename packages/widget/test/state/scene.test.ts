import type { HealthStatus, ProblemCode } from '@snowline/protocol'
import { expect, test } from 'vitest'
import { ApiError } from '../../src/api/api-error.ts'
import { toConnectionLine } from '../../src/state/connection.ts'
import { toFailure } from '../../src/state/failure.ts'
import { noFilters } from '../../src/state/filters.ts'
import { emptyList, type ListState, reduceList } from '../../src/state/list.ts'
import { type Scene, toNotice, toScene } from '../../src/state/scene.ts'
import { health, incidents, notConfigured, page } from '../support/incidents.ts'
import { say } from '../support/say.ts'

function failedWith(code: ProblemCode | 'network', list: ListState = emptyList): ListState {
  const error = new ApiError({ code, status: code === 'network' ? 0 : 500, message: code })
  return reduceList(list, { type: 'failed', failure: toFailure(error) })
}

const rows = reduceList(emptyList, { type: 'answered', more: false, answer: page(incidents(2)) })
const none = reduceList(emptyList, { type: 'answered', more: false, answer: page([]) })

test.each<[ProblemCode | 'network', Scene]>([
  ['sn_not_configured', 'not_configured'],
  ['forbidden', 'no_permission'],
  ['sn_forbidden', 'no_permission'],
  ['sn_unavailable', 'asleep'],
  ['sn_auth_failed', 'auth_failed'],
  ['sn_unreachable', 'unreachable'],
  ['sn_timeout', 'unreachable'],
  ['network', 'unreachable'],
  ['sn_rate_limited', 'limited'],
  ['unauthenticated', 'signed_out'],
  ['internal', 'error'],
  ['invalid_query', 'error'],
])('%s without rows shows the panel %s', (code, scene) => {
  expect(toScene({ health: null, list: failedWith(code), filters: noFilters })).toBe(scene)
})

test('the connection decides before the list when nothing is configured', () => {
  expect(toScene({ health: notConfigured, list: rows, filters: noFilters })).toBe('not_configured')
  expect(toScene({ health: health({ status: 'misconfigured' }), list: emptyList, filters: noFilters })).toBe(
    'misconfigured',
  )
})

test('the health check says better why nothing came', () => {
  const list = failedWith('sn_unreachable')
  expect(toScene({ health: health({ status: 'asleep' }), list, filters: noFilters })).toBe('asleep')
  expect(toScene({ health: health({ status: 'auth_failed' }), list, filters: noFilters })).toBe('auth_failed')
})

test('nothing there and nothing found are two different things', () => {
  expect(toScene({ health: health(), list: none, filters: noFilters })).toBe('empty')
  expect(toScene({ health: health(), list: none, filters: { ...noFilters, q: 'x' } })).toBe('nothing_found')
})

test('rows stay through a new request and through a failure, which is told beside them', () => {
  const asking = reduceList(rows, { type: 'asked', more: false })
  expect(toScene({ health: health(), list: asking, filters: noFilters })).toBe('table')
  const failed = failedWith('sn_unreachable', rows)
  expect(toScene({ health: health(), list: failed, filters: noFilters })).toBe('table')
  expect(toNotice(failed)).toMatchObject({ kind: 'failed', failure: { kind: 'unreachable' } })
})

test.each<ProblemCode>(['unauthenticated', 'forbidden'])('after %s no row is left standing', (code) => {
  expect(toScene({ health: health(), list: failedWith(code, rows), filters: noFilters })).not.toBe('table')
})

test('a stale answer is told with its time', () => {
  const answer = page(incidents(2), {
    source: 'mirror',
    stale: true,
    asOf: '2026-11-22T08:42:00Z',
    reason: 'It does not answer.',
  })
  const list = reduceList(emptyList, { type: 'answered', more: false, answer })
  expect(toNotice(list)).toEqual({
    kind: 'stale',
    asOf: '2026-11-22T08:42:00Z',
    reason: 'It does not answer.',
  })
  expect(toNotice(rows)).toBeNull()
})

test.each<[HealthStatus, string, string]>([
  ['ok', 'ok', 'Connected to dev12345.service-now.com'],
  ['not_configured', 'off', 'Not configured'],
  ['misconfigured', 'warn', 'Settings incomplete'],
  ['asleep', 'warn', 'dev12345.service-now.com is asleep'],
  ['unreachable', 'bad', 'Cannot reach dev12345.service-now.com'],
  ['auth_failed', 'bad', 'Sign-in refused by dev12345.service-now.com'],
  ['forbidden', 'warn', 'Connected, but not allowed to read incidents'],
  ['error', 'bad', 'A sentence of the server'],
])('health %s is %s and says %j', (status, tone, text) => {
  const line = toConnectionLine(
    { health: health({ status, message: 'A sentence of the server' }), checking: false, list: emptyList },
    say,
  )
  expect(line).toEqual({ tone, text })
})

test('live rows prove a connection when the health check gave no answer', () => {
  expect(toConnectionLine({ health: null, checking: false, list: rows }, say).tone).toBe('ok')
  expect(toConnectionLine({ health: null, checking: true, list: emptyList }, say).tone).toBe('waiting')
  expect(toConnectionLine({ health: null, checking: false, list: emptyList }, say).tone).toBe('off')
})

test('an error that is not ours says nothing of its inside', () => {
  expect(toFailure(new Error('SELECT * FROM secrets'))).toMatchObject({ kind: 'error', message: null })
})
