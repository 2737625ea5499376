import { expect, test } from 'vitest'
import {
  faultsIn,
  isKept,
  shownValue,
  signInFields,
  toChangeBody,
  toCreateBody,
  toFaults,
} from '../../src/state/integration-form.ts'
import { integration } from '../support/fake-admin.ts'

const typed = (fields: Readonly<Record<string, string>>) => new Map(Object.entries(fields))
const stored = integration()
/** The form of the stored one as it opens. */
const unchanged = {
  service_name: 'ServiceNow',
  auth_type: 'basic_auth',
  is_active: 'on',
  url: 'https://dev12345.service-now.com',
  username: 'snowline.sync',
  password: '',
  schedule: '*/15 * * * *',
  table: '',
  query: '',
  fields: '',
  batchSize: '',
}

test('a new integration sends what was filled in for its way of signing in, and nothing empty', () => {
  const body = toCreateBody(
    typed({
      ...unchanged,
      service_name: ' ServiceNow ',
      password: ' secret with blanks ',
      lastSynced: '2026-01-31',
      api_token: 'of another way',
      schedule: '',
    }),
  )
  expect(body).toEqual({
    service_name: 'ServiceNow',
    auth_type: 'basic_auth',
    config: {
      url: 'https://dev12345.service-now.com',
      username: 'snowline.sync',
      password: ' secret with blanks ',
      lastSynced: '2026-01-31 00:00:00',
    },
    is_active: true,
  })
})

test('a box that is not ticked is an integration that is not active', () => {
  const { is_active: _, ...rest } = unchanged
  expect(toCreateBody(typed(rest))).toMatchObject({ is_active: false })
  expect(toChangeBody(stored, typed(rest))).toEqual({ is_active: false })
})

test('an untouched form changes nothing: no mask and no empty secret goes back', () => {
  expect(toChangeBody(stored, typed(unchanged))).toEqual({})
})

test('only what differs is sent; an emptied field goes as null, a typed secret as it is', () => {
  expect(
    toChangeBody(stored, typed({ ...unchanged, schedule: '', batchSize: '50', password: 'new' })),
  ).toEqual({
    config: { schedule: null, batchSize: '50', password: 'new' },
  })
})

test('another way of signing in takes the fields of the former one away', () => {
  const body = toChangeBody(stored, typed({ ...unchanged, auth_type: 'api_token', api_token: 't' }))
  expect(body).toEqual({ auth_type: 'api_token', config: { api_token: 't', username: null } })
})

test('OAuth keeps a user name it shares with the former way', () => {
  const body = toChangeBody(
    stored,
    typed({ ...unchanged, auth_type: 'oauth2', client_id: 'c', client_secret: 's' }),
  )
  expect(body).toEqual({ auth_type: 'oauth2', config: { client_id: 'c', client_secret: 's' } })
})

test('a secret is never shown, and kept only for the way it was stored for', () => {
  for (const field of signInFields('basic_auth')) {
    if (field.kind === 'secret') expect(shownValue(stored, field)).toBe('')
  }
  expect(isKept(stored, 'basic_auth', 'password')).toBe(true)
  expect(isKept(stored, 'oauth2', 'password')).toBe(false)
  expect(isKept(null, 'basic_auth', 'password')).toBe(false)
})

test('a list of fields is shown as it is typed', () => {
  const one = integration({ config: { fields: ['number', 'state'] } })
  expect(shownValue(one, { name: 'fields', kind: 'text', required: false })).toBe('number, state')
})

test('faults go to their fields, the rest is told in full', () => {
  const { byField, others } = toFaults(
    [
      { path: 'config.username', message: 'required' },
      { path: 'service_name', message: 'too long' },
      { path: 'config.u_odd', message: 'must be a text' },
      { path: '', message: 'is no object' },
    ],
    ['username', 'service_name'],
  )
  expect(Object.fromEntries(byField)).toEqual({ username: 'required', service_name: 'too long' })
  expect(others).toEqual(['config.u_odd: must be a text', 'is no object'])
})

test.each([
  [null, 0],
  [{}, 0],
  [{ errors: 'x' }, 0],
  [{ errors: [null, 1, { path: 'a' }, { path: 'a', message: 'b' }] }, 1],
])('faults of a strange body %j are left out', (body, count) => {
  expect(faultsIn(body)).toHaveLength(count)
})
