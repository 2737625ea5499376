import { scryptSync } from 'node:crypto'
import { expect, test } from 'vitest'
import { hashPassword, verifyPassword } from '../../src/auth/passwords.ts'

test('a password fits its own hash only, and each hash has its own salt', async () => {
  const [one, two] = await Promise.all([hashPassword('pässword'), hashPassword('pässword')])
  expect(one).not.toBe(two)
  expect(one).toMatch(/^(argon2id\$m=19456,t=2,p=1|scrypt\$N=16384,r=8,p=1)\$[\w-]+\$[\w-]+$/)
  expect(await verifyPassword('pässword', one)).toBe(true)
  expect(await verifyPassword('passwort', one)).toBe(false)
  expect(await verifyPassword('', one)).toBe(false)
})

test('a hash of the other algorithm is read by its name', async () => {
  const salt = Buffer.alloc(16, 3)
  const hash = scryptSync('old', salt, 32, { N: 16_384, r: 8, p: 1 })
  const stored = `scrypt$N=16384,r=8,p=1$${salt.toString('base64url')}$${hash.toString('base64url')}`
  expect(await verifyPassword('old', stored)).toBe(true)
  expect(await verifyPassword('new', stored)).toBe(false)
})

test('what is no hash is never matched', async () => {
  for (const stored of ['', 'x', 'md5$a=1$b$c', 'argon2id$m=1$$'])
    expect(await verifyPassword('x', stored)).toBe(false)
})
