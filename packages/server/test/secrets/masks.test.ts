import { expect, test } from 'vitest'
import { isSecretMember, isStrayMask } from '../../src/secrets/masks.ts'

test.each([
  ['password', true],
  ['api_token', true],
  ['client_secret', true],
  ['access_token', true],
  ['refresh_token', true],
  ['api_key', true],
  ['PassPhrase', true],
  ['webhook_key', true],
  ['token_url', false],
  ['client_id', false],
  ['url', false],
  ['email', false],
  ['username', false],
  ['table', false],
  ['batchSize', false],
])('%s is a secret: %s', (name, expected) => {
  expect(isSecretMember(name, 'value')).toBe(expected)
})

test('a secret inside a structure makes the whole member one', () => {
  expect(isSecretMember('options', { a: [{ apiKey: 'x' }] })).toBe(true)
  expect(isSecretMember('options', { a: [{ colour: 'x' }] })).toBe(false)
})

test.each([
  ['********', false],
  ['********x', true],
  ['x********', true],
  ['•••••••• ', true],
  ['*****', true],
  ['* * *', true],
  ['pa**word', false],
  ['p*', false],
  ['   ', false],
  ['normal', false],
])('%j is a stray mask: %s', (text, expected) => {
  expect(isStrayMask(text)).toBe(expected)
})
