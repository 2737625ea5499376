/** Reads the assertion of the grant JWT bearer and proves its signature with Web Crypto (servicenow.md 5). */
import type { JwtKey } from './tokens.ts'

/** The claims an instance looks at. */
export interface Claims {
  readonly iss?: string
  readonly sub?: string
  readonly aud?: string
  /** Seconds since 1970. */
  readonly exp?: number
  readonly nbf?: number
  readonly iat?: number
  readonly jti?: string
}

function bytesOf(base64url: string): Uint8Array<ArrayBuffer> {
  const text = atob(base64url.replaceAll('-', '+').replaceAll('_', '/'))
  return Uint8Array.from(text, (letter) => letter.codePointAt(0) ?? 0)
}

function objectOf(base64url: string): Readonly<Record<string, unknown>> {
  const parsed: unknown = JSON.parse(new TextDecoder().decode(bytesOf(base64url)))
  return typeof parsed === 'object' && parsed !== null ? (parsed as Readonly<Record<string, unknown>>) : {}
}

function claimsOf(raw: Readonly<Record<string, unknown>>): Claims {
  const text = (name: string): string | undefined =>
    typeof raw[name] === 'string' ? (raw[name] as string) : undefined
  const number = (name: string): number | undefined =>
    typeof raw[name] === 'number' ? (raw[name] as number) : undefined
  const aud: unknown = Array.isArray(raw.aud) ? raw.aud[0] : raw.aud
  return Object.fromEntries(
    Object.entries({
      iss: text('iss'),
      sub: text('sub'),
      aud: typeof aud === 'string' ? aud : undefined,
      exp: number('exp'),
      nbf: number('nbf'),
      iat: number('iat'),
      jti: text('jti'),
    }).filter(([, value]) => value !== undefined),
  )
}

const RSA = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' } as const
const HMAC = { name: 'HMAC', hash: 'SHA-256' } as const

function importKey({ algorithm, key }: JwtKey): ReturnType<typeof crypto.subtle.importKey> {
  const kind = algorithm === 'RS256' ? RSA : HMAC
  if (typeof key !== 'string') return crypto.subtle.importKey('jwk', key, kind, false, ['verify'])
  if (algorithm === 'HS256')
    return crypto.subtle.importKey('raw', new TextEncoder().encode(key), kind, false, ['verify'])
  const body = key.replace(/-----(BEGIN|END) PUBLIC KEY-----/g, '').replace(/\s/g, '')
  return crypto.subtle.importKey('spki', bytesOf(body), kind, false, ['verify'])
}

/**
 * The claims of an assertion whose signature is right, `undefined` for any other text: a wrong key, a changed payload,
 * `alg: none`, another algorithm than the one registered. Times and audience are not judged here.
 *
 * @example await readAssertion(jwt, { algorithm: 'HS256', key: 'secret' }) // { iss: 'app', sub: 'admin', ... }
 */
export async function readAssertion(jwt: string, key: JwtKey): Promise<Claims | undefined> {
  const [head = '', body = '', signature = '', ...more] = jwt.split('.')
  if (more.length > 0 || signature === '') return undefined
  try {
    if (objectOf(head).alg !== key.algorithm) return undefined
    const signed = new TextEncoder().encode(`${head}.${body}`)
    const verifier = await importKey(key)
    const right = await crypto.subtle.verify(verifier.algorithm.name, verifier, bytesOf(signature), signed)
    return right ? claimsOf(objectOf(body)) : undefined
  } catch {
    // A text that is no JWT, or a key that is none, is a wrong assertion and nothing more.
    return undefined
  }
}
