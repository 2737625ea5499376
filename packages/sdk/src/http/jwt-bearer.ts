/** Entry `./auth/jwt-bearer`: OAuth with an assertion this machine signs, for integrations that hold a key and no password. */
import type { ConfigProblem } from '../base/errors.ts'
import { ConfigError } from '../base/errors.ts'
import type { Auth, AuthContext } from './auth.ts'
import { requestToken, tokenAuth } from './token-auth.ts'

/** A key of the platform's WebCrypto. */
type SigningKey = Awaited<ReturnType<typeof crypto.subtle.importKey>>

export interface JwtBearerOptions {
  clientId: string
  clientSecret: string
  /** The private key: PEM in PKCS#8 (`-----BEGIN PRIVATE KEY-----`, RSA of at least 2,048 bits), or a CryptoKey for RS256 (or ES256). */
  privateKey: string | SigningKey
  /** The key id (`kid`) the instance knows the certificate under. */
  keyId: string
  /** The user the token is for, by the field the OAuth application names (user id, e-mail, ...). */
  subject: string
  /** `iss`; default the client id. */
  issuer?: string
  /** `aud`; default the client id, as ServiceNow demands. */
  audience?: string
  /** Default 300, which is also the skew of clocks an instance allows. */
  lifetimeSeconds?: number
  /** Default `{instance}/oauth_token.do`. Must lie on the instance or on an allowed origin. */
  tokenUrl?: string
  scope?: string
  /** A fresh id for each assertion (`jti`); default a random UUID. An instance takes each id once. */
  newId?: () => string
}

const grantType = 'urn:ietf:params:oauth:grant-type:jwt-bearer'
const rs256 = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' } as const
const es256 = { name: 'ECDSA', hash: 'SHA-256' } as const

/**
 * OAuth by JWT bearer (RFC 7523). Signs with the platform's own WebCrypto; nothing is installed for it.
 *
 * A token is fetched at the first call and again at 80 % of its life, each time with a new assertion; many callers share one request.
 * Throws ConfigError for missing options; the first call throws ConfigError (`privateKey`) when the key cannot be read, and
 * AuthenticationError (`oauth.refused`) when the instance refuses the assertion.
 *
 * Example: `createClient({ instanceUrl: 'dev12345', auth: jwtBearer({ clientId, clientSecret, privateKey, keyId: 'k1', subject: 'integration' }) })`.
 */
export function jwtBearer(options: JwtBearerOptions): Auth {
  checkOptions(options)
  const { clientId, clientSecret, scope, tokenUrl, privateKey } = options
  const newId = options.newId ?? (() => crypto.randomUUID())
  let key: Promise<SigningKey> | undefined
  const fetchToken = async (context: AuthContext) => {
    key ??= typeof privateKey === 'string' ? importPem(privateKey) : Promise.resolve(privateKey)
    const assertion = await sign(await key, options, Math.floor(context.now() / 1000), newId())
    const form = {
      grant_type: grantType,
      assertion,
      client_id: clientId,
      client_secret: clientSecret,
      ...(scope === undefined ? {} : { scope }),
    }
    return (await requestToken({ tokenUrl, form, secrets: [clientSecret, assertion] }, context)).token
  }
  return tokenAuth(fetchToken, () => [clientSecret])
}

function checkOptions(options: JwtBearerOptions): void {
  const { clientId, clientSecret, privateKey, keyId, subject, lifetimeSeconds = 300, tokenUrl } = options
  const problems: ConfigProblem[] = Object.entries({ clientId, clientSecret, keyId, subject })
    .filter(([, value]) => typeof value !== 'string' || value === '')
    .map(([key]) => ({ key, message: 'must be a text that is not empty' }))
  if (typeof privateKey === 'string' && !privateKey.includes('-----BEGIN PRIVATE KEY-----')) {
    problems.push(keyProblem)
  } else if (typeof privateKey !== 'string' && !(privateKey instanceof CryptoKey)) {
    problems.push({ key: 'privateKey', message: 'is missing' })
  }
  if (!Number.isInteger(lifetimeSeconds) || lifetimeSeconds < 10 || lifetimeSeconds > 3600) {
    problems.push({ key: 'lifetimeSeconds', message: 'must be a whole number from 10 to 3600' })
  }
  if (tokenUrl !== undefined && !URL.canParse(tokenUrl)) {
    problems.push({ key: 'tokenUrl', message: 'is not a URL', code: 'url_not_allowed' })
  }
  if (problems.length > 0) throw new ConfigError(problems)
}

const keyProblem: ConfigProblem = {
  key: 'privateKey',
  message: 'is no private key in PKCS#8',
  hint: 'Convert it: openssl pkcs8 -topk8 -nocrypt -in key.pem -out pkcs8.pem.',
}

async function importPem(pem: string): Promise<SigningKey> {
  try {
    const text = pem.replace(/-----[A-Z ]+-----/g, '').replace(/\s/g, '')
    const bytes = Uint8Array.from(atob(text), (char) => char.charCodeAt(0))
    return await crypto.subtle.importKey('pkcs8', bytes, rs256, false, ['sign'])
  } catch {
    // What failed is not told: it could quote the key.
    throw new ConfigError([keyProblem])
  }
}

async function sign(
  key: SigningKey,
  options: JwtBearerOptions,
  nowSeconds: number,
  id: string,
): Promise<string> {
  const { clientId, keyId, subject, issuer = clientId, audience = clientId, lifetimeSeconds = 300 } = options
  const elliptic = key.algorithm.name === es256.name
  const header = { alg: elliptic ? 'ES256' : 'RS256', typ: 'JWT', kid: keyId }
  const claims = {
    iss: issuer,
    sub: subject,
    aud: audience,
    iat: nowSeconds,
    exp: nowSeconds + lifetimeSeconds,
    jti: id,
  }
  const text = `${encode(JSON.stringify(header))}.${encode(JSON.stringify(claims))}`
  const signature = await crypto.subtle.sign(elliptic ? es256 : rs256, key, new TextEncoder().encode(text))
  return `${text}.${toBase64Url(new Uint8Array(signature))}`
}

function encode(text: string): string {
  return toBase64Url(new TextEncoder().encode(text))
}

function toBase64Url(bytes: Uint8Array): string {
  const base64 = btoa(String.fromCharCode(...bytes))
  return base64.replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '')
}
