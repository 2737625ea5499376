/** OAuth clients and the tokens they were given; every time is one of the instance's clock (servicenow.md 5). */
import type { Principal } from './acl.ts'
import type { Random } from './random.ts'

/** A public key as JSON (RFC 7517). */
export interface Jwk {
  readonly kty?: string
  readonly n?: string
  readonly e?: string
  /** The shared secret of a symmetric key, base64url. */
  readonly k?: string
}

/** The key with which a client signs its JWT: a shared secret for HS256, a public key (PEM, SPKI or JWK) for RS256. */
export interface JwtKey {
  readonly algorithm: 'HS256' | 'RS256'
  readonly key: string | Jwk
  /** `iss` of its assertions; any when left out. */
  readonly issuer?: string
  /** The column of `sys_user` that `sub` names; default `user_name`. */
  readonly userField?: 'user_name' | 'email' | 'sys_id'
}

/** An application of the OAuth registry. */
export interface OAuthClient {
  readonly clientId: string
  readonly clientSecret: string
  /** "OAuth Application User": who a token of `client_credentials` stands for. Without one that grant is refused. */
  readonly applicationUser?: string
  /** For the grant JWT bearer; without it that grant is refused. */
  readonly jwt?: JwtKey
}

/** How long tokens live. */
export interface TokenLives {
  /** Default 1,800 s. */
  readonly accessSeconds?: number
  /** Default 8,640,000 s (100 days). */
  readonly refreshSeconds?: number
}

/** A pair of tokens as it is answered; `refresh` only where the grant gives one. */
export interface Given {
  readonly access: string
  readonly refresh: string | undefined
  /** Whole seconds until the access token dies. */
  readonly expiresIn: number
}

/** The tokens of an instance. */
export interface Tokens {
  client(id: string): OAuthClient | undefined
  /** Registers a client, or replaces the one of that id. */
  register(client: OAuthClient): void
  /** Changes the lives of tokens that are given from now on. Throws `RangeError` for a life that cannot be. */
  live(lives: TokenLives): void
  /** Gives the access token of a client and user: the one that still lives, else a new one. */
  give(client: OAuthClient, principal: Principal, options: { readonly refreshable: boolean }): Given
  /** A new access token for a refresh token, which stays the same; `undefined` for one that is unknown or dead. */
  refresh(client: OAuthClient, refresh: string): Given | undefined
  /** Whose access token it is; `undefined` for one that is unknown or dead. */
  user(access: string): Principal | undefined
  /** Notes the id of an assertion for as long as it could be sent again; false when it was seen before. */
  firstUse(jti: string, untilMs: number): boolean
  /** Takes all tokens back: an admin revoked them, or the instance was cloned. */
  revoke(): void
}

interface Held {
  readonly client: string
  readonly principal: Principal
  readonly expiresMs: number
}

const ACCESS_SECONDS = 1800
const REFRESH_SECONDS = 8_640_000

function checkLife(name: string, seconds: number | undefined): void {
  if (seconds === undefined || (Number.isFinite(seconds) && seconds >= 0)) return
  throw new RangeError(`"${name}" is a number of seconds from 0, not ${seconds}`)
}

/** The pairs by (client, user), newest token first to be asked for. */
interface Books {
  readonly access: Map<string, Held>
  readonly refresh: Map<string, Held>
  readonly jti: Map<string, number>
}

function living(held: Map<string, Held>, token: string, nowMs: number): Held | undefined {
  const found = held.get(token)
  if (found && found.expiresMs > nowMs) return found
  held.delete(token)
  return undefined
}

function find(held: Map<string, Held>, client: string, user: string, nowMs: number): string | undefined {
  let last: string | undefined
  for (const [token, each] of held)
    if (each.client === client && each.principal.userName === user && each.expiresMs > nowMs) last = token
  return last
}

/** Creates an empty book of tokens. */
export function createTokens(
  clients: readonly OAuthClient[],
  { random, nowMs }: { readonly random: Random; readonly nowMs: () => number },
): Tokens {
  const registry = new Map(clients.map((client) => [client.clientId, client]))
  const books: Books = { access: new Map(), refresh: new Map(), jti: new Map() }
  let lives: Required<TokenLives> = { accessSeconds: ACCESS_SECONDS, refreshSeconds: REFRESH_SECONDS }
  const issue = (held: Map<string, Held>, client: string, principal: Principal, seconds: number): string => {
    // The length of a captured token; its letters are the simulator's own.
    const token = random.hex(86)
    held.set(token, { client, principal, expiresMs: nowMs() + seconds * 1000 })
    return token
  }
  const given = (access: string, refresh: string | undefined): Given => {
    const left = (books.access.get(access)?.expiresMs ?? nowMs()) - nowMs()
    return { access, refresh, expiresIn: Math.floor(left / 1000) }
  }
  return {
    client: (id) => registry.get(id),
    register: (client) => void registry.set(client.clientId, client),
    live({ accessSeconds, refreshSeconds }) {
      checkLife('accessSeconds', accessSeconds)
      checkLife('refreshSeconds', refreshSeconds)
      lives = {
        accessSeconds: accessSeconds ?? lives.accessSeconds,
        refreshSeconds: refreshSeconds ?? lives.refreshSeconds,
      }
    },
    give({ clientId }, principal, { refreshable }) {
      const { userName } = principal
      const access =
        find(books.access, clientId, userName, nowMs()) ??
        issue(books.access, clientId, principal, lives.accessSeconds)
      if (!refreshable) return given(access, undefined)
      const refresh =
        find(books.refresh, clientId, userName, nowMs()) ??
        issue(books.refresh, clientId, principal, lives.refreshSeconds)
      return given(access, refresh)
    },
    refresh({ clientId }, refresh) {
      const held = living(books.refresh, refresh, nowMs())
      if (!held || held.client !== clientId) return undefined
      return given(issue(books.access, clientId, held.principal, lives.accessSeconds), refresh)
    },
    user: (access) => living(books.access, access, nowMs())?.principal,
    firstUse(jti, untilMs) {
      for (const [known, until] of books.jti) if (until < nowMs()) books.jti.delete(known)
      if (books.jti.has(jti)) return false
      books.jti.set(jti, untilMs)
      return true
    },
    revoke() {
      books.access.clear()
      books.refresh.clear()
    },
  }
}
