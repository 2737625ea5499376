/** The key that wraps all others: from the environment, else made once and kept beside the data for its owner alone. */
import { createHash, hkdfSync, randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

export interface MasterKey {
  /** Names the key without telling it. */
  readonly id: string
  /** 32 bytes. */
  readonly bytes: Buffer
}

/**
 * The master key, or null in production when none is set: then nothing is sealed and nothing opened.
 *
 * @throws the file system's error when the key file can be neither read nor written
 */
export function loadMasterKey(options: {
  secretKey: string | null
  dataDir: string
  production: boolean
}): MasterKey | null {
  if (options.secretKey !== null) return masterKey(options.secretKey)
  const file = join(options.dataDir, 'secret.key')
  if (existsSync(file)) return masterKey(readFileSync(file, 'utf8').trim())
  if (options.production) return null
  mkdirSync(options.dataDir, { recursive: true })
  const made = randomBytes(32).toString('base64')
  // wx: two processes that start at once must not each keep a key of their own.
  try {
    writeFileSync(file, `${made}\n`, { mode: 0o600, flag: 'wx' })
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
  }
  return masterKey(readFileSync(file, 'utf8').trim())
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
