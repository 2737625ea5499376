import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createSecretBox } from '../../src/secrets/box.ts'
import { deriveKey, loadMasterKey, masterKey } from '../../src/secrets/master-key.ts'

const box = createSecretBox(masterKey('a passphrase for tests'))
const place = { table: 'app_integrations', row: 'a', member: 'password' }

test('what is sealed can be opened at its place, and looks different each time', () => {
  const [one, two] = [box.seal(place, 'Grüße\0"'), box.seal(place, 'Grüße\0"')]
  expect(one).not.toBe(two)
  expect(box.open(place, one)).toBe('Grüße\0"')
  expect(box.open(place, two)).toBe('Grüße\0"')
})

test('case 39: another place, a flipped bit, a cut text, another or no key: unreadable', () => {
  const sealed = box.seal(place, 'secret')
  const unreadable = expect.objectContaining({ code: 'secret_unreadable' })
  for (const other of [
    { ...place, row: 'b' },
    { ...place, member: 'api_key' },
    { ...place, table: 'x' },
  ]) {
    expect(() => box.open(other, sealed)).toThrow(unreadable)
  }
  const parts = sealed.split('.')
  for (const [index, part] of parts.entries()) {
    const flipped = `${part.slice(0, -2)}${part.at(-2) === 'A' ? 'B' : 'A'}${part.at(-1)}`
    const text = parts.map((each, i) => (i === index ? flipped : each)).join('.')
    expect(() => box.open(place, text), text).toThrow(unreadable)
  }
  for (const text of ['', 'v1', sealed.slice(0, -5), 'v1.x.y'])
    expect(() => box.open(place, text)).toThrow(unreadable)
  expect(() => createSecretBox(masterKey('another passphrase')).open(place, sealed)).toThrow(unreadable)
  expect(() => createSecretBox(null).open(place, sealed)).toThrow(unreadable)
  expect(() => createSecretBox(null).seal(place, 'x')).toThrow(
    expect.objectContaining({ code: 'secret_key_missing' }),
  )
})

test('a key comes from text, base64 or hexadecimal, and names itself without telling itself', () => {
  const bytes = Buffer.alloc(32, 7)
  expect(masterKey(bytes.toString('base64')).bytes).toEqual(bytes)
  expect(masterKey(bytes.toString('hex')).bytes).toEqual(bytes)
  const { id, bytes: stretched } = masterKey('sixteen characters')
  expect(stretched).toHaveLength(32)
  expect(stretched.toString('hex')).not.toContain(id)
  expect(deriveKey(masterKey('x'.repeat(16)), 'a')).not.toEqual(deriveKey(masterKey('x'.repeat(16)), 'b'))
})

test('a key is made once, for its owner alone; in production never', () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'snowline-key-'))
  try {
    expect(loadMasterKey({ secretKey: null, dataDir, production: true })).toBeNull()
    const made = loadMasterKey({ secretKey: null, dataDir, production: false })
    expect(statSync(join(dataDir, 'secret.key')).mode & 0o777).toBe(0o600)
    expect(loadMasterKey({ secretKey: null, dataDir, production: true })).toEqual(made)
    expect(readFileSync(join(dataDir, 'secret.key'), 'utf8')).not.toContain(made?.id ?? 'none')
    expect(loadMasterKey({ secretKey: 'x'.repeat(20), dataDir, production: false })?.id).not.toBe(made?.id)
  } finally {
    rmSync(dataDir, { recursive: true })
  }
})
