/** The sealed box for stored credentials: AES-256-GCM with a data key of its own for each secret, wrapped by the master key. */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { ProblemError } from '../problem/problem-error.ts'
import type { MasterKey } from './master-key.ts'

/** Where a sealed text belongs; bound into it, so that texts cannot be swapped between rows or members. */
export interface Place {
  table: string
  row: string
  member: string
}

export interface SecretBox {
  /**
   * Seals a text for one place.
   *
   * @throws ProblemError `secret_key_missing` when there is no master key
   */
  seal(place: Place, plain: string): string
  /**
   * Opens what was sealed for this place.
   *
   * @throws ProblemError `secret_unreadable` when the text, its place or the key is another one
   */
  open(place: Place, sealed: string): string
  /** False when there is no key: nothing can be saved. */
  readonly ready: boolean
}

const VERSION = 'v1'
const IV_BYTES = 12
const TAG_BYTES = 16

/** Texts look like `v1.{key id}.{wrapped data key}.{ciphertext}`, the parts in base64url with IV first and tag last. */
export function createSecretBox(key: MasterKey | null): SecretBox {
  return {
    ready: key !== null,
    seal(place, plain) {
      if (key === null) {
        throw new ProblemError(
          'secret_key_missing',
          'No credential can be saved: this server has no SECRET_KEY.',
          { hint: 'Set SECRET_KEY to 32 random bytes in base64.' },
        )
      }
      const aad = additionalData(place, key.id)
      const dataKey = randomBytes(32)
      const wrapped = encrypt(key.bytes, dataKey, aad)
      const body = encrypt(dataKey, Buffer.from(plain, 'utf8'), aad)
      return [VERSION, key.id, wrapped.toString('base64url'), body.toString('base64url')].join('.')
    },
    open(place, sealed) {
      const [version, keyId, wrapped, body] = sealed.split('.')
      if (key === null || version !== VERSION || keyId !== key.id || !wrapped || !body) throw unreadable()
      try {
        const aad = additionalData(place, key.id)
        const dataKey = decrypt(key.bytes, Buffer.from(wrapped, 'base64url'), aad)
        return decrypt(dataKey, Buffer.from(body, 'base64url'), aad).toString('utf8')
      } catch {
        throw unreadable()
      }
    },
  }
}

function unreadable(): ProblemError {
  return new ProblemError('secret_unreadable', 'A stored credential cannot be opened with the present key.', {
    hint: 'Restore SECRET_KEY, or enter the credential again.',
  })
}

function additionalData({ table, row, member }: Place, keyId: string): Buffer {
  return Buffer.from(JSON.stringify([VERSION, table, row, member, keyId]), 'utf8')
}

function encrypt(key: Buffer, plain: Buffer, aad: Buffer): Buffer {
  const iv = randomBytes(IV_BYTES)
  const cipher = createCipheriv('aes-256-gcm', key, iv, { authTagLength: TAG_BYTES })
  cipher.setAAD(aad)
  return Buffer.concat([iv, cipher.update(plain), cipher.final(), cipher.getAuthTag()])
}

function decrypt(key: Buffer, sealed: Buffer, aad: Buffer): Buffer {
  const iv = sealed.subarray(0, IV_BYTES)
  const body = sealed.subarray(IV_BYTES, sealed.length - TAG_BYTES)
  const decipher = createDecipheriv('aes-256-gcm', key, iv, { authTagLength: TAG_BYTES })
  decipher.setAAD(aad)
  decipher.setAuthTag(sealed.subarray(sealed.length - TAG_BYTES))
  return Buffer.concat([decipher.update(body), decipher.final()])
}
