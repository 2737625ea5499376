/** People who sign in here, and their sessions. E-mail addresses are kept in lower case. */
import type { Role } from '@snowline/protocol'
import type { Executor, SessionRow, UserRow } from './tables.ts'

export async function findUserByEmail(db: Executor, email: string): Promise<UserRow | undefined> {
  return db
    .selectFrom('app_users')
    .selectAll()
    .where('email', '=', email.trim().toLowerCase())
    .executeTakeFirst()
}

export async function findUser(db: Executor, id: string): Promise<UserRow | undefined> {
  return db.selectFrom('app_users').selectAll().where('id', '=', id).executeTakeFirst()
}

export async function countUsers(db: Executor): Promise<number> {
  const row = await db
    .selectFrom('app_users')
    .select((eb) => eb.fn.countAll<number>().as('n'))
    .executeTakeFirstOrThrow()
  return Number(row.n)
}

/** Makes the user, or gives an existing one this role and password. The id of an existing user stays. */
export async function upsertUser(
  tx: Executor,
  user: { id: string; email: string; role: Role; passwordHash: string | null; createdAt: string },
): Promise<void> {
  await tx
    .insertInto('app_users')
    .values({
      id: user.id,
      email: user.email.trim().toLowerCase(),
      role: user.role,
      password_hash: user.passwordHash,
      created_at: user.createdAt,
      disabled: 0,
    })
    .onConflict((conflict) =>
      conflict.column('email').doUpdateSet({ role: user.role, password_hash: user.passwordHash }),
    )
    .execute()
}

export async function insertSession(tx: Executor, session: SessionRow): Promise<void> {
  await tx.insertInto('app_sessions').values(session).execute()
}

/** The user of a live session; undefined when it is unknown, expired, or its user is disabled. */
export async function findSessionUser(
  db: Executor,
  tokenHash: string,
  nowMs: number,
): Promise<UserRow | undefined> {
  return db
    .selectFrom('app_sessions')
    .innerJoin('app_users', 'app_users.id', 'app_sessions.user_id')
    .selectAll('app_users')
    .where('app_sessions.token_hash', '=', tokenHash)
    .where('app_sessions.expires_at', '>', nowMs)
    .where('app_users.disabled', '=', 0)
    .executeTakeFirst()
}

export async function deleteSession(tx: Executor, tokenHash: string): Promise<void> {
  await tx.deleteFrom('app_sessions').where('token_hash', '=', tokenHash).execute()
}

export async function deleteExpiredSessions(tx: Executor, nowMs: number): Promise<void> {
  await tx.deleteFrom('app_sessions').where('expires_at', '<=', nowMs).execute()
}
