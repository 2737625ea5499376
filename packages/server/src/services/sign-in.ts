/** Sign-in and sign-out: limited, audited, and taking the same time whether or not the account exists. */
import type { Role } from '@snowline/protocol'
import type { Attempts } from '../auth/attempts.ts'
import { hashPassword, verifyPassword } from '../auth/passwords.ts'
import { type Principal, principalOf } from '../auth/principal.ts'
import { newToken, sessionPrefix, tokenHash } from '../auth/tokens.ts'
import type { Clock } from '../clock.ts'
import { type Actor, appendAudit } from '../db/audit.ts'
import type { Executor } from '../db/tables.ts'
import {
  deleteExpiredSessions,
  deleteSession,
  findUserByEmail,
  insertSession,
  upsertUser,
} from '../db/users.ts'
import { ProblemError } from '../problem/problem-error.ts'

/** Failed sign-ins of one address, and of one account from one address, within a minute. */
const MAX_FAILURES = 10
/** A working day, and a night to spare none. */
export const SESSION_SECONDS = 12 * 3_600

export interface SignIn {
  /**
   * A new session.
   *
   * @throws ProblemError `unauthenticated`, the same for an unknown account and a wrong password; `rate_limited` after ten failures
   */
  signIn(
    credentials: { email: string; password: string },
    from: { address: string; actor: Actor },
  ): Promise<{ principal: Principal; token: string; expiresAtMs: number }>
  /** Ends a session; an unknown one is no fault. */
  signOut(token: string): Promise<void>
  /** Makes an account, or gives an existing one this role and password. */
  putUser(user: { email: string; password: string; role: Role }): Promise<Principal>
}

export interface SignInOptions {
  write: Executor
  read: Executor
  clock: Clock
  newId: () => string
  attempts: Attempts
}

export function createSignIn({ write, read, clock, newId, attempts }: SignInOptions): SignIn {
  // Checked against when there is no account: an answer must not tell by its time which accounts exist.
  const nobody = hashPassword(newToken(sessionPrefix).token)
  return {
    async signIn({ email, password }, { address, actor }) {
      const keys = [`address ${address}`, `account ${email.trim().toLowerCase()} ${address}`]
      demandRoom(attempts, keys, clock)
      const user = await findUserByEmail(read, email)
      const fits = await verifyPassword(password, user?.password_hash ?? (await nobody))
      if (user === undefined || !fits || user.disabled === 1) {
        for (const key of keys) attempts.add(key)
        const target = `user:${user?.id ?? 'unknown'}`
        await write
          .transaction()
          .execute((tx) => appendAudit(tx, actor, clock.now(), { action: 'auth.failed', target }))
        throw new ProblemError('unauthenticated', 'E-mail address or password is wrong.', {
          hint: 'Check both; after ten failures within a minute you have to wait.',
        })
      }
      const { token, hash } = newToken(sessionPrefix)
      const now = clock.now()
      const expiresAtMs = now + SESSION_SECONDS * 1000
      await write.transaction().execute(async (tx) => {
        await deleteExpiredSessions(tx, now)
        const created_at = new Date(now).toISOString()
        await insertSession(tx, { token_hash: hash, user_id: user.id, created_at, expires_at: expiresAtMs })
        const entry = { action: 'auth.signed_in', target: `user:${user.id}` }
        await appendAudit(tx, { ...actor, id: user.id }, now, entry)
      })
      return { principal: principalOf('session', user), token, expiresAtMs }
    },
    async signOut(token) {
      await write.transaction().execute((tx) => deleteSession(tx, tokenHash(token)))
    },
    async putUser({ email, password, role }) {
      const passwordHash = await hashPassword(password)
      const createdAt = new Date(clock.now()).toISOString()
      await write
        .transaction()
        .execute((tx) => upsertUser(tx, { id: newId(), email, role, passwordHash, createdAt }))
      const user = await findUserByEmail(read, email)
      if (user === undefined) throw new Error('the account that was just written is not there')
      return principalOf('session', user)
    },
  }
}

function demandRoom(attempts: Attempts, keys: readonly string[], clock: Clock): void {
  const full = keys.map((key) => attempts.read(key)).find((window) => window.count >= MAX_FAILURES)
  if (full === undefined) return
  throw new ProblemError('rate_limited', 'Too many failed sign-ins from this address.', {
    hint: 'Wait a minute, then try again.',
    retryAfterSeconds: Math.max(1, Math.ceil((full.resetsAt - clock.now()) / 1000)),
  })
}
