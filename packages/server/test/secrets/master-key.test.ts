/** The key file: made once however many begin together, never read before it is whole, and never a key out of nothing. */
import fs, {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { loadMasterKey, type MasterKey } from '../../src/secrets/master-key.ts'

let dataDir: string

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'snowline-key-'))
})

const whole = { writeFileSync: fs.writeFileSync, linkSync: fs.linkSync }

afterEach(() => {
  Object.assign(fs, whole)
  syncBuiltinESMExports()
  rmSync(dataDir, { recursive: true, force: true })
})

const file = () => join(dataDir, 'secret.key')
const load = () => loadMasterKey({ secretKey: null, dataDir, production: false })

/** The next file that is written lies there empty while `meanwhile` happens. */
function slowly(meanwhile: () => void): void {
  fs.writeFileSync = (path, data, options) => {
    Object.assign(fs, whole)
    syncBuiltinESMExports()
    writeFileSync(path, '', options)
    meanwhile()
    writeFileSync(path, data, typeof options === 'object' ? { ...options, flag: 'a' } : options)
  }
  syncBuiltinESMExports()
}

test('a second process that begins while the first one writes has the same key', () => {
  const second: (MasterKey | null)[] = []
  slowly(() => second.push(load()))
  const first = load()
  expect(first?.bytes).toHaveLength(32)
  expect(second).toEqual([first])
  expect(load()).toEqual(first)
  expect(statSync(file()).mode & 0o777).toBe(0o600)
  expect(readdirSync(dataDir)).toEqual(['secret.key'])
})

test('on a disk without hard links the key is made once, too', () => {
  fs.linkSync = () => {
    throw Object.assign(new Error('no links here'), { code: 'EPERM' })
  }
  syncBuiltinESMExports()
  const first = load()
  expect(load()).toEqual(first)
  expect(readdirSync(dataDir)).toEqual(['secret.key'])
  expect(statSync(file()).mode & 0o777).toBe(0o600)
})

test('an empty file is no key', () => {
  writeFileSync(file(), '\n')
  expect(load).toThrow(/empty/)
  expect(readFileSync(file(), 'utf8')).toBe('\n')
})

test('in production none is made', () => {
  expect(loadMasterKey({ secretKey: null, dataDir, production: true })).toBeNull()
  expect(existsSync(file())).toBe(false)
})
