/** Our secrets in the words of others: gone in every form, and nothing else with them. */
import { expect, test } from 'vitest'
import { redactor } from '../../src/secrets/redact.ts'

const SECRET = 'pa/ss"w\\ö rd'
const redact = redactor([SECRET, 'abc'], 'admin')

const forms: readonly [string, string][] = [
  ['as it is', SECRET],
  ['base64', Buffer.from(SECRET).toString('base64')],
  ['base64url', Buffer.from(SECRET).toString('base64url')],
  ['hex', Buffer.from(SECRET).toString('hex')],
  ['with its user', Buffer.from(`admin:${SECRET}`).toString('base64')],
  ['in an address', encodeURIComponent(SECRET)],
  ['in JSON', JSON.stringify(SECRET).slice(1, -1)],
]

for (const [name, form] of forms) {
  test(name, () => {
    expect(redact(`before ${form} after, ${form}.`)).toBe('before [redacted] after, [redacted].')
  })
}

test('whatever stands in an authorization header', () => {
  expect(redact('got Basic dXNlcjpwYXNz and bearer eyJhbGciOi.J9.x')).toBe('got [redacted] and [redacted]')
})

test('short secrets and ordinary words stay', () => {
  expect(redact('The basic fields abc are mandatory: Assignment group')).toBe(
    'The basic fields abc are mandatory: Assignment group',
  )
})
