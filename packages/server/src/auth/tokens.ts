/** Opaque tokens: 256 random bits behind a prefix that names the kind; only their SHA-256 is stored. */
import { createHash, randomBytes } from 'node:crypto'

export const sessionPrefix = 'sns_'
export const apiTokenPrefix = 'snl_'

/** A new token; the text is shown once and stored nowhere. */
export function newToken(prefix: typeof sessionPrefix | typeof apiTokenPrefix): {
  token: string
  hash: string
} {
  const token = `${prefix}${randomBytes(32).toString('base64url')}`
  return { token, hash: tokenHash(token) }
}

/** SHA-256 in hexadecimal. Looking a token up by its hash leaks nothing by timing: the hash of a guess cannot be steered. */
export function tokenHash(token: string): string {
  return createHash('sha256').update(token).digest('hex')
}
