/** JSON Web Tokens: short ones of ours for a widget, and those of the host application, checked with keys from configuration only. */
import { createHash } from 'node:crypto'
import { isPermission, type Permission, type Role, toRole } from '@snowline/protocol'
import { createRemoteJWKSet, type JWTPayload, jwtVerify, SignJWT } from 'jose'
import type { Clock } from '../clock.ts'
import type { HostJwtConfig } from '../config.ts'
import { type Principal, principalOf } from './principal.ts'

const ISSUER = 'snowline'
const AUDIENCE = 'snowline-widget'
/** Long enough for one page view with a renewal, short enough to need no revocation list. */
export const WIDGET_TOKEN_SECONDS = 600
const LEEWAY_SECONDS = 30

/** What a widget may do at most, whatever its owner may. */
const widgetPermissions: readonly Permission[] = [
  'incident.view',
  'incident.push',
  'knowledge.search',
  'ticket.view',
]

export interface WidgetTokens {
  issue(principal: Principal): Promise<{ token: string; expiresAt: number }>
  /** Null when the token is not one of ours or has expired. */
  verify(token: string): Promise<Principal | null>
}

export function createWidgetTokens(key: Uint8Array, clock: Clock): WidgetTokens {
  return {
    async issue(principal) {
      const now = Math.floor(clock.now() / 1000)
      const permissions = widgetPermissions.filter((permission) => principal.permissions.has(permission))
      const token = await new SignJWT({ email: principal.email, role: principal.role, permissions })
        .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
        .setIssuer(ISSUER)
        .setAudience(AUDIENCE)
        .setSubject(principal.userId)
        .setIssuedAt(now)
        .setExpirationTime(now + WIDGET_TOKEN_SECONDS)
        .sign(key)
      return { token, expiresAt: (now + WIDGET_TOKEN_SECONDS) * 1000 }
    },
    async verify(token) {
      try {
        const { payload } = await jwtVerify(token, key, {
          algorithms: ['HS256'],
          issuer: ISSUER,
          audience: AUDIENCE,
          requiredClaims: ['exp', 'sub'],
          currentDate: new Date(clock.now()),
        })
        return widgetPrincipal(payload)
      } catch {
        return null
      }
    },
  }
}

function widgetPrincipal(payload: JWTPayload): Principal {
  const role = toRole(String(payload.role))
  const given = Array.isArray(payload.permissions) ? payload.permissions : []
  return {
    ...principalOf('widget_token', { id: payload.sub ?? '', email: String(payload.email ?? ''), role }),
    permissions: new Set(widgetPermissions.filter((permission) => given.includes(permission))),
  }
}

/** Reads a JWT of the host application; null for everything that does not hold. */
export type HostJwt = (token: string) => Promise<Principal | null>

/** `aud` and `iss` are checked when configured, `exp` always, with 30 s of leeway. A subject gets a user id that stays. */
export function createHostJwt(config: HostJwtConfig, clock: Clock): HostJwt {
  const options = {
    clockTolerance: LEEWAY_SECONDS,
    requiredClaims: ['exp', 'sub'],
    ...(config.issuer === null ? {} : { issuer: config.issuer }),
    ...(config.audience === null ? {} : { audience: config.audience }),
  }
  const verify = verifier(config)
  return async (token) => {
    try {
      const payload = await verify(token, { ...options, currentDate: new Date(clock.now()) })
      return hostPrincipal(payload, config)
    } catch {
      return null
    }
  }
}

type VerifyOptions = Parameters<typeof jwtVerify>[2]

function verifier(config: HostJwtConfig): (token: string, options: VerifyOptions) => Promise<JWTPayload> {
  if (config.secret !== null) {
    const key = new TextEncoder().encode(config.secret)
    return async (token, options) =>
      (await jwtVerify(token, key, { ...options, algorithms: ['HS256', 'HS384', 'HS512'] })).payload
  }
  const keys = createRemoteJWKSet(new URL(config.jwksUrl ?? ''))
  const algorithms = ['RS256', 'RS384', 'RS512', 'PS256', 'ES256', 'ES384', 'EdDSA']
  return async (token, options) => (await jwtVerify(token, keys, { ...options, algorithms })).payload
}

function hostPrincipal(payload: JWTPayload, config: HostJwtConfig): Principal {
  const word = String(payload[config.roleClaim] ?? '')
  const role: Role = toRole(config.roleMap[word] ?? word)
  const email = String(payload[config.emailClaim] ?? '')
  const principal = principalOf('host_jwt', {
    id: shadowUserId(payload.iss ?? '', payload.sub ?? ''),
    email,
    role,
  })
  if (!Array.isArray(payload.permissions)) return principal
  return { ...principal, permissions: new Set(payload.permissions.filter(isPermission)) }
}

/** UUIDv5 of issuer and subject: the same person has the same id for ever, without a row of ours. */
export function shadowUserId(issuer: string, subject: string): string {
  // Namespace of URLs, RFC 9562 section 6.6.
  const namespace = Buffer.from('6ba7b8119dad11d180b400c04fd430c8', 'hex')
  const hash = createHash('sha1').update(namespace).update(`${issuer}#${subject}`).digest().subarray(0, 16)
  hash.writeUInt8((hash.readUInt8(6) & 0x0f) | 0x50, 6)
  hash.writeUInt8((hash.readUInt8(8) & 0x3f) | 0x80, 8)
  const hex = hash.toString('hex')
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')
}
