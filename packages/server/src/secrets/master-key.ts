/** The key that wraps all others: from the environment, else made once and kept beside the data for its owner alone. */
import { createHash, hkdfSync, randomBytes, randomUUID } from 'node:crypto'
import {
  constants,
  copyFileSync,
  existsSync,
  linkSync,
  mkdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { ConfigError } from '@snowline/sdk'
import { halfWritten } from '../half-written.ts'

export interface MasterKey {
  /** Names the key without telling it. */
  readonly id: string
  /** 32 bytes. */
  readonly bytes: Buffer
}

/**
 * The master key, or null in production when none is set: then nothing is sealed and nothing opened.
 *
 * @throws ConfigError when the key file is empty, the file system's error when it can be neither read nor written
 */
export function loadMasterKey(options: {
  secretKey: string | null
  dataDir: string
  production: boolean
}): MasterKey | null {
  if (options.secretKey !== null) return masterKey(options.secretKey)
  const file = join(options.dataDir, 'secret.key')
  if (!existsSync(file)) {
    if (options.production) return null
    mkdirSync(options.dataDir, { recursive: true })
    makeKeyFile(file)
  }
  const text = readFileSync(file, 'utf8').trim()
  if (text !== '') return masterKey(text)
  // Anybody could derive the key that follows from nothing.
  const hint = 'Put secret.key back from a backup; remove it only when no credential was ever saved here.'
  throw new ConfigError([
    { key: 'SECRET_KEY', message: 'is not set, and the file secret.key is empty', hint },
  ])
}

/** Of several processes that start together one makes the key, and none sees the file before it is whole. */
function makeKeyFile(file: string): void {
  const temporary = halfWritten(`${file}.${randomUUID()}`)
  try {
    writeFileSync(temporary, `${randomBytes(32).toString('base64')}\n`, {
      mode: 0o600,
      flag: 'wx',
      flush: true,
    })
    putInPlace(temporary, file)
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error
  } finally {
    rmSync(temporary, { force: true })
  }
}

/** A file that is there already stays, unlike with a rename. @throws the file system's error, EEXIST when another was first */
function putInPlace(temporary: string, file: string): void {
  try {
    linkSync(temporary, file)
  } catch (error) {
    if (codeOf(error) === 'EEXIST') throw error
    // Not every disk has hard links. A reader in this moment finds an empty file, which is refused.
    copyFileSync(temporary, file, constants.COPYFILE_EXCL)
  }
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined
}

/** 32 bytes in base64 or 64 hexadecimal characters are the key itself; any other text is stretched by HKDF. */
export function masterKey(text: string): MasterKey {
  const bytes = rawKey(text) ?? derive(Buffer.from(text, 'utf8'), 'snowline master key')
  return {
    id: createHash('sha256').update('snowline key id').update(bytes).digest('hex').slice(0, 12),
    bytes,
  }
}

/** A key for another purpose, from which neither the master key nor a sister key follows. */
export function deriveKey(key: MasterKey, purpose: string): Buffer {
  return derive(key.bytes, `snowline ${purpose}`)
}

function rawKey(text: string): Buffer | null {
  if (/^[0-9a-f]{64}$/i.test(text)) return Buffer.from(text, 'hex')
  if (!/^[A-Za-z0-9+/]{43}=$/.test(text)) return null
  return Buffer.from(text, 'base64')
}

function derive(bytes: Buffer, info: string): Buffer {
  return Buffer.from(hkdfSync('sha256', bytes, 'snowline', info, 32))
}
